"""What goes into a COMBINE archive beside the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from equipoise.mechanism.standards.dose_changes import DoseChange

Scale = Literal["lin", "log", "log10"]
SCALES: tuple[Scale, ...] = ("lin", "log", "log10")


@dataclass(frozen=True)
class TimeCourse:
    """One simulation: the model under some doses and values, from 0 to `end`.

    Attributes
    ----------
    id : str
        A letter or underscore, then letters, digits and underscores; also the id of the condition
        in PEtab.
    end : float
        Last time, in the model's unit.
    points : int
        Equally spaced times, 0 and `end` included.
    outputs : tuple of str
        Symbols of the model to report and plot.
    doses : tuple of DoseChange
    values : dict of str to float
        Global parameters that have another value here.
    name : str
        What a reader sees; empty for the id.
    """

    id: str
    end: float
    points: int
    outputs: tuple[str, ...]
    doses: tuple[DoseChange, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Observable:
    """What is measured, as a formula of symbols of the model.

    Attributes
    ----------
    id : str
    formula : str
        In PEtab's mathematics: ``+ - * / ^``, ``exp``, ``log``, ...
    transformation : {'lin', 'log', 'log10'}
        Scale on which the noise is normal.
    noise : str
        Standard deviation: a number or a formula; empty when each measurement has its own.
    name : str
    """

    id: str
    formula: str
    transformation: Scale = "lin"
    noise: str = ""
    name: str = ""

    @property
    def noise_formula(self) -> str:
        """The formula as PEtab wants it."""
        return self.noise or f"noiseParameter1_{self.id}"


@dataclass(frozen=True)
class Measurement:
    """One value of an observable in one simulation, with its standard deviation if it has one."""

    observable: str
    simulation: str
    time: float
    value: float
    noise: float | None = None


@dataclass(frozen=True)
class FitParameter:
    """A parameter of the model that a fit may move, or keeps.

    Attributes
    ----------
    id : str
        A global parameter that no rule determines.
    value : float
        Nominal value, within the bounds.
    lower, upper : float
    scale : {'lin', 'log', 'log10'}
    estimated : bool
    prior : (float, float), optional
        Mean and standard deviation of a normal prior on `scale`.
    """

    id: str
    value: float
    lower: float
    upper: float
    scale: Scale = "log10"
    estimated: bool = True
    prior: tuple[float, float] | None = None
