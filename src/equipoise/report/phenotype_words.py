"""Words and natural-scale numbers of a comparison between two levels of a phenotype."""

from __future__ import annotations

import math

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.question import Question
from equipoise.report.number_text import counted, joined, number, ratio, sentence_case
from equipoise.report.words import Triple, measure_name
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.phenotype_rows import PhenotypeRow

EVERYBODY = "everybody, level not reported"
"""Whom a trial's only number is about when it does not report the phenotype."""


def level_names(found: PhenotypeSynthesis, question: Question) -> tuple[str, str]:
    """Label of the level asked about, and of the other."""
    axis = found.asked.axis
    inside, outside = found.asked.level, found.asked.reference
    return question.level_label(axis, inside), question.level_label(axis, outside)


def row_patients(row: PhenotypeRow, found: PhenotypeSynthesis, question: Question) -> str:
    """Whom a row is about."""
    inside, outside = level_names(found, question)
    return {"level": inside, "reference": outside}.get(row.part, EVERYBODY)


def kind_words(found: PhenotypeSynthesis, question: Question) -> dict[str, str]:
    """Words for what a trial gives, by kind."""
    inside, outside = level_names(found, question)
    return {
        "both": "both levels",
        "positive": f"{inside} only",
        "negative": f"{outside} only",
        "whole": "the whole only",
    }


def compares(found: PhenotypeSynthesis) -> bool:
    """Say whether any trial gives both levels, without which there is no difference."""
    return found.interaction.within.k > 0


def row_count(found: PhenotypeSynthesis) -> int:
    """Count the trials that say anything."""
    return len({row.trial_id for row in found.rows})


def contrast_name(measure: str) -> str:
    """Name what two effects of a measure are compared by: ``Ratio of hazard ratios``."""
    kind = "Ratio" if scale_of(measure) == "ratio" else "Difference"
    return f"{kind} of {measure_name(measure)}s"


def natural(measure: str, value: float, low: float, high: float) -> Triple:
    """Bring an estimate and its interval from the analysis scale to the natural one."""
    return to_natural(measure, value), to_natural(measure, low), to_natural(measure, high)


def moved(measure: str, change: float, decimals: int) -> str:
    """Write how far a trial moved an answer: a factor for ratios, else an amount.

    NaN is an answer that does not exist without the trial.
    """
    if math.isnan(change):
        return "all of it"
    if change == 0.0:
        return "nothing"
    if scale_of(measure) == "ratio":
        return f"× {ratio(math.exp(change), max(decimals, 3))}"
    sign = "+" if change > 0 else ""
    return f"{sign}{number(change, max(decimals, 3))}"


def who_gives_what(found: PhenotypeSynthesis, question: Question) -> str:
    """Count the trials by what they give, as a clause: ``one trial gives both levels, ...``."""
    missing = found.missing
    parts = []
    for count, words in (
        (missing.k_both, "both levels"),
        (missing.k_one, "one level only"),
        (missing.k_whole, "the whole only"),
    ):
        if count:
            verb = "gives" if count == 1 else "give"
            parts.append(f"{counted(count, 'trial')} {verb} {words}")
    label = question.axis(found.asked.axis).label
    return joined(parts) if parts else f"no trial says anything by {label}"


def without_difference(found: PhenotypeSynthesis, question: Question) -> str:
    """Say why no difference is shown."""
    inside, outside = level_names(found, question)
    lead = sentence_case(who_gives_what(found, question))
    return (
        f"No trial gives both {inside} and {outside}, so that no difference is shown: comparing "
        f"the levels would compare different trials. {lead}."
    )
