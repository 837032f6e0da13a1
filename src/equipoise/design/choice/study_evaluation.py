"""What is said of one candidate study."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.design.belief.population_value import StudyValue
from equipoise.design.belief.strata_value import StrataValue


@dataclass(frozen=True)
class StudySummary:
    """What is proposed, as it is told; see `Proposal` for what it is made from.

    Attributes
    ----------
    id, label, kind, outcome, enrolment, marker : str
        As in the case; `marker` is the axis, empty without one.
    cut : str
        Of a continuous marker, the best of those tried.
    size, looks : int
    unit : str
        What `size` counts.
    patients, screened, months, cost : float
    early : bool
        Whether it reads the early outcome.
    information : float
        On the outcome it reads; 0 for what tests nothing.
    looks_at, bounds : tuple of float
        Information fractions and one-sided z bounds; empty with one analysis.
    message, note : str
        What to mind, as computed and as the case says.
    """

    id: str
    label: str
    kind: str
    outcome: str
    enrolment: str
    marker: str
    cut: str
    size: int
    looks: int
    unit: str
    patients: float
    screened: float
    months: float
    cost: float
    early: bool
    information: float
    looks_at: tuple[float, ...]
    bounds: tuple[float, ...]
    message: str
    note: str


@dataclass(frozen=True)
class Conclusion:
    """Probability that a study ends significant for benefit if the truth is `truth`."""

    truth: float
    significant: float


@dataclass(frozen=True)
class PriorValue:
    """Value of a study under one named prior.

    Attributes
    ----------
    prior : str
    evsi, enbs : float
        To the population, at the size that is best under the reference prior.
    assurance, cap : float
        Of a significant result at that size, and at any: P(benefit) on what the study reads.
    """

    prior: str
    evsi: float
    enbs: float
    assurance: float
    cap: float


@dataclass(frozen=True)
class Tried:
    """A candidate at another size, number of looks, cut of its marker or pace of accrual."""

    size: int
    looks: int
    cut: str
    patients: float
    enbs: float


@dataclass(frozen=True)
class StudyEvaluation:
    """One candidate at its best size.

    Attributes
    ----------
    study : StudySummary
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
    others : tuple of Tried
        The same candidate at what was tried and not taken, the best first.
    """

    study: StudySummary
    value: StrataValue
    worth: StudyValue
    mcse: float
    swept: tuple[tuple[float, float], ...]
    priors: tuple[PriorValue, ...]
    assurance: float
    predictive: float
    conclusions: tuple[Conclusion, ...]
    within_budget: bool
    others: tuple[Tried, ...]
