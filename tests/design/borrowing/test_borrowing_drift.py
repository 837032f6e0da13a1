"""Borrowed controls: published tables, integration by hand, drift, worth of a prior, refusals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import beta, binom, norm

from equipoise.design.borrowing import NormalHistory, moment_patients, normal_drift, rate_drift
from equipoise.design.borrowing.historical_controls import HistoricalControls
from equipoise.synthesis.arrays import ArrayError

ONE = HistoricalControls((1.0,), (4.0,), (16.0,), robust=0.0)
ROBUST = HistoricalControls((0.6, 0.4), (6.0, 3.0), (24.0, 5.0), robust=0.2)
NORMAL = NormalHistory((0.7, 0.3), (-0.8, -0.5), (0.15, 0.4), robust=0.2, vague=(-0.7, 2.0))
RATES = np.arange(1, 7) / 10

SCHMIDLI = {  # per cent, control rates 0.1 to 0.6; no effect, then 0.3 more with the treatment
    "beta": [[0.0, 1.6, 6.1, 13.7, 26.0, 44.4], [81.6, 87.8, 93.4, 97.9, 99.6, 100.0]],
    "uniform": [[1.8, 2.3, 2.4, 2.6, 2.8, 2.6], [89.7, 82.1, 79.5, 79.5, 81.9, 89.8]],
}
"""Type I error and power for Beta(4, 16) and uniform priors in 10.1111/biom.12242, 40 treated.

