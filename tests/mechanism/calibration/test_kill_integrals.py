"""Cells from integrals: against a plain loop, against an ODE, and what must hold."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.mechanism.calibration.conftest import PLAN, THETA, invented_arm

from equipoise.mechanism.calibration.kill_integrals import (
    KillIntegrals,
    complete_response,
    kill_integrals,
    log_burden,
    log_cells,
    mixed_rate,
    response_rates,
)

FIELDS = [field.name for field in fields(KillIntegrals)]


def plain_log_cells(
    arm: KillIntegrals, theta: dict[str, float], i: int, stratum: int
) -> tuple[float, float]:
    """One patient, written out."""
    anti = 0.0
    for b in range(arm.steps.shape[1]):
        e0, e1 = arm.escape[i, b], arm.escape[i, b + 1]
        k = theta["k"]
        gap = k * (e1 - e0)
        mean = (math.exp(-k * e0) - math.exp(-k * e1)) / gap if gap > 0 else math.exp(-k * e0)
        anti += arm.steps[i, b, 0] * mean
    chemo = theta["kappa_c"] * arm.totals[i, 0]
    chemo *= math.exp(theta["omega_c"] * arm.scores[i, 0] - theta["h_c"] * stratum)
    anti *= theta["kappa_a"]
    anti *= math.exp(theta["omega_a"] * arm.scores[i, 1] - theta["h_a"] * stratum)
    start = math.log(arm.cells[i])
    rho = arm.resistant_share[i]
    sensitive = start + math.log(1 - rho) + arm.growth[i] - chemo - anti
    resistant = start + math.log(rho) + arm.growth[i] - chemo - theta["phi"] * anti
    return sensitive, resistant


def test_the_kernel_is_the_plain_sum() -> None:
    arm = invented_arm()
    sensitive, resistant = log_cells(PLAN, arm, THETA)
    for i in range(len(arm.cells)):
        for stratum in (0, 1):
            plain = plain_log_cells(arm, THETA, i, stratum)
            assert sensitive[stratum, i, 0] == pytest.approx(plain[0], rel=1e-12)
            assert resistant[stratum, i, 0] == pytest.approx(plain[1], rel=1e-12)


def test_integrals_give_what_the_differential_equations_give() -> None:
    """Constant drives: u_c = 0.04, u_a = 0.8, escape at 1 a day; S' = (g - kill) S."""
    days = np.arange(7.0, 85.0, 7.0)[None, :]
    outputs = {"J_c": 0.04 * days, "J_a": 0.8 * days, "J_e": days, "J_g": 0.004 * days}
    arm = kill_integrals(PLAN, outputs, np.array([1e9]), np.array([0.05]), np.zeros((1, 2)))

    def rates(t: float, y: np.ndarray) -> list[float]:
        anti = THETA["kappa_a"] * 0.8 * math.exp(-THETA["k"] * t)
        chemo = THETA["kappa_c"] * 0.04
        return [0.004 - chemo - anti, 0.004 - chemo - THETA["phi"] * anti]

    start = [math.log(0.95e9), math.log(0.05e9)]
    course = solve_ivp(rates, (0, 84), start, rtol=1e-10, atol=1e-12)
    found = log_cells(PLAN, arm, THETA)
    assert [found[0][0, 0, 0], found[1][0, 0, 0]] == pytest.approx(
        course.y[:, -1].tolist(), rel=1e-8
    )


def test_no_escape_is_the_whole_integral() -> None:
    arm = invented_arm()
    still = log_cells(PLAN, arm, {**THETA, "k": 0.0})[0][0, :, 0]
    whole = arm.steps[:, :, 0].sum(axis=1)
    kill = THETA["kappa_a"] * np.exp(THETA["omega_a"] * arm.scores[:, 1]) * whole
    chemo = THETA["kappa_c"] * np.exp(THETA["omega_c"] * arm.scores[:, 0]) * arm.totals[:, 0]
    expected = np.log(arm.cells * 0.95) + arm.growth - kill - chemo
    np.testing.assert_allclose(still, expected, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["kappa_c", "kappa_a"]), st.floats(1.01, 3.0), st.floats(0.0, 0.5))
def test_more_kill_leaves_fewer_cells_and_more_responses(
    name: str, factor: float, rate: float
) -> None:
    arm = invented_arm(n=12)
    theta = {**THETA, "k": rate}
    more = {**theta, name: theta[name] * factor}
    assert (log_burden(PLAN, arm, more) < log_burden(PLAN, arm, theta)).all()
    assert (response_rates(PLAN, arm, more, "all") >= response_rates(PLAN, arm, theta, "all")).all()


def test_a_stricter_definition_is_met_less_often() -> None:
    left = log_burden(PLAN, invented_arm(), THETA)
    breast = complete_response(PLAN, left, THETA, "breast")
    everything = complete_response(PLAN, left, THETA, "all")
    assert (everything <= breast).all()
    assert (everything < breast).any()


def test_a_number_of_cells_that_no_exponential_holds_is_no_response() -> None:
    assert complete_response(PLAN, np.array([1e4]), THETA, "breast")[0] == 0.0
    assert complete_response(PLAN, np.array([0.0]), THETA, "breast")[0] == pytest.approx(
        math.exp(-1)
    )


def test_a_mix_of_strata_lies_between_them() -> None:
    assert mixed_rate(np.array([0.6, 0.2]), 0.25) == pytest.approx(0.5)


def test_each_patient_under_parameters_of_their_own_and_points_to_average_over() -> None:
    arm = invented_arm(n=5)
    own = {name: np.full(5, value) for name, value in THETA.items()}
    own["kappa_a"] = np.linspace(0.2, 0.9, 5)
    points = np.random.default_rng(2).standard_normal((1, 3, 2))
    shift = np.array([-0.3, 0.0, 0.4])
    spread = KillIntegrals(*(getattr(arm, f) for f in FIELDS[:-1]), points)
    found = log_burden(PLAN, spread, own, shift)
    assert found.shape == (2, 5, 3)
    for i in range(5):
        for q in range(3):
            one = KillIntegrals(
                *(getattr(arm, f)[i : i + 1] for f in FIELDS[:-3]),
                arm.cells[i : i + 1] * math.exp(shift[q]),
                arm.resistant_share[i : i + 1],
                points[0, q : q + 1],
            )
            theta = {name: float(value[i]) for name, value in own.items()}
            np.testing.assert_allclose(
                found[:, i, q], log_burden(PLAN, one, theta)[:, 0, 0], rtol=1e-12
            )
