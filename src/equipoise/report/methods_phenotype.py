"""What was done about an effect in a phenotype, for the methods section."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import Paragraph
from equipoise.report.number_text import counted, joined, percent, sentence_case, spelled
from equipoise.report.phenotype_words import compares
from equipoise.report.words import INTERVAL_NAMES, METHOD_NAMES
from equipoise.synthesis.belief import Belief
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors import prior_sweep, signal_to_noise, spike_and_slab
from equipoise.synthesis.retrodiction import forecasts, past_questions, scoring
from equipoise.synthesis.retrodiction.records import Retrodiction
from equipoise.synthesis.subgroups import trial_interactions

CITES = trial_interactions.METHOD_CITES


def phenotype_paragraphs(dossier: Dossier) -> Iterator[Paragraph]:
    """Describe the comparisons by phenotype, the beliefs and the retrodiction that ran."""
    synthesis = dossier.synthesis
    compared = [found for found in synthesis.comparisons if compares(found)]
    if synthesis.comparisons:
        yield _entered(synthesis.comparisons, len(compared))
    if compared:
        yield _within(compared)
        yield from _all_trials(compared)
    beliefs = [found.belief for found in compared if found.belief is not None]
    if beliefs:
        yield _believed(beliefs)
        yield _signal()
    if synthesis.retrodiction is not None:
        yield _past(synthesis.retrodiction)


def _entered(comparisons: Sequence[PhenotypeSynthesis], compared: int) -> Paragraph:
    total = counted(len(comparisons), "outcome")
    silent = len(comparisons) - compared
    said = (
        f" In {spelled(silent)} of them no trial gave both levels, and no difference is shown."
        if silent
        else ""
    )
    return Paragraph(
        f"For {total} the effect was asked by phenotype: each trial entered once, with its levels "
        "where it has them, else as a whole, so that no patient counts twice. A complement stood "
        f"for a level its trial does not print.{said}"
    )


def _within(compared: Sequence[PhenotypeSynthesis]) -> Paragraph:
    several = [f.interaction.within for f in compared if f.interaction.within.k > 1]
    how = ""
    if several:
        methods = joined([METHOD_NAMES.get(m, m) for m in dict.fromkeys(w.method for w in several)])
        cis = joined([INTERVAL_NAMES.get(c, c) for c in dict.fromkeys(w.ci for w in several)])
        how = f" and pooled ({methods}; {cis})"
    alone = len(compared) - len(several)
    single = (
        f" {sentence_case(counted(alone, 'comparison'))} {'rests' if alone == 1 else 'rest'} on a "
        "single such trial, with its normal interval."
        if alone
        else ""
    )
    looked = any(f.interaction.factors > 1 for f in compared)
    keys = [*CITES["deft"], *CITES["difference"], *(CITES["multiplicity"] if looked else ())]
    return Paragraph(
        f"The difference between levels was taken within each trial that gives both{how}; "
        "comparisons between trials do not reach it."
        f"{single}",
        tuple(keys),
    )


def _all_trials(compared: Sequence[PhenotypeSynthesis]) -> Iterator[Paragraph]:
    floated = [f for f in compared if f.interaction.floating.centre.k > 1]
    if floated:
        yield Paragraph(
            "The effects in both levels float on that difference: trials are brought to one mix "
            "of levels and pooled, trials with one level among them.",
            CITES["floating"],
        )
    several = [f for f in compared if len(f.missing.movement) > 1]
    if several:
        yield Paragraph(
            "Trials that report the whole only were added in a model in which they have the mean "
            "of both levels, weighted by information: they add exactly nothing to the difference "
            "and reach each level through that mean. How whole trials drift with their share of "
            "the phenotype is not estimated. What a trial added is the answer with it against "
            "the answer without it."
        )


def _believed(beliefs: Sequence[Belief]) -> Paragraph:
    named = joined(
        [
            f"{one.name} {percent(100 * one.prior_probability)} and {one.prior_sd:g}"
            for one in beliefs[0].named
        ]
    )
    half = spike_and_slab.MEAN_SD
    spread = f"{math.exp(-1.96 * half):.2f} to {math.exp(1.96 * half):.2f}"
    return Paragraph(
        "What a difference is worth was worked out under a prior with a spike at no difference "
        "and a normal slab; probability of any difference and its standard deviation on the log "
        f"scale: {named}. The effect in the other level has a normal prior (95\u00a0% of ratios "
        f"{spread}). The posterior is an exact mixture of normals, without simulation; the same "
        f"was repeated over {counted(len(beliefs[0].sweep.rows), 'prior')}.",
        (*spike_and_slab.METHOD_CITES["spike and slab"], *prior_sweep.METHOD_CITES["sweep"]),
    )


def _signal() -> Paragraph:
    return Paragraph(
        "As a view without a prior of one's own, the estimate was shrunk as one drawn at random "
        "from the trials of the Cochrane database, by its signal-to-noise ratio. It knows neither "
        "the other level nor how the level was picked.",
        signal_to_noise.METHOD_CITES["signal to noise"],
    )


def _past(past: Retrodiction) -> Paragraph:
    keys = [
        key
        for module in (past_questions, forecasts, scoring)
        for cites in module.METHOD_CITES.values()
        for key in cites
    ]
    return Paragraph(
        f"The method was tried on {counted(len(past.cases), 'past question')}: from the evidence "
        "before a cutoff it predicted the later trial's estimate, error and variation between "
        "trials included, and so did three naive rules. Scored are coverage and direction (with "
        "Wilson intervals) and the log score. With fewer than three earlier trials the variation "
        "between trials was assumed from a published distribution.",
        tuple(dict.fromkeys(keys)),
    )
