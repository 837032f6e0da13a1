r"""What the drug adds: ratios of an arm against the same patients without it.

With `P` the share that responds in each arm, the odds ratio is marginal,
`logit P_1 - logit P_0` on the log scale. Its Monte Carlo error is the standard error of the mean
over patients of

    d_i = (p_{1i} - P_1) / (P_1 (1 - P_1)) - (p_{0i} - P_0) / (P_0 (1 - P_0)),

the delta method for paired patients; what the two arms of a patient have in common cancels. The
hazard ratio is `ln S_1 / ln S_0` with `S` the event-free share, and its error that of
`s_{1i} / (S_1 ln S_1) - s_{0i} / (S_0 ln S_0)`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import logit

from equipoise.mechanism.arms.arm_records import PairedRatio, Spread
from equipoise.mechanism.arms.arm_request import AskedArms
from equipoise.mechanism.arms.response_tally import ResponseTally
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import schedule
from equipoise.mechanism.drug_effects import EdgeDraws
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.sensitivity import (
    arm_outcomes,
    log_hazard_ratio,
    log_odds_ratio,
    mean_response,
)
from equipoise.synthesis.arrays import Array

PERCENTILES = (50.0, 2.5, 97.5)
LEAST = 1e-6
"""A share nearer to 0 or 1 than this has no odds that any trial could see."""


def paired_ratios(
    plan: MechanismPlan,
    control: ResponseTally,
    treated: ResponseTally,
    stratum_share: float,
    ranges: dict[str, Spread],
) -> tuple[PairedRatio, ...]:
    """Return the odds ratio under each definition, then the hazard ratio of recurrence.

    Parameters
    ----------
    plan : MechanismPlan
    control, treated : ResponseTally
        The same patients and draws, without and with the drug.
    stratum_share : float
    ranges : dict of str to Spread
        From `ratios_over_ranges`.
    """
    before, after = control.shares(stratum_share), treated.shares(stratum_share)
    one, two = control.of_patients(stratum_share), treated.of_patients(stratum_share)
    names = list(plan.kill.definitions)
    found = []
    for k, name in enumerate([*names, ""]):
        odds = k < len(names)
        if odds:
            log_ratio = logit(_seen(after[:, k])) - logit(_seen(before[:, k]))
            part = _odds_part(two[:, k]) - _odds_part(one[:, k])
        else:
            log_ratio = np.log(np.log(after[:, k]) / np.log(before[:, k]))
            part = _hazard_part(two[:, k]) - _hazard_part(one[:, k])
        error = float(part.std(ddof=1) / np.sqrt(len(part))) if len(part) > 1 else float("nan")
        measure = "odds_ratio" if odds else "hazard_ratio"
        told = name in ("", plan.definition)
        limits = _spread(log_ratio)
        over = ranges.get(measure) if told else None
        found.append(
            PairedRatio(*(measure, name, limits.median, limits.low, limits.high, error, over))
        )
    return tuple(found)


def _seen(share: Array) -> Array:
    """Shares, NaN where nobody or everybody responds."""
    seen: Array = np.where((share > LEAST) & (share < 1.0 - LEAST), share, np.nan)
    return seen


def _spread(log_ratio: Array) -> Spread:
    """Median and limits of a ratio; NaN where any draw has none."""
    if not np.isfinite(log_ratio).all():
        return Spread(float("nan"), float("nan"), float("nan"))
    return Spread(*(float(x) for x in np.exp(np.percentile(log_ratio, PERCENTILES))))


def _odds_part(chance: Array) -> Array:
    share = _seen(chance.mean())
    part: Array = (chance - share) / (share * (1.0 - share))
    return part


def _hazard_part(free: Array) -> Array:
    share = free.mean()
    part: Array = free / (share * np.log(share))
    return part


def ratios_over_ranges(
    case: CaseModel, asked: AskedArms, edges: EdgeDraws
) -> tuple[dict[str, Spread], int]:
    """Return the spread of both ratios over draws of everything uncertain, and failed courses.

    Parameters
    ----------
    case : CaseModel
    asked : AskedArms
        With a control.
    edges : EdgeDraws
        Draws of the drug's own parameters and of the calibration, each with its patients.
    """
    setting = replace(edges.setting, stratum_share=asked.stratum_share, workers=asked.workers)
    rows = edges.under(asked.rival)
    control, treated = (
        arm_outcomes(setting, schedule(one, case.drugs, case.model, asked.surgery), rows)
        for one in asked.regimens
    )
    seen = [_seen(mean_response(arm.response)) for arm in (control, treated)]
    odds = np.where(
        np.isfinite(seen).all(axis=0), log_odds_ratio(treated.response, control.response), np.nan
    )
    spreads = {
        "odds_ratio": _spread(odds),
        "hazard_ratio": _spread(log_hazard_ratio(treated.event_free, control.event_free)),
    }
    return spreads, control.failed + treated.failed
