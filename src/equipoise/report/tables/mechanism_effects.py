"""Tables of what the drug would add under each rival, and what would have to be true for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.sensitivity import NeededGain
from equipoise.report.dossier import Dossier
from equipoise.report.links import anchor, external
from equipoise.report.mechanism_words import (
    digits,
    digits_interval,
    hazard_ratio,
    odds_ratio,
    rival_name,
    share,
    spread,
)
from equipoise.report.number_text import MISSING, percent, ratio, sentence_case, with_interval
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]

GAIN = "Gain needed, log odds a unit of drive"
SIMULATED = "Simulated, never observed. "


def effects_table(dossier: Dossier) -> Table:
    """Tell what the drug adds to the backbone under each rival."""
    found = dossier.mechanism
    columns = (
        Column("rival", "Rival"),
        Column("odds_ratio", "Odds ratio of complete response", numeric=True),
        Column("hazard_ratio", "Hazard ratio of recurrence", numeric=True),
        Column("without", "Response without", numeric=True),
        Column("with", "Response with", numeric=True),
        Column("failed", "Failed courses", numeric=True),
    )
    note = SIMULATED + (
        f"{sentence_case(found.drug)} added to {found.backbone}; median and central 95 % over "
        "draws of what is uncertain, the same virtual patients in both arms. Every rival is held "
        "to be as good as any other here; how the window trials weigh them stands below."
        if found
        else ""
    )
    cells = list(_effect_cells(found)) if found else []
    records = tuple(_effect_records(found)) if found else ()
    html = show("mechanism_effects", columns, cells)
    return Table("mechanism_effects", "What each rival predicts", note, records, html)


def _effect_cells(found: CaseMechanism) -> Iterator[Cells]:
    for effect in found.effects:
        yield {
            "rival": anchor(f"rival-{effect.rival}") + rival_name(found, effect.rival),
            "odds_ratio": odds_ratio(effect).text,
            "hazard_ratio": hazard_ratio(effect).text,
            "without": percent(100 * spread(effect.response).median, 1),
            "with": percent(100 * spread(effect.response_with).median, 1),
            "failed": str(effect.failed),
        }


def _effect_records(found: CaseMechanism) -> Iterator[dict[str, Any]]:
    for effect in found.effects:
        record: dict[str, Any] = {
            "rival": effect.rival,
            "label": effect.label,
            "drug": found.drug,
            "backbone": effect.regimen,
            "definition": found.definition,
            "standing": "simulated",
        }
        for name, one in (
            ("odds_ratio", odds_ratio(effect)),
            ("hazard_ratio", hazard_ratio(effect)),
            ("response_without", spread(effect.response)),
            ("response_with", spread(effect.response_with)),
        ):
            record |= {name: one.median, f"{name}_low": one.low, f"{name}_high": one.high}
        draws = int(np.isfinite(effect.log_odds_ratios[:, 0]).sum())
        yield record | {"draws": draws, "failed": effect.failed, "seed": found.seed}


def checks_table(dossier: Dossier) -> Table:
    """Hold printed effects of the drug itself beside every rival's prediction."""
    found = dossier.mechanism
    columns = (
        Column("rival", "Rival"),
        Column("predicted", "Predicted", numeric=True),
        Column("inside", "Draws that the printed interval holds", numeric=True),
    )
    note = (
        "Printed, and never fitted. Predictions are for the backbone, whatever the trial gave. An "
        "interval that holds nearly all draws of every rival rejects almost nothing; one that "
        "holds few draws of any speaks against all of them, or for chance, or for a setting that "
        "the model does not have."
    )
    cells: list[Cells] = [
        {
            "target": f"{c.trial}: {c.measure.replace('_', ' ')} "
            f"{with_interval(c.observed, c.low, c.high, 'ratio')}, printed",
            "rival": rival_name(found, c.rival),
            "predicted": with_interval(c.predicted, c.predicted_low, c.predicted_high, "ratio"),
            "inside": share(c.inside) if math.isfinite(c.inside) else MISSING,
        }
        for c in (found.checks if found else ())
        if found
    ]
    records = tuple({**vars(check)} for check in (found.checks if found else ()))
    html = show("mechanism_checks", columns, cells, group="target")
    title = "The drug's own trials, beside the predictions"
    return Table("mechanism_checks", title, note, records, html)


