"""Effects after a population was chosen on the same data: the conditionally unbiased estimate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx, ndtr

from equipoise.design.closed.selection import Difference
from equipoise.design.enrichment.populations import Nested
from equipoise.synthesis.arrays import Array

Flags = NDArray[np.bool_]

METHOD_CITES = {"corrected_effects": ("kimani2015",)}
"""Keys of `equipoise.cite.REFERENCES` behind the estimate."""


def corrected_effects(
    rule: Difference,
    populations: Nested,
    interim: Array,
    final: Array,
    variance: Array,
    share: Array,
    kept: Flags,
) -> Array:
    """Conditionally unbiased effects in S and F after two stages, given which were kept.

    The second stage alone is unbiased given the choice. Its mean given everything that is
    sufficient (the estimates from both stages) and the choice has the least variance among the
    estimates that are unbiased given the choice. With Z the estimate of a stratum from both
    stages, y its second stage, `v = Var(Z)` and f the share of the information that came first,
    `y | Z ~ N(Z, v f / (1 - f))` and the interim estimate is `x = (Z - (1 - f) y) / f`.

    - S alone was kept: x_S exceeded `q = max(x_C + high / (1 - pi), least)`, x_C the complement's
      interim estimate, so `E(y) = Z - s h(u)` with `s^2 = v f / (1 - f)`,
      `u = (Z - q) / t`, `t^2 = v (1 - f) / f` and `h = phi / Phi`.
    - F is kept: `D = (1 - pi)(x_S - x_C)` was below `low` (F alone) or between the limits
      (both), and y is corrected by `Cov(y, D | Z) / Var(D | Z)` times the shift of the truncated
      D; for F the covariance is 0, and nothing to correct, when the strata's information is
      proportional to their shares.

    Parameters
    ----------
    rule : Difference
        The rule by which the populations were kept.
    populations : Nested
        Two strata.
    interim, final : array, shape (n, 2)
        Estimates in (complement, S): of the first stage, and of all stages.
    variance : array, shape (n, 2)
        Variance of `final`.
    share : array, shape (n, 2)
        f, share of each stratum's information that the first stage gave; 1 where the second
        recruited nobody.
    kept : array of bool, shape (n, 2)
        Whether S and F were tested in the second stage.

    Returns
    -------
    array, shape (n, 2)
        Effects in (S, F); NaN where not kept.

    Notes
    -----
    Normal estimates of known variance are assumed. An efficacy stop at the interim conditions
    further and is not corrected for. With a finite `least` an estimate is offered only for S kept
    alone by a rule with `low = high`; elsewhere NaN. Kimani, Todd and Stallard 2015,
    10.1002/sim.6506, section 3.
    """
    pi = float(populations.shares[1])
    v = np.where(share < 1.0, variance, np.nan)
    found = np.full(kept.shape, np.nan)
    if np.isfinite(rule.least) and rule.low < rule.high:
        return found
    only_small = kept[:, 0] & ~kept[:, 1]
    limit = np.maximum(interim[:, 0] + rule.high / (1.0 - pi), rule.least)
    f = share[:, 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        u = (final[:, 1] - limit) / np.sqrt(v[:, 1] * (1.0 - f) / f)
        below = final[:, 1] - np.sqrt(v[:, 1] * f / (1.0 - f)) * _hazard(u)
    found[:, 0] = np.where(only_small, below, np.nan)
    if np.isfinite(rule.least):
        return found
    with_whole = kept[:, 1]
    small, whole = _given_difference(rule, pi, final, v, share, kept[:, 0])
    found[:, 0] = np.where(kept[:, 0] & with_whole, small, found[:, 0])
    found[:, 1] = np.where(with_whole, whole, np.nan)
    return found


def _given_difference(
    rule: Difference, pi: float, final: Array, v: Array, share: Array, both: Flags
) -> tuple[Array, Array]:
    """Second-stage means of S and F given that D fell between the limits (`both`) or below."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (1.0 - share) / share
        scale = (1.0 - pi) * np.array([-1.0, 1.0])
        mean = (1.0 - pi) * (final[:, 1] - final[:, 0])
        sd = np.sqrt((scale**2 * v * ratio).sum(axis=1))
        covariance = -scale * v  # Cov(y_s, D | Z) = -scale * ratio * v / ratio
        low = np.where(both, (rule.low - mean) / sd, -np.inf)
        high = np.where(both, (rule.high - mean) / sd, (rule.low - mean) / sd)
        step = _truncated_mean(low, high) / sd
    small = final[:, 1] + covariance[:, 1] * step
    average = (1.0 - pi) * final[:, 0] + pi * final[:, 1]
    return small, average + ((1.0 - pi) * covariance[:, 0] + pi * covariance[:, 1]) * step


def _hazard(u: Array) -> Array:
    """`phi(u) / Phi(u)` without loss in the far left tail."""
    return np.asarray(np.sqrt(2.0 / np.pi) / erfcx(-u / np.sqrt(2.0)))


def _truncated_mean(low: Array, high: Array) -> Array:
    """Mean of a standard normal between `low` and `high`."""
    flip = np.where(low > 0.0, -1.0, 1.0)  # work in the left tail, where differences keep digits
    a, b = np.where(flip > 0, low, -high), np.where(flip > 0, high, -low)
    top = np.exp(-0.5 * a * a) - np.exp(-0.5 * b * b)
    mass = (ndtr(b) - ndtr(a)) * np.sqrt(2.0 * np.pi)
    far = np.where(a > -np.inf, 0.5 * (np.maximum(a, -1e9) + b), -_hazard(b))
    return np.asarray(flip * np.where(mass > 0.0, top / np.where(mass > 0.0, mass, 1.0), far))
