"""What one row of a past question says: an effect on the analysis scale, and how sure it is.

The first route that leads somewhere is taken: estimate and interval; estimate and exact P;
events and patients by arm. A row without an error still has a direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from equipoise.estimate import RATIO_MEASURES, Measure
from equipoise.synthesis.effect_sizes import EffectSizes, log_odds_ratio, log_risk_ratio
from equipoise.synthesis.printed_effects import from_interval, from_p_value
from equipoise.synthesis.retrodiction.case_file import CaseRow
from equipoise.synthesis.retrodiction.measures import is_observational, measure_of, stratum_key

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
        HR, OR, RR or ROM when it is a logarithm; else as the file says.
    value : float
        On the analysis scale, NaN if nothing is known.
    se : float
        Its standard error, NaN if only the direction is known.
    route : str
        ``interval``, ``p value``, ``counts``, ``estimate alone`` or ``nothing``.
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
        return self.measure in RATIO_MEASURES

    @property
    def is_sure(self) -> bool:
        """Whether both effect and error are known."""
        return math.isfinite(self.value) and math.isfinite(self.se)


def effect_of(row: CaseRow, default_measure: str = "") -> CaseEffect:
    """Effect of a row, on the log scale for ratio measures.

    `value = log(estimate)`; its error is `(log ci_high - log ci_low) / (2 z)`, or `|value| / z_P`
    from an exact two-sided P, or that of the log risk ratio (log odds ratio when that is the
    measure) of the counts. Without an estimate the middle of the interval takes its place. A
    table with a zero cell has no such error; nothing is added to it.

    Parameters
    ----------
    row : CaseRow
    default_measure : str
        Measure of the case, for a row that names none.
    """
    words = row.measure or default_measure
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
    ratio = measure in RATIO_MEASURES
    return (
        _by_interval(blank, row, ratio)
        or _by_p_value(blank, row, ratio)
        or _by_counts(blank, row, measure)
        or _by_estimate(blank, row, ratio)
        or blank
    )


def odds_ratio_of(row: CaseRow) -> CaseEffect | None:
    """Log odds ratio from the counts of a row, whatever its measure; None without them."""
    plain = row.model_copy(update={"measure": "OR"})
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


def _by_counts(blank: CaseEffect, row: CaseRow, measure: Measure | None) -> CaseEffect | None:
    counts = (row.events_treatment, row.n_treatment, row.events_control, row.n_control)
    if any(count is None for count in counts) or not (row.n_treatment and row.n_control):
        return None
    if measure not in {"HR", "OR", "RR"}:
        return None
    table = log_odds_ratio if measure == "OR" else log_risk_ratio
    effect = _taken(blank, table(*(float(count or 0) for count in counts)), "counts")
    if effect is None or measure != "HR":
        return effect
    return replace(effect, note="a risk ratio from counts stands for the hazard ratio")


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
