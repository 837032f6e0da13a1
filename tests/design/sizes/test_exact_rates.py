"""Exact tests of rates: plain enumeration, R and SciPy, the saw-tooth, levels, refusals."""

from __future__ import annotations

from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import boschloo_exact, fisher_exact

from equipoise.design.sizes import (
    exact_power,
    exact_size,
    power_of_rates,
    single_arm_power,
    single_arm_saw_tooth,
    two_arm_saw_tooth,
)
from equipoise.design.sizes.exact_rates import fisher_p_table, least_events
from equipoise.synthesis.arrays import ArrayError

FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
EXACT = pd.read_csv(FOLDER / "sizes_exact.csv")
RATES = pd.read_csv(FOLDER / "sizes_rates.csv")


def binomial(x: int, n: int, p: float) -> float:
    return comb(n, x) * p**x * (1 - p) ** (n - x)


@pytest.mark.parametrize("i", EXACT.index)
def test_power_and_size_against_enumeration_in_r(i: int) -> None:
    row = EXACT.loc[i]
    arms = (int(row.n0), int(row.n1))
    for test in ("fisher", "boschloo"):
        power = exact_power(arms, row.treatment, row.control, alpha=row.alpha, test=test)
        assert power == pytest.approx(row[test], rel=1e-10)
        size = exact_size(arms, alpha=row.alpha, test=test)
        assert size == pytest.approx(row[f"{test}_size"], rel=1e-4)  # R looks at 501 rates
        assert row[f"{test}_size"] <= size * (1 + 1e-9)
        assert size <= row.alpha


def test_fisher_p_values_are_those_of_scipy() -> None:
    p = fisher_p_table(7, 9)
    for x0, x1 in np.ndindex(p.shape):
        table = [[x1, 9 - x1], [x0, 7 - x0]]
        slow = fisher_exact(table, alternative="greater").pvalue
        assert p[x0, x1] == pytest.approx(slow, rel=1e-9)


@pytest.mark.slow
def test_boschloo_claims_the_tables_that_scipy_does() -> None:
    n0, n1, alpha = 8, 10, 0.05
    least = least_events((n0, n1), alpha, "boschloo")
    for x0 in range(n0 + 1):
        for x1 in (int(least[x0]) - 1, int(least[x0])):
            if 0 <= x1 <= n1:
                table = [[x1, x0], [n1 - x1, n0 - x0]]
                p = boschloo_exact(table, alternative="greater").pvalue
                assert (p <= alpha) == (x1 >= least[x0])


@pytest.mark.parametrize("benefit", ["higher", "lower"])
def test_power_is_the_sum_over_all_tables(benefit: str) -> None:
    n0, n1, p0, p1, alpha = 9, 12, 0.25, 0.8, 0.05
    if benefit == "lower":
        p0, p1 = 1 - p0, 1 - p1
    total = 0.0
    for x0, x1 in np.ndindex(n0 + 1, n1 + 1):
        better = "greater" if benefit == "higher" else "less"
        if fisher_exact([[x1, n1 - x1], [x0, n0 - x0]], alternative=better).pvalue <= alpha:
            total += binomial(x0, n0, p0) * binomial(x1, n1, p1)
    assert exact_power((n0, n1), p1, p0, alpha=alpha, benefit=benefit) == pytest.approx(total)


@settings(max_examples=15, deadline=None)
@given(
    n0=st.integers(1, 40),
    n1=st.integers(1, 40),
    p0=st.floats(0.0, 0.6),
    gain=st.floats(0.0, 0.4),
    alpha=st.floats(0.005, 0.1),
)
def test_boschloo_beats_fisher_and_both_keep_the_level(
    n0: int, n1: int, p0: float, gain: float, alpha: float
) -> None:
    arms = (n0, n1)
    fisher, boschloo = (
        float(exact_power(arms, p0 + gain, p0, alpha=alpha, test=test))
        for test in ("fisher", "boschloo")
    )
    assert boschloo >= fisher - 1e-12
    assert exact_size(arms, alpha=alpha, test="boschloo") <= alpha * (1 + 1e-9)
    assert exact_power(arms, p0, p0, alpha=alpha, test="boschloo") <= alpha * (1 + 1e-9)
    assert exact_power(arms, min(p0 + gain + 0.05, 1.0), p0, alpha=alpha) >= fisher - 1e-12
    assert exact_power(arms, p0 + gain, p0, alpha=1.2 * alpha) >= fisher - 1e-12
    two = exact_power(arms, p0 + gain, p0, alpha=2 * alpha, sided=2)
    assert two == pytest.approx(fisher, abs=1e-15)


