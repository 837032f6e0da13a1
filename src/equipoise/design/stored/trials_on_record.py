"""Finished trials of the evidence base, as far as they could still tell levels apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.design.stored.finished_trial import Access, FinishedTrial
from equipoise.evidence.gap_map import Cell, GapMap
from equipoise.evidence.schema import EvidenceBase, ResultRow
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.phenotype_rows import PhenotypeRow


@dataclass(frozen=True)
class Supply:
    """What is assumed of samples and assays wherever a trial does not print it.

    Attributes
    ----------
    share : float
        Share of the phenotype among patients.
    samples, consent, assay_success : float
        Shares of patients: with a sample, who may be asked, whose assay works.
    sensitivity, specificity : float
        Of the assay on stored samples.
    cost_per_trial, cost_per_sample : float
    """

    share: float
    samples: float = 1.0
    consent: float = 1.0
    assay_success: float = 1.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    cost_per_trial: float = 0.0
    cost_per_sample: float = 0.0


def trials_on_record(
    found: PhenotypeSynthesis, evidence: EvidenceBase, gaps: GapMap, supply: Supply
) -> tuple[FinishedTrial, ...]:
    """List every trial that looked at the outcome, and what stands between it and the levels.

    Trials that looked at it without printing a number that can be pooled are listed too, with
    the patients they randomised and unknown events: asked for, they could still give theirs.
    A trial counts as *reported* when the comparison already has both levels of it, printed or
    derived. Where the phenotype was determined no assay is needed: all its patients are usable
    and none is misclassified, as far as consent goes.

    Parameters
    ----------
    found : PhenotypeSynthesis
        The outcome in two levels of the phenotype; its rows name the trials.
    evidence : EvidenceBase
    gaps : GapMap
        On the same axis.
    supply : Supply

    Returns
    -------
    tuple of FinishedTrial
        In the order of the comparison.
    """
    rows: dict[str, list[PhenotypeRow]] = {}
    for row in found.rows:
        rows.setdefault(row.trial_id, []).append(row)
    cells: dict[str, list[Cell]] = {}
    for cell in gaps.cells:
        if cell.outcome == found.outcome.name and cell.in_scope and _asked(cell, found, evidence):
            cells.setdefault(cell.trial_id, []).append(cell)
    trials = [
        _trial(trial_id, rows.get(trial_id, []), cells.get(trial_id, []), found, evidence, supply)
        for trial_id in dict.fromkeys([*rows, *cells])
    ]
    return tuple(trial for trial in trials if trial is not None)


def _asked(cell: Cell, found: PhenotypeSynthesis, evidence: EvidenceBase) -> bool:
    """Whether a cell is about the levels and the settings of the comparison."""
    settings = found.asked.settings
    inside = not settings or evidence.trial(cell.trial_id).setting in settings
    left_out = cell.trial_id in found.asked.exclude_trials
    return inside and not left_out and cell.level in (found.asked.level, found.asked.reference)


def _trial(
    trial_id: str,
    parts: Sequence[PhenotypeRow],
    cells: Sequence[Cell],
    found: PhenotypeSynthesis,
    evidence: EvidenceBase,
    supply: Supply,
) -> FinishedTrial | None:
    """One trial; None where not even its size is known."""
    access = _access(parts, cells)
    record = evidence.trial(trial_id)
    printed = [evidence.result(name) for row in parts for name in row.row_ids]
    n_treatment, n_control, events = _size(printed, parts, found.outcome.time_to_event)
    if not (n_treatment > 0.0 and n_control > 0.0):
        n_treatment = n_control = 0.5 * float(record.n_randomised or 0)
    if n_treatment == 0.0:
        return None
    known = access == "phenotype_known"
    return FinishedTrial(
        trial_id=trial_id,
        label=record.name,
        outcome=found.outcome.name,
        n_treatment=n_treatment,
        n_control=n_control,
        events=min(events, n_treatment + n_control) if math.isfinite(events) else math.nan,
        time_to_event=found.outcome.time_to_event,
        access=access,
        share=supply.share,
        usable=supply.consent * (1.0 if known else supply.samples * supply.assay_success),
        sensitivity=1.0 if known else supply.sensitivity,
        specificity=1.0 if known else supply.specificity,
        fixed_cost=supply.cost_per_trial,
        cost_per_patient=0.0 if known else supply.cost_per_sample,
        rows=tuple(row.result_id for row in printed),
    )


def _access(parts: Sequence[PhenotypeRow], cells: Sequence[Cell]) -> Access:
    """Say what stands between a trial and its results in both levels."""
    if any(row.only for row in parts) or any(cell.state == "not_enrolled" for cell in cells):
        return "one_level"
    if {row.part for row in parts} >= {"level", "reference"}:
        return "reported"
    states = {cell.state for cell in cells}
    if "not_collectable" in states:
        return "lost"
    if "stored_samples" in states:
        return "stored_samples"
    return "phenotype_known" if states & {"analysed_not_reported", "reported"} else "unknown"


def _size(
    rows: Sequence[ResultRow], parts: Sequence[PhenotypeRow], time_to_event: bool
) -> tuple[float, float, float]:
    """Patients in each arm and events of a trial, from its rows; events from the error if need be.

    A log hazard ratio has the variance `1 / a + 1 / c`, about `4 / D` with equal arms, so that
    `D = 4 / variance` when no count is printed.
    """
    treated = float(sum(row.n_treatment or 0 for row in rows))
    control = float(sum(row.n_control or 0 for row in rows))
    counts = [(row.events_treatment, row.events_control) for row in rows]
    if counts and all(a is not None and c is not None for a, c in counts):
        return treated, control, float(sum((a or 0) + (c or 0) for a, c in counts))
    if time_to_event and parts:
        return treated, control, math.fsum(4.0 / row.estimate.variance for row in parts)
    return treated, control, math.nan
