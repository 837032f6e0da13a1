"""Rules on counts: percentages against events and patients, and the sums of the arms."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.evidence.finding import Finding, Rule, Severity, is_time_to_event
from equipoise.evidence.printed import counts_with_percent, rounding, truncation
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, ResultRow

Side = tuple[str, int | None, int | None, float | None]


def sides(row: ResultRow) -> tuple[Side, Side]:
    """Name, events, patients and percent of each arm of a row."""
    return (
        ("treatment", row.events_treatment, row.n_treatment, row.percent_treatment),
        ("control", row.events_control, row.n_control, row.percent_control),
    )


def _misfits(row: ResultRow) -> Iterator[tuple[str, bool]]:
    for name, events, n, percent in sides(row):
        if events is None or n is None or n == 0 or percent is None:
            continue
        exact = 100 * events / n
        if rounding(percent, row.quote).holds(exact):
            continue
        cut = truncation(percent, row.quote).holds(exact)
        hint = " (its digits cut off, not rounded)" if cut else ""
        fits = counts_with_percent(percent, n, row.quote)
        others = f"; {fits[0]}/{n} would print so" if fits else f"; no count of {n} prints so"
        yield f"{name}: {events}/{n} = {exact:.4g}%, printed {percent:g}%{hint or others}", cut


def percent_against_counts(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report rows whose printed percent is not ``100 * events / n`` at the printed precision."""
    for row in evidence.results:
        misfits = [] if is_time_to_event(row, question) else list(_misfits(row))
        if not misfits:
            continue
        innocent = all(cut for _, cut in misfits) or row.counts_from == "percentages"
        severity: Severity = "warning" if innocent else "error"
        yield Finding(
            "percent-against-counts",
            severity,
            (row.result_id,),
            row.trial_id,
            f"{row.result_id}: the printed percentage is not events over patients.",
            "; ".join(text for text, _ in misfits),
        )


def percent_without_count(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report rows where no whole number of the ``n`` patients gives the printed percent."""
    for row in evidence.results:
        if is_time_to_event(row, question) or not _is_share(row):
            continue
        lines = []
        for name, events, n, percent in sides(row):
            if events is not None or n is None or n == 0 or percent is None:
                continue
            if not counts_with_percent(percent, n, row.quote):
                below = int(percent * n / 100)
                lines.append(
                    f"{name}: {below}/{n} = {100 * below / n:.4g}%, "
                    f"{below + 1}/{n} = {100 * (below + 1) / n:.4g}%, printed {percent:g}%"
                )
        if lines:
            yield Finding(
                "percent-without-count",
                "warning",
                (row.result_id,),
                row.trial_id,
                f"{row.result_id}: no whole number of patients gives the printed percentage.",
                "; ".join(lines),
            )


def _is_share(row: ResultRow) -> bool:
    return row.measure in {"", "OR", "RR", "RD"}


def _total_problems(row: ResultRow) -> Iterator[tuple[Severity, str]]:
    for name, events, n, _ in (*sides(row), ("both arms", row.events_total, row.n_total, None)):
        if events is not None and n is not None and events > n:
            yield "error", f"{name}: {events} events > {n} patients"
    for what, one, two, total in (
        ("events", row.events_treatment, row.events_control, row.events_total),
        ("patients", row.n_treatment, row.n_control, row.n_total),
    ):
        if one is None or two is None or total is None or one + two == total:
            continue
        sign = ">" if one + two > total else "<"
        severity: Severity = "error" if sign == ">" else "warning"
        yield severity, f"{what}: {one} + {two} = {one + two} {sign} total {total}"


def events_against_patients(evidence: EvidenceBase, question: Question) -> Iterator[Finding]:
    """Report more events than patients, and arms that do not add up to the printed total."""
    del question
    for cohort in evidence.cohorts:
        exposed, others, n = cohort.n_exposed, cohort.n_comparator, cohort.n
        if exposed is None or others is None or n is None or exposed + others <= n:
            continue
        yield Finding(
            "events-against-patients",
            "error",
            (cohort.cohort_id,),
            cohort.study,
            f"{cohort.cohort_id}: the two groups hold more people than the cohort.",
            f"{exposed} + {others} = {exposed + others} > {n}",
        )
    for row in evidence.results:
        problems = list(_total_problems(row))
        if problems:
            worst: Severity = "error" if any(s == "error" for s, _ in problems) else "warning"
            yield Finding(
                "events-against-patients",
                worst,
                (row.result_id,),
                row.trial_id,
                f"{row.result_id}: events, patients and totals do not add up.",
                "; ".join(text for _, text in problems),
            )


def implied_events(
    events: int | None, n: int | None, percent: float | None, quote: str
) -> int | None:
    """Events as printed, or the only count that gives the printed percent of `n`."""
    if events is not None or n is None or percent is None:
        return events
    fits = counts_with_percent(percent, n, quote)
    return fits[0] if len(fits) == 1 else None


RULES = (
    Rule(
        "percent-against-counts",
        "Is each printed percentage its events over its patients?",
        "error",
        percent_against_counts,
    ),
    Rule(
        "percent-without-count",
        "Where only percent and n are printed, does any whole count give the percentage?",
        "warning",
        percent_without_count,
    ),
    Rule(
        "events-against-patients",
        "Are events at most patients, and do the arms add up to the total?",
        "error",
        events_against_patients,
    ),
)
