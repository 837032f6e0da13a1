"""Family-wise error under global and partial nulls, bias after selection, and monotone power."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from equipoise.design.closed import (
    Difference,
    KeepAll,
    equal_level_bounds,
    fisher_product,
    inverse_normal,
)
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    enrichment_plan,
    nested,
    normal_endpoint,
    rate_endpoint,
    survival_endpoint,
)
from equipoise.design.enrichment.corrected import corrected_effects

STRATA = nested([0.6, 0.4])
INVERSE = inverse_normal([0.46, 1.0], [3.1, 1.9659])
FISHER = fisher_product(equal_level_bounds(2))
LATE = inverse_normal([0.5, 1.0], [np.inf, -float(ndtri(0.025))])
OFFSET = math.exp(0.4 * 0.4 / 0.6), math.exp(-0.4)
NULLS = {
    "global": (1.0, 1.0),
    "S null, complement helped": (0.6, 1.0),
    "S helped, F null": OFFSET,
    "S harmed, F null": (1 / OFFSET[0], 1 / OFFSET[1]),
}


def simulate(combination, ratios, rule, test="simes", n=20_000, events=(120, 140), seed=5):
    plan = enrichment_plan(combination, rule, intersection=test)
    endpoint = survival_endpoint(STRATA, events, ratios)
    return run_chunks(EnrichmentSimulation(plan, endpoint), n, 5000, seed)


@pytest.mark.parametrize("null", list(NULLS))
@pytest.mark.parametrize("combination", [INVERSE, FISHER], ids=["inverse normal", "Fisher"])
@pytest.mark.parametrize("test", ["simes", "spiessens-debois"])
@pytest.mark.parametrize("rule", [Difference(), KeepAll()], ids=["best", "all"])
def test_family_wise_error(null: str, combination, test: str, rule) -> None:
    error = simulate(combination, NULLS[null], rule, test).rate("error")
    assert error.value <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 20_000)


def test_the_error_of_spiessens_debois_is_used_up() -> None:
    """With one stage's worth of data and both tested the level is exact under the global null."""
    one = inverse_normal([1.0], [-float(ndtri(0.025))])
    error = simulate(one, (1.0, 1.0), KeepAll(), "spiessens-debois", events=(200,)).rate("error")
    assert abs(error.value - 0.025) < 4 * error.mcse


def test_three_populations_with_the_strong_null() -> None:
    plan = enrichment_plan(LATE, KeepAll(), intersection="spiessens-debois")
    three = survival_endpoint(nested([0.5, 0.3, 0.2]), [150, 150], [1.0, 1.0, 1.0])
    found = run_chunks(EnrichmentSimulation(plan, three), 20_000, 5000, 3)
    strong = found.rate("strong_null")
    assert abs(strong.value - 0.025) < 4 * strong.mcse
    assert found.rate("error").value <= strong.value


RULES = [Difference(), Difference(-0.1, 0.1), Difference(-0.2, 0.05), Difference(least=-0.1)]


@pytest.mark.parametrize("rule", RULES, ids=["best", "epsilon", "skew", "least"])
@pytest.mark.parametrize("effects", [(0.0, 0.0), (0.1, 0.4)], ids=["null", "S helped"])
def test_the_corrected_estimate_is_unbiased_given_the_choice(rule, effects) -> None:
    plan = enrichment_plan(LATE, rule)
    size = np.array([[[0, 90], [60, 40]], [[0, 100], [40, 70]]])
    endpoint = normal_endpoint(STRATA, size, effects, 0.25)
    simulation = EnrichmentSimulation(plan, endpoint)
    trials = simulation.trials(np.random.default_rng(9), 60_000)
    truth = STRATA.average(np.array(effects))
    for code in ((True, False), (False, True), (True, True)):
        here = np.all(trials.tested[:, 1] == code, axis=1)
        for j in (0, 1):
            errors = (trials.corrected - truth)[here, j]
            errors = errors[~np.isnan(errors)]
            if errors.size > 500:
                mcse = errors.std(ddof=1) / math.sqrt(errors.size)
                assert abs(errors.mean()) < 4 * mcse, (code, j)


def test_the_naive_estimate_of_a_chosen_subset_is_too_good() -> None:
    found = simulate(LATE, (1.0, 1.0), Difference())
    naive, corrected = found.mean("naive_error"), found.mean("corrected_error")
    assert naive.value[0] > 8 * naive.mcse[0]
    assert abs(corrected.value[0]) < 4 * corrected.mcse[0]


def test_corrected_against_plain_rejection_sampling() -> None:
    """Given the final estimates, draw how the stages shared them; keep what leads to the choice."""
    rule, pi = Difference(-0.1, 0.15), 0.4
    final, variance, share = np.array([0.05, 0.3]), np.array([0.02, 0.03]), np.array([0.6, 0.35])
    rng = np.random.default_rng(2)
    y = final + rng.standard_normal((400_000, 2)) * np.sqrt(variance * share / (1 - share))
    x = (final - (1 - share) * y) / share
    gap = (1 - pi) * (x[:, 1] - x[:, 0])
    cases = {(False, True): gap < -0.1, (True, True): (gap >= -0.1) & (gap <= 0.15)}
    for kept, here in cases.items():
        ours = corrected_effects(
            *(rule, STRATA, np.zeros((1, 2)), final[None], variance[None], share[None]),
            np.array([kept]),
        )[0]
        plain = np.stack([y[here, 1], 0.6 * y[here, 0] + 0.4 * y[here, 1]], axis=1)
        error = plain.std(axis=0) / math.sqrt(here.sum())
        for j in (0, 1):
            if kept[j]:
                assert abs(ours[j] - plain[:, j].mean()) < 4 * error[j]
            else:
                assert math.isnan(ours[j])


def test_power_grows_with_the_effect_and_with_alpha() -> None:
    weak = simulate(LATE, (0.9, 0.75), Difference(), n=5000).rate("any").value
    strong = simulate(LATE, (0.9, 0.65), Difference(), n=5000).rate("any").value
    more = simulate(LATE, (0.9, 0.65), Difference(), n=5000, events=(180, 200)).rate("any").value
    loose = inverse_normal([0.5, 1.0], [np.inf, 1.6449])
    assert weak < strong < more
    assert strong < simulate(loose, (0.9, 0.65), Difference(), n=5000).rate("any").value


def test_same_numbers_for_any_number_of_workers() -> None:
    endpoint = rate_endpoint(STRATA, [100, 100], [[0.3, 0.4], [0.3, 0.5]])
    simulation = EnrichmentSimulation(enrichment_plan(INVERSE, Difference()), endpoint)
    one = run_chunks(simulation, 2000, 250, 3)
    four = run_chunks(simulation, 2000, 250, 3, workers=4)
    for name, count in one.counts.items():
        np.testing.assert_array_equal(count, four.counts[name])
    for name in one.moments:
        np.testing.assert_array_equal(one.mean(name).value, four.mean(name).value)
