"""A finished trial whose patients could still be told apart by phenotype, for one outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

Access = Literal["phenotype_known", "stored_samples", "unknown", "reported", "one_level", "lost"]
ACCESS: dict[Access, str] = {
    "phenotype_known": "the phenotype was determined; the results by it must be asked for",
    "stored_samples": "samples may be stored; the phenotype would have to be determined",
    "unknown": "nothing is known of samples; counted as none",
    "reported": "results in both levels are printed: nothing new",
    "one_level": "one level was enrolled: no comparison within the trial",
    "lost": "no sample can exist",
}
"""What stands between a trial and its results by phenotype."""

CAN_RELEASE = ("phenotype_known", "stored_samples")
"""Ways of access that release information on the interaction."""


@dataclass(frozen=True)
class FinishedTrial:
    """One finished trial and one of its outcomes.

    Attributes
    ----------
    trial_id, label, outcome : str
    n_treatment, n_control : float
        Patients analysed in each arm.
    events : float
        Patients with the event in both arms together; NaN where it is not known (a binary outcome
        can then be planned with a stated risk, a time to event cannot).
    time_to_event : bool
        Whether events (not patients) carry the information.
    access : str
        A key of `ACCESS`.
    share : float
        Share of the patients with the phenotype asked about, known or assumed.
    usable : float
        Share of patients that end with a result: samples available x consent x successful assay.
    sensitivity, specificity : float
        Of determining the phenotype in a stored sample; 1 where it is known already.
    fixed_cost, cost_per_patient : float
        Of asking this trial, and of each sample.
    rows : tuple of str
        Evidence rows the numbers were read from.

    Raises
    ------
    ArrayError
        For numbers outside their range, all at once, naming the trial.
    """

    trial_id: str
    label: str
    outcome: str
    n_treatment: float
    n_control: float
    events: float
    time_to_event: bool = False
    access: Access = "stored_samples"
    share: float = 0.5
    usable: float = 1.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    fixed_cost: float = 0.0
    cost_per_patient: float = 0.0
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a trial that cannot be."""
        n = self.n_treatment + self.n_control
        inside = "0 to 1"
        rules = (
            ("n_treatment", self.n_treatment, 0.0 < self.n_treatment < math.inf, "above 0"),
            ("n_control", self.n_control, 0.0 < self.n_control < math.inf, "above 0"),
            ("events", self.events, not self.events < 0.0 and not self.events > n, "0 to n"),
            ("access", self.access, self.access in ACCESS, ", ".join(ACCESS)),
            ("share", self.share, 0.0 < self.share < 1.0, "above 0, below 1"),
            ("usable", self.usable, 0.0 <= self.usable <= 1.0, inside),
            ("sensitivity", self.sensitivity, 0.0 <= self.sensitivity <= 1.0, inside),
            ("specificity", self.specificity, 0.0 <= self.specificity <= 1.0, inside),
            ("fixed_cost", self.fixed_cost, 0.0 <= self.fixed_cost < math.inf, "0 or above"),
            (
                "cost_per_patient",
                self.cost_per_patient,
                0.0 <= self.cost_per_patient < math.inf,
                "0 or above",
            ),
        )
        problems = [
            Problem("", f"trial {self.trial_id}", name, repr(value), allowed, "Correct the trial.")
            for name, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    @property
    def n(self) -> float:
        """Patients in both arms."""
        return self.n_treatment + self.n_control

    @property
    def cost(self) -> float:
        """Of asking this trial and determining the phenotype of those with a sample."""
        return self.fixed_cost + self.cost_per_patient * self.n * self.usable
