"""Tables of the rivals: their weights, and what each predicts of the window trials."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import (
    digits,
    rival_name,
    share,
)
from equipoise.report.number_text import joined, number, p_phrase, with_interval
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]


def weights_table(dossier: Dossier) -> Table:
    """Give the weight of each rival, with every study and without each."""
    found = dossier.mechanism
    weights = found.weights if found else None
    studies = [row.study for row in weights.left_out] if weights else []
    columns = (
        Column("rival", "Rival"),
        Column("factor", "Bayes factor", numeric=True),
        Column("all", "All studies", numeric=True, spanner="Weight with"),
        *(
            Column(f"without{k}", study, numeric=True, spanner="Weight without")
            for k, study in enumerate(studies)
        ),
    )
    records = tuple(_weight_records(found)) if found else ()
    note = (
        f"Window trials weighed by Bayes' rule, every rival equally likely beforehand. Bayes "
        f"factors are against {rival_name(found, weights.reference)}. Verdict: "
        f"{weights.verdict} (best {weights.best} over {weights.second}, Bayes factor "
        f"{number(weights.bayes_factor)}; 3 would be needed). Left out in turn: "
        f"{_left_out(found)}. "
        "A weight is a statement about these rivals only: all of them may be wrong."
        if found and weights
        else ""
    )
    cells = list(_weight_cells(found)) if found else []
    html = show("mechanism_weights", columns, cells)
    return Table("mechanism_weights", "How the window trials weigh the rivals", note, records, html)


def _left_out(found: CaseMechanism) -> str:
    rows = found.weights.left_out
    return joined([f"{row.study}, {row.verdict} ({number(row.bayes_factor)})" for row in rows])


def _weight_cells(found: CaseMechanism) -> Iterator[Cells]:
    for place, row in enumerate(found.weights.rivals):
        cells: Cells = {
            "rival": rival_name(found, row.rival),
            "factor": number(row.bayes_factor),
            "all": share(row.weight),
        }
        for k, left in enumerate(found.weights.left_out):
            cells[f"without{k}"] = share(left.weights[place])
        yield cells


def _weight_records(found: CaseMechanism) -> Iterator[dict[str, Any]]:
    for place, row in enumerate(found.weights.rivals):
        yield {
            "rival": row.rival,
            "label": row.label,
            "left_out": "",
            "weight": row.weight,
            "bayes_factor": row.bayes_factor,
            "log_bayes_factor_error": row.log_bayes_factor_error,
            "effective_draws": row.effective_draws,
            "verdict": found.weights.verdict,
        }
        for left in found.weights.left_out:
            yield {
                "rival": row.rival,
                "label": row.label,
                "left_out": left.study,
                "weight": left.weights[place],
                "bayes_factor": math.nan,
                "log_bayes_factor_error": math.nan,
                "effective_draws": math.nan,
                "verdict": left.verdict,
            }


def rival_rows_table(dossier: Dossier) -> Table:
    """Give what each rival predicts of each row of the window trials."""
    found = dossier.mechanism
    rows = found.weights.rows if found else ()
    columns = (
        Column("rival", "Rival"),
        Column("predicted", "Ratio predicted", numeric=True),
        Column("factor", "Bayes factor", numeric=True),
    )
    note = (
        "Ratio of the readout with the drug over without, simulated (median, central 95 %), and "
        "what the row by itself says for the rival against the one without an effect."
    )
    cells: list[Cells] = [
        {
            "row": _evidence_words(found, row.row, row.study),
            "rival": rival_name(found, row.rival),
            "predicted": with_interval(row.predicted, row.low, row.high, "ratio"),
            "factor": number(row.bayes_factor),
        }
        for row in rows
        if found
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_rival_rows", columns, cells, group="row")
    title = "Each window trial under each rival"
    return Table("mechanism_rival_rows", title, note, records, html, folded=True)


def _evidence_words(found: CaseMechanism, row: str, study: str) -> str:
    one = next((e for e in found.sources.evidence if e.id == row), None)
    if one is None:
        return f"{study}: {row}"
    where = "" if one.stratum == "all" else f", {one.stratum}"
    if one.kind == "ratio":
        seen = f"ratio {with_interval(one.value, one.low, one.high, 'ratio')}"
    elif one.kind == "sign":
        seen = f"{'a rise' if (one.value or 0) > 0 else 'a fall'} ({p_phrase(one.p_value)})"
    else:
        seen = "no change"
    return f"{study} ({one.design}), {one.readout}{where}: {seen}, printed"


def readouts_table(dossier: Dossier) -> Table:
    """Give what each rival predicts of further signals, for a study that would measure them."""
    found = dossier.mechanism
    rows = found.readouts if found else ()
    columns = (
        Column("readout", "Readout"),
        Column("regimen", "Regimen"),
        Column("day", "Day", numeric=True),
        Column("stratum", "Patients"),
        Column("rival", "Rival"),
        Column("ratio", "Ratio", numeric=True),
    )
    note = "With the drug over without, the typical patient; simulated (median, central 95 %)."
    cells: list[Cells] = [
        {
            "readout": row.readout,
            "regimen": row.regimen,
            "day": digits(row.day),
            "stratum": row.stratum,
            "rival": row.rival,
            "ratio": with_interval(row.median, row.low, row.high, "ratio"),
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_readouts", columns, cells)
    title = "Signals that each rival predicts"
    return Table("mechanism_readouts", title, note, records, html, folded=True)
