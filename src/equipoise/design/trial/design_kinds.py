"""Kinds of design, and the rules that a design may name instead of spelling them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.design.closed.combination import Combination, fisher_product, inverse_normal
from equipoise.design.closed.fisher_critical import fisher_bounds
from equipoise.design.closed.selection import (
    BroadestWithEffect,
    Difference,
    Epsilon,
    KeepAll,
    KeepOnly,
    Rule,
)
from equipoise.design.sequential.plan import SequentialPlan


@dataclass(frozen=True)
class Kind:
    """What a kind of design needs and tests.

    Attributes
    ----------
    several : bool
        One hypothesis a population, closed at the level; otherwise one in all.
    split : bool
        Whether it must tell patients apart by marker.
    assay : bool
        Whether it needs the `Marker` itself, not only populations.
    hypotheses : callable
        Names of the hypotheses, from those of the populations.
    """

    several: bool
    split: bool
    assay: bool
    hypotheses: Callable[[tuple[str, ...]], tuple[str, ...]]


KINDS: dict[str, Kind] = {
    "all-comers": Kind(False, False, False, lambda names: names[-1:]),
    "enriched": Kind(False, True, False, lambda names: names[:1]),
    "marker-strategy": Kind(False, True, True, lambda _: ("strategy",)),
    "stratified": Kind(True, True, False, lambda names: names),
    "adaptive-enrichment": Kind(True, True, False, lambda names: names),
}
"""Kinds of design; see the page on designs for which to choose."""

COMBINATIONS: dict[str, Callable[[SequentialPlan], Combination]] = {
    "inverse-normal": lambda plan: inverse_normal(plan.t, plan.upper, plan.lower[:-1]),
    "fisher": lambda plan: fisher_product(fisher_bounds(plan.alpha_spent.tolist())),
}
"""How the stages of a design with several hypotheses become one test, from planned bounds."""

SELECTIONS: dict[str, Callable[[int], Rule]] = {
    "all": lambda _: KeepAll(),
    "best": lambda m: Difference() if m == 2 else Epsilon(),
    "smallest": lambda _: KeepOnly(0),
    "whole": lambda _: KeepOnly(-1),
    "broadest-with-effect": lambda _: BroadestWithEffect(),
}
"""Selection rules that need no number, from how many populations there are.

Any function of a `closed.selection.Interim` is a rule.
"""


@dataclass(frozen=True)
class Arms:
    """Two arms and how many patients each takes of a block.

    Attributes
    ----------
    allocation : (int, int)
        Control and treatment.
    names : (str, str)
        As shown.
    """

    allocation: tuple[int, int] = (1, 1)
    names: tuple[str, str] = ("control", "treatment")

    @property
    def ratio(self) -> float:
        """Treated for each control."""
        return self.allocation[1] / self.allocation[0]
