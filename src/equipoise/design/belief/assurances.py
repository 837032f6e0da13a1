"""Assurance: the probability that a planned study succeeds, given what is believed now.

Power answers for one effect; assurance averages it over a `Posterior`. It cannot exceed the
probability that there is any benefit at all by more than the error allowed: the cap.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri, roots_hermitenorm

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector
from equipoise.synthesis.posteriors.mixture import Posterior

METHOD_CITES = {"assurance": ("ohagan2005",)}

Benefit = Literal["lower", "higher"]
NODES = 200
"""Hermite nodes a component: a power curve is smooth, so that these give twelve digits."""


@dataclass(frozen=True)
class Assurance:
    """What a study of some size can be expected to show.

    Attributes
    ----------
    information : float
        Fisher information of the study on the effect, 1 / se^2.
    probability : float
        Of a significant result on the side of benefit.
    wrong : float
        Of a significant result although there is no benefit (part of `probability`).
    cap : float
        P(benefit): what an endless study would give.
    between_trial_sd : float
        Spread of the new study's effect around the mean effect; 0 in the headline.
    """

    information: float
    probability: float
    wrong: float
    cap: float
    between_trial_sd: float


def assurance(
    posterior: Posterior,
    effect: str,
    information: float,
    *,
    alpha: float = 0.025,
    benefit: Benefit = "lower",
    between_trial_sd: float = 0.0,
) -> Assurance:
    r"""Probability that a fixed study ends significant in favour of the treatment.

    With the effect `theta ~ sum_j w_j N(m_j, s_j^2)`, the study's own effect
    `theta_new ~ N(theta, tau^2)` and its estimate `N(theta_new, 1 / I)`:

    `P = sum_j w_j Phi((-z / sqrt(I) - m_j) / sqrt(s_j^2 + tau^2 + 1 / I))`

    for a benefit that is "lower" (log hazard ratio); mirrored for "higher". Exact: a finite sum.

    Parameters
    ----------
    posterior : Posterior
        Of the effect on the analysis scale.
    effect : str
        Its name there.
    information : float
        1 / se^2 of the study: for a log hazard ratio at 1:1, events / 4.
    alpha : float
        One-sided level, between 0 and 0.5.
    benefit : {"lower", "higher"}
        Side of zero on which the treatment is better.
    between_trial_sd : float
        `tau`, not negative: 0 asks about the mean effect (the headline); above 0 the new study
        has an effect of its own, and `cap` becomes that of the new study.

    Returns
    -------
    Assurance

    Raises
    ------
    ArrayError
        For numbers outside these ranges; all are named.

    Notes
    -----
    Source: O'Hagan, Stevens and Campbell 2005, 10.1002/pst.175. `wrong` is integrated by
    Gauss-Hermite quadrature over each component beyond zero.

    Examples
    --------
    >>> import numpy as np
    >>> belief = Posterior(("effect",), np.ones(1), np.array([[-0.3]]), np.array([[[0.04]]]))
    >>> found = assurance(belief, "effect", 100.0)
    >>> round(found.probability, 3), round(found.cap, 3)
    (0.68, 0.933)
    """
    _refuse(information, alpha, benefit, between_trial_sd)
    weights, means, sds = components(posterior, effect, benefit)
    spread = np.hypot(sds, between_trial_sd)
    se, critical = 1.0 / math.sqrt(information), -float(ndtri(alpha))
    probability = float(weights @ ndtr((means - critical * se) / np.hypot(spread, se)))
    cap = float(weights @ _above_zero(means, spread))
    wrong = _wrong(weights, means, spread, se, critical)
    return Assurance(information, probability, min(wrong, probability), cap, between_trial_sd)


def average_power(
    posterior: Posterior,
    effect: str,
    power: Callable[[Array], Array],
    *,
    benefit: Benefit = "lower",
    between_trial_sd: float = 0.0,
) -> float:
    """Assurance of any design whose power is a smooth function of the effect.

    `E[power(theta)]` over the mixture, by Gauss-Hermite quadrature on each component.

    Parameters
    ----------
    posterior, effect, benefit, between_trial_sd
        As for `assurance`.
    power : callable
        From effects (n,), *positive when the treatment is better*, to powers (n,).

    Returns
    -------
    float
    """
    weights, means, sds = components(posterior, effect, benefit)
    spread = np.hypot(sds, between_trial_sd)
    x, w = _hermite(NODES)
    theta = means[:, None] + spread[:, None] * x
    values = np.asarray(power(theta.ravel()), dtype=np.float64).reshape(theta.shape)
    return float(weights @ (values @ w))


def average_over_draws(draws: Array, power: Callable[[Array], Array]) -> tuple[float, float]:
    """Assurance over draws of the effect (n,), with its Monte Carlo standard error.

    `draws` are positive when the treatment is better; `power` as for `average_power`.
    """
    values = np.asarray(power(as_vector(draws, "draws")), dtype=np.float64)
    if values.size < 2:
        problem = Problem("", "", "draws", str(values.size), "at least 2", "Draw more.")
        raise ArrayError([problem])
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size))


def components(
    posterior: Posterior, effect: str, benefit: Benefit = "higher"
) -> tuple[Array, Array, Array]:
    """Weights, means and standard deviations (m,) of one effect, positive meaning benefit."""
    if effect not in posterior.names:
        allowed = ", ".join(posterior.names)
        raise ArrayError([Problem("", "", "effect", repr(effect), allowed, "Choose one of these.")])
    i = posterior.names.index(effect)
    sign = 1.0 if benefit == "higher" else -1.0
    sds = np.sqrt(np.maximum(posterior.covariances[:, i, i], 0.0))
    return posterior.weights, sign * posterior.means[:, i], sds


@lru_cache(maxsize=4)
def _hermite(nodes: int) -> tuple[Array, Array]:
    x, w = roots_hermitenorm(nodes)
    return x, w / math.sqrt(2.0 * math.pi)


def _above_zero(means: Array, sds: Array) -> Array:
    """Probability of benefit in each component; a component without spread is an atom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sds > 0.0, ndtr(means / sds), means > 0.0)


def _wrong(weights: Array, means: Array, sds: Array, se: float, critical: float) -> float:
    """P(significant and no benefit): half-line integrals by Gauss-Legendre in probability."""
    nodes, w = np.polynomial.legendre.leggauss(NODES)
    share = _above_zero(-means, sds) + ((sds == 0.0) & (means == 0.0))
    u = 0.5 * (nodes + 1.0)[None, :] * share[:, None]
    with np.errstate(invalid="ignore"):
        theta = np.where(
            sds[:, None] > 0.0, means[:, None] + sds[:, None] * ndtri(u), means[:, None]
        )
    inside = ndtr(theta / se - critical) @ (0.5 * w)
    return float(weights @ (share * inside))


def _refuse(information: float, alpha: float, benefit: str, tau: float) -> None:
    rules = (
        ("information", information, 0.0 < information < math.inf, "above 0, finite"),
        ("alpha", alpha, 0.0 < alpha < 0.5, "above 0, below 0.5 (one-sided)"),
        ("benefit", benefit, benefit in {"lower", "higher"}, "lower, higher"),
        ("between_trial_sd", tau, 0.0 <= tau < math.inf, "0 or above, finite"),
    )
    problems = [
        Problem("", "", name, repr(value), allowed, "Correct it.")
        for name, value, good, allowed in rules
        if not good
    ]
    if problems:
        raise ArrayError(problems)
