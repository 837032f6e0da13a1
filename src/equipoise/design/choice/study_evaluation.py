"""What is said of one candidate study."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.design.belief.population_value import StudyValue
from equipoise.design.belief.strata_value import StrataValue
from equipoise.design.choice.proposals import Proposal


@dataclass(frozen=True)
class Conclusion:
    """Probability that a study ends significant for benefit if the truth is `truth`."""

    truth: float
    significant: float


@dataclass(frozen=True)
class PriorValue:
    """Value of a study under one named prior."""

    prior: str
    evsi: float
    enbs: float
    assurance: float
    cap: float


@dataclass(frozen=True)
class StudyEvaluation:
    """One candidate at its best size.

    Attributes
    ----------
    proposal : Proposal
    value : StrataValue
        A patient, at the headline R2 of the link, under the reference prior.
    worth : StudyValue
        To the population, in the currency of the decision.
    mcse : float
        Monte Carlo standard error of `worth.evsi`.
    swept : tuple of (float, float)
        R2 and population EVSI, for studies that read the early outcome.
    priors : tuple of PriorValue
    assurance, predictive : float
        Probability of a significant result: about the mean effect, and with a spread between
        trials; NaN for what tests nothing.
    conclusions : tuple of Conclusion
    within_budget : bool
    others : tuple of (int, int, float)
        Sizes, looks and ENBS of the same candidate that were tried and not taken.
    """

    proposal: Proposal
    value: StrataValue
    worth: StudyValue
    mcse: float
    swept: tuple[tuple[float, float], ...]
    priors: tuple[PriorValue, ...]
    assurance: float
    predictive: float
    conclusions: tuple[Conclusion, ...]
    within_budget: bool
    others: tuple[tuple[int, int, float], ...]
