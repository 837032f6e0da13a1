"""From belief to decision: how likely a study succeeds, and what its answer is worth."""

from equipoise.design.belief.assurances import (
    Assurance,
    assurance,
    average_over_draws,
    average_power,
)
from equipoise.design.belief.normal_value import normal_information_value
from equipoise.design.belief.population_value import Population, StudyValue, study_value
from equipoise.design.belief.sample_information import (
    InformationValue,
    information_value,
    simulated_information_value,
)
from equipoise.design.belief.strata_belief import (
    StrataBelief,
    divided,
    undivided,
    updated_difference,
)
from equipoise.design.belief.strata_value import Adaptive, Reading, StrataValue, strata_values
from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.belief.utility import Utility, treated_risk

__all__ = [
    "Adaptive",
    "Assurance",
    "InformationValue",
    "Population",
    "Reading",
    "StrataBelief",
    "StrataValue",
    "StudyValue",
    "SurrogateLink",
    "Utility",
    "assurance",
    "average_over_draws",
    "average_power",
    "divided",
    "information_value",
    "normal_information_value",
    "simulated_information_value",
    "strata_values",
    "study_value",
    "treated_risk",
    "undivided",
    "updated_difference",
]
