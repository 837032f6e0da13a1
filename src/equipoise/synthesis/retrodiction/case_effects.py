"""What one row of a past question says: an effect on the analysis scale, and how sure it is.

The first route that leads somewhere is taken: estimate and interval; estimate and exact P;
hazard ratio and events by arm; events and patients by arm. A row without an error still has a
direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from equipoise.estimate import Measure
from equipoise.synthesis.effect_sizes import EffectSizes, log_odds_ratio, log_risk_ratio
from equipoise.synthesis.printed_effects import from_interval, from_p_value
from equipoise.synthesis.retrodiction.case_file import CaseRow
from equipoise.synthesis.retrodiction.measures import (
    is_named,
    is_observational,
    is_ratio,
    measure_of,
    stratum_key,
)

LEVEL = 0.95
"""Level of an interval whose level is not given."""

SKEW = 0.25
"""An estimate further from the middle of its interval than this share of the half width is
mentioned: its error is then a rough one."""


LEAST_SE, LARGEST_SE = 1e-6, 1e3
"""Errors outside these say that a row was misread, not how sure a trial was."""


@dataclass(frozen=True)
class CaseEffect:
    """The effect a row states.

    Attributes
    ----------
    trial, stratum : str
        `stratum` as compared (`measures.stratum_key`), empty for the whole trial. Trials are
        compared without regard to capitals.
    measure : str
        HR, OR, RR or ROM where it is one of these; else as the file says.
    value : float
        On the analysis scale, NaN if nothing is known.
    se : float
        Its standard error, NaN if only the direction is known.
    route : str
        ``interval``, ``p value``, ``events``, ``counts``, ``estimate alone``, ``empty arm`` or
        ``nothing``.
    observational : bool
    date : str
    n : float
        Patients, NaN if not given.
    note : str
        What a reader should know of this reading; may be empty.
    """

    trial: str
    stratum: str
    measure: str
    value: float
    se: float
    route: str
    observational: bool = False
    date: str = ""
    n: float = math.nan
    note: str = ""

    @property
    def is_log(self) -> bool:
        """Whether the effect is a logarithm of a ratio."""
        return is_ratio(self.measure)

    @property
    def is_sure(self) -> bool:
        """Whether both effect and error are known."""
        return math.isfinite(self.value) and math.isfinite(self.se)


def effect_of(row: CaseRow, default_measure: str = "") -> CaseEffect:
    """Effect of a row, on the log scale for ratio measures.

    `value = log(estimate)`; its error is `(log ci_high - log ci_low) / (2 z)`, or `|value| / z_P`
    from an exact two-sided P, or `sqrt(1 / e1 + 1 / e0)` from the events in each arm for a hazard
    ratio (exact for constant hazards), or that of the log risk ratio (log odds ratio when that is
    the measure) of the counts. Without an estimate the middle of the interval takes its place. A
    table with a zero cell has no such error, only a direction. Where it is not said what the
    measure is, an estimate does not even have that.

    Parameters
    ----------
    row : CaseRow
    default_measure : str
        Measure of the case, for a row that names none.
    """
    words = row.measure if is_named(row.measure) else default_measure or row.measure
    measure = measure_of(words)
    blank = CaseEffect(
        trial=" ".join(row.trial.split()),
        stratum=stratum_key(row.stratum),
        measure=measure or words,
        value=math.nan,
        se=math.nan,
        route="nothing",
        observational=is_observational(row.design),
        date=row.date,
        n=math.nan if row.n is None else row.n,
    )
    ratio = is_ratio(words)
    if not is_named(words):
        return replace(blank, note="its measure is not named: no effect could be 0 or 1")
    return (
        _by_interval(blank, row, ratio)
        or _by_p_value(_interval_refused(blank, row), row, ratio)
        or _by_events(_interval_refused(blank, row), row, measure)
        or _by_counts(_interval_refused(blank, row), row, measure)
        or _by_estimate(_interval_refused(blank, row), row, ratio)
        or _by_empty_arm(blank, row, measure)
        or blank
    )


def odds_ratio_of(row: CaseRow) -> CaseEffect | None:
    """Log odds ratio from the counts of a row, whatever its measure; None without them."""
    unused = dict.fromkeys(("estimate", "ci_low", "ci_high", "p_value"))
    plain = row.model_copy(update={"measure": "OR", **unused})
    return _by_counts(effect_of(plain), plain, "OR")


def _by_interval(blank: CaseEffect, row: CaseRow, ratio: bool) -> CaseEffect | None:
    low, high = row.ci_low, row.ci_high
    if low is None or high is None or low >= high or (ratio and low <= 0):
        return None
    middle = math.sqrt(low) * math.sqrt(high) if ratio else 0.5 * low + 0.5 * high
    estimate = middle if row.estimate is None else row.estimate
    if not low <= estimate <= high:
        return None
    level = LEVEL if row.ci_level is None else row.ci_level
    effect = _taken(blank, from_interval(estimate, low, high, level=level, ratio=ratio), "interval")
    if effect is None:
        return None
    ends = [math.log(x) if ratio else x for x in (low, high)]
    off = abs(effect.value - 0.5 * (ends[0] + ends[1])) / (0.5 * (ends[1] - ends[0]))
    if row.estimate is None:
        return replace(effect, note="the middle of the interval stands for the estimate")
    if off > SKEW:
        return replace(effect, note="the estimate is far from the middle of its interval")
    return effect


def _by_p_value(blank: CaseEffect, row: CaseRow, ratio: bool) -> CaseEffect | None:
    if row.estimate is None or not row.p_value or (ratio and row.estimate <= 0):
        return None
    sizes = from_p_value(row.estimate, row.p_value, ratio=ratio)
    return _taken(blank, sizes, "p value")


def _interval_refused(blank: CaseEffect, row: CaseRow) -> CaseEffect:
    """Say that a printed interval was not used."""
    if row.ci_low is None or row.ci_high is None:
        return blank
    shown = "" if row.estimate is None else f" of {row.estimate:g}"
    words = f"{row.ci_low:g} to {row.ci_high:g} cannot be the interval{shown} and is not used"
    return replace(blank, note=words)


def _by_events(blank: CaseEffect, row: CaseRow, measure: Measure | None) -> CaseEffect | None:
    if measure != "HR" or not row.estimate or row.estimate < 0:
        return None
    if not (row.events_treatment and row.events_control):
        return None
    se = math.sqrt(1.0 / row.events_treatment + 1.0 / row.events_control)
    if not LEAST_SE <= se <= LARGEST_SE:
        return None
    words = "its error is that of the events in each arm"
    note = f"{blank.note}; {words}" if blank.note else words
    return replace(blank, value=math.log(row.estimate), se=se, route="events", note=note)


def _counts(row: CaseRow) -> tuple[float, float, float, float] | None:
    """Events and patients, treatment before control; None if one is missing or an arm empty."""
    counts = (row.events_treatment, row.n_treatment, row.events_control, row.n_control)
    if any(count is None for count in counts) or not (row.n_treatment and row.n_control):
        return None
    a, n1, c, n0 = (float(count or 0) for count in counts)
    return a, n1, c, n0


def _by_counts(blank: CaseEffect, row: CaseRow, measure: Measure | None) -> CaseEffect | None:
    counts = _counts(row)
    if counts is None or measure not in {"HR", "OR", "RR"}:
        return None
    table = log_odds_ratio if measure == "OR" else log_risk_ratio
    effect = _taken(blank, table(*counts), "counts")
    if effect is None or measure != "HR":
        return effect
    return replace(effect, note="a risk ratio from counts stands for the hazard ratio")


def _by_empty_arm(blank: CaseEffect, row: CaseRow, measure: Measure | None) -> CaseEffect | None:
    """Direction of a table with a zero cell, at the odds ratio with a half in every cell."""
    counts = _counts(row)
    if counts is None or measure not in {"HR", "OR", "RR"}:
        return None
    a, n1, c, n0 = counts
    if a * n0 == c * n1:
        return None
    odds = [(e + 0.5) / (n - e + 0.5) for e, n in ((a, n1), (c, n0))]
    note = "a zero cell: only the direction is used (a half in every cell shows it)"
    return replace(blank, value=math.log(odds[0] / odds[1]), route="empty arm", note=note)


def _by_estimate(blank: CaseEffect, row: CaseRow, ratio: bool) -> CaseEffect | None:
    if row.estimate is None or (ratio and row.estimate <= 0):
        return None
    value = math.log(row.estimate) if ratio else row.estimate
    return replace(blank, value=value, route="estimate alone")


def _taken(blank: CaseEffect, sizes: EffectSizes, route: str) -> CaseEffect | None:
    value, variance = float(sizes.yi[0]), float(sizes.vi[0])
    if not (math.isfinite(value) and LEAST_SE**2 <= variance <= LARGEST_SE**2):
        return None
    return replace(blank, value=value, se=math.sqrt(variance), route=route)
