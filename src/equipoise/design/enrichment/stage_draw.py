"""What a simulated stage gives, whatever the endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.design.enrichment.populations import Nested
from equipoise.synthesis.arrays import Array

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class StageDraw:
    """New patients of one stage in n trials.

    Attributes
    ----------
    patients : array, shape (n, m)
        Patients, or events, by stratum; 0 where nobody was recruited.
    z : array, shape (n, m)
        Statistic of each population from these patients alone; whatever it is where a stratum of
        the population was not recruited.
    effect : array, shape (n, m)
        Estimated effect by stratum, above 0 for benefit; 0 where nobody was recruited.
    weight : array, shape (n, m)
        What the stage's estimate counts when stages are averaged; 0 where nobody was recruited.
    spread : array, shape (n, m)
        Variance of the estimate times `weight`.
    information : array, shape (n, m)
        Information of each population's statistic, up to a factor that the populations share:
        `sqrt(I_i / I_j)` is the correlation.
    """

    patients: Array
    z: Array
    effect: Array
    weight: Array
    spread: Array
    information: Array


class Endpoint(Protocol):
    """What the simulation of an adaptive enrichment trial asks of an endpoint."""

    @property
    def populations(self) -> Nested:
        """Populations and strata."""
        ...

    @property
    def stages(self) -> int:
        """Stages planned."""
        ...

    @property
    def truth(self) -> Array:
        """True effect by stratum on the scale of the estimates, (m,), above 0 for benefit."""
        ...

    def planned(self, stage: int) -> Array:
        """Patients (or events) of population j at `stage` if it is recruited alone: (m,)."""
        ...

    def draw(self, rng: Generator, stage: int, breadth: Integers) -> StageDraw:
        """Draw a stage for every trial; `breadth` (n,) is the broadest population, -1 nobody."""
        ...
