"""The summary's words on who could benefit: how little is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.biomarkers.markers import ClaimResult
from equipoise.report.biomarker_words import (
    IN_SAMPLE,
    OUT_OF_FOLD,
    bound,
    claim_name,
    gaps_of,
    points,
    raw,
    under_normal,
    under_spike,
)
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    MISSING,
    counted,
    grouped,
    joined,
    p_phrase,
    sentence_case,
    spelled,
)
from equipoise.report.summary.sentences import Item, Sentence


def benefit_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell what is claimed, what is left of it, and the warning; nothing without markers."""
    found = dossier.biomarkers
    if found is None:
        return
    yield _claimed(found)
    if found.claims:
        items = tuple(_item(one, dossier) for one in found.claims)
        yield Sentence(
            "From their rows, under the normal prior, and under the reference spike and slab "
            "(the last two are partly prior):",
            items=items,
        )
    yield from _warning(found)


def _claimed(found: CaseBiomarkers) -> Sentence:
    """Count markers and claims, and how they stand."""
    text = f"{sentence_case(counted(len(found.markers), 'marker'))} may change the effect"
    if not found.claims:
        return Sentence(f"{text}; nobody has printed a number for any. Research use only.")
    confirmed = sum(one.claim.status == "confirmed" for one in found.claims)
    return Sentence(
        f"{text}, with {counted(len(found.claims), 'claim')} by number; {spelled(confirmed)} of "
        f"them {'is' if confirmed <= 1 else 'are'} confirmed{_credible(found.claims)}. No marker "
        "here tells for one patient whether the treatment helps. Research use only."
    )


def _credible(claims: Sequence[ClaimResult]) -> str:
    bounds = list(dict.fromkeys(bound(one) for one in claims))
    every = "each is " if len(bounds) == 1 else "they are "
    return f", and {every}of {joined(bounds, 'or')} credibility"


def _item(one: ClaimResult, dossier: Dossier) -> Item:
    shrunk = [t for t in (under_normal(one).text, under_spike(one).text) if t != MISSING]
    unit = f" {one.ratio.unit}" if one.ratio.unit else ""
    text = f"{raw(one).text}{unit}, {p_phrase(one.p_value)}"
    text += f"; {'; '.join(shrunk)}" if shrunk else "; a difference, not shrunk"
    return Item(claim_name(one, dossier.question), f"claim-{one.claim.id}", text)


def _warning(found: CaseBiomarkers) -> Iterator[Sentence]:
    """Say what a naive model promises where there is nothing, and what is seen out of fold."""
    inside, outside = gaps_of(found, IN_SAMPLE), gaps_of(found, OUT_OF_FOLD)
    if not inside or not outside:
        return
    sizes = joined([grouped(gap.n) for gap in inside])
    promised = joined([points(gap.predicted) for gap in inside])
    counted_ = joined([points(gap.upper) for gap in inside])
    held_out = joined([points(gap.upper) for gap in outside])
    yield Sentence(
        f"In simulated trials of {sizes} patients where the treatment does nothing, a naive model "
        f"promises {promised} points of benefit to the half it picks, and {counted_} are seen "
        f"there in the same patients; in patients it has not seen, {held_out}."
    )
