"""A trial as one object: whom it recruits, what it measures, when it looks, how it decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.design.borrowing.historical_controls import HistoricalControls
from equipoise.design.closed.intersections import Intersection
from equipoise.design.closed.selection import Rule
from equipoise.design.enrichment.plan import EnrichmentPlan, enrichment_plan
from equipoise.design.sequential.plan import SequentialPlan
from equipoise.design.sizes.size_input import whole
from equipoise.design.trial.design_check import design_problems_of
from equipoise.design.trial.design_kinds import COMBINATIONS, KINDS, SELECTIONS, Arms, Kind
from equipoise.design.trial.look_schedule import Looks
from equipoise.design.trial.trial_endpoints import (
    BinaryEndpoint,
    EarlyThenLate,
    Endpoint,
    TimeToEvent,
)
from equipoise.design.trial.trial_marker import Marker, Populations, populations_of
from equipoise.synthesis.arrays import Array, ArrayError


@dataclass(frozen=True)
class Design:
    """A two-arm trial before its first patient.

    Attributes
    ----------
    kind : str
        A name of `KINDS`.
    endpoint : BinaryEndpoint, TimeToEvent or EarlyThenLate
        What is measured.
    patients : int
        Recruited by the last look if nothing stops the trial.
    events : int or None
        At the last look, for a time to an event; the looks are timed by events.
    looks : Looks
        Fractions of `patients` (binary) or `events`, error and bounds.
    arms : Arms
        Allocation.
    marker : Marker or None
        As planned; the truth may differ (`Scenario`).
    populations : Populations or None
        Nested; left out, those that the marker makes.
    combination : str, InverseNormal, FisherProduct or None
        For a design with several hypotheses: a name of `COMBINATIONS`, or the rule itself.
    intersection : str or function
        Test of an intersection of populations; see `closed.INTERSECTIONS`.
    selection : str or function
        Which populations go on after a look: a name of `SELECTIONS` or a function of all trials
        at once (`closed.selection`).
    borrowing : HistoricalControls or None
        Prior on the control rate from earlier trials; the test is then the posterior chance that
        the treatment is better, at one look.
    subset_size : {"fixed", "random"}
        Whether recruitment fixes the size of each stratum, or patients come as they come.
    error_simulated : bool
        That the family-wise error will be simulated where it cannot be guaranteed.
    success : {"all", "any"}
        Whether an early rejection ends the trial when all populations on test have it, or any.
    name : str
        As shown.

    Raises
    ------
    ArrayError
        Everything that is wrong, at once.

    Examples
    --------
    >>> design = Design("all-comers", BinaryEndpoint(), 300, looks=Looks((1 / 3, 2 / 3, 1.0)))
    >>> design.sizes.tolist(), design.plan.upper.round(3).tolist()
    ([100, 200, 300], [3.71, 2.511, 1.993])
    """

    kind: str
    endpoint: Endpoint
    patients: int
    events: int | None = None
    looks: Looks = field(default_factory=Looks)
    arms: Arms = field(default_factory=Arms)
    marker: Marker | None = None
    populations: Populations | None = None
    combination: Any = None
    intersection: str | Intersection = "simes"
    selection: str | Rule = "all"
    borrowing: HistoricalControls | None = None
    subset_size: str = "fixed"
    error_simulated: bool = False
    success: str = "all"
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse a design that cannot be, with every reason."""
        problems = design_problems_of(self)
        if problems:
            raise ArrayError(problems)

    @property
    def analysed(self) -> BinaryEndpoint | TimeToEvent:
        """Endpoint of the test: the early one of a pair."""
        return self.endpoint.early if isinstance(self.endpoint, EarlyThenLate) else self.endpoint

    @property
    def traits(self) -> Kind:
        """What this kind of design needs and tests."""
        return KINDS[self.kind]

    @cached_property
    def nests(self) -> Populations:
        """Populations, given or made by the marker."""
        return self.populations or populations_of(self.marker)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """Names of what is tested."""
        return self.traits.hypotheses(self.nests.names)

    @property
    def largest(self) -> int:
        """Patients, or events, at the last look."""
        return self.patients if self.events is None else self.events

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Cumulative patients, or events, at each look: whole numbers, shape (K,)."""
        wanted = np.asarray(self.looks.fractions) * self.largest
        return np.asarray(whole(np.round(wanted, 9)), dtype=np.int64)

    @property
    def fractions(self) -> Array:
        """Information fractions that whole patients or events come to, shape (K,)."""
        planned, whole_ones = np.asarray(self.looks.fractions), self.sizes / self.largest
        return planned if np.allclose(planned, whole_ones, rtol=0.0, atol=1e-12) else whole_ones

    @property
    def plan(self) -> SequentialPlan:
        """Bounds at these fractions."""
        return self.looks.plan(tuple(self.fractions.tolist()))

    @property
    def enrichment(self) -> EnrichmentPlan:
        """Rules of the closed test of a design with several hypotheses."""
        combination = self.combination
        if isinstance(combination, str):
            combination = COMBINATIONS[combination](self.plan)
        rule = self.selection
        if isinstance(rule, str):
            rule = SELECTIONS[rule](self.nests.size)
        return enrichment_plan(
            combination,
            rule,
            intersection=self.intersection,
            success=self.success,
            subset_size=self.subset_size,
            error_simulated=self.error_simulated,
        )
