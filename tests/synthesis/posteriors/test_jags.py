"""Four posteriors against Markov chain Monte Carlo: validation/posteriors/jags.R."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from equipoise.synthesis.posteriors import (
    EffectPrior,
    LinearEffect,
    heterogeneity_posterior,
    interaction_posterior,
    posterior,
)

FOLDER = Path(__file__).parents[3] / "validation" / "posteriors"
HOLD = 4.0
"""Monte Carlo standard errors that a number may be off: one in 16,000 by chance."""
TURNER = "turner2015: surgical / device related success / failure; pharmacological vs placebo"


def rows(name):
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


PINNED = defaultdict(list)
for row in rows("pinned.csv"):
    PINNED[row["posterior"], row["effect"]].append(row)
INPUT = defaultdict(list)
for row in rows("inputs.csv"):
    INPUT[row["set"]].append([float(row[c]) for c in ("trial", "x", "yi", "vi")])


def check(result, name, pinned):
    values = {
        "mean": result.mean(name),
        "sd": result.sd(name),
        "q025": result.quantile(name, 0.025),
        "q50": result.quantile(name, 0.5),
        "q975": result.quantile(name, 0.975),
        "below_0": result.probability(name, below=0.0),
    }
    for row in pinned:
        off = abs(values[row["statistic"]] - float(row["value"]))
        assert off <= HOLD * float(row["mcse"]), (name, row, values[row["statistic"]])
    return len(pinned)


@pytest.mark.parametrize(
    ("label", "tau"), [("half-normal", "half-normal(0.5)"), ("turner", TURNER)]
)
def test_random_effects(label, tau):
    y, v = np.array(INPUT["pooled"]).T[2:]
    mean = EffectPrior((0.0,), (2.0,))
    result = posterior(y, v, tau=tau, mean=mean, study_effects=True)
    assert result.grid_error < 1e-6
    for name, effect in (("mean", "mu"), ("new trial", "new"), ("study 1", "first")):
        assert check(result, name, PINNED[label, effect]) == 6
    spread = heterogeneity_posterior(y, v, tau=tau, mean=mean)
    values = {"mean": spread.mean(), "sd": spread.sd()}
    values |= {"q025": spread.quantile(0.025), "q50": spread.quantile(0.5)}
    values["q975"] = spread.quantile(0.975)
    for row in PINNED[label, "tau"]:
        if row["statistic"] in values:
            off = abs(values[row["statistic"]] - float(row["value"]))
            assert off <= HOLD * float(row["mcse"]), row


def test_spike_and_slab():
    (_, _, bn, vn), (_, _, bp, vp) = INPUT["strata"]
    result = interaction_posterior(bn, vn**0.5, bp, vp**0.5)
    for name in ("negative", "positive", "difference"):
        check(result.posterior, name, PINNED["spike and slab", name])
    (real,) = [r for r in PINNED["spike and slab", "real"] if r["statistic"] == "mean"]
    assert abs(result.probability_difference - float(real["value"])) <= HOLD * float(real["mcse"])


@pytest.mark.slow
def test_two_variances():
    trial, x, y, v = np.array(INPUT["modified"]).T
    labels = (trial[:, None] == np.unique(trial)).astype(float)
    result = posterior(
        y,
        v,
        np.column_stack([np.ones_like(x), x]),
        random=[(labels, "half-normal(0.5)"), (labels * x[:, None], "half-normal(0.3)")],
        mean=[EffectPrior((0.0,), (1.0,))] * 2,
        effects={
            "mu": LinearEffect((1.0, 0.0)),
            "difference": LinearEffect((0.0, 1.0)),
            "positive_new": LinearEffect((1.0, 0.8), new=(1.0, 0.8)),
        },
    )
    assert result.status == "converged"
    for name in result.names:
        check(result, name, PINNED["two variances", name])
