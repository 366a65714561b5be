"""Completes the kernelspec and the settings inside the virtual environment: kernelspec.py ROOT VENV ASSETS GO_BIN"""

import json
import pathlib
import shlex
import sys

root, venv, assets, go_bin = sys.argv[1:]
jupyter = pathlib.Path(venv, "share", "jupyter")

# GoNB runs goimports in the module of its cells and then `go get`, which ignores go.work: GoNB's replacement of our module
# counts for it only with a requirement beside it. With one, cells get the versions and checksums of this checkout, and
# importing a library that we use ourselves needs no network.
goimports = jupyter / "kernels" / "gonb" / "bin" / "goimports"
goimports.parent.mkdir(parents=True, exist_ok=True)
goimports.write_text(f"""#!/bin/sh
module=github.com/xainb/gonb-xai
if [ . -ef "${{GONB_TMP_DIR:-/}}" ] && grep -qF "$module => " go.mod && ! grep -qF "$module v" go.mod; then
	go mod edit -require "$module@v0.0.0"
	[ -s go.sum ] || cp {shlex.quote(root)}/go.sum go.sum
fi
exec {shlex.quote(venv)}/bin/goimports "$@"
""")
goimports.chmod(0o755)

# For each cell GoNB runs "go get", which asks a server about every module for news of it, even where nothing is missing: half a second with a
# near server, and a classroom without network waits longer. What the module cache has is taken from there.
go = goimports.with_name("go")
go.write_text(f"""#!/bin/sh
case "$*" in
get | "get -t") GOPROXY=off {shlex.quote(go_bin)}/go "$@" >/dev/null 2>&1 && exit ;;
esac
exec {shlex.quote(go_bin)}/go "$@"
""")
go.chmod(0o755)

# What a cell finds wherever the kernel was started from: goimports and this Go, the Python packages that carry models,
# the JavaScript assets. Jupyter itself replaces ${PATH}. GOWORK is empty so that GoNB's own go.work counts. Linking takes most of
# the time until a cell runs: it goes without the tables of a debugger and, on Linux, without the C library for the names of hosts and users.
spec = jupyter / "kernels" / "gonb" / "kernel.json"
kernel = json.loads(spec.read_text())
kernel["argv"][0] = f"{venv}/bin/gonb"  # under /tmp GoNB would start a copy
kernel["env"] = {
    "PATH": f"{goimports.parent}:{venv}/bin:{go_bin}:${{PATH}}",
    "VIRTUAL_ENV": venv,
    "XAINB_VENV": venv,
    "XAINB_ASSETS": assets,
    "GOWORK": "",
    "GOFLAGS": "-buildvcs=false -ldflags=-s" + (" -tags=netgo,osusergo" if sys.platform == "linux" else ""),
}
spec.write_text(json.dumps(kernel, indent=1) + "\n")


def write(path: pathlib.Path, settings: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=1) + "\n")


# No question about news over the first notebook, and nothing asked of the network.
write(
    jupyter / "lab" / "settings" / "overrides.json",
    {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}},
)
# A recording may have some megabytes: by default the server holds back what exceeds one a second. No lesson is written in
# a language that Jupyter would look for servers of, at each start.
write(
    pathlib.Path(venv, "etc", "jupyter", "jupyter_server_config.json"),
    {
        "ZMQChannelsWebsocketConnection": {"iopub_data_rate_limit": 1e8},
        "LanguageServerManager": {"autodetect": False},
    },
)
