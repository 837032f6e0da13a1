"""Survival cohorts patient by patient: sums against the log-rank test, draws, and the interim."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from equipoise.design.closed import Difference, KeepAll, KeepOnly, closed_test, inverse_normal
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    SurvivalEnrichment,
    enrichment_plan,
    nested,
    survival_endpoint,
    survival_setting,
)
from equipoise.design.enrichment.cohort_kernels import (
    compare,
    cut_time,
    draw_cohort,
    order_statistic,
)
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.survival import log_rank

TWO = nested([0.6, 0.4])
LATE = inverse_normal([0.5, 1.0], [np.inf, 1.959964])
BASE = math.log(2.0) / 24


def setting(positive: float = 1.0, negative: float = 1.0, **options):
    hazards = [[BASE, BASE * negative], [BASE, BASE * positive]]
    given = {"accrual": 25.0, "interim_events": 40, "longest": 80.0, "dropout": 0.004} | options
    return survival_setting(TWO, (160, 160), [[30, 80], [30, 80]], hazards, **given)


def cohort(seed: int, size: int = 120, fixed: bool = True, cuts=(), hazards=None, called=None):
    rng = np.random.default_rng(seed)
    quota = np.array([72.0, 48.0]) if fixed else np.array([0.6, 0.4])
    rates = np.array([[[0.05], [0.04]], [[0.03], [0.02]]]) if hazards is None else hazards
    called = np.eye(2) if called is None else np.array(called)
    found, place = np.empty((3, size)), np.empty((2, size), dtype=np.int64)
    draw_cohort(
        *(rng, size, 3.0, 10.0, 0, quota, fixed, 0.5, called, np.array(cuts), rates),
        *(0.01, found, place),
    )
    return found, place


@pytest.mark.parametrize("seed", range(8))
def test_sums_are_those_of_the_log_rank_test(seed: int) -> None:
    found, place = cohort(seed)
    entry, follow, event = found
    cut = cut_time(found, place, 0, 35, 1e9)
    out = np.empty((3, 2))
    order = np.argsort(follow)
    compare(found, place, order, 0, cut, np.empty(120), out)
    in_trial = entry < cut
    time = np.minimum(follow, cut - entry)[in_trial]
    seen = (event * (entry + follow <= cut))[in_trial]
    assert seen.sum() == out[2].sum() == 35
    for s in (0, 1):
        own = place[0, in_trial] == s
        plain = log_rank(time[own], seen[own], place[1, in_trial][own])
        assert out[0, s] == pytest.approx(plain.observed[1] - plain.expected[1], abs=1e-10)
        assert out[1, s] == pytest.approx(plain.variance, abs=1e-10)
    whole = log_rank(time, seen, place[1, in_trial], strata=place[0, in_trial])
    assert out[0].sum() / math.sqrt(out[1].sum()) == pytest.approx(whole.z, abs=1e-10)


def test_cut_when_events_are_never_reached() -> None:
    found, place = cohort(1)
    assert cut_time(found, place, 0, 500, 60.0) == 60.0
    calendar = np.sort((found[0] + found[1])[(found[2] > 0) & (place[0] == 1)])
    assert cut_time(found, place, 1, 7, 1e9) == calendar[6]


def test_order_statistic_against_sorting() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 10, 57):
        values = rng.integers(0, 20, n).astype(float)
        found = [order_statistic(values.copy(), n, rank) for rank in range(n)]
        assert found == sorted(values.tolist())


def test_recruitment_by_quota_and_alternating_arms() -> None:
    found, place = cohort(4)
    assert np.bincount(place[0]).tolist() == [72, 48]
    for s in (0, 1):
        assert abs(place[1, place[0] == s].mean() - 0.5) * (place[0] == s).sum() <= 0.5 + 1e-9
    assert np.all(np.diff(found[0]) > 0)
    assert np.diff(found[0]).mean() == pytest.approx(0.1, rel=0.4)


def test_piecewise_hazards_and_misread_markers() -> None:
    """Share without an event at 12 months, treated, called positive: a mixture of two curves."""
    hazards = np.array([[[0.05, 0.10]] * 2, [[0.05, 0.01]] * 2])
    called = [[0.9, 0.1], [0.2, 0.8]]
    found, place = cohort(6, 40_000, fixed=False, cuts=[4.0], hazards=hazards, called=called)
    own = place[0] == 1
    event = found[2][own] * (found[1][own] <= 12.0)

    def density(t: float, h: np.ndarray) -> float:
        past = h[0] * min(t, 4.0) + h[1] * max(t - 4.0, 0.0)
        return float((h[0] if t < 4.0 else h[1]) * math.exp(-past - 0.01 * t))

    expected = sum(
        share * quad(density, 0.0, 12.0, args=(hazards[s, 0],), points=[4.0])[0]
        for s, share in enumerate(called[1])
    )
    assert event.mean() == pytest.approx(expected, abs=4 * math.sqrt(0.25 / own.sum()))


def test_the_choice_never_touches_the_first_cohort() -> None:
    """Other rules on the same seed: the first p-values stay, bit for bit."""
    size, first = 60, []
    for rule in (Difference(), KeepAll(), KeepOnly(0)):
        simulation = SurvivalEnrichment(enrichment_plan(LATE, rule), setting(0.6))
        found, _ = simulation.trials(np.random.default_rng(3), size)
        first.append(found.p[:, :, 0])
        decided = closed_test(found.p, LATE).rejected[:, :, 1]
        np.testing.assert_array_equal(found.rejected[:, 1], decided & found.tested[:, 1])
    np.testing.assert_array_equal(first[0], first[1])
    np.testing.assert_array_equal(first[0], first[2])


def test_only_the_chosen_are_recruited_and_slower() -> None:
    simulation = SurvivalEnrichment(enrichment_plan(LATE, KeepOnly(0)), setting())
    found, cohorts = simulation.trials(np.random.default_rng(3), 50)
    assert np.all(found.patients[:, 0] == [96, 64])
    assert np.all(found.patients[:, 1] == [0, 160])
    assert np.all(cohorts[1].events()[:, 0] == 80)
    begin, analysed = cohorts[0].times[:, -1], cohorts[1].times[:, 0]
    assert np.all(analysed > begin)
    fast = setting(screening_limits=False)
    hurried, others = SurvivalEnrichment(enrichment_plan(LATE, KeepOnly(0)), fast).trials(
        np.random.default_rng(3), 50
    )
    assert np.all(hurried.patients[:, 1] == [0, 160])
    assert (others[1].times[:, 0] - others[0].times[:, -1]).mean() < (analysed - begin).mean()


@pytest.mark.slow
@pytest.mark.parametrize("events", [[30, 100], [50, 60]], ids=["S first", "F first"])
def test_the_correlation_of_analyses_at_times_of_their_own(events: list[int]) -> None:
    hazards = [[BASE, BASE], [BASE, BASE]]
    given = {"accrual": 25.0, "interim_events": 40, "longest": 200.0}
    late = survival_setting(TWO, (160, 160), [events, events], hazards, **given)
    plan = enrichment_plan(LATE, KeepAll(), intersection="spiessens-debois")
    _, cohorts = SurvivalEnrichment(plan, late).trials(np.random.default_rng(6), 3000)
    for one in cohorts:
        information = one.information()
        said = np.sqrt(information[:, 0] / information[:, 1]).mean()
        seen = np.corrcoef(one.z().T)[0, 1]
        assert abs(said - seen) < 4 * (1 - seen**2) / math.sqrt(3000)


@pytest.mark.slow
@pytest.mark.parametrize("rule", [Difference(), KeepAll()], ids=["best", "all"])
def test_error_at_patient_level(rule) -> None:
    found = run_chunks(SurvivalEnrichment(enrichment_plan(LATE, rule), setting()), 6000, 1000, 4)
    error = found.rate("error")
    assert error.value <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / 6000)
    corrected = found.mean("corrected_error")
    if isinstance(rule, Difference):
        assert found.mean("naive_error").value[0] > 4 * found.mean("naive_error").mcse[0]
        assert abs(corrected.value[0]) < 4 * corrected.mcse[0] + 0.01


@pytest.mark.slow
def test_agrees_with_the_statistics_where_they_assume_the_same() -> None:
    """No drop-out, one hazard ratio near 1: strata's events and power as by statistics."""
    plan = enrichment_plan(LATE, KeepOnly(-1))
    given = setting(0.75, 0.75, dropout=0.0, longest=400.0)
    patients = run_chunks(SurvivalEnrichment(plan, given), 6000, 1000, 4).rate("any")
    endpoint = survival_endpoint(TWO, [80, 80], [0.75, 0.75], average="information")
    statistics = run_chunks(EnrichmentSimulation(plan, endpoint), 40_000, 5000, 4).rate("any")
    joint = math.hypot(float(patients.mcse), float(statistics.mcse))
    assert abs(patients.value - statistics.value) < 4 * joint + 0.01


