"""Meta-regression on metadat sets, pinned by validation/mixed/regression.R.

metafor to 1e-10 for closed forms and 1e-7 for iterative ones, clubSandwich to 1e-6; relative to
the number, absolute below 1. Divergences are in validation/mixed/README.md.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis.mixed import meta_regression

PINNED = Path(__file__).parents[3] / "validation" / "mixed"
CI = {"z": "wald", "t": "t", "knha": "hksj", "cr2": "cr2"}
YEARS = {
    *("dat.bcg", "dat.bornmann2007", "dat.hackshaw1998", "dat.konstantopoulos2011"),
    *("dat.lau1992", "dat.lehmann2018", "dat.molloy2014", "dat.berkey1998"),
}
"""Sets with a calendar year as moderator, where metafor's normal equations lose digits: see
`test_regression.test_a_line_in_exact_arithmetic`."""

DIVERGE = {("dat.lau1992", "ML", "r2")}
"""Rows of the README's table of divergences."""

CLOSED = {"EE", "DL", "HE", "HS", "SJ"}


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def inputs():
    """Effects, variances and moderators of every set."""
    columns = defaultdict(lambda: defaultdict(list))
    for row in read("regression_inputs.csv"):
        columns[row["set"]][int(row["column"])].append(row)
    out = {}
    for name, by_column in columns.items():
        y, v = (np.array([float(r[key]) for r in by_column[0]]) for key in ("yi", "vi"))
        X = np.array([[float(r["x"]) for r in by_column[j]] for j in sorted(by_column)]).T
        out[name] = (y, v, X)
    return out


INPUTS = inputs()
ROWS = defaultdict(lambda: defaultdict(list))
for pinned in read("regression_pinned.csv"):
    key = (pinned["method"], pinned["test"])
    ROWS[pinned["set"]][key].append((pinned["quantity"], int(pinned["index"]), pinned["value"]))


def value(result, quantity, index, X):
    if quantity.startswith("fitted"):
        part = {
            "fitted": "estimate",
            "fitted_low": "ci_low",
            "fitted_high": "ci_high",
            "fitted_prediction_low": "prediction_low",
        }[quantity]
        return getattr(result.predict(X[:2]), part)[index]
    return np.atleast_1d(getattr(result, quantity))[index]


QUICK = {"dat.bcg", "dat.raudenbush1985", "dat.linde2005", "dat.begg1989"}


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in sorted(ROWS)]
)
def test_agrees_with_metafor_and_clubsandwich(name):
    y, v, X = INPUTS[name]
    for (method, test), rows in ROWS[name].items():
        result = meta_regression(y, v, X, method=method, ci=CI[test])
        closed = 1e-10 if method in CLOSED and name not in YEARS else 1e-7
        tolerance = 1e-6 if test == "cr2" else closed
        for quantity, index, text in rows:
            if text == "" or (name, method, quantity) in DIVERGE:
                continue
            found = value(result, quantity, index, X)
            assert found == pytest.approx(float(text), rel=tolerance, abs=tolerance), (
                *(method, test, quantity, index),
            )


def test_enough_was_compared():
    assert len(ROWS) >= 10
