"""A drug begun on other days, at other doses, in tissues that hold more or less of it.

Exploratory, under one rival and one backbone at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from equipoise.mechanism.combinations.ranking import EXPLORATORY, Interval, interval
from equipoise.mechanism.combinations.regimen_changes import begun, scaled
from equipoise.mechanism.dosing import Drug, Regimen, schedule
from equipoise.mechanism.sensitivity import (
    OutcomeSetting,
    arm_outcomes,
    log_odds_ratio,
    mean_response,
)
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """What is swept: a regimen with the drug, against it without, under one rival.

    Attributes
    ----------
    regimen : Regimen
        With the drug.
    drug : str
        Drug, as the doses name it.
    drugs : mapping of str to Drug
    surgery_day : float
    rival : str
    rows : (m, n, p) array
        Patients under draws, switches of the rival among them.
    """

    regimen: Regimen
    drug: str
    drugs: Mapping[str, Drug]
    surgery_day: float
    rival: str
    rows: Array


@dataclass(frozen=True)
class SweepPoint:
    """Response and odds ratio against no drug at one value of what is swept."""

    value: float
    response: Interval
    odds_ratio: Interval


@dataclass(frozen=True)
class Sweep:
    """Effect of a drug over days of its start, or over factors of its dose."""

    regimen: str
    drug: str
    rival: str
    swept: str
    points: tuple[SweepPoint, ...]
    label: str = EXPLORATORY

    def to_frame(self) -> pd.DataFrame:
        """Return a row for every value."""
        return pd.DataFrame(
            {
                "value": point.value,
                "response": point.response.median,
                "odds_ratio": point.odds_ratio.median,
                "odds_ratio_low": point.odds_ratio.low,
                "odds_ratio_high": point.odds_ratio.high,
            }
            for point in self.points
        )


@dataclass(frozen=True, eq=False)
class ResponseSurface:
    """Median odds ratio (doses, ratios) over factors of dose and tissue to plasma ratios."""

    regimen: str
    drug: str
    rival: str
    doses: tuple[float, ...]
    ratios: tuple[float, ...]
    odds_ratio: Array
    label: str = EXPLORATORY

    def to_frame(self) -> pd.DataFrame:
        """Return the odds ratios, a row for every dose and a column for every ratio."""
        return pd.DataFrame(self.odds_ratio, index=list(self.doses), columns=list(self.ratios))


def start_day_sweep(setting: OutcomeSetting, plan: SweepPlan, days: Sequence[float]) -> Sweep:
    """Return the effect of the drug when its first dose is on each of `days`.

    Before day 0 it leads in: all else, and surgery, wait as long, while the tumour grows.
    """
    regimens = [begun(plan.regimen, plan.drug, day) for day in days]
    surgery = [plan.surgery_day + max(0.0, -day) for day in days]
    return _sweep(setting, plan, "first day of the drug", days, regimens, surgery)


def dose_sweep(setting: OutcomeSetting, plan: SweepPlan, factors: Sequence[float]) -> Sweep:
    """Return the effect of the drug with every dose multiplied by each of `factors`."""
    regimens = [scaled(plan.regimen, plan.drug, factor) for factor in factors]
    surgery = [plan.surgery_day] * len(factors)
    return _sweep(setting, plan, "factor of its dose", factors, regimens, surgery)


def response_surface(
    setting: OutcomeSetting,
    plan: SweepPlan,
    factors: Sequence[float],
    ratio: str,
    ratios: Sequence[float],
) -> ResponseSurface:
    """Return odds ratios over factors of the dose and typical values of a tissue ratio.

    Parameters
    ----------
    setting : OutcomeSetting
    plan : SweepPlan
    factors : sequence of float
    ratio : str
        Parameter that holds the ratio. Each patient keeps their own deviation from the table's
        value.
    ratios : sequence of float
        Typical values.
    """
    column = setting.model.index(ratio)
    usual = float(setting.model.values[column])
    control = _response(setting, plan, scaled(plan.regimen, plan.drug, 0.0), plan.rows)
    effect = np.zeros((len(factors), len(ratios)))
    for j, value in enumerate(ratios):
        rows = plan.rows.copy()
        rows[:, :, column] *= value / usual
        for i, factor in enumerate(factors):
            treated = _response(setting, plan, scaled(plan.regimen, plan.drug, factor), rows)
            effect[i, j] = interval(np.exp(log_odds_ratio(treated, control))).median
    named = (plan.regimen.name, plan.drug, plan.rival)
    return ResponseSurface(*named, tuple(factors), tuple(ratios), effect)


def _sweep(
    setting: OutcomeSetting,
    plan: SweepPlan,
    swept: str,
    values: Sequence[float],
    regimens: Sequence[Regimen],
    surgery: Sequence[float],
) -> Sweep:
    control = _response(setting, plan, scaled(plan.regimen, plan.drug, 0.0), plan.rows)
    points = []
    for value, regimen, end in zip(values, regimens, surgery, strict=True):
        treated = _response(setting, plan, regimen, plan.rows, end)
        effect = np.exp(log_odds_ratio(treated, control))
        points.append(SweepPoint(float(value), interval(mean_response(treated)), interval(effect)))
    return Sweep(plan.regimen.name, plan.drug, plan.rival, swept, tuple(points))


def _response(
    setting: OutcomeSetting,
    plan: SweepPlan,
    regimen: Regimen,
    rows: Array,
    surgery_day: float | None = None,
) -> Array:
    times = schedule(regimen, plan.drugs, setting.model, surgery_day or plan.surgery_day)
    return arm_outcomes(setting, times, rows).response
