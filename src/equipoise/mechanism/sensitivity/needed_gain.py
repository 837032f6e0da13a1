r"""What must be true: the gain that an effect needs at the drive that concentrations allow.

A drug at concentration C in plasma stands at `c = C K_p` in the tissue, and drives its target by
`D(c) = sum_j w_j x_j^h_j / (1 + x_j^h_j)`, `x_j = c / EC50_j`: one term for each affinity. If the
log odds of response follow the drive with gain y, the odds ratio is

    ln OR = y D(c),   for one term with h = 1:   ln OR = y x / (1 + x).

So every odds ratio is a line `y = ln(OR) / D` on the plane of x and y, and where a band of x that
patients reach meets it stands the gain that would have to be true. C, K_p and EC50 enter through x
alone: none of them can be told from the others. A term of low affinity (large EC50) adds nearly in
proportion to c (`D ~ w c / EC50`) up to its full weight; one of high affinity is full at lower c
and then adds its weight w and no more. For more than one term the line is drawn over x of the
term named first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from equipoise.errors import InputError, Problem
from equipoise.mechanism.sensitivity.cell_experiments import CellExperiment
from equipoise.synthesis.arrays import Array

BAND = ("low", "middle", "high")
TOGETHER = "all terms"


@dataclass(frozen=True)
class DriveTerm:
    """One saturable term of the drive.

    Attributes
    ----------
    name : str
    half_concentration : float
        EC50, in the unit of concentrations.
    weight : float
        Drive at full effect.
    steepness : float
        Hill exponent h.
    """

    name: str
    half_concentration: float
    weight: float = 1.0
    steepness: float = 1.0

    def drive(self, tissue: Array | float) -> Array:
        """Return the drive at a tissue concentration, in the shape of `tissue`."""
        power = (np.asarray(tissue, dtype=float) / self.half_concentration) ** self.steepness
        made: Array = self.weight * power / (1.0 + power)
        return made


@dataclass(frozen=True)
class ExposureBand:
    """Concentrations in plasma, and ratios of tissue to plasma, that patients may have."""

    low: float
    middle: float
    high: float
    ratio_low: float
    ratio_middle: float
    ratio_high: float

    @property
    def tissue(self) -> tuple[float, float, float]:
        """Tissue concentration at the low, middle and high end."""
        return (
            self.low * self.ratio_low,
            self.middle * self.ratio_middle,
            self.high * self.ratio_high,
        )


@dataclass(frozen=True)
class IsoLine:
    """Points of one odds ratio: `gain[i]` is needed at effective drive `x[i]`."""

    term: str
    odds_ratio: float
    x: tuple[float, ...]
    gain: tuple[float, ...]


@dataclass(frozen=True)
class DriveBand:
    """Where patients stand on the axis of a term: x and drive at each end and in the middle."""

    term: str
    x: tuple[float, float, float]
    drive: tuple[float, float, float]


@dataclass(frozen=True)
class CellMark:
    """An experiment on the axis of a term; the ratio is 1, since medium touches the cells."""

    experiment: str
    term: str
    x_low: float
    x_high: float
    finding: str
    outlier: bool


@dataclass(frozen=True)
class NeededGain:
    """Gain that an odds ratio needs at one end of the band; infinity where there is no drive."""

    term: str
    odds_ratio: float
    end: str
    tissue: float
    x: float
    drive: float
    gain: float


@dataclass(frozen=True)
class IsoEffects:
    """Lines, band, marks and the table of gains; `unplaced` lists experiments of no given value."""

    lines: tuple[IsoLine, ...]
    bands: tuple[DriveBand, ...]
    marks: tuple[CellMark, ...]
    needed: tuple[NeededGain, ...]
    unplaced: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return the table of needed gains."""
        return pd.DataFrame([vars(row) for row in self.needed])


def total_drive(terms: Sequence[DriveTerm], tissue: Array | float) -> Array:
    """Return the drive of all terms together at a tissue concentration."""
    total: Array = np.sum([term.drive(tissue) for term in terms], axis=0)
    return total


