"""Experiments on cells in culture, as the case lists them."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from equipoise.evidence.fields import Confidence, Id, Name, Record, Text, Url
from equipoise.mechanism.records import read_records

FILE = "mechanism/cell_experiments.csv"
Concentration = Annotated[float, Field(gt=0)]


class CellExperiment(Record):
    """What one experiment found, at which concentrations in the medium."""

    id: Id
    """Name of the row."""
    system: Name
    """Cells."""
    low_umol_per_l: Concentration | None = None
    """Lowest concentration with the finding; blank where it was not read."""
    high_umol_per_l: Concentration | None = None
    """Highest one."""
    finding: Text
    """What happened."""
    outlier: Literal["yes", "no"]
    """Whether it lies far from all others."""
    source_url: Url
    """Address of the source."""
    quote: Text
    """Words of the source."""
    confidence: Confidence
    """How sure the reading is."""
    note: Text = ""
    """Anything else."""


def read_cell_experiments(file: Traversable | Path, name: str = FILE) -> tuple[CellExperiment, ...]:
    """Read the table; raises `InputError` with every problem."""
    return read_records(file, CellExperiment, name, key="id")
