"""Interactions: is the effect different in a phenotype."""

from equipoise.synthesis.interactions import (
    ComplementResult,
    difference,
    subtract,
    subtract_with_unknown,
)
from equipoise.synthesis.multiplicity import sidak
from equipoise.synthesis.rounding import Printed, p_value_bounds, p_value_range
from equipoise.synthesis.subgroups.aggregation_bias import WrongWay
from equipoise.synthesis.subgroups.collapsibility import (
    Collapse,
    marginal_hazard_ratio,
    marginal_odds_ratio,
    non_collapsibility_example,
)
from equipoise.synthesis.subgroups.credibility import Credibility, CredibilityItem, iceman
from equipoise.synthesis.subgroups.floating import FloatingEffects
from equipoise.synthesis.subgroups.patient_interactions import (
    OneStageInteraction,
    TwoStageInteraction,
    one_stage,
    two_stage,
)
from equipoise.synthesis.subgroups.shares import InformationShare, information_share
from equipoise.synthesis.subgroups.trial_interactions import Interaction, interaction
from equipoise.synthesis.subgroups.trial_movement import TrialMovement
from equipoise.synthesis.subgroups.trial_regressions import TrialFit
from equipoise.synthesis.subgroups.unreported_phenotype import (
    MissingPhenotype,
    missing_phenotype,
)
from equipoise.synthesis.subgroups.wald_effect import WaldEffect
from equipoise.synthesis.subgroups.whole_trials import DerivedContrasts, contrasts_from_whole
from equipoise.synthesis.subgroups.within_trial import TrialContrast

__all__ = [
    "Collapse",
    "ComplementResult",
    "Credibility",
    "CredibilityItem",
    "DerivedContrasts",
    "FloatingEffects",
    "InformationShare",
    "Interaction",
    "MissingPhenotype",
    "OneStageInteraction",
    "Printed",
    "TrialContrast",
    "TrialFit",
    "TrialMovement",
    "TwoStageInteraction",
    "WaldEffect",
    "WrongWay",
    "contrasts_from_whole",
    "difference",
    "iceman",
    "information_share",
    "interaction",
    "marginal_hazard_ratio",
    "marginal_odds_ratio",
    "missing_phenotype",
    "non_collapsibility_example",
    "one_stage",
    "p_value_bounds",
    "p_value_range",
    "sidak",
    "subtract",
    "subtract_with_unknown",
    "two_stage",
]
