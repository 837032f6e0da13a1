"""Tilts that meet a mean exactly, and patients accepted by them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.cite import REFERENCES
from equipoise.errors import ComputationError, InputError
from equipoise.mechanism.population import (
    accept,
    acceptance,
    draw_population,
    effective_size,
    quasi_random,
    tilt,
    tilting,
)
from equipoise.mechanism.population.tilting import tilted_weights

probabilities = st.lists(st.floats(0.0, 1.0), min_size=2, max_size=40)


def test_the_loaded_die_of_jaynes():
    """Jaynes, Where do we stand on maximum entropy? (1978), equations B10 to B13: mean 4.5."""
    faces = np.arange(1.0, 7.0)
    slope = tilt(faces, 4.5)
    weights = tilted_weights(faces, slope)
    assert slope == pytest.approx(0.37105, abs=5e-6)
    printed = [0.05435, 0.07877, 0.11416, 0.16545, 0.23977, 0.34749]
    assert weights / weights.sum() == pytest.approx(printed, abs=6e-6)


def test_raking_in_r_gives_the_same_weights(pinned):
    sets = pd.read_csv(pinned / "raking.csv").groupby("target")
    assert len(sets) == 4
    for target, rows in sets:
        predicted = rows.predicted.to_numpy()
        weights = tilted_weights(predicted, tilt(predicted, target))
        assert weights / weights.sum() == pytest.approx(rows.weight.to_numpy(), rel=1e-9)


def slow_tilt(predicted, target):
    """Plain version: halve an interval 200 times, with sums of Python numbers."""
    low, high = -200.0, 200.0
    for _ in range(200):
        middle = (low + high) / 2.0
        weights = [
            math.exp(middle * (p - (max(predicted) if middle > 0 else min(predicted))))
            for p in predicted
        ]
        mean = math.fsum(w * p for w, p in zip(weights, predicted, strict=True)) / math.fsum(
            weights
        )
        low, high = (middle, high) if mean < target else (low, middle)
    return (low + high) / 2.0


@settings(max_examples=15)
@given(probabilities, st.floats(0.1, 0.9))
def test_against_halving(predicted, where):
    low, high = min(predicted), max(predicted)
    assume(high - low > 0.2)
    target = low + where * (high - low)
    assert tilt(np.array(predicted), target) == pytest.approx(
        slow_tilt(predicted, target), rel=1e-6, abs=1e-9
    )


@given(probabilities, st.floats(0.001, 0.999))
def test_the_tilted_mean_is_the_target(predicted, where):
    p = np.array(predicted)
    target = float(p.min() + where * (p.max() - p.min()))
    assume(p.min() < target < p.max())
    assume(np.ptp(p) > 1e-300)
    slope = tilt(p, target)
    weights = tilted_weights(p, slope)
    assert weights @ p / weights.sum() == pytest.approx(target, rel=1e-9, abs=1e-12)
    assert weights.max() == 1.0
    assert slope == 0.0 or (slope > 0.0) == (target > p.mean())


@given(probabilities)
def test_nothing_happens_when_the_mean_is_the_target(predicted):
    p = np.array(predicted)
    assert tilt(p, float(p.mean())) == 0.0
    assert effective_size(tilted_weights(p, 0.0)) == pytest.approx(p.size)


@settings(max_examples=20)
@given(
    probabilities, st.floats(0.02, 0.98), st.lists(st.floats(-1.0, 1.0), min_size=40, max_size=40)
)
def test_no_other_weights_are_nearer_to_equal(predicted, where, noise):
    """Move the weights along a direction that keeps their sum and their mean: entropy falls."""
    p = np.array(predicted)
    assume(np.ptp(p) > 0.1)
    weights = tilted_weights(p, tilt(p, float(p.min() + where * np.ptp(p))))
    weights = weights / weights.sum()
    basis = np.linalg.qr(np.column_stack([np.ones_like(p), p - p.mean()]))[0]
    direction = np.array(noise[: p.size])
    direction = direction - basis @ (basis.T @ direction)
    assume(np.abs(direction).max() > 1e-3)
    step = 0.5 * (weights / np.maximum(np.abs(direction), 1e-12)).min()
    moved = weights + step * direction

    def distance(w):
        return float(np.sum(w * np.log(np.maximum(w, 1e-300) * w.size)))

    assert distance(moved) >= distance(weights) - 1e-12


@pytest.mark.parametrize("target", [0.1, 0.3, 0.05, 0.9, math.nan])
def test_a_target_nobody_reaches_is_refused(target):
    with pytest.raises(InputError, match=r"0\.1 and 0\.3"):
        tilt(np.array([0.1, 0.2, 0.3, 0.1]), target)


def test_predictions_that_hardly_differ_are_refused():
    with pytest.raises(ComputationError, match="within 4e-311"):
        tilt(np.array([0.0, 4e-311]), 1e-311)


@pytest.fixture(scope="module")
def prior(model, covariates):
    return draw_population(model, covariates, 3000, 11)


@pytest.fixture(scope="module")
def predicted(prior):
    odds = np.exp(-0.3 + 1.5 * prior.score("sensitivity") - 0.8 * prior.column("positive"))
    return odds / (1.0 + odds)


TARGETS = {0.0: 0.6, 1.0: 0.2}


def test_expected_shares_are_the_targets(prior, predicted):
    strata = prior.column("positive")
    accepted = accept(prior, predicted, strata, TARGETS, 4)
    for stratum, target in TARGETS.items():
        a, p = accepted.probabilities[strata == stratum], predicted[strata == stratum]
        assert a @ p / a.sum() == pytest.approx(target, abs=1e-12)
    rates = [row.expected_rate for row in accepted.strata]
    assert rates[0] == pytest.approx(rates[1], rel=1e-12)
    free = accept(prior, predicted, strata, TARGETS, 4, keep_mix=False)
    assert sorted(row.expected_rate for row in free.strata)[0] == pytest.approx(rates[0])
    assert [free.probabilities[strata == s].max() for s in TARGETS] == [1.0, 1.0]


def test_the_accepted_meet_the_targets_within_their_error(prior, predicted):
    strata = prior.column("positive")
    accepted = accept(prior, predicted, strata, TARGETS, 4)
    population = accepted.population
    for row in accepted.strata:
        own = population.column("positive") == row.stratum
        shares = predicted[accepted.indices][own]
        assert row.accepted == own.sum() > 100
        assert row.achieved == pytest.approx(shares.mean())
        assert abs(row.achieved - row.target) < 4.0 * row.achieved_error < 0.08
        assert row.predicted == pytest.approx(predicted[strata == row.stratum].mean())
    assert population.patients.tolist() == prior.patients[accepted.indices].tolist()
    assert population.column("positive").mean() == pytest.approx(strata.mean(), abs=0.05)
    assert accepted.acceptance_rate == pytest.approx(accepted.probabilities.mean(), abs=0.03)
    assert accepted.acceptance_rate < accepted.effective_size / 3000 < 1.0


def test_the_error_is_that_of_repeated_acceptance(prior, predicted):
    strata = np.zeros(3000)
    runs = [accept(prior, predicted, strata, {0.0: 0.5}, seed).strata[0] for seed in range(200)]
    means = np.array([run.achieved for run in runs])
    assert means.mean() == pytest.approx(0.5, abs=4.0 * means.std() / math.sqrt(200))
    assert means.std() < runs[0].achieved_error  # the prior patients are the same in all runs


def test_everybody_is_accepted_where_nothing_has_to_change(prior, predicted):
    strata = np.where(prior.column("positive") == 1.0, "pos", "neg")
    targets = {s: float(predicted[strata == s].mean()) for s in ("pos", "neg")}
    accepted = accept(prior, predicted, strata, targets, 4)
    assert accepted.indices.size == 3000
    assert accepted.effective_size == pytest.approx(3000.0)
    assert [row.slope for row in accepted.strata] == [0.0, 0.0]


def test_a_patient_is_decided_by_seed_and_number(prior, predicted):
    strata = prior.column("positive")
    one, two = (accept(prior, predicted, strata, TARGETS, 4) for _ in range(2))
    assert one.indices.tobytes() == two.indices.tobytes()
    other = accept(prior, predicted, strata, TARGETS, 5)
    assert one.indices.tolist() != other.indices.tolist()
    assert one.probabilities.tobytes() == other.probabilities.tobytes()


def test_failed_patients_are_counted_and_left_out(prior, predicted):
    broken = predicted.copy()
    broken[[2, 5]] = np.nan
    accepted = accept(prior, broken, np.zeros(3000), {0.0: 0.5}, 4)
    (row,) = accepted.strata
    assert (row.patients, row.failed) == (3000, 2)
    assert not {2, 5} & set(accepted.indices.tolist())
    assert row.achieved == pytest.approx(0.5, abs=4.0 * row.achieved_error)


def test_the_table_has_a_row_a_stratum(prior, predicted):
    accepted = accept(prior, predicted, prior.column("positive"), TARGETS, 4)
    table = accepted.to_frame()
    assert table.stratum.tolist() == [0.0, 1.0]
    assert (table.effective_size < table.patients).all()
    assert table.accepted.sum() == accepted.indices.size


def test_every_problem_of_the_input_is_named(prior, predicted):
    wrong = predicted.copy()
    wrong[3] = 1.5
    strata = prior.column("positive").copy()
    strata[7] = 2.0
    with pytest.raises(InputError) as caught:
        accept(prior, wrong, strata, {0.0: 1.2, 1.0: 0.2, 9.0: 0.5}, 4)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    for words in ("patient 3", "2.0", "stratum 0.0", "stratum 9.0"):
        assert words in text
    with pytest.raises(InputError, match="shape") as caught:
        accept(prior, predicted[:5], strata[:6], TARGETS, -1)
    assert len(caught.value.problems) == 3
    with pytest.raises(InputError, match="targets"):
        accept(prior, predicted, strata, {}, 4)


def test_what_is_cited_is_in_the_reference_list():
    cited = [module.METHOD_CITES for module in (acceptance, quasi_random, tilting)]
    assert {key for cites in cited for keys in cites.values() for key in keys} <= REFERENCES.keys()
