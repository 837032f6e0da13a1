"""Shrinkage of many subgroups: JAGS, closed forms, plain sums and what must always hold."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import logsumexp

from equipoise.biomarkers.markers import Horseshoe, NormalSpread, shrink_subgroups
from equipoise.biomarkers.markers.deviation_priors import spike_and_slab_grid
from equipoise.biomarkers.markers.shrinkage_kernels import weigh_centres, weigh_components
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors import (
    EffectPrior,
    HeterogeneityPrior,
    SpikeAndSlabPrior,
    posterior,
)

FOLDER = Path(__file__).parents[3] / "validation" / "biomarkers" / "markers"


def rows(name):
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


DATA = defaultdict(list)
for row in rows("subgroups.csv"):
    DATA[row["set"]].append((row["subgroup"], float(row["yi"]), float(row["sei"])))
PINNED = defaultdict(list)
for row in rows("shrinkage_pinned.csv"):
    PINNED[row["set"], row["prior"], row["common"]].append(row)


@pytest.mark.parametrize("key", list(PINNED))
def test_means_are_within_0_003_of_jags_and_all_within_its_error(key):
    name, prior, common = key
    labels, y, s = zip(*DATA[name], strict=True)
    result = shrink_subgroups(y, s, labels, prior=prior, common_sd=0.2 * (common == "normal"))
    for row in PINNED[key]:
        label, mcse = row["subgroup"], float(row["mcse"])
        one = result.posterior(label)
        found = {
            "mean": float(result.means[labels.index(label)]),
            "sd": float(result.sds[labels.index(label)]),
            "q025": one.quantile(label, 0.025),
            "q975": one.quantile(label, 0.975),
        }[row["statistic"]]
        # 2e-4: the grid; where an interval ends in the spike there is no Monte Carlo error
        assert abs(found - float(row["value"])) <= 4.5 * mcse + 2e-4, (row, found)
        if row["statistic"] == "mean" and name == "twelve":
            assert abs(found - float(row["value"])) < 0.003
        assert one.mean(label) == pytest.approx(result.means[labels.index(label)], abs=1e-6)


def test_one_subgroup_under_a_known_spread_is_the_closed_form():
    prior = NormalSpread(HeterogeneityPrior("known", 0.354))
    result = shrink_subgroups([-0.951], [0.4858], prior=prior)
    share = 0.354**2 / (0.354**2 + 0.4858**2)
    assert result.means[0] == pytest.approx(-0.951 * share, abs=1e-12)
    assert result.sds[0] == pytest.approx(0.4858 * math.sqrt(share), abs=1e-12)


def test_normal_normal_is_the_random_effects_posterior():
    y, s = np.array([-0.6, -0.1, 0.1, -0.3]), np.array([0.2, 0.15, 0.25, 0.3])
    spread = HeterogeneityPrior("half-normal", 0.3)
    ours = shrink_subgroups(y, s, prior=NormalSpread(spread), common_sd=0.5)
    other = posterior(y, s**2, tau=spread, mean=EffectPrior((0.0,), (0.5,)), study_effects=True)
    for i in range(4):
        assert ours.means[i] == pytest.approx(other.mean(f"study {i + 1}"), abs=2e-5)
        assert ours.sds[i] == pytest.approx(other.sd(f"study {i + 1}"), abs=2e-5)


def test_horseshoe_of_one_subgroup_is_a_plain_double_integral():
    y, s, scale = 0.8, 0.3, 0.1

    def over_lambda(tau, power):
        def inside(angle):  # lambda = tan(angle) is uniform in angle
            v = (math.tan(angle) * tau) ** 2
            b = v / (v + s * s)
            density = math.exp(-0.5 * y * y / (v + s * s)) / math.sqrt(v + s * s)
            return density * (b * y) ** power

        return quad(inside, 0.0, 0.5 * math.pi, limit=200)[0]

    def over_tau(power):
        return quad(
            lambda angle: over_lambda(scale * math.tan(angle), power), 0.0, 0.5 * math.pi - 1e-9
        )[0]

    mean = over_tau(1) / over_tau(0)
    prior = Horseshoe(HeterogeneityPrior("half-cauchy", scale))
    assert shrink_subgroups([y], [s], prior=prior).means[0] == pytest.approx(mean, abs=2e-4)


def test_spike_and_slab_is_a_plain_sum_over_which_subgroups_are_real():
    y, s, p, slab, centre = np.array([-0.9, 0.1, 0.4]), np.array([0.3, 0.2, 0.5]), 0.2, 0.35, 0.2
    total, mean = 0.0, np.zeros(3)
    for code in range(8):
        real = np.array([(code >> i) & 1 for i in range(3)])
        weight = np.prod(np.where(real == 1, p, 1.0 - p))
        prior = np.diag(real * slab**2) + centre**2
        V = prior + np.diag(s**2)
        density = math.exp(-0.5 * y @ np.linalg.solve(V, y)) / math.sqrt(np.linalg.det(V))
        total += weight * density
        mean += weight * density * (prior @ np.linalg.solve(V, y))
    result = shrink_subgroups(y, s, prior=SpikeAndSlabPrior(p, slab), common_sd=centre)
    assert result.means == pytest.approx(mean / total, abs=1e-9)
    constant = 1.5 * math.log(2.0 * math.pi)
    assert result.log_evidence == pytest.approx(math.log(total) - constant, abs=1e-6)


estimates = st.lists(st.floats(-2.0, 2.0), min_size=1, max_size=6)


@settings(max_examples=25)
@given(estimates, st.sampled_from(["normal-normal", "horseshoe", "reference"]), st.randoms())
def test_what_always_holds(y, prior, random):
    s = np.linspace(0.1, 0.6, len(y))
    result = shrink_subgroups(y, s, prior=prior)
    assert result.weights.sum(axis=(1, 2)) == pytest.approx(np.ones(len(y)), abs=1e-9)
    # never beyond the estimate, never past the known centre, never less sure than the data alone
    assert (np.abs(result.means) <= np.abs(y) + 1e-9).all()
    assert (result.means * np.array(y) >= -1e-12).all()
    mirrored = shrink_subgroups(-np.array(y), s, prior=prior)
    assert mirrored.means == pytest.approx(-result.means, abs=1e-9)
    order = list(range(len(y)))
    random.shuffle(order)
    shuffled = shrink_subgroups(np.array(y)[order], s[order], prior=prior)
    assert shuffled.means == pytest.approx(result.means[order], abs=1e-9)
    tenfold = shrink_subgroups(np.array(y), s, prior="reference", common_mean=0.0, common_sd=0.0)
    assert np.isfinite(tenfold.log_evidence)


def plain_weights(y, s, centres, log_centre, grid):
    """Bayes' rule over every centre, spread and scale, in logarithms and without any loop."""
    v = s[:, None] ** 2 + grid.scales**2
    off = (y[:, None] - centres) ** 2
    with np.errstate(divide="ignore"):
        log_w = np.log(grid.weights)
    density = -0.5 * (off[:, :, None] / v[:, None, :] + np.log(2.0 * math.pi * v)[:, None, :])
    each = log_w + density[:, :, None, :]  # (k, m, R, J)
    total = logsumexp(each, axis=3)
    joint = grid.log_prior + log_centre[:, None] + total.sum(axis=0)
    evidence = logsumexp(joint)
    weights = np.exp(joint - evidence)[:, :, None] * np.exp(each - total[..., None])
    return weights.sum(axis=2), evidence


