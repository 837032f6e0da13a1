"""What trials printed, as the calibration reads it (``mechanism/targets.csv``)."""

from __future__ import annotations

import math
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from equipoise.evidence.fields import (
    Confidence,
    Count,
    Id,
    Name,
    Number,
    Percent,
    Record,
    Text,
    Url,
)
from equipoise.mechanism.records import read_records

FILE = "mechanism/targets.csv"
Z95 = 1.959963984540054
"""Standard normal quantile of 0.975."""

Share = Annotated[float, Field(ge=0, le=1)]


class ResponseTarget(Record):
    """One printed number that the model is fitted to or held against."""

    id: Id
    """Name of the row."""
    trial: Name
    """Trial."""
    measure: Literal["pcr", "odds_ratio", "hazard_ratio", "ratio", "percent_at_5_years", "mean"]
    """Complete response, a ratio, event-free share, or the mean of a readout."""
    readout: Text
    """What is measured: a state or assigned quantity of the model, or pcr."""
    regimen: Text
    """Regimen as in the dosing table."""
    control: Text = ""
    """Regimen it is compared with; blank for one arm, ``none`` for no treatment."""
    definition: Text = ""
    """Definition of complete response; blank where the source does not say."""
    stratum: Text = "all"
    """Level of the stratum, as in the case's slice, or ``all``."""
    stratum_share: Share | None = None
    """Share of patients with the stratum, where the row is about all; blank where unknown."""
    burden_ratio: Annotated[float, Field(gt=0)] = 1.0
    """Cells before treatment against the population's; assumed where it is not 1."""
    events: Count = None
    """Patients with the response."""
    n: Count = None
    """Patients."""
    percent: Percent = None
    """As printed."""
    value: Number = None
    """Ratio or mean as printed."""
    low: Number = None
    """Lower 95 % limit as printed."""
    high: Number = None
    """Upper limit."""
    standing: Literal["printed", "derived", "reconstructed"]
    """Printed, worked out, or rebuilt from percentages and totals."""
    use: Literal["fit", "bridge", "held_out", "check"]
    """Fitted, ties two definitions together, predicted unseen, or shown only."""
    label: Text = ""
    """What a prediction rests on: transport, assumed parameters, or prior only."""
    source_url: Url
    """Page at which it was read."""
    quote: Text
    """Words it stood in."""
    confidence: Confidence
    """How sure the reader was."""
    note: Text = ""
    """Anything else."""

    @property
    def observed(self) -> float:
        """Share that responded."""
        if self.events is not None and self.n:
            return self.events / self.n
        return math.nan if self.percent is None else self.percent / 100

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the counts; as printed where there are none."""
        if self.n and not math.isnan(self.observed):
            return wilson_interval(self.counted, self.n)
        return math.nan, math.nan

    @property
    def counted(self) -> int:
        """Patients that responded, rebuilt from the percentage where no count is printed."""
        if self.events is not None:
            return self.events
        return round(self.observed * (self.n or 0))


def read_targets(file: Traversable | Path, name: str = FILE) -> tuple[ResponseTarget, ...]:
    """Read the table; raises `InputError` with every problem."""
    return read_records(file, ResponseTarget, name, key="id")


def wilson_interval(events: int, n: int, z: float = Z95) -> tuple[float, float]:
    r"""Wilson's score interval of a proportion.

    `(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)` with `p = events / n`
    (Wilson 1927, doi 10.1080/01621459.1927.10502953).
    """
    p = events / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))
