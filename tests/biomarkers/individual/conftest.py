"""Patients of the R recipe (validation/biomarkers/individual), and the numbers it pinned."""

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from equipoise.biomarkers.individual import read_patient_table

FOLDER = Path(__file__).parents[3] / "validation" / "biomarkers" / "individual"
COVARIATES = ("x1", "x2", "x3", "x4")


@pytest.fixture(scope="session")
def pinned():
    """Numbers of each fit, in order."""
    found = defaultdict(list)
    text = (FOLDER / "pinned.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[row["fit"]].append(float(row["value"]))
    return found


@pytest.fixture(scope="session")
def frame():
    return pd.read_csv(FOLDER / "patients.csv")


@pytest.fixture(scope="session")
def binary(frame):
    return read_patient_table(
        frame, treatment="treatment", event="event", covariates=COVARIATES, event_is="benefit"
    )


@pytest.fixture(scope="session")
def survival(frame):
    return read_patient_table(
        frame, treatment="treatment", event="status", time="time", covariates=COVARIATES
    )
