"""What one trial brings to a pool, and why another row brings nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.estimate import Estimate
from equipoise.evidence.question import Question
from equipoise.evidence.schema import Trial, phenotype_of
from equipoise.synthesis.partitions import combine_strata
from equipoise.synthesis.row_effects import Counts, counts_of
from equipoise.synthesis.row_selection import Candidate, describe


@dataclass(frozen=True)
class Contribution:
    """One trial's effect in a pool.

    Attributes
    ----------
    trial_id, label : str
        The trial and its name as shown.
    row_ids : tuple of str
        Evidence rows the effect rests on; several when strata were combined.
    estimate : Estimate
        Effect on the analysis scale.
    weight : float
        Weight in the pool, per cent.
    analysed : str
        Phenotype of the patients, as ``axis=level``; empty for everybody.
    counts : tuple of int or None
        `(events_treatment, n_treatment, events_control, n_control)`.
    confidence : str
        Lowest confidence of its rows.
    note : str
        How the effect was obtained, as a sentence.
    cites : tuple of str
        Keys of the papers behind the way it was obtained.
    """

    trial_id: str
    label: str
    row_ids: tuple[str, ...]
    estimate: Estimate
    weight: float
    analysed: str
    counts: Counts | None
    confidence: str
    note: str
    cites: tuple[str, ...] = ()


CONFIDENCES = ("low", "medium", "high")


def contribution_of(
    trial: Trial, candidates: Sequence[Candidate], question: Question
) -> Contribution:
    """Turn a trial's chosen rows into its contribution; several strata are combined first.

    Strata are combined by fixed effect (see `partitions.combine_strata`), their counts added;
    the weight is left at zero until the pool is known.
    """
    rows = [candidate.row for candidate in candidates]
    estimate = combine_strata([candidate.effect.estimate for candidate in candidates])
    notes = " ".join(dict.fromkeys(candidate.effect.note for candidate in candidates))
    analysed = rows[0].analysed
    if len(rows) > 1:
        strata = ", ".join(describe(question, phenotype_of(row)) for row in rows)
        notes = f"Fixed-effect mean of {len(rows)} strata ({strata}), derived. {notes}"
        analysed = ""
    tables = [counts_of(row) for row in rows]
    known = [table for table in tables if table is not None]
    counts: Counts | None = None
    if len(known) == len(rows):
        a, n1, c, n2 = (sum(column) for column in zip(*known, strict=True))
        counts = (a, n1, c, n2)
    return Contribution(
        trial.trial_id,
        trial.name,
        tuple(row.result_id for row in rows),
        estimate,
        0.0,
        analysed,
        counts,
        min((row.confidence for row in rows), key=CONFIDENCES.index),
        notes,
        tuple(dict.fromkeys(key for candidate in candidates for key in candidate.effect.cites)),
    )
