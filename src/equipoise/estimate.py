"""The currency: an uncertain effect that knows its sources.

Two small values every room passes on. An `Estimate` is one effect on the scale on which it is
analysed; a `Result` is one answer as it is shown and exported, on the natural scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

Measure = Literal["HR", "OR", "RR", "ROM", "RD", "MD", "SMD", "PCT"]
Scale = Literal["ratio", "difference", "log"]
Standing = Literal["printed", "derived", "reconstructed", "pooled", "posterior"]

RATIO_MEASURES = frozenset({"HR", "OR", "RR", "ROM"})
"""Measures analysed on the log scale: hazard, odds and risk ratio, ratio of means."""

MEASURE_NAMES = {
    "HR": "hazard ratio",
    "OR": "odds ratio",
    "RR": "risk ratio",
    "ROM": "ratio of means",
    "RD": "risk difference",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "PCT": "difference in percent change",
    "BETA": "regression coefficient",
}
"""Measures in words; BETA is a regression coefficient kept as printed."""


OVERFLOW = 700.0
"""Logarithm above which a ratio is shown as infinite; a double ends at 709.8."""


def scale_of(measure: str) -> Scale:
    """Scale on which a measure is shown: ``ratio`` or ``difference``."""
    return "ratio" if measure in RATIO_MEASURES else "difference"


def to_natural(measure: str, value: float) -> float:
    """Bring a number of a measure from the analysis scale to the natural one.

    `exp(value)` for ratios, infinite where a double cannot hold it; else `value`.
    """
    if measure not in RATIO_MEASURES:
        return value
    return math.inf if value > OVERFLOW else math.exp(value)


@dataclass(frozen=True)
class Estimate:
    """One effect estimate on its analysis scale.

    Attributes
    ----------
    value : float
        Effect; natural logarithm for ratio measures, else the measure's own unit.
    se : float
        Standard error on the same scale.
    measure : str
        One of `Measure`.
    source : tuple of str
        Ids of the evidence rows it rests on.
    standing : str
        ``printed`` when the inputs are printed numbers, else ``derived`` or ``reconstructed``.
    unit : str
        Unit of a difference; empty for ratios.
    printed : tuple of float, or None
        Estimate, lower and upper limit, and level as the source prints them (natural scale).
        Rounding, and intervals that are not symmetric, make them differ from `value` and `se`;
        a reader who compares with the paper should find the paper's.
    """

    value: float
    se: float
    measure: Measure
    source: tuple[str, ...]
    standing: Standing = "printed"
    unit: str = ""
    printed: tuple[float, float, float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse a printed interval that belongs to another number."""
        if self.printed is not None and not math.isclose(
            self.natural(self.value), self.printed[0], rel_tol=1e-9, abs_tol=1e-12
        ):
            raise ValueError(f"{self.printed[0]} is printed for {self.natural(self.value)}")

    def derive(self, value: float, se: float, source: tuple[str, ...] = ()) -> Estimate:
        """Another number worked out from this one: same measure and unit, nothing printed."""
        return Estimate(value, se, self.measure, source or self.source, "derived", self.unit)

    @property
    def variance(self) -> float:
        """Squared standard error."""
        return self.se * self.se

    def natural(self, x: float) -> float:
        """Bring a number from the analysis scale to the natural one."""
        return to_natural(self.measure, x)

    def interval(self, level: float = 0.95) -> tuple[float, float, float]:
        """Estimate and limits on the natural scale: as printed, else `value -+ z se`."""
        if self.printed is not None and math.isclose(self.printed[3], level):
            return self.printed[:3]
        half = NormalDist().inv_cdf(0.5 + level / 2) * self.se
        return (
            self.natural(self.value),
            self.natural(self.value - half),
            self.natural(self.value + half),
        )


@dataclass(frozen=True)
class Result:
    """One answer, as shown in the dossier and exported as JSON and CSV.

    Numbers are on the natural scale named by `scale`; a missing number is NaN here and null in
    JSON. `inputs` are ids of evidence rows or of other results, so that every number can be
    followed back.
    """

    id: str
    question: str
    measure: str
    scale: Scale
    estimate: float
    ci_low: float
    ci_high: float
    ci_level: float
    k: int
    standing: Standing
    method: str
    inputs: tuple[str, ...]
    status: str
    p_value: float = math.nan
    unit: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
