"""The reference values of validation/bias, and how numbers are compared with them."""

import csv
import math
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

VALIDATION = Path(__file__).parents[3] / "validation"


def read(name):
    with (VALIDATION / name).open(newline="") as file:
        return list(csv.DictReader(file))


def sets():
    data = defaultdict(lambda: ([], []))
    for row in read("metafor/inputs.csv"):
        data[row["set"]][0].append(float(row["yi"]))
        data[row["set"]][1].append(float(row["vi"]))
    return dict(data)


def grouped(name, *columns):
    groups = defaultdict(list)
    for row in read(f"bias/{name}"):
        groups[tuple(row[column] for column in columns)].append(row)
    return dict(groups)


def distance(got, text):
    """Relative difference, absolute below 1; an empty cell is not compared."""
    if text == "":
        return 0.0
    expected = float(text)
    gap = abs(float(got) - expected) / max(1.0, abs(expected))
    return math.inf if math.isnan(gap) else gap


@pytest.fixture(scope="session")
def pinned():
    return SimpleNamespace(
        sets=sets(), read=lambda name: read(f"bias/{name}"), grouped=grouped, distance=distance
    )