def test_certain_rates_are_allowed() -> None:
    assert exact_power((10, 10), 1.0, 0.0) == pytest.approx(1.0)
    assert exact_power((10, 10), 0.0, 0.0) == 0.0
    assert exact_power((1, 1), 1.0, 0.0) == 0.0


def test_the_z_test_breaks_its_level_and_is_near_its_approximation() -> None:
    assert exact_size((60, 60), test="pooled") > 0.025
    exact = exact_power((300, 300), 0.45, 0.35, test="pooled")
    assert exact == pytest.approx(float(power_of_rates(600, 0.45, 0.35)), abs=0.01)


@pytest.mark.parametrize(("p", "p0", "benefit"), [(0.5, 0.3, "higher"), (0.1, 0.25, "lower")])
def test_one_arm_is_enumerated(p: float, p0: float, benefit: str) -> None:
    for n in (1, 2, 13, 40):
        for least in range(n + 2):
            counts = range(least, n + 1) if benefit == "higher" else range(n - least + 1)
            if sum(binomial(x, n, p0) for x in counts) <= 0.025:
                break
        counts = range(least, n + 1) if benefit == "higher" else range(n - least + 1)
        slow = sum(binomial(x, n, p) for x in counts)
        assert single_arm_power(n, p, p0, benefit=benefit) == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize("i", RATES.index[RATES.groups == 0])
def test_rpact_answers_lie_between_the_first_and_the_lasting_size(i: int) -> None:
    """It bisects the saw-tooth, and so finds one of the sizes that reach the power."""
    row = RATES.loc[i]
    benefit = "higher" if row.treatment > row.control else "lower"
    found = single_arm_saw_tooth(row.treatment, row.control, 160, benefit=benefit)
    assert found.status == "reached"
    assert found.first <= row.n <= found.lasting
    assert single_arm_power(row.n, row.treatment, row.control, benefit=benefit) >= 0.8


def test_power_falls_and_rises_in_teeth_until_it_lasts() -> None:
    found = single_arm_saw_tooth(0.5, 0.3, 150)
    assert np.any(np.diff(found.power) < 0)
    at = dict(zip(found.patients.tolist(), found.power.tolist(), strict=True))
    assert at[found.first] >= 0.8 > at[found.first - 1]
    assert at[found.lasting - 1] < 0.8
    assert min(power for n, power in at.items() if n >= found.lasting) >= 0.8
    assert found.first < found.lasting
    assert np.all(found.size <= 0.025)


def test_two_arms_in_teeth() -> None:
    found = two_arm_saw_tooth(0.7, 0.35, 120, from_patients=40)
    assert found.patients.tolist() == list(range(40, 121, 2))
    assert np.any(np.diff(found.power) < 0)
    assert found.first <= found.lasting
    short = two_arm_saw_tooth(0.7, 0.35, 60, from_patients=40)
    assert (short.first, short.lasting, short.status) == (None, None, "not in range")
    two_to_one = two_arm_saw_tooth(0.7, 0.35, 60, from_patients=50, allocation=2.0)
    assert two_to_one.patients.tolist() == [51.0, 54.0, 57.0, 60.0]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: exact_power((10, 0), 0.5, 0.2), ["index 1", "patients"]),
        (lambda: exact_power((10, 10.5), 1.2, np.nan), ["patients", "treatment", "control"]),
        (lambda: exact_power((10, 10), 0.5, 0.2, test="barnard"), ["fisher, boschloo, pooled"]),
        (lambda: exact_power((10, 10), 0.5, 0.2, alpha=0.6), ["alpha"]),
        (lambda: single_arm_power(2.5, 0.5, 0.0), ["patients", "null_rate"]),
        (lambda: single_arm_saw_tooth(0.5, 0.3, 1), ["up_to"]),
        (lambda: two_arm_saw_tooth(0.5, 0.3, 50, from_patients=60), ["from_patients"]),
    ],
)
def test_refusals_name_every_problem(call: object, named: list[str]) -> None:
    with pytest.raises(ArrayError) as error:
        call()
    for word in named:
        assert word in str(error.value)