def needed_gain_table(dossier: Dossier) -> Table:
    """List the gain that each odds ratio needs where patients stand."""
    found = dossier.mechanism
    needed = found.iso.needed if found else ()
    columns = (
        Column("ratio", "Odds ratio"),
        Column("low", "At the low end", numeric=True, spanner=GAIN),
        Column("middle", "Middle", numeric=True, spanner=GAIN),
        Column("high", "At the high end", numeric=True, spanner=GAIN),
    )
    own = _own_gain(found) if found else ""
    note = (
        "The ends of the band: lowest concentration with the lowest ratio of tumour to blood, and "
        "both highest. The concentration is printed, the ratio and the concentrations at half "
        f"effect are assumed, and only their product counts.{own}"
    )
    cells = list(_needed_cells(needed))
    records = tuple({**vars(row)} for row in needed)
    html = show("mechanism_needed_gain", columns, cells, group="term")
    return Table(
        "mechanism_needed_gain", "What would have to be true, in numbers", note, records, html
    )


def _own_gain(found: CaseMechanism) -> str:
    gain = found.gain
    drive = digits_interval(gain.drive_median, gain.drive_low, gain.drive_high)
    own = digits_interval(gain.median, gain.low, gain.high)
    return f" The model's own gain is {own} at a drive of {drive}: simulated."


def _needed_cells(needed: tuple[NeededGain, ...]) -> Iterator[Cells]:
    for term in dict.fromkeys(row.term for row in needed):
        own = [row for row in needed if row.term == term]
        drives = {row.end: row.drive for row in own}
        for odds in dict.fromkeys(row.odds_ratio for row in own):
            ends = {row.end: digits(row.gain) for row in own if row.odds_ratio == odds}
            yield {
                "term": f"{sentence_case(term)}: drive {digits(drives['low'])}, "
                f"{digits(drives['middle'])}, {digits(drives['high'])}",
                "ratio": ratio(odds),
                **ends,
            }


def cells_table(dossier: Dossier) -> Table:
    """List the experiments on cells, with their concentrations on the axis of each term."""
    found = dossier.mechanism
    rows = found.sources.experiments if found else ()
    columns = (
        Column("system", "Cells"),
        Column("range", "µmol/L", numeric=True),
        Column("finding", "Finding"),
        Column("outlier", "Far from all others"),
        Column("read", "Read at"),
    )
    note = "Concentrations in the medium, as printed; they touch the cells, so the ratio is 1."
    cells: list[Cells] = [
        {
            "system": row.system,
            "range": _range(row.low_umol_per_l, row.high_umol_per_l),
            "finding": row.finding,
            "outlier": row.outlier,
            "read": external(row.source_url, "source"),
        }
        for row in rows
    ]
    records = tuple(
        {
            "experiment": row.id,
            "system": row.system,
            "low_umol_per_l": _known(row.low_umol_per_l),
            "high_umol_per_l": _known(row.high_umol_per_l),
            "finding": row.finding,
            "outlier": row.outlier == "yes",
            "source_url": row.source_url,
            "quote": row.quote,
            "confidence": row.confidence,
            "note": row.note,
        }
        for row in rows
    )
    html = show("mechanism_cells", columns, cells)
    title = "Experiments on cells in culture"
    return Table("mechanism_cells", title, note, records, html, folded=True)


def _range(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return MISSING
    return digits(low) if low == high else f"{digits(low)}–{digits(high)}"


def _known(value: float | None) -> float:
    return math.nan if value is None else value
