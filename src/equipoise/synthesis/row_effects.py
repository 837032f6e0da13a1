"""From one evidence row to one effect on the measure of a pool, or the reason why not.

Order of preference for a binary measure (OR, RR, RD):

1. a printed estimate of that measure, adjusted as its trial planned, with an interval;
2. four printed counts: the same unadjusted estimand in every trial, and it can be checked;
3. a printed unadjusted estimate of that measure with an interval;
4. counts worked back from percentages: rounding may have moved them by a patient;
5. for a risk difference, two percentages with an exact P.

For a hazard ratio: printed interval, then P, then P with the number of events. For means: printed
interval, then means with standard deviations, then an estimate with its exact P. Nothing is
converted from one measure to another except through counts or means.

A table in which nobody or everybody had the event, in both arms, gives neither a ratio nor a
difference: a ratio is not defined there, and a difference of zero would come without an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from equipoise.estimate import MEASURE_NAMES, RATIO_MEASURES, Estimate, Standing
from equipoise.evidence.schema import ResultRow
from equipoise.synthesis import effect_sizes, printed_effects
from equipoise.synthesis.effect_sizes import EffectSizes
from equipoise.synthesis.printed_rows import (
    has_interval,
    outside_its_interval,
    printed_estimate,
)

Counts = tuple[int, int, int, int]
"""Events and patients of the treatment arm, then events and patients of the control arm."""


def a_measure(measure: str) -> str:
    """Name a measure in words with its article."""
    words = MEASURE_NAMES[measure]
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


FROM_COUNTS = {
    "OR": effect_sizes.log_odds_ratio,
    "RR": effect_sizes.log_risk_ratio,
    "RD": effect_sizes.risk_difference,
}
FROM_MEANS = {"MD": effect_sizes.mean_difference, "ROM": effect_sizes.log_ratio_of_means}
SIGNS = {"treatment": -1.0, "control": 1.0}
"""Sign of a log hazard ratio, by the arm that the row's `direction` says it favours."""

DIRECTION = re.compile(
    r"(?:favou?rs\s+)?(?:the\s+)?(treatment|control)(?:\s+(?:arm|group))?\s*(?:[,;:.(].*)?",
    re.IGNORECASE | re.DOTALL,
)
"""What `direction` must say to be read: an arm, perhaps followed by a remark."""

NO_EVENT = "no event in either arm"
"""How the reason of a row without any event begins."""


@dataclass(frozen=True)
class Extracted:
    """An effect found in a row, with how it was found and the papers behind that."""

    estimate: Estimate
    note: str
    cites: tuple[str, ...]


def effect_of(row: ResultRow, measure: str) -> Extracted | str:
    """Effect of a row on `measure` (analysis scale), or a sentence saying why there is none."""
    if measure in FROM_COUNTS:
        return _binary(row, measure)
    if _prints(row, measure):
        return _printed(row)
    found: Extracted | str | None = None
    if measure == "HR":
        found = _hazard_ratio_from_p(row)
    if measure in FROM_MEANS:
        found = _from_means(row, measure)
    if found is None and measure != "HR":
        found = _from_p(row, measure)
    return found if found is not None else unusable(row, measure)


def counts_of(row: ResultRow) -> Counts | None:
    """Four counts of a two-by-two table, if the row has them and they can be one."""
    a, n1, c, n2 = row.events_treatment, row.n_treatment, row.events_control, row.n_control
    if a is None or n1 is None or c is None or n2 is None:
        return None
    return (a, n1, c, n2) if 0 < n1 >= a and 0 < n2 >= c else None


def exact_p(text: str) -> float | None:
    """Read a P that is printed as an equality, else None: ``<0.05`` fixes no error."""
    match = re.fullmatch(r"=?\s*(0?\.\d+(?:e-\d+)?|1(?:\.0+)?)", text.strip())
    value = float(match.group(1)) if match else 0.0
    return value if value > 0.0 else None


