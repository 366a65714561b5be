"""Times a warm cell that imports the library and shows a cached track, in the real Go kernel: cell.py [RUNS]

Each run is a cell with another title, so that it is compiled and linked as the cell of somebody who works on it is. Wall time is
from the request to the reply; CPU time is of the kernel and all that it starts, and says what a busy machine hides. The exit status is 1
where the quickest cell takes more than a second.
"""

import logging
import os
import pathlib
import re
import sys
import tempfile
import time

import nbformat
from nbclient import NotebookClient

LIMIT = 1.0  # seconds
CELL = """import (
	"github.com/xainb/gonb-xai/charts"
	"github.com/xainb/gonb-xai/kernels/attention"
	"github.com/xainb/gonb-xai/xainb/show"
)

%%
show.Cell(charts.AttentionHeads(attention.Run("The cat sat on the mat because it was warm.")).Title("Look {}"))"""


def cpu_seconds(pid: int) -> float:
    """What a process and the children that it has waited for have used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main(runs: int) -> int:
    # The first cell computes the track and leaves the packages compiled, the second may find the disk cold.
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.format(i)) for i in range(runs + 2)])
    took = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XAINB_CACHE"] = folder
        client = NotebookClient(notebook, kernel_name="gonb", timeout=300, resources={"metadata": {"path": folder}})
        client.log.setLevel(logging.CRITICAL)
        with client.setup_kernel():
            pid = client.km.provisioner.pid
            for i, cell in enumerate(notebook.cells):
                wall, cpu = time.monotonic(), cpu_seconds(pid)
                client.execute_cell(cell, i)
                took.append((time.monotonic() - wall, cpu_seconds(pid) - cpu))
                if not any("text/html" in o.get("data", {}) for o in cell.outputs):
                    sys.exit(f"xainb: cell {i + 1} shows no animation: {re.sub(r'<[^>]*>', '', str(cell.outputs))[:500]}")
    first, warm = took[0], took[2:]
    wall, cpu = sorted(w for w, _ in warm), sorted(c for _, c in warm)
    print(f"first cell   {first[0]:5.2f} s wall, {first[1]:5.2f} s CPU")
    print(f"warm cells   {wall[0]:5.2f} s wall at best, {wall[len(wall) // 2]:.2f} s median; {cpu[0]:.2f} s CPU at best, {cpu[len(cpu) // 2]:.2f} s median ({runs} cells)")
    print(f"load         {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return int(wall[0] > LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8))
