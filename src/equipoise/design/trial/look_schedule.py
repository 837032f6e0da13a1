"""When a trial is looked at, and how much of its error each look may spend."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from equipoise.design.sequential.boundaries import sequential_plan
from equipoise.design.sequential.plan import (
    OBRIEN_FLEMING,
    POCOCK,
    Family,
    HaybittlePeto,
    SequentialPlan,
    WangTsiatis,
)
from equipoise.design.sequential.spending import Spending
from equipoise.design.trial.refusals import problems_of
from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among


def _nothing_before_the_end(t: float) -> float:
    return float(t >= 1.0)


FAMILIES: dict[str, Callable[[float], Family]] = {
    "obrien-fleming": lambda _: Spending("obrien-fleming"),
    "pocock": lambda _: Spending("pocock"),
    "hwang-shih-decani": lambda gamma: Spending("hwang-shih-decani", gamma),
    "kim-demets": lambda rho: Spending("kim-demets", rho),
    "obrien-fleming-bounds": lambda _: OBRIEN_FLEMING,
    "pocock-bounds": lambda _: POCOCK,
    "wang-tsiatis": WangTsiatis,
    "haybittle-peto": lambda z: HaybittlePeto() if math.isnan(z) else HaybittlePeto(z),
    "at-the-end": lambda _: Spending("user", share=_nothing_before_the_end),
}
"""Efficacy bounds by name; with `at-the-end` interim looks cannot reject."""


@dataclass(frozen=True)
class Looks:
    """Looks, error and bounds of a trial.

    Attributes
    ----------
    fractions : tuple of float, length K
        Information at each look over the largest, increasing, the last 1.
    spending : str, or a family of `design.sequential`
        A name of `FAMILIES`, or a `Spending` of one's own.
    parameter : float
        `gamma`, `rho`, `delta` or the early z bound of a family that has one.
    futility : tuple of float of length K - 1, Spending, or None
        Bounds as z values (`-inf` for none at a look), beta spending, or no futility.
    binding : bool
        Whether the efficacy bounds count on futility being obeyed.
    sided : {1, 2}
        A two-sided plan has symmetric bounds; only benefit counts as success.
    alpha : float
        Level of the whole test.
    beta : float
        Type II error that beta spending spends.

    Examples
    --------
    >>> Looks((0.5, 1.0), "pocock-bounds").plan().upper.round(4).tolist()
    [2.1783, 2.1783]
    """

    fractions: tuple[float, ...] = (1.0,)
    spending: str | Family = "obrien-fleming"
    parameter: float = math.nan
    futility: tuple[float, ...] | Spending | None = None
    binding: bool = False
    sided: int = 1
    alpha: float = 0.025
    beta: float = math.nan

    def __post_init__(self) -> None:
        """Hold tuples, whatever sequence was given."""
        object.__setattr__(self, "fractions", tuple(float(t) for t in self.fractions))
        if self.futility is not None and not isinstance(self.futility, Spending):
            object.__setattr__(self, "futility", tuple(float(z) for z in self.futility))

    @property
    def count(self) -> int:
        """How many looks, the final analysis included."""
        return len(self.fractions)

    def plan(self, fractions: tuple[float, ...] | None = None) -> SequentialPlan:
        """Return the bounds, at other fractions if whole patients make them so."""
        return _plan(self, fractions or self.fractions)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the looks."""
        if isinstance(self.spending, str):
            found = not_among("spending", self.spending, tuple(FAMILIES))
            if found:
                return found
        return problems_of(self.plan)


@lru_cache(maxsize=256)
def _plan(looks: Looks, fractions: tuple[float, ...]) -> SequentialPlan:
    family = looks.spending
    if isinstance(family, str):
        family = FAMILIES[family](looks.parameter)
    return sequential_plan(
        family,
        fractions,
        alpha=looks.alpha,
        sided=looks.sided,
        futility=looks.futility,
        binding=looks.binding,
        beta=looks.beta,
    )
