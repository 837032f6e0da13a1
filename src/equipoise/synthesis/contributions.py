"""What one trial brings to a pool, and why another row brings nothing."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Estimate

Counts = tuple[int, int, int, int]
"""Events and patients of the treatment arm, then events and patients of the control arm."""


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


@dataclass(frozen=True)
class Exclusion:
    """A row of the outcome that the pool does not use, and the reason in plain words."""

    row_id: str
    trial_id: str
    reason: str
