r"""What a study is worth before it is run: EVPI and EVSI of a decision between use and non-use.

Using the drug is worth `U(theta)` a patient, not using it 0. Today the better of `E[U]` and 0 is
chosen. If a study of information `I` is seen first, its estimate `x ~ N(theta, 1 / I)` changes the
choice wherever `E[U | x]` changes sign:

`EVSI = E[ max(0, E[U | x]) ] - max(0, E[U])`, `EVPI = E[ max(0, U) ] - max(0, E[U])`.

`E[U | x]` of a mixture prior is again a sum over components, so that both are one-dimensional
integrals: no nested simulation, and nothing that depends on a number of draws.
Sources: Raiffa and Schlaifer 1961; Ades, Lu and Claxton 2004, 10.1177/0272989X04263162.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from equipoise.design.belief.mixture_integral import Belief, expectation
from equipoise.design.belief.utility import NetBenefit
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors.mixture import Posterior

METHOD_CITES = {"value of information": ("ades2004",)}

SCAN = 400
"""Places at which the sign of the expected utility is looked at before its roots are polished."""

INNER = 40
"""Hermite nodes for `E[U | x]` within a component."""


@dataclass(frozen=True)
class InformationValue:
    """Value of a study to one patient, in the unit of the utility.

    Attributes
    ----------
    evsi, evpi : float
        Expected value of sample and of perfect information.
    use_now : bool
        Whether using the drug is the better choice today.
    expected_utility : float
        `E[U]` today.
    probability_of_change : float
        That the study's result turns the choice around.
    turning_points : tuple of float
        Estimates, on the analysis scale, at which the choice turns.
    mcse : float
        Monte Carlo standard error of `evsi`; 0 where it was integrated.
    """

    evsi: float
    evpi: float
    use_now: bool
    expected_utility: float
    probability_of_change: float
    turning_points: tuple[float, ...]
    mcse: float = 0.0


def information_value(
    posterior: Posterior,
    effect: str,
    utility: NetBenefit,
    information: float,
    *,
    between_trial_sd: float = 0.0,
) -> InformationValue:
    """Integrate EVSI and EVPI for a study that estimates one effect.

    Parameters
    ----------
    posterior : Posterior
        Of the effect on the analysis scale.
    effect : str
        Its name there.
    utility : NetBenefit
    information : float
        1 / se^2 of the study on the effect; 0 for no study.
    between_trial_sd : float
        Spread of the study's own effect around the mean: its estimate then has variance
        `1 / information + between_trial_sd^2`.

    Returns
    -------
    InformationValue
        `evsi` lies between 0 and `evpi`.

    Raises
    ------
    ArrayError
        For a negative or infinite information or spread, or an unknown effect.
    """
    belief = belief_in(posterior, effect)
    se = standard_error(information, between_trial_sd)
    now = expectation(belief, utility.of)
    best_now = max(0.0, now)
    evpi = max(0.0, _gain(belief, utility, 0.0, _roots(belief, utility.of)) - best_now)
    if math.isinf(se):
        return InformationValue(0.0, evpi, now > 0.0, now, 0.0, ())
    after = Updated(belief, utility, se)
    turns = _roots(after.marginal(), after.expected_utility)
    gained = _gain(belief, utility, se, turns, after.expected_utility)
    evsi = min(evpi, max(0.0, gained - best_now))
    change = _probability_of(after.marginal(), turns, after.expected_utility, use=now <= 0.0)
    return InformationValue(evsi, evpi, now > 0.0, now, change, tuple(turns))


def simulated_information_value(
    posterior: Posterior,
    effect: str,
    utility: NetBenefit,
    information: float,
    rng: np.random.Generator,
    *,
    draws: int = 10_000,
    between_trial_sd: float = 0.0,
) -> InformationValue:
    """Estimate the same by simulation, with EVSI and EVPI on common draws.

    For each draw of the effect a study is drawn and the choice it leads to is worked out exactly;
    what is averaged is the utility of that choice minus that of today's choice. No draw can gain
    more from a study than from the truth, so that the simulated EVSI is never above the EVPI, and
    neither depends on the number of draws but by its error.

    Parameters
    ----------
    posterior, effect, utility, information, between_trial_sd
        As for `information_value`; information above 0.
    rng : numpy.random.Generator
    draws : int
        At least 2.

    Returns
    -------
    InformationValue
        With `mcse`.
    """
    belief = belief_in(posterior, effect)
    se = standard_error(information, between_trial_sd)
    if draws < 2 or math.isinf(se):
        problem = Problem("", "", "draws", str(draws), "at least 2, of a study", "Draw more.")
        raise ArrayError([problem])
    which = rng.choice(belief.weights.size, size=draws, p=belief.weights / belief.weights.sum())
    theta = belief.means[which] + belief.sds[which] * rng.standard_normal(draws)
    seen = theta + se * rng.standard_normal(draws)
    now = expectation(belief, utility.of)
    worth, today = utility.of(theta), now > 0.0
    after = Updated(belief, utility, se)
    turns = _roots(after.marginal(), after.expected_utility)
    stretches = _chosen(after.marginal(), turns, after.expected_utility, 0.0)
    then = np.zeros(draws, dtype=bool)
    for a, b in stretches:
        then |= (seen > a) & (seen <= b)
    gained = np.where(then, worth, 0.0) - np.where(today, worth, 0.0)
    perfect = np.maximum(worth, 0.0) - np.where(today, worth, 0.0)
    mcse = float(gained.std(ddof=1) / math.sqrt(draws))
    change = float(np.mean(then != today))
    return InformationValue(
        float(gained.mean()), float(perfect.mean()), bool(today), now, change, tuple(turns), mcse
    )


@dataclass(frozen=True)
class Updated:
    """The belief after an estimate `x` with standard error `se`, and what use is then worth."""

    belief: Belief
    utility: NetBenefit
    se: float

    def marginal(self) -> Belief:
        """Distribution of the estimate before it is seen."""
        return Belief(self.belief.weights, self.belief.means, np.hypot(self.belief.sds, self.se))

    def expected_utility(self, x: Array) -> Array:
        """`E[U | x]` (n,): components weighed by how well they predicted `x` (n,)."""
        weights, means, sds = self.belief.weights, self.belief.means, self.belief.sds
        total = np.hypot(sds, self.se)
        z = (x[:, None] - means) / total
        with np.errstate(divide="ignore"):
            logs = np.log(weights) - np.log(total) - 0.5 * z * z
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        pull = (sds / total) ** 2
        centre = means + pull * (x[:, None] - means)
        spread = sds * self.se / total
        nodes, w = np.polynomial.hermite_e.hermegauss(INNER)
        inner = self.utility.of(centre[:, :, None] + spread[None, :, None] * nodes)
        return np.asarray((shares * (inner @ (w / w.sum()))).sum(axis=1))


def belief_in(posterior: Posterior, effect: str) -> Belief:
    """One effect of a posterior as a mixture of normals on its own sign."""
    if effect not in posterior.names:
        allowed = ", ".join(posterior.names)
        raise ArrayError([Problem("", "", "effect", repr(effect), allowed, "Choose one of these.")])
    i = posterior.names.index(effect)
    sds = np.sqrt(np.maximum(posterior.covariances[:, i, i], 0.0))
    return Belief(posterior.weights, posterior.means[:, i], sds)


def standard_error(information: float, between_trial_sd: float) -> float:
    """Return the standard error of a study's estimate; infinite without information."""
    rules = (("information", information), ("between_trial_sd", between_trial_sd))
    problems = [
        Problem("", "", name, repr(value), "0 or above, finite", "Correct it.")
        for name, value in rules
        if not 0.0 <= value < math.inf
    ]
    if problems:
        raise ArrayError(problems)
    return math.hypot(between_trial_sd, 1.0 / math.sqrt(information)) if information else math.inf


