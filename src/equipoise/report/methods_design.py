"""What was done to choose the next study, for the methods section."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.design import next_study
from equipoise.design.belief import population_value, surrogate
from equipoise.design.belief.assurances import METHOD_CITES as ASSURANCE
from equipoise.design.belief.sample_information import METHOD_CITES as INFORMATION
from equipoise.design.choice.adaptive_power import TRIALS
from equipoise.design.closed import combination, intersections
from equipoise.design.sequential import spending
from equipoise.design.sizes import log_rank_sizes
from equipoise.design.stored import released_information
from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import Paragraph
from equipoise.report.number_text import grouped, joined, number, sentence_case
from equipoise.report.study_words import HEADLINE, able, prior_names, testing


def design_paragraphs(dossier: Dossier) -> Iterator[Paragraph]:
    """Describe how the studies of this case were valued, and nothing that was not done."""
    if dossier.design is None:
        return
    found = dossier.design.studies
    yield _decision(found)
    yield _value(found)
    if testing(found):
        yield _assurance(found)
    if any(one.study.enrolment == "adaptive" for one in testing(found)):
        yield _adaptive()
    if found.assurance_curve:
        yield _sizing()
    if any(one.swept for one in found.evaluations):
        yield _link(found)
    if any(one.study.looks > 1 for one in found.evaluations):
        yield Paragraph(
            "Studies with several analyses spend their one-sided 2.5 % like O'Brien and Fleming's "
            "bounds, at equal steps of information; the largest size is inflated so that the looks "
            "cost no power at 80 %, and time and cost are those of the size expected.",
            spending.METHOD_CITES["obrien-fleming"],
        )
    if found.stored:
        yield _stored(found)


def _decision(found: next_study.NextStudy) -> Paragraph:
    return Paragraph(
        "The next study was chosen for one decision, to use the treatment or not. A patient's "
        "utility of use is the absolute difference in risk by the horizon times the worth of one "
        "event averted, less stated harms and cost; that of no use is zero. The worth of an event, "
        f"{grouped(round(found.utility.worth))} {found.currency}, is the one at which the smallest "
        "effect called worthwhile just pays."
    )


def _value(found: next_study.NextStudy) -> Paragraph:
    priors = joined([name for name in prior_names(found) if name != HEADLINE])
    return Paragraph(
        "The expected value of sample information is the gain in expected utility from deciding "
        f"after the study's estimate, by {grouped(found.draws)} draws that all candidates share "
        f"(seed {found.seed}), with its Monte Carlo error; the expected value of perfect "
        "information bounds it. It was multiplied by the patients, discounted, whom the answer "
        "reaches between the end of the study and the end of the question; less the cost of the "
        "study it is the expected net benefit of sampling. Each candidate was tried at the sizes, "
        "looks and lengths of accrual of the case, and its best within the budget kept; the "
        f"ranking was repeated, at those sizes, under the priors {priors}.",
        tuple(
            dict.fromkeys(
                (
                    *INFORMATION["value of information"],
                    *population_value.METHOD_CITES["population value"],
                    *next_study.METHOD_CITES["next study"],
                )
            )
        ),
    )


def _assurance(found: next_study.NextStudy) -> Paragraph:
    truths = joined([number(c.truth) for c in testing(found)[0].conclusions])
    return Paragraph(
        "Assurance is the probability of a significant result (one-sided 2.5 %) averaged over the "
        "posterior of the effect by quadrature; it cannot exceed the probability of benefit "
        "by more than the error allowed. A second value gives the new study an effect of its own. "
        f"Power was worked out for supposed truths of {truths}.",
        ASSURANCE["assurance"],
    )


def _adaptive() -> Paragraph:
    return Paragraph(
        "The power of a study that may narrow was simulated on the statistics of the strata, with "
        f"one effect in both ({grouped(TRIALS)} trials at each of a grid of effects): Simes' test "
        "of the intersection, stages combined by the inverse normal method, a claim for everybody "
        "or for the marker-positive.",
        (
            *intersections.METHOD_CITES["simes"],
            *combination.METHOD_CITES["inverse_normal"],
        ),
    )


def _sizing() -> Paragraph:
    keys = (
        *log_rank_sizes.METHOD_CITES["schoenfeld"],
        *log_rank_sizes.METHOD_CITES["freedman"],
    )
    return Paragraph(
        "Events for a log-rank test follow Schoenfeld, with Freedman's beside; those for an "
        "interaction are the events at which the difference of two log hazard ratios has that "
        "power.",
        keys,
    )


def _link(found: next_study.NextStudy) -> Paragraph:
    swept = next(one.swept for one in found.evaluations if one.swept)
    values = joined([f"{r:g}" for r, _ in swept], "or")
    return Paragraph(
        "A study of the early outcome informs the decision only through a regression of true "
        f"effects across trials, with an R² of {values}; its residual spread is kept, so that no "
        "early result is converted into a later one.",
        surrogate.METHOD_CITES["surrogate link"],
    )


def _stored(found: next_study.NextStudy) -> Paragraph:
    drawn = [one.simulated for one in found.stored if one.simulated is not None]
    simulated = (
        f"; for binary outcomes the power was also simulated ({grouped(drawn[0].replicates)} "
        "replicates), with one-stage and two-stage analyses"
        if drawn
        else ""
    )
    nothing = sum(not able(one) for one in found.stored)
    zero = f"; {nothing} of {len(found.stored)} outcomes have none" if nothing else ""
    text = (
        "for each outcome, the information on the difference between levels that finished trials "
        "would release if the phenotype were determined in their stored samples was worked out "
        "from their counts, the share with the phenotype, usable samples and the errors of the "
        f"assay, and pooled with a spread between trials{zero}{simulated}. Trials of one level, "
        "trials that printed both and trials of whose samples nothing is known count as nothing."
    )
    return Paragraph(sentence_case(text), released_information.METHOD_CITES["stored samples"])
