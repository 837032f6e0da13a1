"""A simulation ready to run: what simulates, in which chunks, and how its tally is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator

from equipoise.design.engines.tally import Tally
from equipoise.design.evaluation.operating_characteristics import OperatingCharacteristics


@dataclass(frozen=True)
class Job:
    """A prepared simulation.

    Attributes
    ----------
    work : callable
        What `run_chunks` calls; picklable.
    chunk : int
        Trials in a chunk: part of the job, so that nobody's workers change a number.
    read : callable
        From the tally to the numbers of the design.
    """

    work: Callable[[Generator, int], Tally]
    chunk: int
    read: Callable[[Tally], OperatingCharacteristics]
