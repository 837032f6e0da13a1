"""Printed effects of the drug itself beside what each rival predicts; none of them was fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.drug_effects import DrugEffect


@dataclass(frozen=True)
class DrugCheck:
    """One printed ratio under one rival.

    Attributes
    ----------
    target, trial, measure : str
    observed, low, high : float
        As printed.
    rival : str
    predicted, predicted_low, predicted_high : float
        Median and central 95 % over draws.
    inside : float
        Share of the draws that the printed interval holds: near 1 for every rival means that the
        trial tells nothing apart.
    note : str
    """

    target: str
    trial: str
    measure: str
    observed: float
    low: float
    high: float
    rival: str
    predicted: float
    predicted_low: float
    predicted_high: float
    inside: float
    note: str


def drug_checks(
    targets: Sequence[ResponseTarget], effects: Sequence[DrugEffect]
) -> tuple[DrugCheck, ...]:
    """Hold every rival's prediction against every held-out ratio of the drug.

    Odds ratios are held against odds ratios of response, hazard ratios against hazard ratios of
    recurrence; both are predicted on the first backbone, whatever the trial gave.
    """
    found = []
    for target in targets:
        for effect in effects:
            if target.measure == "odds_ratio":
                draws = np.exp(effect.log_odds_ratios[:, 0])
            else:
                draws = np.exp(effect.log_hazard_ratios)
            found.append(_check(target, effect.rival, draws[np.isfinite(draws)]))
    return tuple(found)


def _check(target: ResponseTarget, rival: str, draws: np.ndarray) -> DrugCheck:
    low, high = target.low or 0.0, target.high or float("inf")
    edges = np.percentile(draws, (2.5, 50, 97.5)) if draws.size else np.full(3, np.nan)
    return DrugCheck(
        target.id,
        target.trial,
        target.measure,
        target.value or float("nan"),
        low,
        high,
        rival,
        float(edges[1]),
        float(edges[0]),
        float(edges[2]),
        float(((draws >= low) & (draws <= high)).mean()) if draws.size else float("nan"),
        target.note,
    )
