"""Open the archives in COPASI, run them, compare, and lint the PEtab problem (see README.md).

    python3 -m venv E && E/bin/pip install copasi-basico petab
    E/bin/python validation/mechanism/standards/open_elsewhere.py FOLDER

Runs without equipoise on a folder that write_archives.py has filled; without a folder it fills one.
"""

from __future__ import annotations

import logging
import math
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import COPASI
import numpy as np
import pandas as pd
from basico import run_time_course, set_current_model
from petab.v1 import Problem, lint


def run_in_copasi(archive: Path) -> tuple[pd.DataFrame, int]:
    model = COPASI.CRootContainer.addDatamodel()
    assert model.openCombineArchive(str(archive), None, True), archive
    set_current_model(model)
    return run_time_course(use_sbml_id=True), model.getModel().getNumEvents()


def compare(archive: Path) -> str:
    ours = pd.read_csv(archive.with_suffix(".csv")).set_index("time")
    theirs, events = run_in_copasi(archive)
    assert len(theirs) == len(ours), (len(theirs), len(ours))
    columns = theirs[list(ours.columns)].to_numpy()
    size = np.maximum(np.abs(ours.to_numpy()).max(axis=0), 1e-9)
    apart = float((np.abs(columns - ours.to_numpy()) / size).max())
    bound = math.floor(math.log10(max(apart, 1e-16))) + 1
    return f"{events} | {len(ours)} | {ours.shape[1]} | below 1e{bound:+03d}"


def lint_petab(archive: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(archive).extractall(folder)
        problem = Problem.from_yaml(str(Path(folder) / "problem.yaml"))
        return "errors" if lint.lint_problem(problem) else "no error"


def main() -> None:
    logging.basicConfig(level=logging.ERROR)
    versions = [f"{name} {version(name)}" for name in ("python-copasi", "copasi-basico", "petab")]
    print(", ".join(versions))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else scratch)
        if len(sys.argv) < 2:
            writer = Path(__file__).with_name("write_archives.py")
            subprocess.run([sys.executable, str(writer), scratch], check=True)
        print("| model | events | times | states | COPASI and here | petab |")
        for archive in sorted(folder.glob("*.omex")):
            print(f"| {archive.stem} | {compare(archive)} | {lint_petab(archive)} |")


if __name__ == "__main__":
    main()
