"""Tables of what stored samples could tell: outcome by outcome, and trial by trial."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from equipoise.design.ipd import StoredSamples
from equipoise.design.stored.finished_trial import ACCESS
from equipoise.design.stored.released_information import Release
from equipoise.report.dossier import Dossier
from equipoise.report.links import LinkMap
from equipoise.report.number_text import MISSING, grouped, number, percent, significant
from equipoise.report.study_words import able, chance, outcome_words, unknown_events
from equipoise.report.tables.studies import Cells, studied
from equipoise.report.tables.table import Column, Table, show


def stored_outcomes_table(dossier: Dossier) -> Table:
    """Say what all finished trials together could release on each outcome."""
    found = studied(dossier)
    stored = found.stored if found else ()
    simulated = "Simulated power (MCSE)"
    columns = (
        Column("outcome", "Outcome"),
        Column("trials", "Trials that could", numeric=True),
        Column("patients", "Patients", numeric=True),
        Column("events", "Events known", numeric=True),
        Column("information", "Information", numeric=True),
        Column("ratio", "To find", numeric=True),
        Column("power", "Closed form", numeric=True, spanner="Power"),
        Column("perfect", "Perfect assay", numeric=True, spanner="Power"),
        Column("one_stage", "One stage", numeric=True, spanner=simulated),
        Column("two_stage", "Two stages", numeric=True, spanner=simulated),
        Column("half", "0.5 in every cell", numeric=True, spanner=simulated),
    )
    note = (
        "Counted before any power: trials, patients and events. “To find” is the ratio of ratios "
        "that is looked for, at a one-sided 2.5 %. Where nothing can be released there is no power "
        "to speak of. No outcome speaks for another here."
    )
    html = show("stored_outcomes", columns, [_outcome_cells(one, dossier) for one in stored])
    records = tuple(_outcome_record(one) for one in stored)
    title = "What stored samples could tell, by outcome"
    return Table("stored_outcomes", title, note, records, html)


def _outcome_cells(one: StoredSamples, dossier: Dossier) -> Cells:
    some, drawn, unseen = able(one), one.simulated, unknown_events(one)
    gap = f" ({unseen} unknown)" if unseen else ""
    cells: Cells = {
        "outcome": outcome_words(one, dossier.question),
        "trials": f"{some} of {len(one.releases)}",
        "patients": grouped(round(one.patients)),
        "events": f"{grouped(round(one.events))}{gap}",
        "information": significant(one.pooled.information),
        "ratio": number(math.exp(one.truth.gamma)),
        "power": chance(one.pooled.power) if some else MISSING,
        "perfect": chance(one.without_error.power) if some else MISSING,
    }
    if drawn:
        values = (drawn.one_stage, drawn.two_stage, drawn.two_stage_half)
        for key, value, mcse in zip(
            ("one_stage", "two_stage", "half"), values, drawn.mcse, strict=True
        ):
            cells[key] = f"{chance(value)} ({percent(100 * mcse, 2)})"
    return cells


def _outcome_record(one: StoredSamples) -> dict[str, Any]:
    drawn, some = one.simulated, able(one)
    nothing = math.nan
    return {
        "outcome": one.outcome,
        "trials": len(one.releases),
        "trials_that_could": some,
        "patients": one.patients,
        "events_known": one.events,
        "trials_with_unknown_events": unknown_events(one),
        "ratio_looked_for": math.exp(one.truth.gamma),
        "between_trial_sd": one.tau_d,
        "information": one.pooled.information,
        "power": one.pooled.power if some else nothing,
        "power_with_a_perfect_assay": one.without_error.power if some else nothing,
        "simulated_one_stage": drawn.one_stage if drawn else nothing,
        "simulated_two_stage": drawn.two_stage if drawn else nothing,
        "simulated_two_stage_half": drawn.two_stage_half if drawn else nothing,
        "mcse": max(drawn.mcse) if drawn else nothing,
        "replicates": drawn.replicates if drawn else 0,
        "cost": one.cost,
        "message": one.message,
    }


def stored_samples_table(dossier: Dossier) -> Table:
    """List the finished trials of each outcome in the order in which to ask."""
    found = studied(dossier)
    links = LinkMap(dossier)
    rows: list[Cells] = []
    records: list[dict[str, Any]] = []
    for one in found.stored if found else ():
        for place, released in enumerate(one.releases, start=1):
            rows.append(_cells(one, released, dossier, links))
            records.append(_record(one, released, place))
    columns = (
        Column("trial", "Trial"),
        Column("patients", "Patients", numeric=True),
        Column("events", "Events", numeric=True),
        Column("share", "Share of the level", numeric=True),
        Column("usable", "Usable", numeric=True),
        Column("information", "Information", numeric=True),
        Column("cost", "Cost, thousand", numeric=True),
        Column("per_cost", "Information per million", numeric=True),
        Column("access", "What is held"),
    )
    note = (
        "In the order in which to ask: most information a unit of cost first. Information is one "
        "over the variance of the difference between the levels, misclassification counted; "
        "“usable” is sample, consent and a working assay together."
    )
    html = show("stored_samples", columns, rows, group="outcome")
    title = "Finished trials, in the order in which to ask"
    return Table("stored_samples", title, note, tuple(records), html, folded=True)


def _cells(one: StoredSamples, released: Release, dossier: Dossier, links: LinkMap) -> Cells:
    trial, some = released.trial, released.information > 0.0
    link: Markup = links.link(trial.trial_id, trial.label)
    return {
        "outcome": outcome_words(one, dossier.question),
        "trial": link,
        "patients": grouped(round(trial.n)),
        "events": grouped(round(trial.events)) if math.isfinite(trial.events) else MISSING,
        "share": percent(100 * trial.share),
        "usable": percent(100 * trial.usable),
        "information": significant(released.information),
        "cost": number(trial.cost / 1e3, 0) if some else MISSING,
        "per_cost": number(1e6 * released.per_cost, 1) if some else MISSING,
        "access": ACCESS[trial.access],
    }


def _record(one: StoredSamples, released: Release, place: int) -> dict[str, Any]:
    trial = released.trial
    return {
        "outcome": one.outcome,
        "order": place,
        "trial_id": trial.trial_id,
        "trial": trial.label,
        "patients": trial.n,
        "events": trial.events,
        "access": trial.access,
        "share": trial.share,
        "usable": trial.usable,
        "sensitivity": trial.sensitivity,
        "specificity": trial.specificity,
        "information": released.information,
        "level_information": released.level_information,
        "cost": trial.cost,
        "information_per_cost": released.per_cost,
    }
