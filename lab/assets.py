"""Brings the JavaScript libraries that the player needs into a folder: assets.py ASSETS.json FOLDER

Each file has an exact version and a SHA-384 hash. It comes out of its npm package where npm is installed (so that a
registry configured there is used), else from the public CDN. Needs the standard library only.
"""

import base64
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request


def integrity(data: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def from_npm(asset: dict) -> bytes:
    npm = shutil.which("npm")
    if not npm:
        raise OSError("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        pack = [npm, "pack", asset["npm"], "--pack-destination", folder, "--silent", "--fetch-retries=1"]
        done = subprocess.run(pack, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        packages = list(pathlib.Path(folder).glob("*.tgz"))
        if done.returncode or not packages:
            raise OSError("npm pack failed")
        with tarfile.open(packages[0]) as package:
            return package.extractfile("package/" + asset["path"]).read()


def from_cdn(asset: dict) -> bytes:
    with urllib.request.urlopen(asset["cdn"], timeout=60) as response:
        return response.read()


def bring(asset: dict, folder: pathlib.Path) -> None:
    target = folder / asset["file"]
    if target.is_file() and integrity(target.read_bytes()) == asset["integrity"]:
        return
    print(f"==> Getting {asset['npm']}", flush=True)
    wrong = []
    for source in from_npm, from_cdn:
        name = source.__name__[5:]
        try:
            data = source(asset)
        except (OSError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
            wrong.append(f"{name}: {error}")
            continue
        if integrity(data) == asset["integrity"]:
            folder.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            partial.write_bytes(data)
            partial.replace(target)
            return
        wrong.append(f"{name}: the file has another hash than assets.json says")
    raise SystemExit(
        f"xainb: {asset['npm']} could not be had ({'; '.join(wrong)}): check the network and npm's registry, or put "
        f"the file yourself at {target}, then run the same command again."
    )


if __name__ == "__main__":
    try:
        for each in json.loads(pathlib.Path(sys.argv[1]).read_text()):
            bring(each, pathlib.Path(sys.argv[2]))
    except OSError as problem:
        raise SystemExit(f"xainb: the assets could not be written: {problem}.")