def unusable(row: ResultRow, measure: str) -> str:
    """Say why a row gives no effect on `measure`."""
    wanted = a_measure(measure)
    if row.measure and row.measure != measure:
        return f"printed as {a_measure(row.measure)}, the pool is on the {MEASURE_NAMES[measure]}"
    if row.estimate is not None and outside_its_interval(row):
        return f"{wanted} is printed outside its own interval, and without an exact P"
    if row.estimate is not None:
        return f"{wanted} is printed without an interval or an exact P"
    if row.median_treatment is not None or row.median_control is not None:
        return f"only medians are printed, from which {wanted} with an error cannot be formed"
    if row.mean_treatment is not None or row.change_treatment is not None:
        return f"means or changes are printed without what {wanted} needs for its error"
    if row.percent_treatment is not None or row.rate_treatment is not None:
        return f"only percentages or rates are printed, without the counts {wanted} needs"
    if row.p_value:
        return "only a P value is printed"
    return "no interval, no counts and no exact P"


def _prints(row: ResultRow, measure: str) -> bool:
    return row.measure == measure and has_interval(row)


def _printed(row: ResultRow) -> Extracted:
    adjusted = "adjusted " if row.adjusted == "yes" else ""
    note = f"Printed {adjusted}estimate and interval."
    return Extracted(printed_estimate(row), note, printed_effects.METHOD_CITES["interval"])


def _binary(row: ResultRow, measure: str) -> Extracted | str:
    printed, counts = _prints(row, measure), counts_of(row)
    if printed and (
        row.adjusted == "yes" or counts is None or row.counts_from not in {"", "printed"}
    ):
        return _printed(row)
    if counts:
        return _from_counts(row, measure, counts)
    found = _risk_difference_from_p(row) if measure == "RD" else None
    return found or unusable(row, measure)


def _risk_difference_from_p(row: ResultRow) -> Extracted | None:
    """Risk difference of two printed percentages, its error worked back from an exact P."""
    p_value, treated, control = exact_p(row.p_value), row.percent_treatment, row.percent_control
    if p_value is None or p_value == 1.0 or treated is None or control is None:
        return None
    if treated == control:
        return None
    found = printed_effects.from_p_value((treated - control) / 100.0, p_value, ratio=False)
    note = f"{treated:g} % v {control:g} %, the error worked back from P = {p_value:g}."
    cites = printed_effects.METHOD_CITES["p_value"]
    return Extracted(_estimate(found, row, "RD", _derived(row)), note, cites)


def _from_counts(row: ResultRow, measure: str, counts: Counts) -> Extracted | str:
    a, n1, c, n2 = counts
    reason = one_sided(counts, measure)
    if reason:
        return reason
    found = FROM_COUNTS[measure](a, n1, c, n2, zero_cells="half")
    origin = {"percentages": "worked back from percentages", "reconstruction": "reconstructed"}
    note = f"From counts {origin.get(row.counts_from, '')}".rstrip() + f" {a}/{n1} v {c}/{n2}."
    cites = effect_sizes.METHOD_CITES[measure]
    standing: Standing = row.standing
    if row.counts_from in origin and standing == "printed":
        standing = "derived" if row.counts_from == "percentages" else "reconstructed"
    if measure != "RD" and min(a, c, n1 - a, n2 - c) == 0:
        note += " One half was added to each cell, because one of them is zero."
        standing, cites = "derived", (*cites, "sweeting2004")
    elif measure == "RD" and a * (n1 - a) == c * (n2 - c) == 0:
        note += " One half was added to each cell, because the variance would be zero."
        standing, cites = "derived", (*cites, "sweeting2004")
    return Extracted(_estimate(found, row, measure, standing), note, cites)


def one_sided(counts: Counts, measure: str) -> str:
    """Reason why a table in which both arms had none or only events gives no effect, or ``""``."""
    a, n1, c, n2 = counts
    if a + c > 0 and (a < n1 or c < n2):
        return ""
    arms = NO_EVENT if a + c == 0 else "everybody had the event"
    if measure == "RD":
        return f"{arms}: {a_measure(measure)} of zero comes without an error"
    return f"{arms}: the trial carries no information on {a_measure(measure)}"


