"""Rates and means against R's rpact, quadrature and published plans; properties and refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import chi, t

from equipoise.design.sizes import (
    patients_for_means,
    patients_for_rates,
    power_of_means,
    power_of_rates,
    whole_arms,
)
from equipoise.synthesis.arrays import ArrayError

FOLDER = Path(__file__).resolve().parents[3] / "validation" / "rpact"
RATES = pd.read_csv(FOLDER / "sizes_rates.csv")
MEANS = pd.read_csv(FOLDER / "sizes_means.csv")


def rpact_two_sided(main: float, level: float) -> float:
    """Return the power of both sides as rpact has it, from that of one.

    It turns the power of one side into the drift of a normal test with unit variance and reads
    the other side from that, which is not exact for rates (the variance differs under the null)
    and for the t test.
    """
    drift = ndtri(main) - ndtri(level)
    return float(main + ndtr(ndtri(level) - drift))


@pytest.mark.parametrize("i", RATES.index[RATES.groups == 2])
def test_rates_against_rpact(i: int) -> None:
    row = RATES.loc[i]
    given_plan = {
        "alpha": row.alpha,
        "sided": int(row.sided),
        "allocation": row.allocation,
    }
    n = patients_for_rates(row.treatment, row.control, **given_plan)
    assert n == pytest.approx(row.n, rel=1e-9)
    benefit = "higher" if row.treatment > row.control else "lower"
    main = float(power_of_rates(140, row.treatment, row.control, benefit=benefit, **given_plan))
    found = main if row.sided == 1 else rpact_two_sided(main, row.alpha / 2)
    assert found == pytest.approx(row.power140, abs=1e-9)


@pytest.mark.parametrize("i", MEANS.index)
def test_means_against_rpact(i: int) -> None:
    """Sizes of its t test come from a search that ends within 3e-6; powers are compared tighter."""
    row = MEANS.loc[i]
    given_plan = {
        "alpha": row.alpha,
        "sided": int(row.sided),
        "allocation": row.allocation,
        "test": "z" if row.normal else "t",
        "arms": int(row.groups),
    }
    n = patients_for_means(row.effect, row.sd, **given_plan)
    assert n == pytest.approx(row.n, rel=1e-9 if row.normal else 3e-6)
    assert power_of_means(n, row.effect, row.sd, **given_plan) == pytest.approx(0.8, abs=1e-9)
    main = float(power_of_means(30, row.effect, row.sd, **given_plan))
    found = main if row.sided == 1 else rpact_two_sided(main, row.alpha / 2)
    assert found == pytest.approx(row.power30, abs=1e-9)


def test_published_sizes_and_power() -> None:
    """Examples in R's manual, ``?power.prop.test`` (its comments) and ``?power.t.test``."""
    two_sided = {"alpha": 0.05, "sided": 2}
    n = patients_for_rates(0.75, 0.50, power=0.9, **two_sided) / 2
    assert n == pytest.approx(76.7, abs=0.05)
    assert power_of_rates(100, 0.75, 0.50, **two_sided) == pytest.approx(0.740, abs=5e-4)
    assert patients_for_means(1.0, 1.0, power=0.9) / 2 == pytest.approx(22.02110, abs=5e-6)


def test_continuity_correction_step_by_step() -> None:
    """The formula of Fleiss, Tytun and Ury, which is Casagrande's at 1:1."""
    p1, p0, z = 0.6, 0.4, ndtri(0.975)
    mean = 0.5
    n = (z * np.sqrt(2 * mean * (1 - mean)) + ndtri(0.8) * np.sqrt(2 * 0.24)) ** 2 / 0.04
    corrected = n / 4 * (1 + np.sqrt(1 + 4 / (n * 0.2))) ** 2
    assert patients_for_rates(p1, p0) == pytest.approx(2 * n, rel=1e-12)
    assert patients_for_rates(p1, p0, continuity=True) == pytest.approx(2 * corrected, rel=1e-12)
    assert whole_arms(patients_for_rates(p1, p0, continuity=True)).tolist() == [107.0, 107.0]


def test_a_published_power_under_unequal_variances() -> None:
    """SAS/STAT user's guide, blood pressure example: 0.924 for 25 an arm, Satterthwaite's test."""
    power = power_of_means(50, 12.0, (12.0, 15.0), alpha=0.05)
    assert power == pytest.approx(0.924, abs=5e-4)


@pytest.mark.parametrize("theta", [0.0, 1.3, -0.7])
def test_power_of_a_t_test_is_its_integral(theta: float) -> None:
    """`P(T < -c)` integrated over the estimated standard deviation."""
    n, nu = 30, 28
    critical = t.isf(0.025, nu)
    slow, _ = quad(
        lambda s: ndtr(theta - critical * s / np.sqrt(nu)) * chi.pdf(s, nu), 0, 20, epsabs=1e-13
    )
    difference = theta / np.sqrt(n / 4)
    assert power_of_means(n, difference, 1.0) == pytest.approx(slow, abs=1e-10)


