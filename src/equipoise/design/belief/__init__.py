"""From belief to decision: how likely a study succeeds, and what its answer is worth."""

from equipoise.design.belief.assurance import (
    Assurance,
    assurance,
    average_over_draws,
    average_power,
)
from equipoise.design.belief.information_value import (
    InformationValue,
    information_value,
    normal_information_value,
    simulated_information_value,
)
from equipoise.design.belief.population_value import Population, StudyValue, study_value
from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.belief.utility import Utility, treated_risk

__all__ = [
    "Assurance",
    "InformationValue",
    "Population",
    "StudyValue",
    "SurrogateLink",
    "Utility",
    "assurance",
    "average_over_draws",
    "average_power",
    "information_value",
    "normal_information_value",
    "simulated_information_value",
    "study_value",
    "treated_risk",
]
