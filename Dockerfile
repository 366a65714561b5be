# The lab in a container, for Windows and for machines without Go or Python:
#
#   docker build -t gonb-xai .
#   docker run --rm -it -p 8888:8888 gonb-xai
#
# and open the link that it prints. Add `-v "$PWD/mine:/home/lab/gonb-xai/notebooks/mine"` to keep notebooks of your own.
FROM golang:1.26-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 lab

USER lab
ENV HOME=/home/lab GOPATH=/home/lab/go
RUN mkdir /home/lab/gonb-xai
WORKDIR /home/lab/gonb-xai
COPY --chown=lab . .
RUN make setup

EXPOSE 8888
CMD ["make", "lab", "LAB_ARGS=--ip=0.0.0.0 --no-browser"]
