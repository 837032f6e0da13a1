"""The mechanism room's slice of ``case.toml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.evidence.question import Slice
from equipoise.mechanism.calibration.kill_plan import KillPlan

Count = Annotated[int, Field(ge=1)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class SystemicFit(Slice):
    """A parameter that one printed ratio of a biomarker fixes."""

    parameter: str
    """Parameter that is solved."""
    target: str
    """Id of the row of targets that holds the ratio."""
    state: str
    """State whose ratio with the drug against without it is meant."""


class RecurrencePlan(Slice):
    """Trial that ties cells left to recurrence."""

    ratio: str
    """Id of the target with the hazard ratio."""
    control_share: str
    """Id of the target with the event-free share of its control arm."""
    years: Positive
    """Years at which the share was printed."""
    held: tuple[str, ...] = ()
    """Targets with a hazard ratio of responders against others, predicted and not fitted."""


class MarkerSplit(Slice):
    """A marker that might tell rivals apart: patients above and below a cut point."""

    name: str
    """Name for the reader."""
    symbol: str
    """Covariate, or output of the model without the drug."""
    cut: float
    """Patients above it are positive."""


class DrivePlan(Slice):
    """What sets the drug's drive in the tumour, for the figure of what must be true."""

    tissue_ratio: str
    """Parameter: tumour against blood."""
    half_concentrations: tuple[str, ...]
    """Parameters: concentration at half effect, one for each term."""
    weights: tuple[str, ...] = ()
    """Parameters: size of each term; blank for 1."""
    steepness: tuple[str, ...] = ()
    """Parameters: Hill exponent of each term; blank for 1."""
    states: tuple[str, ...]
    """States that hold each term of the drive, as a patient has it."""
    rival: str
    """Id of the rival in which the drug acts through this drive alone."""
    observed: str
    """Id of the target with the concentration measured in patients."""
    odds_ratios: tuple[Positive, ...] = (1.1, 1.34, 1.5, 2.0, 3.0)
    """Effects whose lines are drawn."""


class ProfilePlan(Slice):
    """One profile likelihood over the window trials."""

    parameter: str
    """Parameter that is held on the grid."""
    rival: str
    """Rival under which it acts."""
    low: Positive
    """Least value."""
    high: Positive
    """Greatest value."""
    tied: tuple[str, ...] = ()
    """Parameters that keep their ratio to it."""
    free: tuple[str, ...] = ()
    """Parameters over which the density is maximised, each held by its range."""
    points: Annotated[int, Field(ge=3, le=101)] = 13
    """Points of the grid, even on the log scale."""


class ShownOutput(Slice):
    """A quantity that is told of an arm that a user asks for."""

    output: str
    """State or assigned quantity."""
    label: str
    """What it is, for the reader."""
    unit: str = "1"
    """Its unit in the model; 1 for a plain number."""
    kind: Literal["level", "readout"]
    """Level of a drug, told as its mean, or a readout before treatment and at surgery."""


class MechanismPlan(Slice):
    """What the mechanism room is asked."""

    drug: str
    """Regimen of the drug in question, added to others."""
    partner: str = ""
    """Regimen of a partner, such as an immunotherapy; blank for none."""
    backbones: tuple[str, ...]
    """Regimens that the drug is added to; effects are told for the first."""
    definition: str
    """Definition of complete response in which effects are told."""
    outcome: str
    """Quantity of the model that this response follows."""
    kill: KillPlan
    """How kill adds up."""
    fitted: tuple[str, ...]
    """Parameters fitted to complete responses."""
    assumed: tuple[str, ...] = ()
    """Parameters of kill that no arm can fit, drawn from their ranges when arms are predicted."""
    bridge: str = ""
    """Parameter fitted to the rows that tie two definitions together."""
    systemic: tuple[SystemicFit, ...] = ()
    """Parameters that biomarkers fix."""
    recurrence: RecurrencePlan
    """Link from cells left to recurrence."""
    uncertain: tuple[str, ...]
    """Parameters of the drug's effect that are drawn from their ranges under a rival."""
    splits: tuple[MarkerSplit, ...] = ()
    """Markers that might tell rivals apart."""
    profiles: tuple[ProfilePlan, ...] = ()
    """Profiles of what carries the answer."""
    combined_rivals: tuple[str, ...]
    """Rivals under which combinations are ranked; sweeps are under the first."""
    reference: str
    """Rival without an effect, against which Bayes factors are given."""
    readouts: tuple[str, ...] = ()
    """Signals that are predicted beside those of the window trials."""
    drive: DrivePlan
    """What sets the drug's drive."""
    drug_targets: tuple[str, ...] = ()
    """Printed ratios of the drug itself, held out."""
    accept: dict[str, str] = Field(default_factory=dict)
    """Level of the stratum to the target whose share accepted patients must show."""
    stratum_share: Annotated[float, Field(ge=0, le=1)]
    """Share of patients with the stratum where a target does not say."""
    stream: Literal["independent", "sobol"] = "sobol"
    """How patients of the fit are drawn."""
    patients: Count = 256
    """Virtual patients of the fit."""
    draws: Count = 250
    """Posterior draws of the fitted parameters."""
    edge_draws: Count = 48
    """Draws of the uncertain parameters under each rival."""
    edge_patients: Count = 32
    """Virtual patients of each of them."""
    rival_draws: Count = 1000
    """Draws of the uncertain parameters against the window trials."""
    few: Count = 10
    """Draws, and patients of each, of what is exploratory."""
    base_sample: Literal[8, 16, 32, 64, 128, 256] = 64
    """Base sample of the Sobol indices."""
    shown: tuple[ShownOutput, ...] = ()
    """Drug levels and readouts of an arm that a user asks for."""
