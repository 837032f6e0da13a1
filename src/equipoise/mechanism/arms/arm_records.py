"""What a simulation of arms says, as it is reported; everything in it is simulated."""

from __future__ import annotations

from dataclasses import dataclass

STATEMENT = "Research use only, not medical advice. Simulated, never observed."


@dataclass(frozen=True)
class Spread:
    """Median and central 95 % of a quantity, over patients or over draws."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class SimulatedShare:
    """Share of patients with a complete response.

    Attributes
    ----------
    definition : str
    stratum : str
        ``all``, in which the level of the stratum has the share asked for, or one level.
    median, low, high : float
        Over the draws of the calibration: fitted coefficients from their posterior, what no arm
        could fit from its assumed range.
    monte_carlo_error : float
        Standard error from drawing this many patients, with the draws as they are.
    """

    definition: str
    stratum: str
    median: float
    low: float
    high: float
    monte_carlo_error: float


@dataclass(frozen=True)
class SimulatedReadout:
    """A quantity before treatment and at surgery, over patients."""

    output: str
    label: str
    unit: str
    before: Spread
    at_surgery: Spread


@dataclass(frozen=True)
class SimulatedLevel:
    """Mean of a drug's level from its first rise to surgery, over some of the patients."""

    output: str
    label: str
    unit: str
    mean: float
    low: float
    high: float
    patients: int


@dataclass(frozen=True)
class SimulatedArm:
    """One arm.

    Attributes
    ----------
    regimen : str
    doses : dict of str to int
        Number of doses of each drug before surgery.
    responses : tuple of SimulatedShare
        Under each definition, in all and in each level of the stratum.
    event_free : SimulatedShare
        Share without recurrence at the years of the link; its definition is blank.
    levels : tuple of SimulatedLevel
    readouts : tuple of SimulatedReadout
        At the mode of the calibration.
    assumed : tuple of str
        Assumed constants between the doses and the response.
    """

    regimen: str
    doses: dict[str, int]
    responses: tuple[SimulatedShare, ...]
    event_free: SimulatedShare
    levels: tuple[SimulatedLevel, ...]
    readouts: tuple[SimulatedReadout, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class PairedRatio:
    """A ratio of the arm with the drug against the same patients without it.

    Attributes
    ----------
    measure : {"odds_ratio", "hazard_ratio"}
        Of complete response, or of recurrence.
    definition : str
        Of complete response; blank for recurrence.
    median, low, high : float
        Over the draws of the calibration, with the drug's own parameters as in the table.
    monte_carlo_error : float
        Standard error of its logarithm from drawing this many patients.
    over_ranges : Spread or None
        Over draws in which the drug's own uncertain parameters vary too; for the definition in
        which the case tells effects, and for recurrence.
    """

    measure: str
    definition: str
    median: float
    low: float
    high: float
    monte_carlo_error: float
    over_ranges: Spread | None


@dataclass(frozen=True)
class PairedEffect:
    """What the drug adds.

    Attributes
    ----------
    drug : str
    control : str
        Regimen without it.
    ratios : tuple of PairedRatio
    uncertain : tuple of str
        Parameters that vary in `over_ranges`.
    draws, patients : int
        Of `over_ranges`.
    failed : int
        Its simulated courses without a solution.
    assumed : tuple of str
        Assumed constants between the drug and the response; empty where it does not reach it.
    """

    drug: str
    control: str
    ratios: tuple[PairedRatio, ...]
    uncertain: tuple[str, ...]
    draws: int
    patients: int
    failed: int
    assumed: tuple[str, ...]


@dataclass(frozen=True)
class FailedPatient:
    """A patient without a solution, by the number in the draw; counted from 1."""

    patient: int
    regimen: str
    reason: str


@dataclass(frozen=True)
class PopulationRow:
    """How a covariate is distributed over the patients."""

    symbol: str
    label: str
    unit: str
    standing: str
    median: float
    low: float
    high: float
    mean: float


@dataclass(frozen=True)
class AssumedValue:
    """A parameter that has no source."""

    symbol: str
    label: str
    value: float
    unit: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SimulatedArms:
    """An arm, and the same patients without the drug where it has the drug.

    Attributes
    ----------
    statement : str
        To stand wherever a number of it stands.
    case, rival, rival_label : str
    other_rivals : tuple of str
    surgery_day, years : float
        Day of surgery; years of the event-free share.
    stratum : str
        Covariate on which sensitivities are shifted.
    stratum_share : float
        Share of patients with it.
    patients, kept : int
        Asked for, and solved in every course; every number is of those kept.
    failed : tuple of FailedPatient
    seed : int
        Of the patients.
    calibration_seed, draws : int
    calibration_status : str
    calibration_seconds : float
        Wall time of the calibration, which is not kept between calls.
    link_reached : bool
        Whether the link to recurrence meets both numbers of its trial.
    arms : tuple of SimulatedArm
        The arm asked for last; before it the arm without the drug, if there is one.
    effect : PairedEffect or None
    population : tuple of PopulationRow
    assumed_values : tuple of AssumedValue
        What the symbols in `assumed` stand for.
    """

    statement: str
    case: str
    rival: str
    rival_label: str
    other_rivals: tuple[str, ...]
    surgery_day: float
    years: float
    stratum: str
    stratum_share: float
    patients: int
    kept: int
    failed: tuple[FailedPatient, ...]
    seed: int
    calibration_seed: int
    draws: int
    calibration_status: str
    calibration_seconds: float
    link_reached: bool
    arms: tuple[SimulatedArm, ...]
    effect: PairedEffect | None
    population: tuple[PopulationRow, ...]
    assumed_values: tuple[AssumedValue, ...]
