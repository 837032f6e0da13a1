"""Observational estimates, grouped by how the time before the drug was started was handled."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Estimate
from equipoise.evidence.schema import CohortRow


@dataclass(frozen=True)
class CohortEstimate:
    """One cohort estimate, oriented as exposed against unexposed.

    `row` is the evidence as collected; `estimate` is on the log scale with an infinite standard
    error replaced by NaN when no interval is printed; `ci_low`, `ci_high` are natural;
    `inverted` says that the printed estimate ran the other way.
    """

    row: CohortRow
    label: str
    estimate: Estimate
    ci_low: float
    ci_high: float
    inverted: bool
    note: str


@dataclass(frozen=True)
class CohortGroup:
    """Estimates that handled exposure time in the same way."""

    exposure_time: str
    label: str
    explanation: str
    estimates: tuple[CohortEstimate, ...]


@dataclass(frozen=True)
class CohortExclusion:
    """A cohort row that is not shown, and why."""

    row_id: str
    reason: str


@dataclass(frozen=True)
class CohortPanel:
    """The direct estimates by group, the others apart, and what is not shown."""

    groups: tuple[CohortGroup, ...]
    apart: tuple[CohortEstimate, ...]
    excluded: tuple[CohortExclusion, ...]
