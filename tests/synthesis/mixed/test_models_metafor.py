"""Dependent effects against metafor's rma.mv and clubSandwich, pinned by validation/mixed/models.R.

Estimates to 1e-5 (metafor's optimisers stop earlier than ours), log-likelihood never below
metafor's by more than 1e-8; clubSandwich to 1e-5 where it starts from metafor's variances. The
README beside the recipe lists what differs by more, with log-likelihoods.
"""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis.mixed import Correlated, Groups, fit_mixed, profile_interval

PINNED = Path(__file__).parents[3] / "validation" / "mixed"

AT_THE_EDGE = frozenset()
"""Models whose best point is on a boundary that metafor only comes near."""


def read(name):
    with (PINNED / name).open(newline="") as file:
        return list(csv.DictReader(file))


def tables():
    rows, covariances, pinned = (defaultdict(list) for _ in range(3))
    for table, name in (
        (rows, "model_rows.csv"),
        (covariances, "model_covariances.csv"),
        (pinned, "models_pinned.csv"),
    ):
        for row in read(name):
            table[row["model"]].append(row)
    return rows, covariances, pinned


ROWS, COVARIANCES, EXPECTED = tables()


def structure(rows, s):
    kind = rows[0][f"structure{s}"]
    outer = [row[f"outer{s}"] for row in rows]
    if kind == "GROUPS":
        return [Groups(outer)]
    return [Correlated([row[f"inner{s}"] for row in rows], outer, kind)] if kind else []


def data(name):
    rows = ROWS[name]
    y = np.array([float(row["y"]) for row in rows])
    V = np.zeros((y.size, y.size))
    for row in COVARIANCES[name]:
        i, j = int(row["i"]), int(row["j"])
        V[i, j] = V[j, i] = float(row["v"])
    columns = [f"x{j}" for j in range(1, 5) if rows[0][f"x{j}"]]
    X = np.array([[float(row[c]) for c in columns] for row in rows])
    return y, V, X, structure(rows, 1) + structure(rows, 2), [row["cluster"] for row in rows]


@cache
def fitted(name, method, inference="wald"):
    y, V, X, random, cluster = data(name)
    return fit_mixed(y, V, X, random=random, method=method, inference=inference, cluster=cluster)


def expected(name, method):
    out = defaultdict(dict)
    for row in EXPECTED[name]:
        if row["method"] == method and row["value"]:
            out[row["quantity"]][int(row["index"])] = float(row["value"])
    return {key: np.array([values[i] for i in sorted(values)]) for key, values in out.items()}


def compare(name, method):
    """Largest relative difference (absolute below 1) of each quantity."""
    inference = {"t": "t", "cr2": "cr2"}.get(method, "wald")
    fit = fitted(name, "ML" if method == "ML" else "REML", inference)
    out = {}
    for quantity, values in expected(name, method).items():
        found = np.atleast_1d(getattr(fit, quantity))[: values.size]
        out[quantity] = float((np.abs(found - values) / np.maximum(1.0, np.abs(values))).max())
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.parametrize("method", ["REML", "ML", "t", "cr2"])
def test_agrees_with_metafor_and_clubsandwich(name, method):
    for quantity, size in compare(name, method).items():
        assert size <= 1e-5, (quantity, size)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS))
def test_no_likelihood_is_below_that_of_metafor(name):
    for method in ("REML", "ML"):
        assert fitted(name, method).loglik >= expected(name, method)["loglik"][0] - 1e-8


PROFILED = sorted(n for n, rows in EXPECTED.items() if any(r["method"] == "profile" for r in rows))


@pytest.mark.slow
@pytest.mark.parametrize("name", PROFILED)
def test_profile_intervals_agree_with_metafor(name):
    fit = fitted(name, "REML")
    ends = expected(name, "profile")
    for i, parameter in enumerate(fit.parameters):
        low, high, *_ = profile_interval(fit, parameter)
        assert low == pytest.approx(ends["low"][i], abs=1e-5)
        assert high == pytest.approx(ends["high"][i], abs=1e-5)


def test_enough_was_compared():
    assert len(ROWS) >= 20
