"""Words and numbers that everything told of the mechanism shares.

Whatever comes out of the model is simulated, fitted or assumed; a printed number stands beside it
and is named as printed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.calibration.held_out import PredictedArm
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.drug_checks import DrugCheck
from equipoise.mechanism.drug_effects import DrugEffect
from equipoise.report.number_text import MISSING, grouped, number, percent, with_interval
from equipoise.synthesis.arrays import Array

MILLION = 1_000_000
PERCENTILES = (50.0, 2.5, 97.5)

FITTED, BRIDGE, CHECKED = "Fitted", "Fits the tie between two definitions", "Shown only"
HELD_OUT = "Held out"
UNLABELLED = "not said what it rests on"


@dataclass(frozen=True)
class Spread:
    """Median and central 95 % over draws; NaN where no draw is a number."""

    median: float
    low: float
    high: float

    @property
    def text(self) -> str:
        """As shown, three decimals where the whole interval would read the same with two."""
        narrow = math.isfinite(self.high) and self.high - self.low < 0.05
        return with_interval(self.median, self.low, self.high, "ratio", 3 if narrow else 2)


def spread(draws: Array) -> Spread:
    """Summarise draws; those that are no number are left out."""
    used = draws[np.isfinite(draws)]
    if not used.size:
        return Spread(math.nan, math.nan, math.nan)
    middle, low, high = np.percentile(used, PERCENTILES).tolist()
    return Spread(middle, low, high)


def odds_ratio(effect: DrugEffect, group: str = "all") -> Spread:
    """Odds ratio of complete response in a group of patients, drug against none."""
    return spread(np.exp(effect.log_odds_ratios[:, effect.groups.index(group)]))


def hazard_ratio(effect: DrugEffect) -> Spread:
    """Hazard ratio of recurrence in all patients, drug against none."""
    return spread(np.exp(effect.log_hazard_ratios))


def rival_name(found: CaseMechanism, rival: str) -> str:
    """Name a rival with its story: ``H1 (direct)``; an unknown one by its id."""
    label = found.sources.rival(rival)
    return rival if label == rival else f"{rival} ({label})"


def parameter_name(found: CaseMechanism, symbol: str) -> str:
    """Name a parameter by its label and symbol; what is no parameter keeps its name."""
    label = found.sources.labels.get(symbol, "")
    return f"{label} ({symbol})" if label else symbol


def patients_words(patients: float) -> str:
    """Write a number of patients; an astronomic one is only said to be that.

    Examples
    --------
    >>> patients_words(2010.0), patients_words(3e9), patients_words(float("inf"))
    ('2,010', 'more than a million', 'no number')
    """
    if math.isnan(patients):
        return MISSING
    if math.isinf(patients):
        return "no number"
    return "more than a million" if patients > MILLION else grouped(math.ceil(patients))


def digits(value: float | None, places: int = 3) -> str:
    """Write a number of unknown size with three significant digits.

    Examples
    --------
    >>> digits(0.01234), digits(5123.0), digits(0.0)
    ('0.0123', '5,120', '0')
    """
    if value is None or not math.isfinite(value):
        return "∞" if value is not None and math.isinf(value) and value > 0 else MISSING
    if value == 0.0:
        return "0"
    order = math.floor(math.log10(abs(value)))
    if order >= places:
        return f"{round(value, places - 1 - order):,.0f}".replace("-", "\u2212")
    if order < -5:
        return f"{value:.{places - 1}e}".replace("-", "\u2212")
    return number(value, max(0, places - 1 - order))


def digits_interval(value: float, low: float, high: float) -> str:
    """Write a number of unknown size with its interval."""
    if not math.isfinite(low) or not math.isfinite(high):
        return digits(value)
    joiner = " to " if low < 0 or high < 0 else "–"
    return f"{digits(value)} ({digits(low)}{joiner}{digits(high)})"


def share(value: float) -> str:
    """Write a share as a whole percentage; never 0 % or 100 % unless it is exactly that."""
    if 0.0 < value < 0.005:
        return f"<{percent(1)}"
    if 0.995 < value < 1.0:
        return f">{percent(99)}"
    return percent(100 * value)


def shares(value: float, low: float, high: float) -> str:
    """Write a share with its interval, in per cent without the sign: ``29 (21–38)``."""
    if not math.isfinite(value):
        return MISSING
    shown = number(100 * value, 0)
    if not math.isfinite(low) or not math.isfinite(high):
        return shown
    return f"{shown} ({number(100 * low, 0)}–{number(100 * high, 0)})"


def arm_group(target: ResponseTarget | None) -> str:
    """Name what an arm is for: fitted, held out with what it rests on, or shown only."""
    if target is None or target.use == "check":
        return CHECKED
    if target.use == "fit":
        return FITTED
    return BRIDGE if target.use == "bridge" else f"{HELD_OUT}: {target.label or UNLABELLED}"


def arm_name(target: ResponseTarget | None, row: str) -> str:
    """Name an arm: trial, regimen and stratum."""
    if target is None:
        return row
    stratum = "" if target.stratum == "all" else f", {target.stratum}"
    return f"{target.trial}: {target.regimen}{stratum}"


def arms_by_group(found: CaseMechanism) -> dict[str, list[PredictedArm]]:
    """Arms by what they are for, in the order in which a reader wants them."""
    groups: dict[str, list[PredictedArm]] = {FITTED: []}
    for arm in found.calibration.arms:
        groups.setdefault(arm_group(found.sources.target(arm.target)), []).append(arm)
    last = [name for name in (BRIDGE, CHECKED) if name in groups]
    held = sorted(name for name in groups if name.startswith(HELD_OUT))
    return {name: groups[name] for name in (FITTED, *held, *last) if groups[name]}


def held_out(found: CaseMechanism) -> list[PredictedArm]:
    """Arms that the fit never saw and that count as a test of it."""
    return [
        arm
        for name, arms in arms_by_group(found).items()
        if name.startswith(HELD_OUT)
        for arm in arms
    ]


def printed_text(check: DrugCheck) -> str:
    """Write a printed ratio of the drug itself: ``odds ratio 1.34 (0.46–3.89)``."""
    shown = with_interval(check.observed, check.low, check.high, "ratio")
    return f"{check.measure.replace('_', ' ')} {shown}"


def checks_by_target(found: CaseMechanism) -> dict[str, list[DrugCheck]]:
    """Checks of the drug itself by printed number."""
    groups: dict[str, list[DrugCheck]] = {}
    for check in found.checks:
        groups.setdefault(check.target, []).append(check)
    return groups


def span_of(values: Sequence[float]) -> str:
    """Write the range of shares: ``all``, ``98 % to 100 %``."""
    low, high = share(min(values)), share(max(values))
    return low if low == high else f"{low} to {high}"
