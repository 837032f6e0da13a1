"""Time the commands against the limits they are held to (``make bench``).

Each limit is in wall-clock seconds on a two-core machine; a first run computes every room, a
repeat finds them kept in the output folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

EQUIPOISE = str(Path(sys.executable).with_name("equipoise"))


def seconds(command: list[str], allowed: tuple[int, ...] = (0,)) -> float:
    """Wall-clock time of one command; stops if its exit code is not an allowed one."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return time.perf_counter() - start


def main(case: str) -> int:
    """Print a table of times and limits; 1 if any limit is broken."""
    late = 0
    with tempfile.TemporaryDirectory() as folder:
        run = [EQUIPOISE, "run", case, "--out", f"{folder}/out"]
        timed = (
            ("--help", 0.5, [EQUIPOISE, "--help"], (0,)),
            ("check", 2.0, [EQUIPOISE, "check", case], (0, 1)),
            ("run, first", 240.0, run, (0,)),
            ("run, repeat", 20.0, run, (0,)),
            ("design", 90.0, [EQUIPOISE, "design", case], (0,)),
        )
        seconds([EQUIPOISE, "--help"])  # the first start compiles the package to bytecode
        print(f"{'command':<14}{'seconds':>9}{'limit':>9}")
        for name, limit, command, allowed in timed:
            taken = seconds(command, allowed)
            late += taken > limit
            mark = "  LATE" if taken > limit else ""
            print(f"{name:<14}{taken:>9.2f}{limit:>9.2f}{mark}", flush=True)
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
