"""Executes notebooks with the real Go kernel, each from its first cell to its last.

    notebooks.py site FOLDER NOTEBOOK...   executed copies and their HTML into FOLDER
    notebooks.py in-place NOTEBOOK...      the notebooks themselves, ready to be committed
    notebooks.py warm PACKAGE...           one cell that imports the packages, which leaves them compiled

A cell that fails ends its notebook: its name, the cell's number, source and error are printed, and the exit status is 1.
"""

import atexit
import html
import logging
import os
import pathlib
import re
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter

KERNEL = "gonb"
CELL_SECONDS = int(os.environ.get("CELL_TIMEOUT", "600"))
LARGEST = 4_000_000  # bytes of a committed notebook
LOGS = pathlib.Path(__file__).resolve().parent.parent / "build" / "log"


class Failure(Exception):
    """A notebook that did not run to its end; the text says where and why."""


def execute(notebook, name: str, folder: pathlib.Path) -> None:
    """Runs all cells in a fresh kernel that works in folder; the outputs are left in notebook."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"kernel-{name}.txt"
    at = [0]
    client = NotebookClient(
        notebook,
        kernel_name=KERNEL,
        timeout=CELL_SECONDS,
        startup_timeout=120,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
        on_cell_start=lambda cell, cell_index: at.__setitem__(0, cell_index),
    )
    client.log.setLevel(logging.CRITICAL)  # what it would log is raised as well
    with log.open("w") as stderr:
        try:
            client.execute(stderr=stderr)
            return
        except CellExecutionError:
            reason = "failed"
            details = errors_of(notebook.cells[at[0]])
        except CellTimeoutError:
            reason = f"was stopped after {CELL_SECONDS} seconds (CELL_TIMEOUT sets the limit)"
            details = errors_of(notebook.cells[at[0]])
        except DeadKernelError:
            reason = "ended the Go kernel: the process is gone"
            details = last_words(log)
        except (RuntimeError, OSError) as error:
            atexit.unregister(client._cleanup_kernel)  # there is no kernel, and it would fail loudly over that
            raise Failure(f"{name}: the Go kernel did not start: {error}\n{last_words(log)}") from error
    raise Failure(f"{name}: cell {at[0] + 1} of {len(notebook.cells)} {reason}\n\n"
                  f"{indent(notebook.cells[at[0]].source)}\n\n{details}")


def errors_of(cell) -> str:
    """What a cell printed on the way to its failure, as plain text."""
    parts = []
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            parts.append("\n".join([f"{output.ename}: {output.evalue}", *output.traceback]))
        elif output.output_type == "stream":
            parts.append(output.text)
        else:
            data = output.get("data", {})
            parts.append(data.get("text/plain") or without_tags(data.get("text/html", "")))
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(parts))
    return indent(re.sub(r"\n\s*\n+", "\n", text.strip())[-6000:] or "(it printed nothing)")


def without_tags(page: str) -> str:
    return html.unescape(re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]*>", "", page, flags=re.S))


def last_words(log: pathlib.Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:]
    return indent("\n".join(lines)) + f"\n(from {log})"


def indent(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines())


def tidy(notebook) -> None:
    """Leaves out what differs from run to run or from machine to machine without meaning anything."""
    keep = {"kernelspec", "language_info"}
    notebook.metadata = {k: v for k, v in notebook.metadata.items() if k in keep}
    language = notebook.metadata.get("language_info", {})
    notebook.metadata["language_info"] = {k: v for k, v in language.items() if v and k != "version"}
    for cell in notebook.cells:
        if "outputs" in cell:
            cell.outputs = joined(cell.outputs)
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in {"tags", "jupyter", "slideshow", "editable"}}


def joined(outputs: list) -> list:
    """The outputs with what a cell printed in pieces put together, however the kernel happened to cut it."""
    whole = []
    for output in outputs:
        if whole and output.output_type == "stream" == whole[-1].output_type and output.name == whole[-1].name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def run(path: pathlib.Path):
    start = time.monotonic()
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.stem, path.resolve().parent)
    tidy(notebook)
    text = nbformat.writes(notebook) + "\n"
    print(f"{path.name}: {len(notebook.cells)} cells, {len(text) / 1e6:.2f} MB, {time.monotonic() - start:.1f} s", flush=True)
    return notebook, text


def site(folder: str, *paths: str) -> int:
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for old in [*target.glob("*.ipynb"), *target.glob("*.html")]:
        old.unlink()
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    failures = 0
    for path in map(pathlib.Path, paths):
        try:
            notebook, text = run(path)
        except Failure as failure:
            failures += 1
            print(f"xainb: {failure}\n", file=sys.stderr, flush=True)
            continue
        (target / path.name).write_text(text, encoding="utf-8")
        page, _ = HTMLExporter().from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
        (target / path.name).with_suffix(".html").write_text(page, encoding="utf-8")
    print(f"{len(paths) - failures} of {len(paths)} notebooks ran; see {target}", flush=True)
    return 1 if failures else 0


def in_place(*paths: str) -> int:
    failures = 0
    for path in map(pathlib.Path, paths):
        try:
            _, text = run(path)
            if len(text.encode()) > LARGEST:
                raise Failure(f"{path.name}: executed it has {len(text.encode())} bytes, and {LARGEST} is the limit: record fewer or coarser frames")
            path.write_text(text, encoding="utf-8")
        except Failure as failure:
            failures += 1
            print(f"xainb: {failure}\nThe file is left as it was.\n", file=sys.stderr, flush=True)
    return 1 if failures else 0


def warm(*packages: str) -> int:
    imports = "\n".join(f'import _ "{package}"' for package in ["github.com/janpfeifer/gonb/gonbui", *packages])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(imports + '\n\n%%\nprintln("ready")')])
    try:
        execute(notebook, "warm", LOGS)
    except Failure as failure:
        print(f"xainb: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    try:
        sys.exit({"site": site, "in-place": in_place, "warm": warm}[command](*arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"xainb: {problem}")
