# Each target is a task of lab/tasks; what they make lies in .venv/ and build/.
.DEFAULT_GOAL := help
.PHONY: help setup lab notebooks check test bench bench-cell bench-player clean
MAKEFLAGS += --no-print-directory

help:
	@echo 'make lab             set up everything in this folder and open the notebooks in JupyterLab'
	@echo '                     HEADLESS=1  run them instead; results in build/site/'
	@echo '                     NOTEBOOKS=folder  other notebooks;  LAB_ARGS="--port=9999"  for JupyterLab'
	@echo 'make check           format, vet, imports, Go in documents, short tests: under a minute, no browser'
	@echo 'make test            everything that is tested, in a real browser too'
	@echo 'make notebooks       run the notebooks in place, to commit them executed'
	@echo 'make bench           run the benchmarks (BENCH=regexp)'
	@echo 'make bench-cell      time a warm cell that imports the library and shows a cached track'
	@echo 'make bench-player    measure the player in a real browser, beside ECharts and plotly (BENCH_ARGS="-profile")'
	@echo 'make setup           the first half of make lab alone'
	@echo 'make clean           remove .venv/ and build/'

setup lab notebooks check test bench bench-cell bench-player:
	@lab/tasks $@

# Go's module cache, which .ci/run puts into build/ where there is no HOME, is read-only.
clean:
	@[ ! -d build ] || chmod -R u+w build
	rm -rf .venv build