def iso_effects(
    terms: Sequence[DriveTerm],
    exposure: ExposureBand,
    odds_ratios: Sequence[float],
    experiments: Sequence[CellExperiment] = (),
    x: Sequence[float] = tuple(np.logspace(-5, 2, 71).tolist()),
) -> IsoEffects:
    """Return what gain each odds ratio needs, term by term and for all together.

    Parameters
    ----------
    terms : sequence of DriveTerm
    exposure : ExposureBand
    odds_ratios : sequence of float
        Above 0.
    experiments : sequence of CellExperiment
    x : sequence of float
        Effective drives `C K_p / EC50` at which lines are drawn.

    Raises
    ------
    InputError
        Every half concentration, steepness, weight, odds ratio or exposure that cannot be.
    """
    _require(terms, exposure, odds_ratios)
    sets: list[tuple[str, tuple[DriveTerm, ...]]] = [(term.name, (term,)) for term in terms]
    sets += [(TOGETHER, tuple(terms))] if len(terms) > 1 else []
    axis = np.asarray(x, dtype=float)
    placed = [row for row in experiments if row.low_umol_per_l and row.high_umol_per_l]
    return IsoEffects(
        lines=tuple(
            IsoLine(name, ratio, tuple(axis.tolist()), _gains(group, axis, ratio))
            for name, group in sets
            for ratio in odds_ratios
        ),
        bands=tuple(_band(name, group, exposure) for name, group in sets),
        marks=tuple(_mark(row, term) for term in terms for row in placed),
        needed=tuple(
            row
            for name, group in sets
            for r in odds_ratios
            for row in _row(name, group, exposure, r)
        ),
        unplaced=tuple(row.id for row in experiments if row not in placed),
    )


def _gains(group: Sequence[DriveTerm], x: Array, ratio: float) -> tuple[float, ...]:
    drive = total_drive(group, x * group[0].half_concentration)
    return tuple(_needed(ratio, value) for value in drive.tolist())


def _needed(ratio: float, drive: float) -> float:
    log_ratio = float(np.log(ratio))
    if log_ratio == 0.0:
        return 0.0
    return log_ratio / drive if drive > 0.0 else float(np.copysign(np.inf, log_ratio))


def _band(name: str, group: Sequence[DriveTerm], exposure: ExposureBand) -> DriveBand:
    a, b, c = exposure.tissue
    half = group[0].half_concentration
    low, middle, high = total_drive(group, np.array([a, b, c])).tolist()
    return DriveBand(name, (a / half, b / half, c / half), (low, middle, high))


def _mark(row: CellExperiment, term: DriveTerm) -> CellMark:
    half = term.half_concentration
    low, high = row.low_umol_per_l or np.nan, row.high_umol_per_l or np.nan
    return CellMark(row.id, term.name, low / half, high / half, row.finding, row.outlier == "yes")


def _row(
    name: str, group: Sequence[DriveTerm], exposure: ExposureBand, ratio: float
) -> list[NeededGain]:
    band = _band(name, group, exposure)
    columns = zip(BAND, exposure.tissue, band.x, band.drive, strict=True)
    return [
        NeededGain(name, ratio, end, tissue, x, drive, _needed(ratio, drive))
        for end, tissue, x, drive in columns
    ]


def _require(
    terms: Sequence[DriveTerm], exposure: ExposureBand, odds_ratios: Sequence[float]
) -> None:
    action = "Correct the number."
    values = [(f"{t.name}: half_concentration", t.half_concentration) for t in terms]
    values += [(f"{t.name}: steepness", t.steepness) for t in terms]
    values += [("odds_ratios", ratio) for ratio in odds_ratios]
    values += [(f"exposure: {name}", value) for name, value in vars(exposure).items()]
    problems = [
        Problem("", "", name, f"{value:g}", "a number above 0", action)
        for name, value in values
        if not 0.0 < value < np.inf
    ]
    problems += [
        Problem("", "", f"{t.name}: weight", f"{t.weight:g}", "0 or more", action)
        for t in terms
        if not 0.0 <= t.weight < np.inf
    ]
    if not terms:
        problems.append(Problem("", "", "terms", "none", "one or more", "Name a term."))
    if problems:
        raise InputError(problems)
