"""Run the recipes of validation/ again and hold their numbers against the pinned ones.

Run by ``make validate``. Each R recipe works on a copy of its folder in build/, so nothing pinned
changes; it gets that copy as its argument and writes CSV files there, or prints. A Python recipe
is a seeded study that prints a table; every row of it has to stand in the README beside it.
"""

from __future__ import annotations

import csv
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "build" / "validation"
TOLERANCE = 1e-9
"""Largest relative difference between two runs of the same recipe (other R, other BLAS)."""


def cells(path: Path) -> list[list[str]]:
    """Read a CSV file, header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def differences(pinned: Path, made: Path) -> Iterator[tuple[str, float]]:
    """Yield the place and relative size of every difference; infinite where it is not a number."""
    old, new = cells(pinned), cells(made)
    if [len(row) for row in old] != [len(row) for row in new]:
        yield "rows and columns", math.inf
        return
    for line, (before, after) in enumerate(zip(old, new, strict=True), 1):
        for column, a, b in zip(old[0], before, after, strict=True):
            if a != b:
                yield f"line {line}, {column}: {a} then, {b} now", distance(a, b)


def distance(a: str, b: str) -> float:
    """Relative difference of two numbers, absolute below 1."""
    try:
        return abs(float(a) - float(b)) / max(1.0, abs(float(a)))
    except ValueError:
        return math.inf


def run_in_r(recipe: Path) -> bool:
    """Run one R recipe on its copy; whether it failed."""
    command = ["Rscript", "--vanilla", str(recipe), str(recipe.parent)]
    return subprocess.run(command, check=False).returncode != 0


def run_study(recipe: Path) -> bool:
    """Run one seeded study; whether it failed, or printed a row its README does not have."""
    found = subprocess.run(
        [sys.executable, str(recipe)], check=False, stdout=subprocess.PIPE, text=True
    )
    known = (recipe.parent / "README.md").read_text(encoding="utf-8").splitlines()
    moved = [row for row in found.stdout.splitlines() if row.startswith("|") and row not in known]
    for row in moved:
        print(f"  not in the README: {row}")
    return found.returncode != 0 or bool(moved)


def numbers_moved() -> bool:
    """Compare what the R recipes wrote with what is pinned; whether a number moved."""
    failed = False
    for pinned in sorted((ROOT / "validation").glob("**/*.csv")):
        name = pinned.relative_to(ROOT / "validation")
        moved = list(differences(pinned, SCRATCH / name))
        largest = max((size for _, size in moved), default=0.0)
        print(f"{name}: {len(cells(pinned)) - 1} rows, largest difference {largest:.1e}")
        for place, size in moved:
            if size > TOLERANCE:
                failed = True
                print(f"  {place}")
    return failed


def main() -> int:
    """Run every recipe; 1 if one fails or a number moved."""
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.copytree(ROOT / "validation", SCRATCH)
    failed = False
    for pattern, run in (("**/*.R", run_in_r), ("**/*.py", run_study)):
        for recipe in sorted(SCRATCH.glob(pattern)):
            print(recipe.relative_to(SCRATCH), flush=True)
            failed |= run(recipe)
    return int(failed | numbers_moved())


if __name__ == "__main__":
    sys.exit(main())
