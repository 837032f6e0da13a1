"""What one trial brings to a pool, and why another row brings nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        How the effect was obtained and what to mind with its rows, in sentences.
    cites : tuple of str
        Keys of the papers behind the way it was obtained.
    analysis_set : str
        Analysis sets of its rows, joined by ``; ``.
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
    analysis_set: str = ""


CONFIDENCES = ("low", "medium", "high")

SETS = {
    "per_protocol": "Per-protocol set.",
    "evaluable": "Evaluable patients only.",
    "safety": "Safety set.",
    "genotyped": "Genotyped patients only.",
    "subset": "Part of the patients only.",
}
"""Analysis sets that are not everybody as randomised, as sentences."""

INTERVALS = {
    "exact": "The interval is exact; its error is approximate.",
    "profile": "The interval is of the profile likelihood; its error is approximate.",
}
"""Intervals that are not symmetric, so that a standard error read off them is approximate."""


def contribution_of(
    trial: Trial, candidates: Sequence[Candidate], question: Question
) -> Contribution:
    """Turn a trial's chosen rows into its contribution; several strata are combined first.

    Strata are combined by fixed effect (see `partitions.combine_strata`), their counts added;
    the weight is left at zero until the pool is known.
    """
    rows = [candidate.row for candidate in candidates]
    estimate = combine_strata([candidate.effect.estimate for candidate in candidates])
    said = [x for c in candidates for x in (c.effect.note, *caveats(c))]
    notes = " ".join(dict.fromkeys(said))
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
        "; ".join(dict.fromkeys(row.analysis_set for row in rows)),
    )


def caveats(candidate: Candidate) -> Iterator[str]:
    """Yield what a reader should mind with a row: patients, interval, direction, choice."""
    row = candidate.row
    if row.analysis_set in SETS:
        yield SETS[row.analysis_set]
    if candidate.effect.estimate.printed is not None and row.interval in INTERVALS:
        yield INTERVALS[row.interval]
    for label, text in (("Direction", row.direction), ("Why this version", row.reason)):
        if text.strip():
            yield f"{label}: {text.strip().rstrip('.')}."
