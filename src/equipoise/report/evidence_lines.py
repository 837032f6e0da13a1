"""Evidence rows as a reader sees them: what was read, where, in which words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from equipoise.estimate import scale_of
from equipoise.evidence.schema import CohortRow, Report, ResultRow
from equipoise.report.dossier import Dossier
from equipoise.report.links import published, read_at
from equipoise.report.number_text import grouped, with_interval
from equipoise.report.words import ANALYSIS_SETS, outcome_label, phenotype_label, trial_label


@dataclass(frozen=True)
class EvidenceLine:
    """One evidence row as the page shows it; texts are escaped by the template."""

    id: str
    study: str
    what: str
    who: str
    numbers: str
    quote: str
    published: Markup
    read_at: Markup
    confidence: str
    standing: str
    remarks: tuple[str, ...]


def evidence_lines(dossier: Dossier) -> tuple[EvidenceLine, ...]:
    """Every row that holds a number: trials first, then cohorts, in the order of the files."""
    reports = {report.report_id: report for report in dossier.evidence.reports}
    trials = tuple(_trial_line(row, reports, dossier) for row in dossier.evidence.results)
    return trials + tuple(_cohort_line(row, dossier) for row in dossier.evidence.cohorts)


def _trial_line(row: ResultRow, reports: dict[str, Report], dossier: Dossier) -> EvidenceLine:
    words = (outcome_label(dossier.question, row.outcome), row.timepoint, _kind(row))
    who = phenotype_label(dossier.question, row.analysed)
    as_worded = f"printed as “{row.subgroup}”" if row.subgroup and row.subgroup != who else ""
    patients = (who or ("" if as_worded else "all"), as_worded, ANALYSIS_SETS[row.analysis_set])
    return EvidenceLine(
        row.result_id,
        trial_label(dossier.evidence, row.trial_id),
        "; ".join(word for word in words if word),
        "; ".join(word for word in patients if word),
        _numbers(row),
        row.quote,
        published(reports.get(row.report_id)),
        read_at(row),
        row.confidence,
        row.standing,
        _remarks(row),
    )


def _kind(row: ResultRow) -> str:
    return "" if row.kind == "randomised" else row.kind.replace("_", " ")


def _remarks(row: ResultRow | CohortRow) -> tuple[str, ...]:
    chosen = ""
    if row.group:
        verb = "chosen among" if row.chosen == "yes" else "set aside among"
        chosen = f"{verb} versions of one number" + (f": {row.reason}" if row.reason else "")
    derived = getattr(row, "derived_from", "")
    return tuple(
        text for text in (chosen, f"derived from {derived}" if derived else "", row.note) if text
    )


def _numbers(row: ResultRow) -> str:
    """Write what was printed, in the order in which a paper prints it."""
    parts = []
    if row.events_treatment is not None or row.events_control is not None:
        parts.append(
            f"{_of(row.events_treatment, row.n_treatment)} v "
            f"{_of(row.events_control, row.n_control)}"
        )
    elif row.n_treatment is not None or row.n_control is not None:
        parts.append(f"n {grouped(row.n_treatment)} v {grouped(row.n_control)}")
    if row.n_total is not None:
        parts.append(f"total {_of(row.events_total, row.n_total)}")
    for name, unit in (
        ("percent", " %"),
        ("mean", ""),
        ("median", ""),
        ("rate", ""),
        ("change", ""),
    ):
        pair = getattr(row, f"{name}_treatment"), getattr(row, f"{name}_control")
        if any(value is not None for value in pair):
            parts.append(f"{name} {_plain(pair[0])} v {_plain(pair[1])}{unit}")
    if row.estimate is not None:
        shown = with_interval(row.estimate, row.ci_low, row.ci_high, scale_of(row.measure))
        parts.append(f"{row.measure} {shown}".strip())
    if row.p_value:
        parts.append(f"P {row.p_value}")
    return "; ".join(parts)


def _of(events: int | None, patients: int | None) -> str:
    return grouped(patients) if events is None else f"{grouped(events)}/{grouped(patients)}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:g}".replace("-", "−")


def _cohort_line(row: CohortRow, dossier: Dossier) -> EvidenceLine:
    contrast = f"{row.exposure} against {row.comparator}"
    time = row.exposure_time.replace("_", " ")
    sizes = f"n {grouped(row.n)}" if row.n is not None else ""
    if row.n_exposed is not None and row.n_comparator is not None:
        sizes += f" ({grouped(row.n_exposed)} v {grouped(row.n_comparator)})"
    value = ""
    if row.estimate is not None:
        shown = with_interval(row.estimate, row.ci_low, row.ci_high, "ratio")
        value = f"{row.measure} {shown}".strip()
    p = f"P {row.p_value}" if row.p_value else ""
    label = f"{row.cohort}{f' {row.year}' if row.year else ''}"
    return EvidenceLine(
        row.cohort_id,
        label,
        f"{outcome_label(dossier.question, row.outcome)}; cohort; exposure time: {time}",
        "; ".join(part for part in (contrast, row.population, row.subgroup) if part),
        "; ".join(part for part in (sizes.strip(), value, p) if part),
        row.quote,
        Markup(""),
        read_at(row),
        row.confidence,
        row.standing,
        _remarks(row),
    )
