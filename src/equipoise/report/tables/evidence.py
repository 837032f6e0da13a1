"""Tables of the evidence: trials, cohorts, alarms of the rules, the gap map."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from equipoise.evidence.finding import SEVERITIES
from equipoise.evidence.schema import CohortRow, Report, Trial
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap, anchor, external, published, row_link
from equipoise.report.number_text import grouped, with_interval
from equipoise.report.tables.table import Column, Table, show
from equipoise.report.words import outcome_label

_SEVERITY_WORDS = {
    "error": "Contradictions",
    "warning": "Does not fit, but may be innocent",
    "note": "Worth knowing",
}


def findings_table(dossier: Dossier) -> Table:
    """List what the arithmetic rules found, worst first, with what a person made of it."""
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
                        "message": Markup('{}<br><span class="sum">{}</span>').format(
                            finding.message, finding.arithmetic
                        ),
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
        Column("message", "What does not fit, and the sum"),
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
            words.append(dossier.question.level_label(axis.name, level))
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
        "contrast": f"{row.exposure} v {row.comparator}"
        + (f", {row.exposure_unit}" if row.exposure_unit else ""),
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
