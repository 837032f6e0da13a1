"""What a claim amounts to: the interaction with its P, shrunk, corrected and questioned."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.biomarkers.markers.marker import Claim, Confidence, Marker
from equipoise.errors import ComputationError
from equipoise.estimate import RATIO_MEASURES, Estimate
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.interactions import difference, p_of, subtract
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.partitions import combine_strata
from equipoise.synthesis.plan import NormalPrior
from equipoise.synthesis.posteriors import (
    INTERACTION_PRIORS,
    LinearEffect,
    Posterior,
    SpikeAndSlabPrior,
    posterior,
)
from equipoise.synthesis.posteriors.mixture import Scale
from equipoise.synthesis.row_effects import effect_of
from equipoise.synthesis.shrinkage import ShrunkenInteraction, shrink
from equipoise.synthesis.subgroups import Credibility, iceman, interaction

METHOD_CITES = {
    "interaction": ("altman2003",),
    "multiplicity": ("sidak1967",),
    "shrinkage": ("spiegelhalter1994", "mitchell1988"),
    "credibility": ("schandelmaier2020",),
}

ORDER: tuple[Confidence, ...] = ("low", "medium", "high")


@dataclass(frozen=True, eq=False)
class ClaimResult:
    """One claim, worked out.

    Attributes
    ----------
    marker, claim : Marker, Claim
    level, against : Estimate or None
        Effects in the two levels (in the two arms, where the rows are a marker's effects within
        them); None where only the interaction is printed.
    ratio : Estimate
        Level minus against on the analysis scale: the logarithm of a ratio of ratios, or a
        difference of differences.
    p_value : float
        Two-sided normal P of the interaction.
    sidak_p : float
        The same among the factors examined; NaN when nobody knows how many.
    shrunken : tuple of ShrunkenInteraction
        Under each normal prior.
    beliefs : tuple of (name, Posterior)
        Under each spike and slab; the effect is called ``difference``.
    credibility : Credibility
        Items answered from data and declarations.
    confidence : str
        The lowest of the rows'.
    """

    marker: Marker
    claim: Claim
    level: Estimate | None
    against: Estimate | None
    ratio: Estimate
    p_value: float
    sidak_p: float
    shrunken: tuple[ShrunkenInteraction, ...]
    beliefs: tuple[tuple[str, Posterior], ...]
    credibility: Credibility
    confidence: Confidence


def assess_claims(
    markers: tuple[Marker, ...],
    evidence: EvidenceBase,
    priors: tuple[NormalPrior, ...] = (),
    *,
    level: float = 0.95,
) -> tuple[ClaimResult, ...]:
    """Work out every claim of every marker, in the order of the file.

    The claims of one marker on different outcomes of one trial share patients: they are shown
    beside each other and never pooled.
    """
    return tuple(
        assess_claim(marker, claim, evidence, priors, level=level)
        for marker in markers
        for claim in marker.claims
    )


def assess_claim(
    marker: Marker,
    claim: Claim,
    evidence: EvidenceBase,
    priors: tuple[NormalPrior, ...] = (),
    *,
    level: float = 0.95,
) -> ClaimResult:
    """Answer what one claim amounts to.

    With effects `y1, y0` in the two levels (disjoint patients) the interaction is `y1 - y0` with
    variance `v1 + v0` (Altman and Bland 2003, 10.1136/bmj.326.7382.219). A marker's effect within
    each arm gives the same contrast, since the ratio of ratios does not ask which of the two
    factors was taken first. Where the rest is not printed it follows by subtraction.

    Raises
    ------
    ComputationError
        A row without an effect on the claim's measure, or a whole less precise than its part.
    """
    first, second, ratio = _contrast(claim, evidence)
    p_value = p_of(ratio)
    scale: Scale = "log" if claim.measure in RATIO_MEASURES else "identity"
    ratios = scale == "log"
    return ClaimResult(
        marker,
        claim,
        first,
        second,
        ratio,
        p_value,
        math.nan if claim.factors is None else sidak(p_value, claim.factors),
        tuple(shrink(ratio, prior, level) for prior in priors) if ratios else (),
        tuple((name, believe(ratio, prior)) for name, prior in INTERACTION_PRIORS.items())
        if ratios
        else (),
        _credibility(marker, claim, ratio),
        min((_confidence(row, evidence) for row in claim.rows), key=ORDER.index),
    )


def believe(ratio: Estimate, prior: SpikeAndSlabPrior) -> Posterior:
    """Return the belief about a log ratio under a spike and slab, the data being it and its error.

    `y ~ N(d, se^2)`, `d` exactly 0 with probability `1 - p`, else `N(0, s^2)`: an exact mixture.
    """
    return posterior(
        [ratio.value],
        X=[[1.0]],
        V=[[ratio.variance]],
        random=[],
        mean=[prior.difference()],
        effects={"difference": LinearEffect((1.0,))},
        scale="log",
    )


def _contrast(
    claim: Claim, evidence: EvidenceBase
) -> tuple[Estimate | None, Estimate | None, Estimate]:
    if claim.form == "interaction":
        return None, None, _effect(claim.interaction_row, claim, evidence)
    first = _effect(claim.level_row, claim, evidence)
    if claim.form == "subtraction":
        whole = combine_strata([_effect(row, claim, evidence) for row in claim.whole_rows])
        return first, *subtract(first, whole)
    second = _effect(claim.against_row, claim, evidence)
    return first, second, difference(first, second)


def _effect(row_id: str, claim: Claim, evidence: EvidenceBase) -> Estimate:
    found = effect_of(evidence.result(row_id), claim.measure)
    if isinstance(found, str):
        raise ComputationError(f"claim {claim.id}: row {row_id}: {found}")
    return found.estimate


def _confidence(row_id: str, evidence: EvidenceBase) -> Confidence:
    return evidence.result(row_id).confidence


def _credibility(marker: Marker, claim: Claim, ratio: Estimate) -> Credibility:
    """Put the questions for one trial; they ask of the data only the contrast and its error."""
    half = 0.5 * ratio.variance
    one = interaction(
        [0.0, ratio.value],
        [half, half],
        ["trial", "trial"],
        [claim.against, claim.level],
        reference=claim.against,
        method="EE",
        factors=claim.factors or 1,
    )
    return iceman(
        one,
        direction=claim.direction,
        prior_evidence=claim.prior_evidence,
        protocol=claim.protocol,
        factors=claim.factors,
        cut_point=marker.cut_chosen,
    )
