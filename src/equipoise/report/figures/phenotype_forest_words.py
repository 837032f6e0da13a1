"""The words under a forest plot by phenotype: who gives what, and what that can and cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.evidence.question import Question
from equipoise.report.figures.forest_words import spread_text
from equipoise.report.number_text import joined, sentence_case
from equipoise.report.phenotype_words import (
    compares,
    contrast_name,
    level_names,
    row_count,
    who_gives_what,
    without_difference,
)
from equipoise.report.words import INTERVAL_NAMES, METHOD_NAMES
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis


def phenotype_caption(found: PhenotypeSynthesis, question: Question) -> str:
    """Tell the question, what the trials give, how the difference was made, and the marks."""
    parts = [found.asked.question]
    if compares(found):
        parts += [f"{sentence_case(who_gives_what(found, question))}.", *_difference(found)]
    else:
        parts.append(without_difference(found, question))
    parts.append(_marks(found, question))
    if any(row.estimate.standing != "printed" for row in found.rows):
        parts.append("Open marks are derived or reconstructed, not printed.")
    return " ".join(part for part in parts if part)


def _difference(found: PhenotypeSynthesis) -> Iterator[str]:
    within, missing = found.interaction.within, found.missing
    if within.k == 1:
        yield (
            "With one such trial nothing is pooled, and how the difference varies between "
            "trials cannot be seen."
        )
    else:
        method = METHOD_NAMES.get(within.method, within.method)
        interval = INTERVAL_NAMES.get(within.ci, within.ci)
        yield f"The difference is pooled from within trials only ({method}; {interval})."
        yield spread_text(within)
    if found.interaction.floating.centre.k > 1:
        yield (
            "The floating effects lie exactly that difference apart; trials with one level help "
            "to place them."
        )
    if missing.k_whole:
        yield (
            "A trial with the whole only adds nothing to the difference, and moves the effect "
            "in each level through the mean of both; the effects with whole trials carry normal "
            "intervals."
        )
    elif row_count(found) == 1:
        yield "Without this trial there is no answer at all."
    name = contrast_name(found.measure)
    yield (
        f"The {name[:1].lower()}{name[1:]} has an axis of its own: at its line of no effect the "
        "treatment does the same in both levels."
    )


def _marks(found: PhenotypeSynthesis, question: Question) -> str:
    """Name the marks that occur, where more than one does."""
    inside, outside = level_names(found, question)
    words = {
        "level": f"squares for {inside}",
        "reference": f"circles for {outside}",
        "whole": "triangles for everybody in a trial",
    }
    parts = {row.part for row in found.rows}
    named = [text for part, text in words.items() if part in parts]
    return f"{sentence_case(joined(named))}." if len(named) > 1 else ""
