"""Tables of the evidence: trials, cohorts, alarms of the rules, and the rows themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from equipoise.evidence.finding import SEVERITIES
from equipoise.evidence.schema import CohortRow, Report, ResultRow, Trial
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, anchor, external, published, read_at, row_link
from equipoise.report.number_text import grouped, number, with_interval
from equipoise.report.table import Column, Table, show
from equipoise.report.words import level_label, outcome_label, phenotype_label, trial_label

_SEVERITY_WORDS = {
    "error": "Contradictions",
    "warning": "Does not fit, but may be innocent",
    "note": "Worth knowing",
}


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
    patients = (who or row.subgroup or "all", row.subgroup if who and row.subgroup != who else "")
    return EvidenceLine(
        row.result_id,
        trial_label(dossier.evidence, row.trial_id),
        "; ".join(word for word in words if word),
        "; ".join(word for word in (*patients, row.analysis_set.replace("_", " ")) if word),
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
        shown = with_interval(row.estimate, row.ci_low, row.ci_high, _scale(row.measure))
        parts.append(f"{row.measure} {shown}".strip())
    if row.p_value:
        parts.append(f"P {row.p_value}")
    return "; ".join(parts)


def _of(events: int | None, patients: int | None) -> str:
    return grouped(patients) if events is None else f"{grouped(events)}/{grouped(patients)}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:g}".replace("-", "−")


def _scale(measure: str) -> str:
    return "ratio" if measure in ("HR", "OR", "RR", "ROM") else "difference"


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


def rows_table_records(dossier: Dossier) -> tuple[dict[str, Any], ...]:
    """Evidence rows as exported."""
    return tuple(row.model_dump() for row in dossier.evidence.results)


def findings_table(dossier: Dossier) -> Table:
    """What the arithmetic rules found, worst first, with what a person made of it."""
    links = LinkMap(dossier)
    rows: list[dict[str, str | Markup]] = []
    for severity in SEVERITIES:
        for finding in dossier.findings:
            if finding.severity == severity:
                rows.append(
                    {
                        "severity": _SEVERITY_WORDS[severity],
                        "rule": finding.rule.replace("_", " "),
                        "rows": links.links(finding.rows),
                        "message": finding.message,
                        "arithmetic": finding.arithmetic,
                        "explanation": finding.explanation or "not yet looked at",
                    }
                )
    records = tuple(
        {
            "rule": f.rule,
            "severity": f.severity,
            "rows": ";".join(f.rows),
            "trial_id": f.trial_id,
            "message": f.message,
            "arithmetic": f.arithmetic,
            "explanation": f.explanation,
        }
        for f in dossier.findings
    )
    columns = (
        Column("rule", "Rule"),
        Column("rows", "Rows"),
        Column("message", "What does not fit"),
        Column("arithmetic", "The sum"),
        Column("explanation", "What a person made of it"),
    )
    note = "Rules that redo the printed arithmetic; they read numbers and labels, never the notes."
    html = show("findings", columns, rows, group="severity")
    return Table("findings", "Problems found by the rules", note, records, html)


def trials_table(dossier: Dossier) -> Table:
    """Every trial collected, with whom it enrolled and where it is published."""
    axes = dossier.question.axes
    rows: list[dict[str, str | Markup]] = []
    records: list[dict[str, Any]] = []
    for trial in dossier.evidence.trials:
        rows.append(
            {
                "name": anchor(f"trial-{trial.trial_id}") + Markup("{}").format(trial.name),
                "scope": trial.scope.replace("_", " ").replace("-", " "),
                "setting": trial.setting,
                "n": grouped(trial.n_randomised),
                "enrolled": _enrolled(trial, dossier),
                "status": trial.status,
                "source": _trial_source(trial),
                "confidence": trial.confidence,
            }
        )
        plain = trial.model_dump(exclude={"enrolled"})
        plain |= {f"enrolled_{axis.name}": trial.enrolled.get(axis.name, "") for axis in axes}
        records.append(plain)
    columns = (
        Column("name", "Trial"),
        Column("scope", "Scope"),
        Column("setting", "Setting"),
        Column("n", "Randomised", numeric=True),
        Column("enrolled", "Enrolled"),
        Column("status", "Status"),
        Column("source", "Source"),
        Column("confidence", "Confidence"),
    )
    note = (
        "A trial may have several reports; the source is its main one. “Not stated” is not “any”."
    )
    html = show("trials", columns, rows)
    return Table("trials", "Trials", note, tuple(records), html, folded=True)


def _enrolled(trial: Trial, dossier: Dossier) -> str:
    words = []
    for axis in dossier.question.axes:
        level = trial.enrolled.get(axis.name, "")
        if level in ("any", "not_stated"):
            words.append(f"{axis.label}: {level.replace('_', ' ')}")
        elif level:
            words.append(level_label(dossier.question, axis.name, level))
    return "; ".join(words)


def _trial_source(trial: Trial) -> Markup:
    found = published(Report(report_id="x", trial_id="x", type="", doi=trial.doi, pmid=trial.pmid))
    if found:
        return found
    return external(trial.source_url, trial.registry_id or "page")


def cohorts_table(dossier: Dossier) -> Table:
    """Cohort estimates by group, those apart, and those not shown with the reason."""
    panel = dossier.synthesis.cohorts
    rows: list[dict[str, str | Markup]] = []
    for group in panel.groups:
        rows += [_cohort_cells(e.row, group.label, e.note, dossier) for e in group.estimates]
    rows += [
        _cohort_cells(e.row, "Apart: not a direct contrast", e.note, dossier) for e in panel.apart
    ]
    by_id = {row.cohort_id: row for row in dossier.evidence.cohorts}
    for entry in panel.excluded:
        if entry.row_id in by_id:
            rows.append(_cohort_cells(by_id[entry.row_id], "Not drawn", entry.reason, dossier))
    columns = (
        Column("cohort", "Study"),
        Column("outcome", "Outcome"),
        Column("contrast", "Contrast"),
        Column("n", "n", numeric=True),
        Column("value", "As printed", numeric=True),
        Column("row", "Row"),
        Column("note", "Remark"),
    )
    note = "Observational estimates as printed, grouped by the handling of exposure time."
    records = tuple(row.model_dump() for row in dossier.evidence.cohorts)
    html = show("cohorts", columns, rows, group="group")
    return Table("cohorts", "Cohort estimates", note, records, html, folded=True)


def _cohort_cells(
    row: CohortRow, group: str, note: str, dossier: Dossier
) -> dict[str, str | Markup]:
    value = ""
    if row.estimate is not None:
        shown = with_interval(row.estimate, row.ci_low, row.ci_high, "ratio")
        value = f"{row.measure} {shown}".strip()
    return {
        "group": group,
        "cohort": f"{row.cohort}{f' {row.year}' if row.year else ''}",
        "outcome": outcome_label(dossier.question, row.outcome),
        "contrast": f"{row.exposure} v {row.comparator}",
        "n": grouped(row.n) if row.n is not None else "",
        "value": value,
        "row": row_link(row.cohort_id),
        "note": note,
    }


def gap_records(dossier: Dossier) -> tuple[dict[str, Any], ...]:
    """Cells of the gap map as exported."""
    return tuple(
        {
            "axis": dossier.gap_map.axis,
            "trial_id": cell.trial_id,
            "outcome": cell.outcome,
            "level": cell.level,
            "state": cell.state,
            "rows": ";".join(cell.rows),
            "by_enrolment": cell.by_enrolment,
            "randomised_contrast": cell.randomised_contrast,
            "derived_rows": ";".join(cell.derived_rows),
            "in_scope": cell.in_scope,
        }
        for cell in dossier.gap_map.cells
    )


__all__ = [
    "EvidenceLine",
    "cohorts_table",
    "evidence_lines",
    "findings_table",
    "gap_records",
    "number",
    "trials_table",
]
