"""Run the recipes of validation/ again and hold their numbers against the pinned ones.

Run by ``make validate``; with names of folders, only those. Each R recipe works on a copy of its
folder in build/, so nothing pinned changes; it gets that copy as its argument and writes CSV files
there, or prints. A Python recipe writes CSV files beside itself, or is a study that prints a table:
every row of it has to stand in the README beside it.

Usage: python scripts/validate.py [FOLDER ...]
"""

from __future__ import annotations

import csv
import importlib.util
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "build" / "validation"
TOLERANCE = 1e-9
"""Largest relative difference between two runs of the same recipe (other R, other BLAS)."""

OPTIONAL = ("mpmath", "basico", "synergy")
"""Modules of single recipes that equipoise does not install; without one its recipe is not run."""


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
    """Run one Python recipe; whether it failed, or printed a row its README does not have."""
    text = recipe.read_text(encoding="utf-8")
    absent = [
        name
        for name in OPTIONAL
        if re.search(rf"^from {name}\b", text, re.MULTILINE)
        and importlib.util.find_spec(name) is None
    ]
    if absent:
        print(f"  NOT RUN: needs {', '.join(absent)}, which is not installed")
        return False
    found = subprocess.run(
        [sys.executable, str(recipe)], check=False, stdout=subprocess.PIPE, text=True
    )
    known = (recipe.parent / "README.md").read_text(encoding="utf-8").splitlines()
    moved = [row for row in found.stdout.splitlines() if row.startswith("|") and row not in known]
    for row in moved:
        print(f"  not in the README: {row}")
    return found.returncode != 0 or bool(moved)


def numbers_moved(folders: list[str]) -> bool:
    """Compare what the recipes wrote with what is pinned; whether a number moved."""
    failed = False
    for pinned in (p for f in folders for p in sorted((ROOT / "validation" / f).rglob("*.csv"))):
        name = pinned.relative_to(ROOT / "validation")
        moved = list(differences(pinned, SCRATCH / name))
        largest = max((size for _, size in moved), default=0.0)
        print(f"{name}: {len(cells(pinned)) - 1} rows, largest difference {largest:.1e}")
        for place, size in moved:
            if size > TOLERANCE:
                failed = True
                print(f"  {place}")
    return failed


def chosen(asked: list[str]) -> list[str]:
    """Folders to run: those asked for, else all."""
    there = sorted(path.parent.name for path in (ROOT / "validation").glob("*/README.md"))
    unknown = [name for name in asked if name not in there]
    if unknown:
        sys.exit(f"no recipes in {', '.join(unknown)}: allowed are {', '.join(there)}")
    return asked or there


def main() -> int:
    """Run the recipes; 1 if one fails or a number moved."""
    folders = chosen(sys.argv[1:])
    shutil.rmtree(SCRATCH, ignore_errors=True)
    shutil.copytree(ROOT / "validation", SCRATCH)
    failed = False
    for pattern, run in (("*.R", run_in_r), ("*.py", run_study)):
        for recipe in (path for f in folders for path in sorted((SCRATCH / f).rglob(pattern))):
            print(recipe.relative_to(SCRATCH), flush=True)
            failed |= run(recipe)
    return int(failed | numbers_moved(folders))


if __name__ == "__main__":
    sys.exit(main())
