"""Tables of the calibration: arms, fitted parameters, drug levels, recurrence, virtual patients."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.mechanism.calibration.held_out import PredictedArm
from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.dossier import Dossier
from equipoise.report.links import external
from equipoise.report.mechanism_words import (
    arm_name,
    arms_by_group,
    digits,
    digits_interval,
    share,
    shares,
)
from equipoise.report.number_text import grouped, percent, with_interval
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]


def arms_table(dossier: Dossier) -> Table:
    """Give every arm: printed, predicted, and what a fit without it says."""
    found = dossier.mechanism
    columns = (
        Column("arm", "Arm"),
        Column("definition", "Definition"),
        Column("n", "n", numeric=True),
        Column("printed", "Printed, % (Wilson)", numeric=True),
        Column("predicted", "Predicted, % (95 %)", numeric=True),
        Column("sampled", "Predictive, %", numeric=True),
        Column("left_out", "Without it, %", numeric=True),
        Column("standing", "Counts"),
        Column("covered", "Covered"),
    )
    note = (
        "“Predicted”: expected share over the posterior. “Predictive”: share that a trial of this "
        "size would print. “Without it”: predicted by a fit to the other arms. “Covered”: the "
        "printed share lies in the predictive interval; of fitted arms that is no test."
    )
    pairs = [(g, a) for g, arms in arms_by_group(found).items() for a in arms] if found else []
    cells = [_arm_cells(found, g, a) for g, a in pairs] if found else []
    records = tuple(_arm_record(found, g, a) for g, a in pairs) if found else ()
    html = show("mechanism_arms", columns, cells, group="group")
    title = "Complete response by arm, printed and predicted"
    return Table("mechanism_arms", title, note, records, html, folded=True)


def _arm_cells(found: CaseMechanism, group: str, arm: PredictedArm) -> Cells:
    target = found.sources.target(arm.target)
    return {
        "group": group,
        "arm": arm_name(target, arm.target),
        "definition": (target.definition if target else "") or "not said",
        "n": grouped(target.n) if target else "",
        "printed": shares(arm.observed, arm.low, arm.high),
        "predicted": shares(arm.predicted, arm.predicted_low, arm.predicted_high),
        "sampled": shares(math.nan, 0, 0)
        if not math.isfinite(arm.sampled_low)
        else f"{100 * arm.sampled_low:.0f}–{100 * arm.sampled_high:.0f}",
        "left_out": shares(arm.left_out, math.nan, math.nan),
        "standing": target.standing if target else "",
        "covered": "yes" if arm.covered else "no",
    }


def _arm_record(found: CaseMechanism, group: str, arm: PredictedArm) -> dict[str, Any]:
    target = found.sources.target(arm.target)
    return {
        "arm": arm.target,
        "trial": target.trial if target else "",
        "regimen": target.regimen if target else "",
        "stratum": target.stratum if target else "",
        "definition": target.definition if target else "",
        "patients": target.n if target else None,
        "standing": target.standing if target else "",
        "use": target.use if target else "",
        "label": target.label if target else "",
        "group": group,
        "observed": arm.observed,
        "observed_low": arm.low,
        "observed_high": arm.high,
        "predicted": arm.predicted,
        "predicted_low": arm.predicted_low,
        "predicted_high": arm.predicted_high,
        "predictive_low": arm.sampled_low,
        "predictive_high": arm.sampled_high,
        "without_it": arm.left_out,
        "inside": arm.inside,
        "covered": arm.covered,
        "source_url": target.source_url if target else "",
        "quote": target.quote if target else "",
    }


def parameters_table(dossier: Dossier) -> Table:
    """Give prior and posterior of every fitted parameter, those of the systemic fit below."""
    found = dossier.mechanism
    columns = (
        Column("parameter", "Parameter"),
        Column("unit", "Unit"),
        Column("prior", "Prior (95 %)", numeric=True),
        Column("posterior", "Posterior (95 %)", numeric=True),
        Column("learnt", "Learnt", numeric=True),
    )
    note = (
        "Fitted, not measured. “Learnt”: share of the prior's variance that the arms took away, on "
        "the working scale; near 0 the number is what was assumed."
    )
    rows = found.calibration.parameters if found else ()
    cells: list[Cells] = [
        {
            "parameter": f"{row.label} ({row.symbol})",
            "unit": "" if row.unit == "1" else row.unit,
            "prior": f"{digits(row.prior_low)} to {digits(row.prior_high)}",
            "posterior": digits_interval(row.median, row.low, row.high),
            "learnt": share(max(0.0, row.learnt)),
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_parameters", columns, cells)
    title = "Fitted parameters: before and after the trials"
    return Table("mechanism_parameters", title, note, records, html, folded=True)


def systemic_table(dossier: Dossier) -> Table:
    """Give the parameters that one printed ratio of a biomarker fixes."""
    found = dossier.mechanism
    columns = (
        Column("parameter", "Parameter"),
        Column("value", "Fitted", numeric=True),
        Column("ratio", "Ratio it gives", numeric=True),
        Column("target", "Ratio printed", numeric=True),
    )
    records = tuple(_systemic(found)) if found else ()
    status = f" {found.systemic.message}" if found and found.systemic.message else ""
    day = f" on day {digits(found.systemic.day)}" if found else ""
    note = (
        f"Each fixed so that the typical patient{day} has the printed ratio, with the drug over "
        f"without; that it is met is no test.{status}"
    )
    cells: list[Cells] = [
        {
            "parameter": f"{row['label']} ({row['parameter']})",
            "value": digits(row["value"]),
            "ratio": digits(row["ratio"]),
            "target": digits(row["target"]),
        }
        for row in records
    ]
    html = show("mechanism_systemic", columns, cells)
    title = "Effects on the whole body, fitted"
    return Table("mechanism_systemic", title, note, records, html, folded=True)


def _systemic(found: CaseMechanism) -> Iterator[dict[str, Any]]:
    fit = found.systemic
    for name, value, ratio, target in zip(
        fit.parameters, fit.values, fit.ratios, fit.targets, strict=True
    ):
        yield {
            "parameter": name,
            "label": found.sources.labels.get(name, name),
            "value": value,
            "ratio": ratio,
            "target": target,
            "day": fit.day,
            "status": fit.status,
        }


def levels_table(dossier: Dossier) -> Table:
    """Hold simulated drug levels against printed ones."""
    found = dossier.mechanism
    rows = found.exposures if found else ()
    columns = (
        Column("level", "Level"),
        Column("unit", "Unit"),
        Column("simulated", "Simulated", numeric=True),
        Column("printed", "Printed", numeric=True),
        Column("allowed", "Agrees from–to", numeric=True),
        Column("inside", "Agrees"),
        Column("note", "To mind"),
    )
    note = "One reference patient who takes every dose; agreement is no proof of an effect."
    cells: list[Cells] = [
        {
            "level": row.label,
            "unit": row.unit,
            "simulated": digits(row.simulated, 4),
            "printed": external(row.source_url, digits(row.reference, 4)),
            "allowed": f"{digits(row.low, 4)}–{digits(row.high, 4)}",
            "inside": "yes" if row.inside else "no",
            "note": row.note,
        }
        for row in rows
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_levels", columns, cells)
    title = "Drug levels, simulated and printed"
    return Table("mechanism_levels", title, note, records, html, folded=True)


def recurrence_table(dossier: Dossier) -> Table:
    """Tell how cells left are tied to recurrence, and the ratio that the tie never saw."""
    found = dossier.mechanism
    columns = (
        Column("what", "Number"),
        Column("value", "Value", numeric=True),
        Column("standing", "Standing"),
    )
    note = (
        "Hazard of a patient = base hazard × (1 + cells left / clonogenic cells)^power, solved "
        "from one trial's event-free share and hazard ratio, whatever else differed between its "
        "arms after surgery included."
    )
    records = tuple(_recurrence(found)) if found else ()
    cells: list[Cells] = [
        {
            "what": row["what"],
            "value": with_interval(row["value"], row["low"], row["high"], "ratio")
            if math.isfinite(row["low"])
            else digits(row["value"]),
            "standing": row["standing"],
        }
        for row in records
    ]
    html = show("mechanism_recurrence", columns, cells)
    title = "From cells left to recurrence"
    return Table("mechanism_recurrence", title, note, records, html, folded=True)


def _recurrence(found: CaseMechanism) -> Iterator[dict[str, Any]]:
    check, nan = found.recurrence, math.nan
    low, middle, high = check.powers

    def row(what: str, value: float, low: float, high: float, standing: str) -> dict[str, Any]:
        return {"what": what, "value": value, "low": low, "high": high, "standing": standing}

    yield row("power of cells left", middle, min(low, high), max(low, high), "fitted")
    yield row("base hazard, a year", check.link.base_hazard, nan, nan, "fitted")
    if check.target:
        target = found.sources.target(check.target)
        name = f"responders against others, {target.trial if target else check.target}"
        printed = (check.observed, check.low, check.high)
        yield row(f"hazard ratio of {name}", *printed, "printed, held out")
        predicted = (check.predicted, check.predicted_low, check.predicted_high)
        yield row(f"the same, predicted ({name})", *predicted, "simulated")


def population_table(dossier: Dossier) -> Table:
    """Tell which virtual patients were accepted so that strata meet published shares."""
    found = dossier.mechanism
    rows = found.acceptance if found else ()
    columns = (
        Column("stratum", "Stratum"),
        Column("patients", "Generated", numeric=True),
        Column("accepted", "Accepted", numeric=True),
        Column("effective", "Effective", numeric=True),
        Column("predicted", "Response before", numeric=True),
        Column("target", "Published", numeric=True),
        Column("achieved", "Response after", numeric=True),
        Column("failed", "Failed", numeric=True),
    )
    note = (
        f"Seed {found.seed}: {grouped(found.generated)} virtual patients were generated and "
        f"{grouped(found.accepted)} accepted ({share(found.accepted / max(1, found.generated))}); "
        f"effective number {grouped(round(found.effective_patients))}. Patients are kept with "
        "probabilities that bring each stratum to its published share. Simulated people."
        if found
        else ""
    )
    cells: list[Cells] = [
        {
            "stratum": str(row.stratum),
            "patients": grouped(row.patients),
            "accepted": grouped(row.accepted),
            "effective": grouped(round(row.effective_size)),
            "predicted": percent(100 * row.predicted, 1),
            "target": percent(100 * row.target, 1),
            "achieved": percent(100 * row.achieved, 1),
            "failed": str(row.failed),
        }
        for row in rows
    ]
    records = tuple(vars(row) | {"stratum": str(row.stratum)} for row in rows)
    html = show("mechanism_population", columns, cells)
    return Table("mechanism_population", "Virtual patients", note, records, html, folded=True)
