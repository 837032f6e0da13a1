"""What was done with the model of the mechanism, for the methods section."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.combinations import interaction_excess, ranking
from equipoise.mechanism.population import acceptance, quasi_random
from equipoise.mechanism.sensitivity import arm_difference, marker_split
from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import Paragraph
from equipoise.report.mechanism_words import FITTED, arms_by_group, held_out
from equipoise.report.number_text import counted, grouped, joined

CALIBRATION_CITES = ("wilson1927", "zaider2000", "delmoral2006")
RIVAL_CITES = ("kass1995",)
PROFILE_CITES = ("raue2009",)
CREDIBILITY_CITES = ("kuemmel2020",)


def mechanism_paragraphs(dossier: Dossier) -> Iterator[Paragraph]:
    """Describe how the mechanism of this case was simulated, and nothing that was not done."""
    found = dossier.mechanism
    if found is None:
        return
    yield _fit(found)
    if found.weights.rivals:
        yield _rivals(found)
    if found.effects:
        yield _effects(found)
    if found.carriers.effect.factors:
        yield _indices(found)
    if found.cells:
        yield _combinations(found)
    yield Paragraph(
        "How far the model may be trusted is told item by item after ASME V&V 40 (2018), as "
        "proposed for models in drug development.",
        CREDIBILITY_CITES,
    )


def _fit(found: CaseMechanism) -> Paragraph:
    fit, groups = found.calibration, arms_by_group(found)
    held = f"{counted(len(held_out(found)), 'arm')} predicted unseen" if held_out(found) else ""
    alone = "each arm was also predicted by a fit to the others"
    arms = counted(len(groups.get(FITTED, ())), "arm")
    drawn = f"{grouped(len(fit.draws))} draws in {counted(fit.temperatures, 'step')}"
    return Paragraph(
        f"A model of {found.summary.states} states was fitted to {arms}: "
        "binomial counts of complete responses under the definition of each trial, the chance of "
        "a complete response being that no clonogenic cell is left; intervals of printed shares "
        f"are Wilson's. The posterior of {counted(len(fit.parameters), 'parameter')} was drawn by "
        f"sequential Monte Carlo ({drawn}, "
        f"{grouped(fit.patients)} virtual patients by a scrambled Sobol sequence); {alone}"
        f"{f', and {held}' if held else ''}. Virtual patients were accepted with probabilities "
        f"that bring strata to published shares (seed {found.seed}).",
        (
            *CALIBRATION_CITES,
            *quasi_random.METHOD_CITES["sobol"],
            *acceptance.METHOD_CITES["accept"],
        ),
    )


def _rivals(found: CaseMechanism) -> Paragraph:
    weights = found.weights
    profiles = (
        " What these trials can place was asked by profile likelihood." if found.profiles else ""
    )
    return Paragraph(
        f"{counted(len(weights.rivals), 'rival mechanism').capitalize()} were weighed by the "
        f"marginal likelihood of {counted(len(weights.left_out), 'window trial')} over "
        f"{grouped(weights.draws)} draws of the uncertain parameters, each study left out in "
        "turn; rows of one study share its patients, and single arms may change without any drug. "
        f"A Bayes factor below 3 was called not distinguished.{profiles}",
        (*RIVAL_CITES, *(PROFILE_CITES if found.profiles else ())),
    )


def _effects(found: CaseMechanism) -> Paragraph:
    cites = marker_split.METHOD_CITES["split_effects"] if found.splits.effects else ()
    marker = (
        " Markers were judged by the patients that a test of interaction would need to tell two "
        "rivals apart."
        if found.splits.effects
        else ""
    )
    draws = grouped(len(found.effects[0].log_odds_ratios))
    return Paragraph(
        f"What {found.drug} adds to {found.backbone} was simulated under each rival with {draws} "
        "draws of uncertain parameters and fitted coefficients, the same virtual patients in both "
        f"arms.{marker}",
        cites,
    )


def _indices(found: CaseMechanism) -> Paragraph:
    return Paragraph(
        "Sobol indices of the log odds ratio between the arms, and of its rank, were estimated on "
        "the prior of the uncertain parameters from "
        f"{grouped(found.carriers.effect.points)} points.",
        arm_difference.METHOD_CITES["arm_difference_indices"],
    )


def _combinations(found: CaseMechanism) -> Paragraph:
    rivals = joined(list(dict.fromkeys(cell.rival for cell in found.cells)))
    return Paragraph(
        f"Combinations were ranked under {rivals}, with the excess over Bliss independence and "
        "over the better of two treatments; exploratory.",
        tuple(
            dict.fromkeys(
                (
                    *ranking.METHOD_CITES["rank_combinations"],
                    *interaction_excess.METHOD_CITES["highest_agent_excess"],
                )
            )
        ),
    )
