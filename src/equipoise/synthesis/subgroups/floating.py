"""Effects in each stratum whose differences are the within-trial interactions, exactly."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.pooling import PooledEffect, pool
from equipoise.synthesis.subgroups.strata import Strata, TrialStrata
from equipoise.synthesis.subgroups.within_trial import PooledContrasts, level_design


@dataclass(frozen=True)
class FloatingEffects:
    """Effects in every stratum, consistent with the pooled within-trial interactions.

    Attributes
    ----------
    levels : tuple, length k
        The strata, the reference first.
    estimates, se, ci_low, ci_high : array, shape (k,)
        On the analysis scale (log for ratios). NaN for a stratum that is compared in no trial.
    covariance : array, shape (k, k)
        Of `estimates`; the variance of any difference is that of the pooled interaction.
    mix : array, shape (k,)
        Share of the information in each stratum, at which `centre` is the effect.
    centre : PooledEffect
        Effect in a population of that mix, pooled over all trials, one-stratum trials too.
    """

    levels: tuple[Hashable, ...]
    estimates: Array
    se: Array
    ci_low: Array
    ci_high: Array
    level: float
    covariance: Array
    mix: Array
    centre: PooledEffect


class TrialCentre(NamedTuple):
    """A trial's best combination of its strata: value, variance, and mix (k,) of strata."""

    value: float
    variance: float
    mix: Array


def trial_centre(one: TrialStrata, k: int, spread: Array | None = None) -> TrialCentre:
    """Combine a trial's strata by inverse covariance, `m_i = 1'W y_i / 1'W 1`, `W = S^-1`.

    `m_i` is uncorrelated with every contrast of the trial (`Cov(C y, 1'W y) = C 1 = 0`), so that
    it carries exactly what the interactions do not. `spread` (k, k) is added to `S`.
    """
    S = one.covariance
    if spread is not None:
        S = S + spread[np.ix_(one.levels, one.levels)]
    weights = np.linalg.solve(S, np.ones(len(one.levels)))
    total = float(weights.sum())
    mix = np.zeros(k)
    mix[list(one.levels)] = weights / total
    return TrialCentre(float(weights @ one.effects) / total, 1.0 / total, mix)


def mean_mix(strata: Strata) -> Array:
    """Information-weighted mean over trials of their mix of strata (k,)."""
    centres = [trial_centre(one, len(strata.levels)) for one in strata.trials]
    weights = np.array([min(c.variance for c in centres) / c.variance for c in centres])
    out: Array = weights @ np.array([c.mix for c in centres]) / weights.sum()
    return out


def floating_effects(
    strata: Strata, pooled: PooledContrasts, *, method: str, ci: str | None, confidence: float
) -> FloatingEffects:
    """Return the effect in each stratum, with the interactions taken from within trials only.

    With interactions `gamma` (0 for the reference) and their covariance from `pool_contrasts`,
    each trial is brought to one common mix `g0` of strata: `a_i = m_i - (g_i - g0)' gamma`, where
    `m_i` and `g_i` are `trial_centre`'s. The `a_i`, with variance `1 / 1'W_i 1`, are pooled by
    `method`, which gives `centre`; then `theta_j = centre + gamma_j - g0' gamma`. With `h` the
    pooled mix, `Cov(theta) = v 1 1' + B Var(gamma) B'`, row j of `B` being `(e_j - h)'`, since
    the `m_i` are uncorrelated with the contrasts. One-stratum trials enter `centre` only.

    Between trials the interactions vary by the `tau2` of `pool_contrasts` and the effect at `g0`
    varies independently of them. With no heterogeneity this is the common-effect version.
    Godolphin and others 2023, 10.1002/jrsm.1590.
    """
    k = len(strata.levels)
    gamma = np.array([0.0, *(e.estimate for e in pooled.effects)])
    if not strata.trials or not np.isfinite(gamma).all():
        return _undefined(strata, method, ci, confidence)
    mix = mean_mix(strata)
    spread = _spread(mix, pooled.tau2, k)
    centres = [trial_centre(one, k, spread) for one in strata.trials]
    adjusted = [c.value - float((c.mix - mix) @ gamma) for c in centres]
    chosen = ci or ("hksj" if len(centres) > 1 else "wald")
    centre = pool(
        adjusted, [c.variance for c in centres], method=method, ci=chosen, level=confidence
    )
    drawn = 0.01 * centre.weights @ np.array([c.mix for c in centres])
    B = level_design(range(k), k) - drawn[None, 1:]
    covariance = centre.se**2 + B @ pooled.covariance @ B.T
    estimates = centre.estimate + gamma - float(mix @ gamma)
    se = np.sqrt(np.diag(covariance))
    free = min(centre.k, *(e.k for e in pooled.effects)) - 1
    half = critical_value(confidence, math.inf if chosen == "wald" else float(max(free, 1))) * se
    return FloatingEffects(
        strata.levels,
        estimates,
        se,
        estimates - half,
        estimates + half,
        confidence,
        covariance,
        mix,
        centre,
    )


def _spread(mix: Array, tau2: float, k: int) -> Array | None:
    """Between-trial covariance (k, k) of the strata's true effects round the effect at `mix`.

    Interactions with the reference have covariance `tau2 (I + 11') / 2`; the part common to all
    strata is left out, since it does not change how a trial's own strata are combined.
    """
    if not tau2 > 0.0:
        return None
    B = level_design(range(k), k) - mix[None, 1:]
    out: Array = 0.5 * tau2 * B @ (np.eye(k - 1) + 1.0) @ B.T
    return out


def _undefined(strata: Strata, method: str, ci: str | None, confidence: float) -> FloatingEffects:
    """Without an interaction there is nothing to float on."""
    k = len(strata.levels)
    nan = np.full(k, np.nan)
    centre = pool([], [], ci=ci or "wald", level=confidence)
    grid = np.full((k, k), np.nan)
    return FloatingEffects(strata.levels, nan, nan, nan, nan, confidence, grid, nan, centre)
