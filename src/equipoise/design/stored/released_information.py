r"""How much a finished trial would say about an interaction, once its patients are phenotyped.

With `q` the share of the phenotype and `f` the share of usable patients, the difference between
the log odds ratios of the two levels has the variance

`v = sum_g 1 / (f n_Tg p_Tg (1 - p_Tg)) + 1 / (f n_Cg p_Cg (1 - p_Cg))`,

and between two log hazard ratios, with `D` events and allocation share `r`,

`v = 1 / (f D q r (1 - r)) + 1 / (f D (1 - q) r (1 - r))`

(the inverse of the information; Schoenfeld 1981, 10.1093/biomet/68.1.316). An imperfect assay
mixes the levels: the called groups differ by `(PPV + NPV - 1)` of the true difference, so that
the information on the true difference shrinks by its square.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.special import expit, logit, ndtr, ndtri

from equipoise.design.stored.finished_trial import CAN_RELEASE, FinishedTrial

METHOD_CITES = {"stored samples": ("schoenfeld1981",)}


@dataclass(frozen=True)
class Truth:
    """What is supposed of an outcome when its information is planned.

    Attributes
    ----------
    gamma : float
        Difference of the log effects, phenotype asked about minus the other.
    rest : float
        Log effect in the other level.
    control_risk : float or None
        Risk in the control arm; None uses each trial's own events.
    """

    gamma: float
    rest: float = 0.0
    control_risk: float | None = None


@dataclass(frozen=True)
class Release:
    """What one trial would release.

    Attributes
    ----------
    trial : FinishedTrial
    variance : float
        Of the trial's estimate of the difference; infinite when it releases nothing.
    kept : float
        `PPV + NPV - 1`: share of the true difference that the called groups keep.
    information : float
        On the true difference; 0 when the trial releases nothing.
    level_information : float
        On the effect in the phenotype asked about itself.
    per_cost : float
        `information / cost`; infinite when asking costs nothing, 0 when nothing is released.
    """

    trial: FinishedTrial
    variance: float
    kept: float
    information: float
    level_information: float
    per_cost: float


@dataclass(frozen=True)
class Pooled:
    """All releases together, with a spread of the difference between trials."""

    information: float
    se: float
    power: float
    trials: int


def release(trial: FinishedTrial, truth: Truth) -> Release:
    """Return what one finished trial would release on the difference between levels.

    Trials of one level, those with printed results in both and those without samples release
    nothing.
    """
    called, ppv, npv = called_groups(trial.share, trial.sensitivity, trial.specificity)
    kept = ppv + npv - 1.0
    unknown = math.isnan(trial.events) and (trial.time_to_event or truth.control_risk is None)
    if trial.access not in CAN_RELEASE or trial.usable == 0.0 or unknown:
        return Release(trial, math.inf, kept, 0.0, 0.0, 0.0)
    positive, negative = _level_variances(trial, truth, called, ppv, npv)
    variance = positive + negative
    information = kept * kept / variance if variance > 0.0 and math.isfinite(variance) else 0.0
    level = 1.0 / positive if positive > 0.0 and math.isfinite(positive) else 0.0
    cost = trial.cost
    per_cost = (math.inf if cost == 0.0 else information / cost) if information else 0.0
    return Release(trial, variance, kept, information, level, per_cost)


def pool_releases(
    releases: Sequence[Release], gamma: float, *, tau_d: float = 0.0, alpha: float = 0.025
) -> Pooled:
    """Power of the pooled test of the difference.

    `I = sum_i 1 / (1 / I_i + tau_d^2)` and `power = Phi(|gamma| sqrt(I) - z)`, one-sided level
    `alpha`; `tau_d` is the standard deviation of the difference between trials.
    """
    parts = [1.0 / (1.0 / r.information + tau_d * tau_d) for r in releases if r.information > 0.0]
    total = math.fsum(parts)
    if total == 0.0:
        return Pooled(0.0, math.inf, alpha, 0)
    power = float(ndtr(abs(gamma) * math.sqrt(total) + ndtri(alpha)))
    return Pooled(total, 1.0 / math.sqrt(total), power, len(parts))


def by_worth(releases: Sequence[Release]) -> tuple[Release, ...]:
    """Order in which to ask: most information a unit of cost first, then most information."""
    return tuple(sorted(releases, key=lambda r: (-r.per_cost, -r.information, r.trial.trial_id)))


def called_groups(
    share: float, sensitivity: float, specificity: float
) -> tuple[float, float, float]:
    """Share called positive, and the predictive values of both calls (1 for an empty group)."""
    called = share * sensitivity + (1.0 - share) * (1.0 - specificity)
    ppv = share * sensitivity / called if called > 0.0 else 1.0
    npv = (1.0 - share) * specificity / (1.0 - called) if called < 1.0 else 1.0
    return called, ppv, npv


def _level_variances(
    trial: FinishedTrial, truth: Truth, called: float, ppv: float, npv: float
) -> tuple[float, float]:
    """Variance of the log effect in each called group; infinite for an empty one."""
    shares = (called, 1.0 - called)
    effects = (
        truth.rest + ppv * truth.gamma,
        truth.rest + (1.0 - npv) * truth.gamma,
    )
    if trial.time_to_event:
        arm = trial.n_treatment / trial.n
        events = trial.usable * trial.events * arm * (1.0 - arm)
        return _inverse(events * shares[0]), _inverse(events * shares[1])
    risk = trial.events / trial.n if truth.control_risk is None else truth.control_risk
    out = []
    for share, effect in zip(shares, effects, strict=True):
        treated = float(expit(logit(risk) + effect)) if 0.0 < risk < 1.0 else risk
        out.append(
            _inverse(trial.usable * share * trial.n_treatment * treated * (1.0 - treated))
            + _inverse(trial.usable * share * trial.n_control * risk * (1.0 - risk))
        )
    return out[0], out[1]


def _inverse(x: float) -> float:
    return 1.0 / x if x > 0.0 else math.inf


def without_assay_error(trial: FinishedTrial) -> FinishedTrial:
    """Return the same trial with a perfect assay."""
    return replace(trial, sensitivity=1.0, specificity=1.0)
