"""From one patient to all: what a study returns, less what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

METHOD_CITES = {"population value": ("ades2004",)}


@dataclass(frozen=True)
class Population:
    """Patients who would profit from the answer.

    Attributes
    ----------
    patients_a_year : float
        New patients to whom the question applies.
    uptake : float
        Share of them treated as the result says, 0 to 1.
    horizon_years : float
        Years from now for which the question stays alive.
    discount_rate : float
        A year, for instance 0.035; 0 for none.
    """

    patients_a_year: float
    uptake: float
    horizon_years: float
    discount_rate: float

    def __post_init__(self) -> None:
        """Refuse a population that does not exist."""
        rules = (
            ("patients_a_year", self.patients_a_year, 0.0 <= self.patients_a_year < math.inf),
            ("uptake", self.uptake, 0.0 <= self.uptake <= 1.0),
            ("horizon_years", self.horizon_years, 0.0 <= self.horizon_years < math.inf),
            ("discount_rate", self.discount_rate, 0.0 <= self.discount_rate < math.inf),
        )
        problems = [
            Problem("", "population", name, repr(value), "0 or above, finite", "Correct it.")
            for name, value, good in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    def patients_reached(self, delay_years: float) -> float:
        """Patients, in today's values, between the end of the study and the horizon.

        `n u int_delay^H (1 + r)^-t dt`; `n u (H - delay)` without discounting; 0 for a study
        that ends after the horizon.
        """
        if delay_years >= self.horizon_years:
            return 0.0
        rate = math.log1p(self.discount_rate)
        years = self.horizon_years - delay_years
        if rate > 0.0:
            years = math.exp(-rate * delay_years) * -math.expm1(-rate * years) / rate
        return self.patients_a_year * self.uptake * years


@dataclass(frozen=True)
class StudyValue:
    """What a study returns to the population.

    `evsi` and `enbs` (expected net benefit of sampling: `evsi - cost`) are in the unit of the
    utility; `return_on_cost` is `evsi / cost`, infinite for a study that costs nothing.
    """

    evsi: float
    cost: float
    enbs: float
    return_on_cost: float
    patients: float


def study_value(
    per_patient_evsi: float, population: Population, delay_years: float, cost: float
) -> StudyValue:
    """Answer what one study returns to the population, and what is left after its cost.

    Parameters
    ----------
    per_patient_evsi : float
        EVSI a patient, 0 or above.
    population : Population
    delay_years : float
        Until the result is there.
    cost : float
        Of the study, in the unit of the utility.

    Raises
    ------
    ArrayError
        For a negative or missing number.
    """
    rules = (
        ("per_patient_evsi", per_patient_evsi),
        ("delay_years", delay_years),
        ("cost", cost),
    )
    problems = [
        Problem("", "study", name, repr(value), "0 or above, finite", "Correct it.")
        for name, value in rules
        if not 0.0 <= value < math.inf
    ]
    if problems:
        raise ArrayError(problems)
    patients = population.patients_reached(delay_years)
    evsi = per_patient_evsi * patients
    ratio = math.inf if cost == 0.0 and evsi > 0.0 else (evsi / cost if cost else 0.0)
    return StudyValue(evsi, cost, evsi - cost, ratio, patients)