def test_power_of_a_rate_test_is_that_of_simulated_trials() -> None:
    rng, trials, n0, n1 = np.random.default_rng(8), 40_000, 60, 120
    x1, x0 = rng.binomial(n1, 0.5, trials), rng.binomial(n0, 0.3, trials)
    pooled = (x1 + x0) / (n0 + n1)
    z = (x1 / n1 - x0 / n0) / np.sqrt(pooled * (1 - pooled) * (1 / n0 + 1 / n1))
    power = float(power_of_rates(n0 + n1, 0.5, 0.3, allocation=2.0))
    assert np.mean(z >= ndtri(0.975)) == pytest.approx(power, abs=0.02)  # lattice, not chance
    draws = rng.standard_normal((20_000, 60))
    treated, control = draws[:, :40] + 0.6, draws[:, 40:] * 2.0
    v1, v0 = treated.var(axis=1, ddof=1) / 40, control.var(axis=1, ddof=1) / 20
    nu = (v1 + v0) ** 2 / (v1**2 / 39 + v0**2 / 19)
    welch = (treated.mean(axis=1) - control.mean(axis=1)) / np.sqrt(v1 + v0)
    drawn = np.mean(welch > t.isf(0.025, nu))
    expected = float(power_of_means(60, 0.6, (2.0, 1.0), allocation=2.0))
    assert drawn == pytest.approx(expected, abs=4 * np.sqrt(expected / 20_000) + 0.003)


@settings(max_examples=40, deadline=None)
@given(
    p0=st.floats(0.05, 0.6),
    gain=st.floats(0.05, 0.3),
    r=st.floats(0.3, 3.0),
    power=st.floats(0.3, 0.97),
    statistic=st.sampled_from(["pooled", "unpooled", "log_odds", "corrected"]),
)
def test_rates_invert_and_grow(
    p0: float, gain: float, r: float, power: float, statistic: str
) -> None:
    plan = {"allocation": r, "statistic": statistic}
    if statistic == "corrected":
        plan = {"allocation": r, "continuity": True}
    n = float(patients_for_rates(p0 + gain, p0, power=power, **plan))
    assert power_of_rates(n, p0 + gain, p0, **plan) == pytest.approx(power, abs=1e-9)
    assert power_of_rates(1.1 * n, p0 + gain, p0, **plan) > power
    assert power_of_rates(n, p0 + gain + 0.02, p0, **plan) > power
    assert power_of_rates(n, p0 + gain, p0, alpha=0.03, **plan) > power
    mirrored = power_of_rates(n, 1 - p0 - gain, 1 - p0, benefit="lower", **plan)
    assert mirrored == pytest.approx(power, abs=1e-9)
    if statistic == "corrected":
        assert n > patients_for_rates(p0 + gain, p0, power=power, allocation=r)


@settings(max_examples=25, deadline=None)
@given(
    effect=st.floats(0.1, 3.0),
    sds=st.tuples(st.floats(0.5, 2.0), st.floats(0.5, 2.0)),
    r=st.floats(0.4, 2.5),
    test=st.sampled_from(["t", "z"]),
)
def test_means_invert_and_grow(
    effect: float, sds: tuple[float, float], r: float, test: str
) -> None:
    plan = {"allocation": r, "test": test}
    n = patients_for_means(effect, sds, power=0.9, **plan)
    power = float(power_of_means(n, effect, sds, **plan))
    assert power >= 0.9 - 1e-9
    assert power_of_means(1.2 * n, effect, sds, **plan) >= power
    assert power_of_means(n, 1.1 * effect, sds, **plan) >= power
    assert power_of_means(n, effect, sds, alpha=0.03, **plan) >= power
    assert power_of_means(n, -effect, sds, benefit="lower", **plan) == pytest.approx(power)
    assert n >= patients_for_means(effect, sds, power=0.9, allocation=r, test="z")


def test_an_effect_too_large_for_a_t_test_gets_the_fewest_patients() -> None:
    assert patients_for_means(1e4, 1.0, arms=1) == 2.0
    assert patients_for_means(1e4, 1.0) == 3.0


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: patients_for_rates(0.3, 0.3), ["treatment", "another rate"]),
        (
            lambda: patients_for_rates([0.0, 0.3], [0.2, 1.0]),
            ["index 0, treatment", "index 1, control"],
        ),
        (lambda: patients_for_rates(np.nan, 0.3, power=1.0), ["treatment", "power"]),
        (lambda: patients_for_rates(0.4, 0.3, statistic="z"), ["pooled, unpooled, log_odds"]),
        (
            lambda: patients_for_rates(0.4, 0.3, statistic="log_odds", continuity=True),
            ["continuity"],
        ),
        (lambda: power_of_rates(0, 0.4, 0.3), ["patients"]),
        (lambda: power_of_rates(10, 0.4, 0.3, benefit="more"), ["benefit"]),
        (lambda: patients_for_means(0.0, 1.0), ["difference"]),
        (lambda: patients_for_means(1.0, (1.0, -1.0), arms=1), ["sd", "control, treatment"]),
        (lambda: power_of_means(2, 1.0, 1.0), ["patients", "3 or more"]),
        (lambda: power_of_means(np.nan, 1.0, 1.0), ["patients"]),
    ],
)
def test_refusals_name_every_problem(call: object, named: list[str]) -> None:
    with pytest.raises(ArrayError) as error:
        call()
    for word in named:
        assert word in str(error.value)
