"""Open the archives in COPASI, run them, compare, and lint the PEtab problem (see README.md).

    python3 -m venv E && E/bin/pip install copasi-basico petab
    E/bin/python validation/mechanism/standards/open_elsewhere.py FOLDER

Runs without equipoise.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import zipfile
from pathlib import Path

import basico
import COPASI
import numpy as np
import pandas as pd
import petab
from petab.v1 import Problem, lint


def run_in_copasi(archive: Path) -> tuple[pd.DataFrame, int]:
    model = COPASI.CRootContainer.addDatamodel()
    assert model.openCombineArchive(str(archive), None, True), archive
    basico.set_current_model(model)
    return basico.run_time_course(use_sbml_id=True), model.getModel().getNumEvents()


def compare(archive: Path) -> None:
    ours = pd.read_csv(archive.with_suffix(".csv")).set_index("time")
    theirs, events = run_in_copasi(archive)
    assert len(theirs) == len(ours), (len(theirs), len(ours))
    columns = theirs[list(ours.columns)].to_numpy()
    size = np.maximum(np.abs(ours.to_numpy()).max(axis=0), 1e-9)
    apart = np.abs(columns - ours.to_numpy()) / size
    worst = int(apart.max(axis=0).argmax())
    print(
        f"{archive.stem}: {events} events, {len(ours)} times, {ours.shape[1]} states; largest "
        f"difference {apart.max():.1e} of the state's largest value ({ours.columns[worst]})"
    )


def check_petab(archive: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(archive).extractall(folder)
        problem = Problem.from_yaml(str(Path(folder) / "problem.yaml"))
        wrong = lint.lint_problem(problem)
    print(f"{archive.stem}: petab finds {'errors' if wrong else 'no error'}")


def main() -> None:
    logging.basicConfig(level=logging.ERROR)
    print(f"COPASI {COPASI.__version__}, basico {basico.__version__}, petab {petab.__version__}")
    for archive in sorted(Path(sys.argv[1]).glob("*.omex")):
        compare(archive)
        check_petab(archive)


if __name__ == "__main__":
    main()
