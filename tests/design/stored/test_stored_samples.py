"""Stored samples: the worked check, simulation against the closed form, a plain fit, properties."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from equipoise.design.ipd import stored_samples
from equipoise.design.stored import FinishedTrial, Truth, pool_releases, release
from equipoise.design.stored.interaction_tables import one_stage_z, two_stage_z
from equipoise.errors import InputError
from equipoise.synthesis.posteriors import interaction_posterior

SIZES = (120, 90, 210, 160, 80)
TRUTH = Truth(gamma=0.9, control_risk=0.45)


def trial(n=100.0, **fields):
    given_ = {"share": 0.35} | fields
    return FinishedTrial(f"t{n}", f"Trial {n}", "response", n / 2, n / 2, 0.45 * n, **given_)


def collection(**fields):
    return [trial(n, **fields) for n in SIZES]


def test_the_worked_check():
    found = stored_samples(
        collection(), TRUTH, rng=np.random.default_rng(20261128), replicates=20_000
    )
    assert found.pooled.power == pytest.approx(0.768, abs=5e-4)
    drawn = found.simulated
    # Half a patient in every cell costs power; see validation/design for other simulated powers.
    assert drawn.two_stage_half < drawn.two_stage - 3 * drawn.mcse[1]


def test_no_interaction_is_found_as_often_as_allowed():
    null = Truth(gamma=0.0, control_risk=0.45)
    found = stored_samples(collection(), null, rng=np.random.default_rng(3), replicates=40_000)
    assert found.pooled.power == pytest.approx(0.025)
    assert found.simulated.two_stage == pytest.approx(0.025, abs=4 * found.simulated.mcse[1])
    # Wald's test of 16 parameters in tables of this size is a little too eager
    assert found.simulated.one_stage < 0.03


def test_one_stage_is_the_maximum_likelihood_of_the_full_model():
    # Plain Newton on all 16 coefficients: intercept, phenotype and treatment of each trial, and
    # the common interaction.
    rng = np.random.default_rng(5)
    tables = np.zeros((20, 5, 2, 2, 2))
    columns = []
    for i, n in enumerate(SIZES):
        for g in (0, 1):
            for a in (0, 1):
                size = round(n * (0.35, 0.65)[g] / 2)
                risk = expit(logit(0.45) + 0.9 * (a == 0) * (g == 0))
                tables[:, i, g, a, 0] = rng.binomial(size, risk, 20)
                tables[:, i, g, a, 1] = size - tables[:, i, g, a, 0]
                own = np.zeros(15)
                own[[3 * i, 3 * i + 1, 3 * i + 2]] = 1, g == 0, a == 0
                columns.append([*own, (g == 0) and (a == 0)])
    X = np.array(columns, dtype=float)
    for table, z in zip(tables, one_stage_z(tables), strict=True):
        events, size = table[..., 0].ravel(), table.sum(axis=-1).ravel()
        beta = np.zeros(16)
        for _ in range(25):
            p = expit(X @ beta)
            information = X.T @ ((size * p * (1 - p))[:, None] * X)
            beta += np.linalg.solve(information, X.T @ (events - size * p))
        error = math.sqrt(np.linalg.inv(information)[-1, -1])
        assert z == pytest.approx(beta[-1] / error, rel=1e-6)


def test_two_stages_by_hand():
    table = np.array([[[[12, 8], [9, 11]], [[14, 6], [13, 7]]]], dtype=float)[None]
    odds = math.log(12 * 11 / (8 * 9)) - math.log(14 * 7 / (6 * 13))
    error = math.sqrt(sum(1 / x for x in table.ravel()))
    assert two_stage_z(table, 0.0)[0] == pytest.approx(odds / error)
    empty = table.copy()
    empty[..., 0, 0, :] = 20, 0
    assert two_stage_z(empty, 0.0)[0] == 0.0
    assert math.isfinite(two_stage_z(empty, 0.5)[0])
    assert math.isfinite(one_stage_z(empty)[0])


def test_simulation_agrees_with_the_closed_form_under_assay_error_and_spread():
    trials = collection(sensitivity=0.9, specificity=0.95, usable=0.8)
    large = [FinishedTrial(t.trial_id, "", "x", 10 * t.n_treatment, 10 * t.n_control, 10 * t.events,
                           share=0.35, usable=0.8, sensitivity=0.9, specificity=0.95)
             for t in trials]  # fmt: skip
    truth = Truth(gamma=0.35, control_risk=0.45)
    found = stored_samples(
        large, truth, tau_d=0.15, rng=np.random.default_rng(4), replicates=20_000
    )
    flat = stored_samples(large, truth, rng=np.random.default_rng(4), replicates=20_000)
    assert flat.simulated.two_stage == pytest.approx(flat.pooled.power, abs=0.02)
    assert found.pooled.power < flat.pooled.power < flat.without_error.power


def test_time_to_event_is_schoenfeld():
    data = FinishedTrial("t", "", "survival", 400, 400, 200, time_to_event=True, share=0.25)
    expected = 1 / (1 / (200 * 0.25 * 0.25) + 1 / (200 * 0.75 * 0.25))
    assert release(data, Truth(0.3)).information == pytest.approx(expected)
    # half and half: an interaction needs four times the events of a main effect
    half = FinishedTrial("t", "", "survival", 400, 400, 631, time_to_event=True, share=0.5)
    assert pool_releases([release(half, Truth(0.0))], math.log(0.64)).power == pytest.approx(
        0.8, abs=0.001
    )


@pytest.mark.parametrize("access", ["reported", "one_level", "unknown", "lost"])
def test_what_cannot_release_counts_as_nothing(access):
    found = stored_samples([trial(access=access)], TRUTH)
    assert (found.pooled.information, found.patients, found.cost) == (0.0, 0.0, 0.0)
    assert found.pooled.power == 0.025
    assert found.message == "No finished trial can release anything on this outcome."
    mixed = stored_samples([trial(access=access), trial(200.0)], TRUTH)
    alone = stored_samples([trial(200.0)], TRUTH)
    assert mixed.pooled == alone.pooled
    assert access.replace("_", " ") in mixed.message


def test_order_is_information_per_cost():
    cheap = trial(60.0, fixed_cost=10.0)
    dear = trial(400.0, fixed_cost=1000.0)
    free = trial(20.0)
    order = [r.trial.n for r in stored_samples([dear, cheap, free], TRUTH).releases]
    assert order == [20.0, 60.0, 400.0]


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.05, 0.95), st.floats(0.5, 1), st.floats(0.5, 1), st.floats(0.1, 1), st.floats(0, 1)
)
def test_nothing_lost_can_help(share, sensitivity, specificity, usable, tau_d):
    best = stored_samples([trial(share=share)], TRUTH, tau_d=tau_d)
    worse = stored_samples(
        [trial(share=share, sensitivity=sensitivity, specificity=specificity, usable=usable)],
        Truth(0.0, control_risk=0.45),
        tau_d=tau_d,
    )
    top = stored_samples([trial(share=share)], Truth(0.0, control_risk=0.45), tau_d=tau_d)
    assert worse.pooled.information <= top.pooled.information * (1 + 1e-12)
    assert best.pooled.power >= 0.025


def test_assurance_is_below_its_cap():
    belief = interaction_posterior(0.0830, 0.0809, -0.4463, 0.2022).posterior
    found = stored_samples(collection(), TRUTH, difference=belief)
    assert 0.0 < found.assurance.probability < found.assurance.cap


def test_refusals():
    with pytest.raises(InputError, match="one outcome"):
        stored_samples([], TRUTH)
    with pytest.raises(InputError) as caught:
        FinishedTrial("t9", "", "x", -1, 10, 50, share=1.0)
    assert [p.field for p in caught.value.problems] == ["n_treatment", "events", "share"]
    assert all("t9" in p.row for p in caught.value.problems)
