"""Tables of what the ranking rests on: sizes of trials, and every input with its source."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from equipoise.design.choice.input_sources import PlanInput
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import MISSING, grouped, number, sentence_case
from equipoise.report.study_words import HEADLINE, chance
from equipoise.report.tables.studies import Cells, studied
from equipoise.report.tables.table import Column, Table, show


def sizing_table(dossier: Dossier) -> Table:
    """List the events that trials of given hazard ratios need, and interactions of that size."""
    found = studied(dossier)
    curve = None
    if found:
        curve = next((c for c in found.assurance_curve if c.prior == HEADLINE), None)
    rows: list[Cells] = []
    records: list[dict[str, Any]] = []
    for row in found.sizing if found and curve else ():
        assured = curve.at(row.schoenfeld) if curve else float("nan")
        rows.append(
            {
                "hr": number(row.hazard_ratio),
                "schoenfeld": grouped(row.schoenfeld),
                "freedman": grouped(row.freedman),
                "interaction": grouped(row.interaction),
                "assurance": chance(assured),
            }
        )
        records.append(
            {
                "hazard_ratio": row.hazard_ratio,
                "events_schoenfeld": row.schoenfeld,
                "events_freedman": row.freedman,
                "events_interaction": row.interaction,
                "assurance": assured,
            }
        )
    columns = (
        Column("hr", "Hazard ratio"),
        Column("schoenfeld", "Schoenfeld", numeric=True, spanner="Events"),
        Column("freedman", "Freedman", numeric=True, spanner="Events"),
        Column("interaction", "Interaction, marker in half", numeric=True, spanner="Events"),
        Column("assurance", "Assurance at Schoenfeld's", numeric=True),
    )
    note = (
        "Events for 80 % power at a two-sided 5 %, 1:1, rounded up. The interaction is a ratio of "
        "hazard ratios of that size, with the marker in half of the patients. The assurance "
        "(reference prior) is what such a trial can really hope for."
    )
    html = show("sizing", columns, rows)
    return Table("sizing", "How many events a trial needs", note, tuple(records), html)


def design_inputs_table(dossier: Dossier) -> Table:
    """List every number the ranking rests on; what nobody read anywhere is marked."""
    inputs = dossier.design.inputs if dossier.design else ()
    columns = (
        Column("meaning", "Input"),
        Column("value", "Value", numeric=True),
        Column("standing", "Standing"),
        Column("source", "Source"),
    )
    note = (
        "As the case states them. An assumed number was not found in any paper, and the ranking "
        "moves with it. Sizes, looks and truths that are tried are choices and have no source."
    )
    html = show("design_inputs", columns, [_cells(one) for one in inputs], group="part")
    records = tuple(_record(one) for one in inputs)
    return Table("design_inputs", "What the ranking rests on", note, records, html, folded=True)


def _cells(one: PlanInput) -> Cells:
    assumed = Markup("<strong>assumed</strong>")
    said = one.source
    if one.assumed:
        said = sentence_case(one.source[len("assumed") :].lstrip(" :,;")) or MISSING
    return {
        "part": sentence_case(one.part),
        "meaning": one.meaning,
        "value": f"{one.value:,.10g}",
        "standing": assumed if one.assumed else "read",
        "source": said,
    }


def _record(one: PlanInput) -> dict[str, Any]:
    return {
        "part": one.part,
        "input": one.name,
        "meaning": one.meaning,
        "value": one.value,
        "assumed": one.assumed,
        "source": one.source,
    }
