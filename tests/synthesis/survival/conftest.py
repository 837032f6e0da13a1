"""Data of the survival tests: the 6-MP trial, and the sets of validation/survival."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

PINNED = Path(__file__).parents[3] / "validation" / "survival"

TREATED_TIME = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
TREATED_EVENT = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
CONTROL_TIME = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
"""Weeks in remission, 21 patients an arm: Gehan 1965, Biometrika 52:203, Table 1."""


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else np.nan


@pytest.fixture(scope="session")
def freireich():
    """Time, event, treatment."""
    time = np.array(TREATED_TIME + CONTROL_TIME, dtype=float)
    event = np.array(TREATED_EVENT + [1] * 21, dtype=float)
    return time, event, np.repeat([1.0, 0.0], 21)


@pytest.fixture(scope="session")
def sets():
    """Columns of every validation set by name."""
    rows = defaultdict(list)
    for row in read("patients.csv"):
        rows[row["set"]].append(row)
    columns = ("time", "event", "treatment", "x1", "x2")
    return {
        name: {c: np.array([float(r[c]) for r in group]) for c in columns}
        | {"stratum": np.array([r["stratum"] for r in group])}
        for name, group in rows.items()
    }


@pytest.fixture(scope="session")
def pinned():
    """Read a pinned file: rows of text."""
    return read