def test_information_never_reached_is_counted() -> None:
    short = setting(longest=14.0, interim_events=30)
    found = run_chunks(
        SurvivalEnrichment(enrichment_plan(LATE, KeepAll()), short), 200, 100, seed=2
    )
    assert found.counts["short"].min() > 150
    assert found.mean("duration").value < 31.0


def test_refusals() -> None:
    with pytest.raises(ArrayError, match="first cohort's p-value comes at the end"):
        SurvivalEnrichment(
            enrichment_plan(inverse_normal([0.5, 1.0], [2.9, 1.97]), KeepAll()), setting()
        )
    with pytest.raises(ArrayError) as caught:
        setting(accrual=-1.0, dropout=math.nan, cuts=[2.0, 1.0], subset_size="any")
    assert len(caught.value.problems) == 5
    with pytest.raises(ArrayError, match="rows sum to 1"):
        setting(true_given_called=[[0.5, 0.4], [0.0, 1.0]])


def test_truth_is_unknown_where_no_hazard_ratio_holds() -> None:
    hazards = [[[BASE, BASE], [BASE, 0.5 * BASE]], [[BASE, BASE], [BASE, BASE]]]
    delayed = survival_setting(
        *(TWO, (160, 160), [[30, 80], [30, 80]], hazards),
        **{"accrual": 25.0, "interim_events": 40, "longest": 80.0, "cuts": [6.0]},
    )
    assert np.isnan(delayed.truth[0])
    assert delayed.truth[1] == 0.0
    assert setting(0.5).truth.tolist() == pytest.approx([0.0, math.log(2.0)])
