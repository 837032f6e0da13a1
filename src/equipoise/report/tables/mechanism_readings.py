"""The table of drug levels that sources of clearance imply, their doses read two ways."""

from __future__ import annotations

from equipoise.report.dossier import Dossier
from equipoise.report.links import external
from equipoise.report.mechanism_words import digits
from equipoise.report.tables.table import Column, Table, show


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