As the authors' package RBesT repeats them in its tests: 20 controls with the Beta; the values of
the uniform prior are those of 40 controls. Exact sums come within 0.6 per cent of all of them.
"""


@pytest.mark.parametrize("prior", ["beta", "uniform"])
def test_published_error_and_power(prior: str) -> None:
    history = ONE if prior == "beta" else replace(ONE, robust=1.0)
    controls = 20 if prior == "beta" else 40
    found = rate_drift(history, (controls, 40), RATES, 0.3)
    error, power = 100 * found.type_one_error, 100 * found.power
    assert error == pytest.approx(np.array(SCHMIDLI[prior][0]), abs=0.7)
    assert power == pytest.approx(np.array(SCHMIDLI[prior][1]), abs=0.7)


def density(history: HistoricalControls, p: float, x0: int, n0: int) -> float:
    """Prior times likelihood of the control rate, not normalised."""
    weights, a, b = history.mixture()
    prior = sum(w * beta.pdf(p, s, t) for w, s, t in zip(weights, a, b, strict=True))
    return float(prior * p**x0 * (1 - p) ** (n0 - x0))


@pytest.mark.parametrize("results", [(2, 5), (6, 9)])
def test_posterior_by_plain_integration(results: tuple[int, int]) -> None:
    """Weights never enter: prior times likelihood, integrated."""
    (x0, x1), (n0, n1) = results, (10, 12)
    total, _ = quad(lambda p: density(ROBUST, p, x0, n0), 0, 1)
    better, _ = quad(lambda p: density(ROBUST, p, x0, n0) * beta.sf(p, 1 + x1, 1 + n1 - x1), 0, 1)
    assert ROBUST.chance_better((n0, n1))[x0, x1] == pytest.approx(better / total, rel=1e-9)


def test_error_and_power_by_enumeration() -> None:
    n0, n1, p0, gain = 10, 12, 0.25, 0.4
    for benefit, shift in (("higher", gain), ("lower", -0.2)):
        chance = ROBUST.chance_better((n0, n1))
        claimed = 1 - chance <= 0.05 if benefit == "higher" else chance <= 0.05
        found = rate_drift(ROBUST, (n0, n1), [p0], shift, alpha=0.05, benefit=benefit)
        for p1, value in ((p0, found.type_one_error), (p0 + shift, found.power)):
            slow = sum(
                binom.pmf(a, n0, p0) * binom.pmf(b, n1, p1)
                for a, b in np.ndindex(n0 + 1, n1 + 1)
                if claimed[a, b]
            )
            assert value[0] == pytest.approx(slow, abs=1e-12)


def test_borrowing_gains_without_drift_and_errs_with_it() -> None:
    strong = HistoricalControls((1.0,), (30.0,), (70.0,), robust=0.0)
    careful = replace(strong, robust=0.5)
    rates = [0.3, 0.45, 0.6]
    naive, robust = (rate_drift(h, (20, 60), rates, 0.25) for h in (strong, careful))
    assert naive.drift == pytest.approx([0.0, 0.15, 0.3])
    assert naive.power[0] > naive.power_alone[0]
    assert naive.type_one_error[0] < 0.03 < 0.2 < naive.worst_error
    assert robust.type_one_error[2] < 0.5 * naive.type_one_error[2]
    assert robust.error_alone == pytest.approx(naive.error_alone)


def test_what_a_beta_prior_is_worth() -> None:
    assert ONE.effective_patients() == pytest.approx(20.0, rel=1e-9)
    assert moment_patients(ONE) == pytest.approx(20.0, rel=1e-12)
    mixed = HistoricalControls((1.0,), (10.0,), (2.0,), robust=0.2)

    def information(p: float) -> float:
        step = 1e-4 * min(p, 1 - p)
        log = [math.log(0.8 * beta.pdf(q, 10, 2) + 0.2) for q in (p - step, p, p + step)]
        return -(log[0] - 2 * log[1] + log[2]) / step**2

    slow, _ = quad(
        lambda p: information(p) * p * (1 - p) * (0.8 * beta.pdf(p, 10, 2) + 0.2),
        1e-6, 1 - 1e-6, limit=200,
    )  # fmt: skip
    assert mixed.effective_patients() == pytest.approx(slow, rel=1e-4)
    draws = np.concatenate([beta.rvs(10, 2, size=800_000, random_state=1),
                            np.random.default_rng(2).random(200_000)])  # fmt: skip
    drawn = draws.mean() * (1 - draws.mean()) / draws.var() - 1
    assert moment_patients(mixed) == pytest.approx(drawn, rel=0.01)


def normal_prior(theta: float) -> float:
    weights, means, sds = NORMAL.mixture()
    return float(sum(weights * norm.pdf(theta, means, sds)))


@pytest.mark.parametrize("y0", [-0.9, 0.6])
def test_normal_posterior_by_plain_integration(y0: float) -> None:
    se, y1 = (0.3, 0.25), y0 + 0.4

    def joint(theta: float) -> float:
        return normal_prior(theta) * float(norm.pdf(y0, theta, se[0]))

    total, _ = quad(joint, -5, 5, points=[-0.8, y0], epsrel=1e-11, limit=200)
    better, _ = quad(
        lambda theta: joint(theta) * float(ndtr((y1 - theta) / se[1])),
        -5, 5, points=[-0.8, y0], epsrel=1e-11, limit=200,
    )  # fmt: skip
    assert NORMAL.chance_higher(y0, y1, se)[0] == pytest.approx(better / total, rel=1e-8)
    bound = NORMAL.least_treated([y0], se, 0.025)
    assert NORMAL.chance_higher(y0, bound, se)[0] == pytest.approx(0.975, abs=1e-12)


def test_normal_error_and_power_by_simulation() -> None:
    rng, trials, se, control, effect = np.random.default_rng(4), 200_000, (0.3, 0.25), -0.4, -0.7
    y0 = control + se[0] * rng.standard_normal(trials)
    noise = se[1] * rng.standard_normal(trials)
    found = normal_drift(NORMAL, se, [control], effect)
    for shift, value in ((0.0, found.type_one_error[0]), (effect, found.power[0])):
        chance = NORMAL.chance_higher(y0, control + shift + noise, se)
        drawn = np.mean(1 - chance >= 0.975)
        assert drawn == pytest.approx(value, abs=4 * math.sqrt(value * (1 - value) / trials))


def test_one_normal_is_a_shifted_z_test() -> None:
    """Without the vague part, and a flat prior for the treated, success is one linear bound."""
    history = NormalHistory((1.0,), (0.1,), (0.3,), robust=0.0, vague=(0.0, 1.0))
    se, theta = (0.25, 0.2), np.array([-0.2, 0.1, 0.5])
    shrink = 0.3**2 / (0.3**2 + se[0] ** 2)
    v = shrink * se[0] ** 2
    mean = theta - (0.1 + shrink * (theta - 0.1)) + 0.4
    sd = math.hypot(se[1], shrink * se[0])
    by_hand = ndtr((mean - 1.959963984540054 * math.sqrt(se[1] ** 2 + v)) / sd)
    found = normal_drift(history, se, theta, 0.4, benefit="higher")
    np.testing.assert_allclose(found.power, by_hand, rtol=1e-10)
    assert history.effective_information() == pytest.approx(1 / 0.09, rel=1e-9)
    assert history.moment_information() == pytest.approx(1 / 0.09, rel=1e-12)


def test_worth_of_a_normal_mixture() -> None:
    def information(x: float, step: float = 1e-4) -> float:
        logs = [math.log(normal_prior(x + k * step)) for k in (-1, 0, 1)]
        return -(logs[0] - 2 * logs[1] + logs[2]) / step**2

    slow, _ = quad(
        lambda x: information(x) * normal_prior(x), -9, 8, points=[-1.2, -0.8, -0.4], limit=300
    )
    assert NORMAL.effective_information() == pytest.approx(slow, rel=1e-4)
    assert NORMAL.moment_information() < NORMAL.effective_information()
    less = [replace(NORMAL, robust=r).effective_information() for r in (0.0, 0.3, 0.7, 1.0)]
    assert less == sorted(less, reverse=True)


@settings(max_examples=8, deadline=None)
@given(
    robust=st.floats(0.0, 1.0),
    control=st.floats(-2.0, 1.0),
    effect=st.floats(0.05, 1.5),
    se=st.tuples(st.floats(0.1, 0.6), st.floats(0.1, 0.6)),
)
def test_power_grows_and_mirrors(
    robust: float, control: float, effect: float, se: tuple[float, float]
) -> None:
    history = replace(NORMAL, robust=robust)
    found = normal_drift(history, se, [control], effect, benefit="higher")
    more = normal_drift(history, se, [control], 1.1 * effect, benefit="higher")
    looser = normal_drift(history, se, [control], effect, alpha=0.05, benefit="higher")
    assert found.type_one_error[0] <= found.power[0] <= more.power[0]
    assert looser.power[0] >= found.power[0]
    mirror = normal_drift(history.mirrored(), se, [-control], -effect)
    assert mirror.power[0] == pytest.approx(found.power[0], abs=1e-12)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: NormalHistory((0.5,), (0.0, 1.0), (-1.0,), 2.0, (0.0, 1.0)),
         ["weights", "sds", "robust"]),
        (lambda: NormalHistory((1.0,), (math.nan,), (1.0,), 0.1, (0.0, 0.0)), ["means", "sds"]),
        (lambda: rate_drift(ONE, (10, 10), [0.2, 0.8, math.nan], 0.3), ["index 1", "index 2"]),
        (lambda: rate_drift(ONE, (10, 10), [0.5], -0.3), ["effect", "direction"]),
        (lambda: normal_drift(NORMAL, (0.0, 0.2), [0.0], -0.3), ["se"]),
        (lambda: normal_drift(NORMAL, (0.2, 0.2), [0.0], 0.0, alpha=0.7), ["effect", "alpha"]),
        (lambda: normal_drift(NORMAL, (0.2, 0.2), [0.0], 0.3, benefit="up"), ["benefit"]),
    ],
)  # fmt: skip
def test_refusals_name_every_problem(call: object, named: list[str]) -> None:
    with pytest.raises(ArrayError) as error:
        call()
    for word in named:
        assert word in str(error.value)
