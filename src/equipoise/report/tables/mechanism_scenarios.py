"""Tables of what a mechanism means for planned studies, and of doses read two ways."""

from __future__ import annotations

from equipoise.report.dossier import Dossier
from equipoise.report.links import external
from equipoise.report.mechanism_words import digits, digits_interval
from equipoise.report.study_words import chance
from equipoise.report.tables.table import Column, Table, show


def scenarios_table(dossier: Dossier) -> Table:
    """Put each candidate study under each rival."""
    columns = (
        Column("rival", "Rival"),
        Column("ratio", "Simulated ratio (95 %)", numeric=True),
        Column("assurance", "Ends significant", numeric=True),
    )
    note = (
        "Scenarios, not beliefs: no study is ranked on them. The ratio is of complete response for "
        "a study that reads it, else of recurrence, as simulated on the first backbone; the chance "
        "is of a significant result for benefit at the study's size, its error rate included."
    )
    rows = dossier.scenarios
    cells = [
        {
            "group": row.label,
            "rival": f"{row.rival} ({row.rival_label})",
            "ratio": digits_interval(row.median, row.low, row.high),
            "assurance": chance(row.assurance),
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_scenarios", columns, cells, group="group")
    title = "Candidate studies, if one rival were true"
    return Table("mechanism_scenarios", title, note, records, html, folded=True)


def readings_table(dossier: Dossier) -> Table:
    """Show the level that each source of clearance implies, its doses read as base and as salt."""
    found = dossier.mechanism
    rows = found.readings if found else ()
    columns = (
        Column("source", "Source"),
        Column("patient", "About"),
        Column("clearance", "CL/F, L/h", numeric=True),
        Column("basis", "Counted"),
        Column("if_base", "Level if base, umol/L", numeric=True),
        Column("if_salt", "If salt", numeric=True),
        Column("note", "To mind"),
    )
    note = (
        "Mean level at steady state on the case's own dose, worked out from the printed clearance. "
        "A source that does not say whether it counted salt or base is read both ways."
    )
    cells = [
        {
            "source": external(row.source_url, row.reference),
            "patient": row.patient,
            "clearance": digits(row.clearance),
            "basis": row.basis or "not said",
            "if_base": digits(row.if_base),
            "if_salt": digits(row.if_salt),
            "note": row.note,
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_readings", columns, cells)
    title = "Drug levels that other sources imply, doses read two ways"
    return Table("mechanism_readings", title, note, records, html, folded=True)
