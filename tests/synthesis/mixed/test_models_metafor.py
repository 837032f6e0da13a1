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

DIVERGE = ("fine_CS", "fine_HCS")
"""Rows of the README's table of divergences; the tests at the end say who is right."""


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
    pinned = expected(name, method)
    for quantity, values in pinned.items():
        if quantity.startswith("qm") and pinned["qm_df2"][0] <= 0.0:
            assert np.isnan(fit.qm)  # too few clusters for the test to exist
            continue
        found = np.atleast_1d(getattr(fit, quantity))[: values.size]
        out[quantity] = float((np.abs(found - values) / np.maximum(1.0, np.abs(values))).max())
    return out


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS.keys() - set(DIVERGE)))
@pytest.mark.parametrize("method", ["REML", "ML", "t", "cr2"])
def test_agrees_with_metafor_and_clubsandwich(name, method):
    for quantity, size in compare(name, method).items():
        assert size <= 1e-5, (quantity, size)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ROWS.keys() - {"fine_CS"}))
def test_no_likelihood_is_below_that_of_metafor(name):
    for method in ("REML", "ML"):
        assert fitted(name, method).loglik >= expected(name, method)["loglik"][0] - 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({row["model"] for row in read("profiles_pinned.csv")}))
def test_profile_intervals_agree_with_metafor(name):
    fit = fitted(name, "REML")
    rows = [row for row in read("profiles_pinned.csv") if row["model"] == name]
    assert len(rows) == len(fit.parameters)
    for parameter, row in zip(fit.parameters, rows, strict=True):
        low, high, *_ = profile_interval(fit, parameter)
        for found, text in ((low, row["low"]), (high, row["high"])):
            if text:
                assert found == pytest.approx(float(text), abs=1e-5)


def test_enough_was_compared():
    assert len(ROWS) >= 20


def at(name, G, plain):
    """Restricted log-likelihood of a model with one structure at covariance matrix `G`."""
    y, V, X, random, _ = data(name)
    (structure,) = random
    levels = sorted(set(structure.inner))
    inner = [levels.index(level) for level in structure.inner]
    return plain.loglik(y, X, plain.total(V, [(inner, structure.outer)], [G]), restricted=True)


@pytest.mark.slow
def test_a_shared_correlation_of_four_outcomes_is_not_below_minus_a_third(plain):
    # metafor's point has a correlation of -1, at which G is no covariance matrix. Of those that
    # are, ours is the best.
    tau2, rho = expected("fine_CS", "REML")["parameter_values"]
    shape = np.full((4, 4), rho) + (1.0 - rho) * np.eye(4)
    assert np.linalg.eigvalsh(shape)[0] < -1.9
    loglik = expected("fine_CS", "REML")["loglik"][0]
    assert at("fine_CS", tau2 * shape, plain) == pytest.approx(loglik, abs=1e-6)
    fit = fitted("fine_CS", "REML")
    for rho in np.linspace(-1.0 / 3.0, 1.0, 9):
        shape = np.full((4, 4), rho) + (1.0 - rho) * np.eye(4)
        for tau2 in [0.0, *np.geomspace(1e-4, 2.0, 15)]:
            assert at("fine_CS", tau2 * shape, plain) <= fit.loglik + 1e-9


@pytest.mark.slow
def test_the_better_maximum_of_four_variances(plain):
    fit = fitted("fine_HCS", "REML")
    assert at("fine_HCS", fit.G[0], plain) == pytest.approx(fit.loglik, abs=1e-9)
    assert np.linalg.eigvalsh(fit.G[0])[0] > -1e-12
    assert fit.loglik > expected("fine_HCS", "REML")["loglik"][0] + 2.8
