"""Every number of metafor on the metadat sets, pinned by validation/metafor/pin.R.

Closed forms (EE, DL, HE, HS, SJ) to 1e-10, iterative ones (ML, REML, EB, PM, Q-profile) to
1e-7, relative to the number or absolute below 1. The recipe and the divergences are in
validation/metafor/README.md.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis import pool
from equipoise.synthesis.pool_input import METHODS
from equipoise.synthesis.restricted_likelihood import restricted_log_likelihood

PINNED = Path(__file__).parents[2] / "validation" / "metafor"
CI = {"z": "wald", "t": "t", "knha": "hksj", "adhoc": "hksj-adhoc"}
CLOSED = {"EE", "DL", "HE", "HS", "SJ"}
ITERATIVE = {"tau2_low", "tau2_high"}
NOT_NUMBERS = {"set", "method", "test", "weight_1"}


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def sets(name):
    data = defaultdict(lambda: ([], []))
    for row in read(name):
        data[row["set"]][0].append(float(row["yi"]))
        data[row["set"]][1].append(float(row["vi"]))
    return data


INPUTS = sets("inputs.csv")
ROWS = defaultdict(list)
for pinned in read("pinned.csv"):
    ROWS[pinned["set"]].append(pinned)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_agrees_with_metafor(name):
    for row in ROWS[name]:
        result = pool(*INPUTS[name], method=row["method"], ci=CI[row["test"]])
        closed = row["method"] in CLOSED
        for field, text in row.items():
            if field in NOT_NUMBERS or text == "":
                continue
            tolerance = 1e-10 if closed and field not in ITERATIVE else 1e-7
            expected = float(text)
            assert getattr(result, field) == pytest.approx(
                expected, rel=tolerance, abs=tolerance
            ), (row["method"], row["test"], field)
        if row["weight_1"]:
            assert result.weights[0] == pytest.approx(float(row["weight_1"]), rel=1e-7)


def test_enough_was_compared():
    assert len(ROWS) >= 71
    assert sum(len(rows) for rows in ROWS.values()) >= 1061
    assert {row["method"] for rows in ROWS.values() for row in rows} == set(METHODS)


def test_where_metafor_gives_no_fit_ours_is_the_best_of_a_fine_grid():
    yi, vi = (np.array(column) for column in INPUTS["dat.normand1999"])
    assert not [r for r in ROWS["dat.normand1999"] if r["method"] == "REML"]
    result = pool(yi, vi, ci="wald")
    grid = [0.0, *np.geomspace(1e-6, 1e6, 4000)]
    assert result.loglik >= max(restricted_log_likelihood(yi, vi, t) for t in grid)


@pytest.mark.parametrize("row", read("bimodal_pinned.csv"), ids=lambda row: row["set"])
def test_the_better_of_two_maxima_is_found_where_metafor_stops_at_the_other(row):
    result = pool(*sets("bimodal.csv")[row["set"]], ci="wald")
    assert result.status == "bimodal"
    assert "more than one maximum" in result.message
    assert result.loglik > float(row["loglik"]) + 0.1
    other = pool_at(sets("bimodal.csv")[row["set"]], float(row["tau2"]))
    assert other == pytest.approx(float(row["loglik"]), abs=1e-8)


def pool_at(data, tau2):
    """Restricted log-likelihood at metafor's tau2, written out plainly."""
    yi, vi = (np.array(column) for column in data)
    w = 1 / (vi + tau2)
    q = w @ (yi - w @ yi / w.sum()) ** 2
    k = yi.size
    return -0.5 * ((k - 1) * np.log(2 * np.pi) - np.log(k) - np.log(w).sum() + np.log(w.sum()) + q)
