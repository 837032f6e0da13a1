"""The table of what each planned study would show if one rival were true."""

from __future__ import annotations

from markupsafe import Markup

from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import Spread
from equipoise.report.study_words import chance
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]


def scenarios_table(dossier: Dossier) -> Table:
    """Put every candidate that tests something under every rival."""
    rows = dossier.scenarios if dossier.mechanism else ()
    columns = (
        Column("rival", "If true"),
        Column("measure", "Reads"),
        Column("ratio", "Predicted ratio", numeric=True),
        Column("assurance", "Ends significant for benefit", numeric=True),
    )
    note = (
        "Simulated effects as scenarios beside the ranking of studies, which does not use them. "
        "The probability that a study ends significant (one-sided 2.5 %) at the size in the "
        "ranking, averaged over what the rival predicts; 2.5 % is what chance alone gives."
    )
    cells: list[Cells] = [
        {
            "study": row.label,
            "rival": f"{row.rival} ({row.rival_label})",
            "measure": "odds ratio of complete response"
            if row.early
            else "hazard ratio of recurrence",
            "ratio": Spread(row.median, row.low, row.high).text,
            "assurance": chance(row.assurance),
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_scenarios", columns, cells, group="study")
    title = "What each study would find if one rival were true"
    return Table("mechanism_scenarios", title, note, records, html, folded=True)
