"""A decision table: rules of which exactly one holds for every value of the declared domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from equipoise.biomarkers.phenotyping.condition import MISSING, Condition, Value
from equipoise.errors import Problem

MOST_SHOWN = 5
"""Combinations named for each kind of defect; the count is always given."""


@dataclass(frozen=True)
class Domain:
    """What a column may hold.

    Attributes
    ----------
    name : str
        Field whose value is looked up.
    words : frozenset of str or None
        The words it may hold besides `MISSING`; None for numbers.
    minimum, maximum : float
        Closed range of a number.
    optional : bool
        Whether it may be missing; the call of an earlier table never is.
    """

    name: str
    words: frozenset[str] | None = None
    minimum: float = 0.0
    maximum: float = 0.0
    optional: bool = True

    def points(self, conditions: Sequence[Condition]) -> tuple[Value, ...]:
        """Return values that stand for all others.

        A cell is true on a union of intervals whose ends are bounds of some cell. Between two
        neighbouring bounds nothing changes, so that the bounds, the ends of the range, one point
        between each pair of neighbours and, where it may be, `MISSING` are the whole domain.
        """
        last: tuple[Value, ...] = (MISSING,) if self.optional else ()
        if self.words is not None:
            return (*sorted(self.words), *last)
        ends = {self.minimum, self.maximum}
        bounds = set[float]().union(*(condition.bounds() for condition in conditions))
        marks = sorted(ends | {b for b in bounds if self.minimum <= b <= self.maximum})
        between = [(low + high) / 2.0 for low, high in pairwise(marks)]
        return (*sorted(marks + between), *last)


@dataclass(frozen=True)
class Rule:
    """One row of a table: when it holds, and what it says then.

    Attributes
    ----------
    rule : str
        Id, unique in the assay.
    when : tuple of Condition
        One for each column.
    call : str
        What the table answers.
    probability : float or None
        P(positive) under this rule; None where no source gives one.
    source : str
        Key of the source of the probability, empty where there is none.
    discordance : str
        What disagrees, empty where nothing does.
    note : str
        What it means or what to do next.
    """

    rule: str
    when: tuple[Condition, ...]
    call: str
    probability: float | None
    source: str
    discordance: str
    note: str

    def holds(self, values: Sequence[Value]) -> bool:
        """Whether every cell allows its value."""
        return all(cell.holds(value) for cell, value in zip(self.when, values, strict=True))


@dataclass(frozen=True)
class DecisionTable:
    """Rules over columns; `outputs` lists every call the table may give."""

    name: str
    columns: tuple[Domain, ...]
    rules: tuple[Rule, ...]
    outputs: tuple[str, ...]

    def decide(self, values: Mapping[str, Value]) -> Rule:
        """Return the one rule that holds.

        Raises
        ------
        LookupError
            If none or several hold, which `defects` excludes for values of the domain.
        """
        row = [values[column.name] for column in self.columns]
        found = [rule for rule in self.rules if rule.holds(row)]
        if len(found) != 1:
            shown = ", ".join(f"{c.name}={v}" for c, v in zip(self.columns, row, strict=True))
            names = ", ".join(rule.rule for rule in found) or "none"
            raise LookupError(f"table {self.name}: {shown} is met by {names}, not by one rule")
        return found[0]

    def combinations(self) -> Iterator[tuple[Value, ...]]:
        """Return every combination of values that stands for others (see `Domain.points`)."""
        cells = zip(*(rule.when for rule in self.rules), strict=True)
        return product(*(c.points(list(w)) for c, w in zip(self.columns, cells, strict=True)))


def defects(table: DecisionTable, file: str) -> list[Problem]:
    """Say where a table is incomplete, contradicts itself, or holds a rule that never fires."""
    problems = []
    gaps, overlaps, fired = [], [], set()
    for values in table.combinations():
        found = [rule.rule for rule in table.rules if rule.holds(values)]
        fired |= set(found)
        shown = ", ".join(f"{c.name}={v}" for c, v in zip(table.columns, values, strict=True))
        if not found:
            gaps.append(shown)
        elif len(found) > 1:
            overlaps.append(f"{shown}: {', '.join(found)}")
    for kind, where in (("no rule", gaps), ("several rules", overlaps)):
        for shown in where[:MOST_SHOWN]:
            value = f"{kind} ({len(where)} combinations in all): {shown}"
            problems.append(
                Problem(file, "", "", value, "exactly one rule for each", "Mend the rules.")
            )
    for rule in table.rules:
        if rule.rule not in fired:
            problems.append(
                Problem(file, rule.rule, "", "", "a rule that can hold", "Correct or remove it.")
            )
    said = {rule.call for rule in table.rules}
    for call in sorted(set(table.outputs) ^ said):
        action = "Declare the call, or remove it from the outputs."
        problems.append(Problem(file, "", "call", call, ", ".join(table.outputs), action))
    return problems