@pytest.mark.parametrize("prior", [NormalSpread(), Horseshoe(), SpikeAndSlabPrior(0.2, 0.35)])
@pytest.mark.parametrize(("k", "spread"), [(1, 0.3), (12, 0.3), (40, 0.3), (40, 6.0)])
def test_the_kernels_are_the_plain_sum_even_where_densities_vanish(prior, k, spread):
    rng = np.random.default_rng(k)
    s = rng.uniform(0.05, 0.6, k)
    y = spread * rng.standard_normal(k)
    known = isinstance(prior, SpikeAndSlabPrior)
    grid = spike_and_slab_grid(prior) if known else prior.grid(s, float(np.abs(y).max()))
    centres = np.linspace(y.min() - 0.5, y.max() + 0.5, 9)
    log_centre = -0.5 * centres**2
    weights, evidence = plain_weights(y, s, centres, log_centre, grid)
    found, log_evidence = weigh_components(y, s, centres, log_centre, *grid)
    assert found == pytest.approx(weights, abs=1e-11)
    assert log_evidence == pytest.approx(evidence, rel=1e-12, abs=1e-10)
    alone = weigh_centres(y, s, centres, log_centre, *grid)
    assert alone == pytest.approx(weights[0].sum(axis=1), abs=1e-11)


def test_a_common_effect_moves_with_the_data():
    y, s = np.array([-0.5, 0.2, -0.1]), np.array([0.2, 0.3, 0.25])
    for prior in ("normal-normal", "horseshoe", "reference"):
        here = shrink_subgroups(y, s, prior=prior, common_sd=0.3)
        there = shrink_subgroups(y + 1.0, s, prior=prior, common_mean=1.0, common_sd=0.3)
        assert there.means == pytest.approx(here.means + 1.0, abs=1e-4)


def test_a_forest_row_holds_both_intervals():
    frame = shrink_subgroups([-0.951, 0.1], [0.4858, 0.2], ["a", "b"]).to_frame()
    first = frame.iloc[0]
    assert list(frame["subgroup"]) == ["a", "b"]
    assert first["raw"] == pytest.approx(math.exp(-0.951))
    assert first["raw_low"] < first["shrunken_low"] < first["shrunken"] < first["shrunken_high"]
    assert first["shrunken"] == pytest.approx(0.913, abs=0.001)
    assert 0.0 < first["pull"] < 1.0


def test_every_unusable_number_is_named_at_once():
    with pytest.raises(ArrayError) as caught:
        shrink_subgroups([math.nan, 1.0], [0.0, -1.0], ["a", "a"], prior="belief", common_sd=-1.0)
    fields = [problem.field for problem in caught.value.problems]
    assert sorted(fields) == ["common_sd", "estimates", "labels", "prior", "ses", "ses"]
