"""Words and numbers that everything told of who could benefit shares."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.biomarkers.individual import NullGap
from equipoise.biomarkers.markers import ClaimResult, Marker
from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.report.number_text import number, with_interval
from equipoise.report.study_words import HEADLINE
from equipoise.report.words import outcome_label
from equipoise.synthesis.intervals import critical_value

LEVEL = 0.95

CUTS = {
    "not continuous": "categories of its own",
    "continuum": "whole range used",
    "pre-specified": "cut fixed beforehand",
    "unknown": "not known how chosen",
    "exploratory": "cut chosen on the results",
}
"""How a cut point was chosen, in words."""

STATUS = {
    "exploratory": "exploratory",
    "pre-specified": "pre-specified",
    "confirmed": "confirmed",
    "not_stated": "not stated",
}
"""What the source says of a claim, in words."""

IN_SAMPLE = "naive"
OUT_OF_FOLD = "naive, out of fold"


@dataclass(frozen=True)
class Shown:
    """A number with its interval on the natural scale; NaN where there is none."""

    value: float
    low: float
    high: float
    scale: str

    @property
    def text(self) -> str:
        """As shown: ``0.59 (0.38–0.90)``, a dash for no number."""
        return with_interval(self.value, self.low, self.high, self.scale)


ABSENT = Shown(math.nan, math.nan, math.nan, "ratio")


def raw(claim: ClaimResult) -> Shown:
    """Interaction as the rows give it; as printed, where a source prints it."""
    ratio = claim.ratio
    scale = scale_of(ratio.measure)
    if ratio.printed is not None:
        value, low, high, _ = ratio.printed
        return Shown(value, low, high, scale)
    half = critical_value(LEVEL) * ratio.se
    ends = (ratio.value, ratio.value - half, ratio.value + half)
    value, low, high = (to_natural(ratio.measure, end) for end in ends)
    return Shown(value, low, high, scale)


def under_normal(claim: ClaimResult) -> Shown:
    """Interaction under the first normal prior of the case; none for a difference."""
    if not claim.shrunken:
        return ABSENT
    first = claim.shrunken[0]
    return Shown(
        math.exp(first.estimate.value), math.exp(first.ci_low), math.exp(first.ci_high), "ratio"
    )


def under_spike(claim: ClaimResult) -> Shown:
    """Interaction under the reference spike and slab: exponent of the posterior mean."""
    belief = dict(claim.beliefs).get(HEADLINE)
    if belief is None:
        return ABSENT
    low, high = belief.interval("difference", LEVEL)
    return Shown(math.exp(belief.mean("difference")), math.exp(low), math.exp(high), "ratio")


def no_difference(claim: ClaimResult) -> float:
    """Probability of no difference at all under the reference spike and slab; NaN without it."""
    belief = dict(claim.beliefs).get(HEADLINE)
    return math.nan if belief is None else sum(mass for _, mass in belief.atoms("difference"))


def prior_part(claim: ClaimResult) -> float:
    """Share of the answer under the normal prior that is prior; NaN without one."""
    return 1.0 - claim.shrunken[0].data_share if claim.shrunken else math.nan


def claim_name(claim: ClaimResult, question: Question) -> str:
    """Name a claim by its marker, outcome and levels."""
    outcome = outcome_label(question, claim.claim.outcome)
    return f"{claim.marker.label}: {outcome}, {levels(claim)}"


def levels(claim: ClaimResult) -> str:
    """Name the two levels: ``positive against negative``."""
    return f"{plain_level(claim.claim.level)} against {plain_level(claim.claim.against)}"


def plain_level(name: str) -> str:
    """Write the name of a level without underscores."""
    return name.replace("_", " ")


def cut_words(marker: Marker) -> str:
    """Write the cut point and how it was chosen."""
    chosen = CUTS[marker.cut_chosen]
    return f"{marker.cut} ({chosen})" if marker.cut else chosen


def bound(claim: ClaimResult) -> str:
    """Write the most that the credibility tool allows."""
    return f"at most {claim.credibility.at_most}"


def gaps_of(found: CaseBiomarkers, method: str) -> tuple[NullGap, ...]:
    """Null simulations of one method, by size."""
    return tuple(sorted((g for g in found.null_gaps if g.method == method), key=lambda g: g.n))


def points(share: float) -> str:
    """Write a difference of shares in percentage points."""
    return number(100.0 * share, 0)