def _hazard_ratio_from_p(row: ResultRow) -> Extracted | None:
    p_value = exact_p(row.p_value)
    if p_value is None or p_value == 1.0:
        return None
    if row.measure == "HR" and row.estimate is not None and row.estimate > 0:
        if row.estimate == 1.0:
            return None
        found = printed_effects.from_p_value(row.estimate, p_value)
        note, route = f"Error worked back from P = {p_value:g}.", "p_value"
    else:
        events, sign = _events(row), SIGNS.get(favoured(row.direction))
        if not events or sign is None or not row.n_treatment or not row.n_control:
            return None
        share = row.n_treatment / (row.n_treatment + row.n_control)
        found = printed_effects.from_p_value_and_events(p_value, events, sign, allocation=share)
        note, route = f"From P = {p_value:g} and {events} events.", "events"
    estimate = _estimate(found, row, "HR", _derived(row))
    return Extracted(estimate, note, printed_effects.METHOD_CITES[route])


def favoured(direction: str) -> str:
    """Arm that a row's `direction` says it favours: ``treatment``, ``control`` or empty.

    Read are ``favours treatment`` and ``favours control`` (or the arm alone), in any case, with
    or without ``the`` and ``arm``, and with a remark after a comma or bracket. Any other text,
    and one that names both arms, says nothing about the sign.
    """
    match = DIRECTION.fullmatch(direction.strip())
    if match is None or all(arm in direction.lower() for arm in SIGNS):
        return ""
    return match.group(1).lower()


def _events(row: ResultRow) -> int:
    """Events of both arms; zero where they are not known, one arm being no total."""
    if row.events_total is not None:
        return row.events_total
    if row.events_treatment is None or row.events_control is None:
        return 0
    return row.events_treatment + row.events_control


def _from_means(row: ResultRow, measure: str) -> Extracted | None:
    arms = (row.mean_treatment, row.sd_treatment, row.n_treatment)
    others = (row.mean_control, row.sd_control, row.n_control)
    numbers = [float(x) for x in (*arms, *others) if x is not None]
    if len(numbers) < 6 or min(numbers[2], numbers[5]) < 2:
        return None
    if measure == "ROM" and min(numbers[0], numbers[3]) <= 0:
        return None
    m1, s1, n1, m2, s2, n2 = numbers
    found = FROM_MEANS[measure](m1, s1, n1, m2, s2, n2)
    estimate = _estimate(found, row, measure, row.standing)
    return Extracted(
        estimate, "From means and standard deviations.", effect_sizes.METHOD_CITES[measure]
    )


def _from_p(row: ResultRow, measure: str) -> Extracted | None:
    p_value, ratio = exact_p(row.p_value), measure in RATIO_MEASURES
    if row.measure != measure or row.estimate is None or p_value is None or p_value == 1.0:
        return None
    if row.estimate == (1.0 if ratio else 0.0) or (ratio and row.estimate < 0):
        return None
    patients = (row.n_treatment or 0) + (row.n_control or 0)
    df = patients - 2.0 if patients > 3 else float("inf")
    found = printed_effects.from_p_value(row.estimate, p_value, df=df, ratio=ratio)
    note = f"Error worked back from P = {p_value:g}, taken as that of a two-sample t test."
    cites = printed_effects.METHOD_CITES["p_value"]
    return Extracted(_estimate(found, row, measure, _derived(row)), note, cites)


def _derived(row: ResultRow) -> Standing:
    return "derived" if row.standing == "printed" else row.standing


def _estimate(found: EffectSizes, row: ResultRow, measure: str, standing: Standing) -> Estimate:
    return Estimate(
        float(found.yi[0]),
        float(found.vi[0]) ** 0.5,
        measure,  # type: ignore[arg-type]  # keys of FROM_COUNTS, FROM_MEANS, "HR", "PCT"
        (row.result_id,),
        standing,
        "" if measure in RATIO_MEASURES or measure == "RD" else row.unit,
    )
