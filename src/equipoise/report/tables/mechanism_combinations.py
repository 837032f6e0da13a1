"""Tables of combinations: backbones with the drug and a partner, other doses and days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.combinations import CombinationCell, Interval
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import digits, rival_name
from equipoise.report.number_text import counted, number, with_interval
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]

NAMED = 6
"""Assumed parameters that a cell names; all of them are in the file."""


def combinations_table(dossier: Dossier) -> Table:
    """Rank backbones with the drug and a partner under each rival, with what each cell rests on."""
    found = dossier.mechanism
    cells_ = found.cells if found else ()
    partner = cells_[0].partner if cells_ else ""
    columns = (
        Column("backbone", "Backbone"),
        Column("alone", "Alone", numeric=True, spanner="Complete response, %"),
        Column("drug", "With the drug", numeric=True, spanner="Complete response, %"),
        Column("partner", f"With {partner}", numeric=True, spanner="Complete response, %"),
        Column("both", "With both", numeric=True, spanner="Complete response, %"),
        Column("hazard", "Hazard ratio, drug", numeric=True),
        Column("bliss", "Bliss excess", numeric=True),
        Column("highest", "Over the better", numeric=True),
        Column("rests", "Rests on (assumed)"),
    )
    note = (
        "Exploratory. Simulated (median, central 95 %; few draws), ranked by the response with the "
        "drug within each rival. Excess in points of response: over Bliss independence, and over "
        "the better of the two alone; neither null is a law, so an excess proves no mechanism. "
        "Under each rival its effect is taken for granted; a rank is as good as the assumed values "
        "named."
    )
    cells = list(_cells(found)) if found else []
    records = tuple(_record(cell) for cell in cells_)
    html = show("mechanism_combinations", columns, cells, group="rival")
    title = "Combinations, exploratory"
    return Table("mechanism_combinations", title, note, records, html, folded=True)


def _cells(found: CaseMechanism) -> Iterator[Cells]:
    for cell in found.cells:
        yield {
            "rival": rival_name(found, cell.rival),
            "backbone": f"{cell.rank}. {cell.backbone}",
            "alone": _percent(cell.alone),
            "drug": _percent(cell.with_drug),
            "partner": _percent(cell.with_partner),
            "both": _percent(cell.with_both),
            "hazard": _ratio(cell.hazard_ratio),
            "bliss": _points(cell.bliss),
            "highest": _points(cell.highest),
            "rests": rests_on(cell),
        }


def rests_on(cell: CombinationCell) -> str:
    """Name the assumed parameters behind a cell, the rest counted."""
    if not cell.assumed:
        return "nothing: no path from the drug to response"
    rest = len(cell.assumed) - NAMED
    named = ", ".join(cell.assumed[:NAMED])
    return f"{named} and {counted(rest, 'more', 'more')}" if rest > 0 else named


def _percent(one: Interval) -> str:
    return f"{number(100 * one.median, 0)} ({number(100 * one.low, 0)}–{number(100 * one.high, 0)})"


def _ratio(one: Interval) -> str:
    return with_interval(one.median, one.low, one.high, "ratio")


def _points(one: Interval) -> str:
    low, high = number(100 * one.low, 1), number(100 * one.high, 1)
    return f"{number(100 * one.median, 1)} ({low} to {high})"


def _record(cell: CombinationCell) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in vars(cell).items():
        if isinstance(value, Interval):
            record |= {
                name: value.median,
                f"{name}_low": value.low,
                f"{name}_high": value.high,
            }
        else:
            record[name] = " ".join(value) if isinstance(value, tuple) else value
    return record


def sweeps_table(dossier: Dossier) -> Table:
    """Give the effect of the drug begun on other days and at other doses."""
    found = dossier.mechanism
    columns = (
        Column("value", "Value", numeric=True),
        Column("response", "Complete response, %", numeric=True),
        Column("odds_ratio", "Odds ratio", numeric=True),
    )
    note = "Exploratory: simulated, few draws, and resting on the assumed values named above."
    cells: list[Cells] = []
    records: list[dict[str, Any]] = []
    for sweep in found.sweeps if found else ():
        for point in sweep.points:
            cells.append(
                {
                    "swept": f"{sweep.regimen}, under {sweep.rival}: {sweep.swept}",
                    "value": digits(point.value),
                    "response": _percent(point.response),
                    "odds_ratio": _ratio(point.odds_ratio),
                }
            )
            records.append(
                {
                    "regimen": sweep.regimen,
                    "rival": sweep.rival,
                    "swept": sweep.swept,
                    "value": point.value,
                    "response": point.response.median,
                    "response_low": point.response.low,
                    "response_high": point.response.high,
                    "odds_ratio": point.odds_ratio.median,
                    "odds_ratio_low": point.odds_ratio.low,
                    "odds_ratio_high": point.odds_ratio.high,
                    "label": sweep.label,
                }
            )
    html = show("mechanism_sweeps", columns, cells, group="swept")
    title = "Other days and doses, exploratory"
    return Table("mechanism_sweeps", title, note, tuple(records), html, folded=True)


def surface_table(dossier: Dossier) -> Table:
    """Give the odds ratio over doses and ratios of tumour to blood."""
    found = dossier.mechanism
    surface = found.surface if found else None
    ratios = surface.ratios if surface else ()
    columns = (
        Column("dose", "Factor of the dose"),
        *(
            Column(f"at{k}", digits(ratio), numeric=True, spanner="Tumour to blood")
            for k, ratio in enumerate(ratios)
        ),
    )
    note = (
        f"Exploratory: median simulated odds ratio, {surface.regimen}, under {surface.rival}."
        if surface
        else ""
    )
    cells: list[Cells] = []
    records: list[dict[str, Any]] = []
    for i, dose in enumerate(surface.doses if surface else ()):
        row: Cells = {"dose": digits(dose)}
        for k, ratio in enumerate(ratios):
            value = float(surface.odds_ratio[i, k]) if surface else 0.0
            row[f"at{k}"] = number(value)
            records.append({"dose_factor": dose, "tissue_ratio": ratio, "odds_ratio": value})
        cells.append(row)
    html = show("mechanism_surface", columns, cells)
    title = "Dose and tumour level together, exploratory"
    return Table("mechanism_surface", title, note, tuple(records), html, folded=True)
