"""The summary's words on the effect by phenotype: what is known, and how much to believe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from equipoise.estimate import scale_of
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import (
    counted,
    joined,
    lower_first,
    p_phrase,
    percent,
    sentence_case,
    spelled,
    with_interval,
)
from equipoise.report.phenotype_words import (
    compares,
    contrast_name,
    level_names,
    natural,
    who_gives_what,
)
from equipoise.report.pool_numbers import effect_text
from equipoise.report.summary.sentences import Item, Sentence
from equipoise.report.words import measure_name
from equipoise.synthesis.belief import Belief, Credible, NamedBelief
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.retrodiction.past_questions import ENOUGH
from equipoise.synthesis.retrodiction.records import Retrodiction

OWN = "equipoise"
"""Name of the method's own rule among those of the retrodiction."""


def belief_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell what is known by phenotype, what to believe of it, and how the method fared before."""
    comparisons = dossier.synthesis.comparisons
    first = True
    for found in filter(compares, comparisons):
        yield _known(found, dossier)
        if found.belief is not None:
            yield _believed(found, found.belief, dossier, explain=first)
            yield _signal(found, found.belief, dossier, explain=first)
            first = False
    silent = [found for found in comparisons if not compares(found)]
    if silent:
        yield _silent(silent)
    if dossier.synthesis.retrodiction is not None:
        yield _past(dossier.synthesis.retrodiction)


def _known(found: PhenotypeSynthesis, dossier: Dossier) -> Sentence:
    """Tell who compares the levels, and what the comparison gave."""
    within = found.interaction.within
    inside, outside = level_names(found, dossier.question)
    numbers = natural(found.measure, within.estimate, within.ci_low, within.ci_high)
    shown = effect_text(found.measure, numbers, dossier.options.decimals)
    made = "derived" if within.k == 1 else "pooled within trials"
    both = {row.trial_id for row in found.rows if row.part == "level"}
    both &= {row.trial_id for row in found.rows if row.part == "reference"}
    named = [row.label for row in found.rows if row.trial_id in both]
    only = f" ({named[0]})" if within.k == 1 and named else ""
    return Sentence(
        f"{found.asked.label}, {inside} against {outside}: "
        f"{who_gives_what(found, dossier.question)}{only}. "
        f"The {lower_first(contrast_name(found.measure))} is {shown}, "
        f"{p_phrase(within.p_value)}; {made}.",
        (f"{found.asked.id}.within",),
    )


def _believed(
    found: PhenotypeSynthesis, belief: Belief, dossier: Dossier, *, explain: bool
) -> Sentence:
    """Say what the priors make of it, and that they make it."""
    inside, _ = level_names(found, dossier.question)
    name = measure_name(found.measure)
    before = joined([percent(100 * one.prior_probability) for one in belief.named], "or")
    text = (
        "Few such differences turn out to be real. Starting from a probability of "
        f"{before} that there is any difference at all, the {name} in {inside} patients "
        "would be believed to be (driven by the prior, not observed):"
        if explain
        else f"The same priors put the {name} in {inside} patients at (driven by the prior, not "
        "observed):"
    )
    items = tuple(
        Item(
            sentence_case(one.name),
            f"{found.asked.id}.{one.name}",
            _under(one, found, dossier.options.decimals),
        )
        for one in belief.named
    )
    return Sentence(text, items=items)


def _signal(
    found: PhenotypeSynthesis, belief: Belief, dossier: Dossier, *, explain: bool
) -> Sentence:
    """Tell the view without a prior on this question, and what it leaves out."""
    effect = belief.signal
    numbers = natural(found.measure, effect.mean, effect.low, effect.high)
    shown = with_interval(*numbers, scale_of(found.measure), dossier.options.decimals)
    caveat = "; that ignores how the subgroup was picked, and so shrinks too little"
    return Sentence(
        "Shrunk like any trial of a large register, with no prior on this question, it would be "
        f"{shown}{caveat if explain else ''}.",
        (f"{found.asked.id}.signal",),
    )


def _under(one: NamedBelief, found: PhenotypeSynthesis, decimals: int) -> str:
    effect: Credible = one.positive
    numbers = natural(found.measure, effect.median, effect.low, effect.high)
    shown = with_interval(*numbers, scale_of(found.measure), decimals)
    return (
        f"{shown}; probability of any difference {percent(100 * one.prior_probability)} before "
        f"the data, {percent(100 * one.probability_difference)} after"
    )


def _silent(silent: Sequence[PhenotypeSynthesis]) -> Sentence:
    labels = [silent[0].asked.label, *(lower_first(found.asked.label) for found in silent[1:])]
    return Sentence(
        f"{joined(labels)}: no trial gives both levels, so that no difference is shown and none "
        "can be believed or doubted."
    )


def _past(past: Retrodiction) -> Sentence:
    """Say how the method did on past questions, and what so few of them are worth."""
    own = next(score for score in past.scores if score.rule == OWN)
    total = len(past.cases)
    parts = [f"Tried on {counted(total, 'past question')}, the method"]
    if own.sign.n:
        parts.append(
            f" had the direction right in {spelled(own.sign.count)} of {spelled(own.sign.n)}"
        )
    if own.coverage.n:
        inside = f"{spelled(own.coverage.count)} of {spelled(own.coverage.n)}"
        joint = " and" if own.sign.n else ""
        parts.append(f"{joint} the later estimate inside its interval in {inside}")
    if not own.sign.n and not own.coverage.n:
        parts.append(" could not be scored")
    return Sentence("".join(parts) + _verdict(past) + ".")


def _verdict(past: Retrodiction) -> str:
    """Say whether any naive rule did better or worse than chance would have it."""
    known = [c.difference for c in past.comparisons if math.isfinite(c.difference.value)]
    told = [d for d in known if math.isfinite(d.low + d.high) and not d.low <= 0.0 <= d.high]
    words = ""
    if known and not told:
        words = "; its log score cannot be told from that of the naive rules"
        ahead = sum(d.value < 0.0 for d in known)
        if ahead:
            words += f", {spelled(ahead)} of which scored better"
    elif told:
        better = sum(d.value > 0.0 for d in told)
        words = (
            f"; its log score is clearly above that of {spelled(better)} and below that of "
            f"{spelled(len(told) - better)} of the {spelled(len(past.comparisons))} naive rules"
        )
    if own_n(past) < ENOUGH:
        words += "; so few cases prove nothing"
    return words


def own_n(past: Retrodiction) -> int:
    """Count the cases in which the method's own prediction could be scored in full."""
    return sum(one.usable == "full" for one in past.predictions if one.rule == OWN)
