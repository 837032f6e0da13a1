"""What a case knows of who could benefit: claims, who would be eligible, and a warning."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.biomarkers.individual import NullGap, null_gaps
from equipoise.biomarkers.markers import ClaimResult, Marker, assess_claims
from equipoise.biomarkers.markers.marker import Confidence
from equipoise.evidence.question import PhenotypeLevel
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.plan import NormalPrior

NULL_TRIALS = 120
"""Simulated trials a size: Monte Carlo errors of two points or less, in four seconds."""

NULL_METHODS = ("naive", "naive, out of fold")


@dataclass(frozen=True)
class EligibleLevel:
    """One level of a marker, and how many patients have it.

    Attributes
    ----------
    marker, label, level : str
        Id and label of the marker; its level.
    phenotype : bool
        Whether the marker is the phenotype itself, a share of all patients.
    share : float
        Share with the level, of all patients or inside the phenotype; NaN where nobody printed it.
    of_all : float
        Share of all patients with the phenotype and the level, taken as independent; NaN where a
        share is missing.
    source : str
    confidence : str
    """

    marker: str
    label: str
    level: str
    phenotype: bool
    share: float
    of_all: float
    source: str
    confidence: Confidence


@dataclass(frozen=True, eq=False)
class CaseBiomarkers:
    """Who could benefit, as far as a case says.

    Attributes
    ----------
    markers : tuple of Marker
        As recorded.
    claims : tuple of ClaimResult
        Each claim worked out and shrunk.
    eligible : tuple of EligibleLevel
        Levels that a study in the phenotype would take.
    null_gaps : tuple of NullGap
        What a naive model finds where the treatment does nothing.
    """

    markers: tuple[Marker, ...]
    claims: tuple[ClaimResult, ...]
    eligible: tuple[EligibleLevel, ...]
    null_gaps: tuple[NullGap, ...]


def null_models(
    seed: int, sizes: tuple[int, ...], trials: int = NULL_TRIALS
) -> tuple[NullGap, ...]:
    """Fit the naive model to trials in which treatment does nothing, at each size.

    See `equipoise.biomarkers.individual.null_gaps`; 20 covariates, one of them prognostic.
    """
    return tuple(
        gap for n in sizes for gap in null_gaps(n, trials=trials, methods=NULL_METHODS, seed=seed)
    )


def assess_case(
    markers: tuple[Marker, ...],
    evidence: EvidenceBase,
    priors: tuple[NormalPrior, ...],
    focus: PhenotypeLevel | None,
    gaps: tuple[NullGap, ...] = (),
) -> CaseBiomarkers:
    """Work out the claims of a case and who would be eligible for a study by marker.

    Parameters
    ----------
    markers : tuple of Marker
        From `read_markers`.
    evidence : EvidenceBase
    priors : tuple of NormalPrior
        Of the case, of interactions.
    focus : PhenotypeLevel or None
        The phenotype of the question; a marker of its axis is the phenotype itself.
    gaps : tuple of NullGap
        From `null_models`.

    Raises
    ------
    ComputationError
        A claim whose rows give no interaction.
    """
    claims = assess_claims(markers, evidence, priors)
    return CaseBiomarkers(markers, claims, tuple(eligible_levels(markers, focus)), gaps)


def eligible_levels(
    markers: tuple[Marker, ...], focus: PhenotypeLevel | None
) -> Iterator[EligibleLevel]:
    """Yield both levels of each marker, of the phenotype itself the one the question is about.

    The other level has what the recorded one leaves.
    """
    whole = _share_of_focus(markers, focus)
    for marker in markers:
        quantity = marker.prevalence
        value = math.nan if quantity.value is None else quantity.value
        itself = focus is not None and marker.id == focus.axis
        for level, share in ((marker.level, value), (marker.against, 1.0 - value)):
            if itself and focus is not None and level != focus.level:
                continue
            yield EligibleLevel(
                marker.id,
                marker.label,
                level,
                itself,
                share,
                share if itself else share * whole,
                quantity.source,
                quantity.confidence,
            )


def _share_of_focus(markers: tuple[Marker, ...], focus: PhenotypeLevel | None) -> float:
    """Share of all patients in the phenotype: 1 without one, NaN where no marker gives it."""
    if focus is None:
        return 1.0
    for marker in markers:
        value = marker.prevalence.value
        if marker.id == focus.axis and value is not None:
            return {marker.level: value, marker.against: 1.0 - value}.get(focus.level, math.nan)
    return math.nan