def _roots(belief: Belief, function: Callable[[Array], Array]) -> list[float]:
    """Places at which a function of the effect changes sign, where the belief has weight."""
    low = float((belief.means - 9.0 * belief.sds).min())
    high = float((belief.means + 9.0 * belief.sds).max())
    if low == high:
        return []
    x = np.linspace(low, high, SCAN)
    signs = np.signbit(function(x))
    turns = np.flatnonzero(signs[1:] != signs[:-1])

    def at(value: float) -> float:
        return float(function(np.array([value]))[0])

    return [float(brentq(at, x[i], x[i + 1], xtol=1e-13, rtol=1e-14)) for i in turns]


def _gain(
    belief: Belief,
    utility: NetBenefit,
    se: float,
    turns: list[float],
    decide: Callable[[Array], Array] | None = None,
) -> float:
    """`E[U 1(use)]`, where use is chosen in the stretches of the estimate with positive `decide`.

    Without error (`se` 0) the estimate is the effect itself.
    """
    stretches = _chosen(belief, turns, decide or utility.of, se)
    if se == 0.0:
        return expectation(belief, lambda theta: np.maximum(utility.of(theta), 0.0), turns)
    near = [turn + step * se for turn in turns for step in (-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0)]

    def chosen_utility(theta: Array) -> Array:
        share = sum(ndtr((b - theta) / se) - ndtr((a - theta) / se) for a, b in stretches)
        return np.asarray(utility.of(theta) * share)

    return expectation(belief, chosen_utility, near)


def _chosen(
    belief: Belief, turns: list[float], decide: Callable[[Array], Array], se: float
) -> list[tuple[float, float]]:
    """Stretches of the estimate, as pairs of ends, in which use is chosen."""
    reach = 9.0 * float(np.hypot(belief.sds, se).max())
    ends = [float(belief.means.min()) - reach, *turns, float(belief.means.max()) + reach]
    middles = np.array([0.5 * (a + b) for a, b in pairwise(ends)])
    use = decide(middles) > 0.0
    ends[0], ends[-1] = -math.inf, math.inf
    return [(ends[i], ends[i + 1]) for i in np.flatnonzero(use)]


def _probability_of(
    marginal: Belief, turns: list[float], decide: Callable[[Array], Array], *, use: bool
) -> float:
    """Probability that the estimate falls where the choice is `use`."""
    inside = sum(
        float(
            marginal.weights
            @ (
                ndtr((b - marginal.means) / marginal.sds)
                - ndtr((a - marginal.means) / marginal.sds)
            )
        )
        for a, b in _chosen(marginal, turns, decide, 0.0)
    )
    return inside if use else 1.0 - inside
