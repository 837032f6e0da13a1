r"""What a relative effect is worth to one patient, as a difference of risks.

The risk without the treatment is logit-normal: `logit p0 = x ~ N(m, s^2)`. With it

- hazard ratio, proportional to the horizon: `p1 = 1 - (1 - p0)^exp(theta)`;
- odds ratio: `logit p1 = x + theta`.

The benefit is `B = p0 - p1` where fewer events are better and `p1 - p0` where more are. Given x it
falls (or rises) strictly with theta, so that `P(B > b) = E_x P(theta beyond t(x, b))` with t the
effect that gives exactly b: a sum over x of the distribution function of the mixture. No draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from equipoise.biomarkers.patient.effect_mixture import STEP, EffectMixture, normal_nodes
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Measure = Literal["HR", "OR"]
Better = Literal["lower", "higher"]
METHOD_CITES = {"absolute benefit": ("kent2020",)}
COARSE = 0.4
"""Step of the sums behind mean and variance, which are analytic: error exp(-2 pi^2 / 0.16)."""


@dataclass(frozen=True)
class BaselineRisk:
    """Risk without the treatment: `logit p0 ~ N(logit median, sd^2)`.

    Raises
    ------
    ArrayError
        For a median outside 0 to 1 or a negative standard deviation.
    """

    median: float
    sd: float

    def __post_init__(self) -> None:
        """Refuse a distribution that does not exist."""
        good = 0.0 < self.median < 1.0 and 0.0 <= self.sd < math.inf
        if not good:
            shown = f"{self.median!r}, {self.sd!r}"
            allowed = "a median above 0 and below 1, a standard deviation not negative"
            raise ArrayError([Problem("", "baseline", "median, sd", shown, allowed, "Correct it.")])

    @classmethod
    def from_interval(
        cls, risk: float, low: float | None, high: float | None, level: float, spread: float
    ) -> BaselineRisk:
        """Read it off a risk with its interval, and add a spread between populations.

        `s^2 = ((logit high - logit low) / (2 z))^2 + spread^2`; without an interval the spread
        stands alone.
        """
        if low is None or high is None:
            return cls(risk, spread)
        z = float(ndtri(0.5 + level / 2.0))
        return cls(risk, math.hypot(float(logit(high) - logit(low)) / (2.0 * z), spread))

    def quantile(self, prob: float) -> float:
        """Risk with `prob` at or below it."""
        return float(expit(logit(self.median) + self.sd * ndtri(prob)))

    @property
    def mean(self) -> float:
        """Expected risk."""
        x, w = self.nodes()
        return float(w @ expit(x))

    def nodes(self, step: float = STEP) -> tuple[Array, Array]:
        """Return points of x (n,) and their weights (n,)."""
        if self.sd == 0.0:
            return np.array([logit(self.median)]), np.ones(1)
        z, w = normal_nodes(step)
        return logit(self.median) + self.sd * z, w


def treated_risk(x: Array, theta: Array, measure: Measure) -> Array:
    """Risk with the treatment, for logit risks `x` without it and log effects `theta`."""
    if measure == "OR":
        return np.asarray(expit(x + theta))
    return np.asarray(-np.expm1(-np.logaddexp(0.0, x) * np.exp(theta)))


def benefit(x: Array, theta: Array, measure: Measure, better: Better) -> Array:
    """Difference of risks, positive where the treatment does good."""
    gain = expit(x) - treated_risk(x, theta, measure)
    return np.asarray(gain if better == "lower" else -gain)


def effect_that_gives(x: Array, gain: float, measure: Measure, better: Better) -> Array:
    """Log effect at which the benefit is exactly `gain`; infinite where none can give it."""
    p1 = expit(x) - gain if better == "lower" else expit(x) + gain
    inside = np.clip(p1, 0.0, 1.0)
    with np.errstate(divide="ignore"):
        if measure == "OR":
            return np.asarray(logit(inside) - x)
        return np.asarray(np.log(-np.log1p(-inside)) - np.log(np.logaddexp(0.0, x)))


@dataclass(frozen=True)
class VarianceSplit:
    """Variance of the benefit, taken apart in the order baseline, effect, modifiers.

    `Var B = Var E[B | p0] + E Var(E[B | p0, theta] | p0) + E Var(B | p0, theta)` (law of total
    variance): what knowing the baseline would remove, then the effect in the stratum, then the
    modifiers. Another order gives the interplay between them to another part.
    """

    baseline: float
    effect: float
    modifier: float

    @property
    def total(self) -> float:
        """Variance of the benefit."""
        return self.baseline + self.effect + self.modifier

    def shares(self) -> tuple[float, float, float] | None:
        """Return the three parts as shares; None where nothing varies."""
        if self.total <= 0.0:
            return None
        return self.baseline / self.total, self.effect / self.total, self.modifier / self.total


@dataclass(frozen=True)
class AbsoluteBenefit:
    """Distribution of one patient's benefit.

    Parameters
    ----------
    baseline : BaselineRisk
    effect, modifier : EffectMixture
        In the patient's stratum, and what the modifiers add; independent.
    measure : {"HR", "OR"}
    better : {"lower", "higher"}
        Direction of the outcome's risk that is good.

    Examples
    --------
    >>> import numpy as np
    >>> from equipoise.biomarkers.patient.effect_mixture import NOTHING
    >>> half = EffectMixture(np.ones(1), np.array([np.log(0.5)]), np.zeros(1))
    >>> known = AbsoluteBenefit(BaselineRisk(0.19, 0.0), half, NOTHING, "HR", "lower")
    >>> round(known.mean, 3)
    0.09
    """

    baseline: BaselineRisk
    effect: EffectMixture
    modifier: EffectMixture
    measure: Measure
    better: Better

    @property
    def whole(self) -> EffectMixture:
        """Effect in the patient: that of the stratum and the modifiers."""
        return self.effect.plus(self.modifier)

    def with_effect(self, whole: EffectMixture) -> AbsoluteBenefit:
        """Return the same patient under another belief about the whole effect."""
        nothing = EffectMixture(np.ones(1), np.zeros(1), np.zeros(1))
        return AbsoluteBenefit(self.baseline, whole, nothing, self.measure, self.better)

    def probability_above(self, gain: float) -> float:
        """Probability of a benefit above `gain`."""
        x, w = self.baseline.nodes()
        below = self.whole.below(effect_that_gives(x, gain, self.measure, self.better))
        return float(w @ (below if self.better == "lower" else 1.0 - below))

    def quantile(self, prob: float) -> float:
        """Benefit with `prob` at or below it: a root of the distribution function."""
        return float(
            brentq(lambda b: 1.0 - self.probability_above(b) - prob, -1.0, 1.0, xtol=1e-12)
        )

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Limits with equal probability below and above."""
        tail = 0.5 * (1.0 - level)
        return self.quantile(tail), self.quantile(1.0 - tail)

    def just_worth(self, gain: float) -> float:
        """Log effect that gives exactly `gain` at the median baseline."""
        x = np.array([logit(self.baseline.median)])
        return float(effect_that_gives(x, gain, self.measure, self.better)[0])

    @property
    def mean(self) -> float:
        """Expected benefit."""
        x, w = self.baseline.nodes(COARSE)
        theta, v = self.whole.nodes(COARSE)
        return float(w @ benefit(x[:, None], theta, self.measure, self.better) @ v)

    def variance_split(self) -> VarianceSplit:
        """Take the variance apart; see `VarianceSplit`."""
        x, w = self.baseline.nodes(COARSE)
        theta, v = self.effect.nodes(COARSE)
        shift, u = self.modifier.nodes(COARSE)
        first, second = np.empty((x.size, theta.size)), np.empty((x.size, theta.size))
        for i, at in enumerate(x):
            gains = benefit(at, np.add.outer(theta, shift), self.measure, self.better)
            first[i] = gains @ u
            second[i] = (gains - first[i][:, None]) ** 2 @ u
        given_baseline = first @ v
        mean = w @ given_baseline
        between = (first - given_baseline[:, None]) ** 2 @ v
        return VarianceSplit(
            float(w @ (given_baseline - mean) ** 2), float(w @ between), float(w @ second @ v)
        )
