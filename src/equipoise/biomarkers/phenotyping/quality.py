"""Checks between the fields of one report: totals, ratios, words against numbers.

A check is a record of the assay file. It may correct a value where the correction is arithmetic
(a total over a count of cells), fill one in where another field gives it, or set one aside where
two fields contradict each other. It always leaves a remark, and what contradicts something is
also a discordance of the phenotype.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Key

from equipoise.biomarkers.phenotyping.condition import MISSING, Condition, Value
from equipoise.biomarkers.phenotyping.reading import Remark, same_side


@dataclass(frozen=True)
class Facts:
    """What is known of one sample so far.

    Attributes
    ----------
    values : mapping of str to Value
        One value a field.
    exact : frozenset of str
        Fields whose number was measured, not a bound or a range.
    remarks : tuple of Remark
        What was changed or doubted.
    discordances : tuple of str
        What contradicts what.
    """

    values: Mapping[str, Value]
    exact: frozenset[str]
    remarks: tuple[Remark, ...] = ()
    discordances: tuple[str, ...] = ()

    def number(self, name: str) -> float | None:
        """Return the measured number of a field, None where there is none."""
        value = self.values[name]
        return value if name in self.exact and not isinstance(value, str) else None

    def change(
        self, remark: Remark, new: Mapping[str, Value] | None = None, discordance: str = ""
    ) -> Facts:
        """Return the facts with some values replaced and the reason added."""
        said = (discordance,) if discordance else ()
        return replace(
            self,
            values={**self.values, **(new or {})},
            remarks=(*self.remarks, remark),
            discordances=(*self.discordances, *said),
        )


class _Check(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    note: str


class Totals(_Check):
    """Counts over all cells written where means per cell belong."""

    kind: Literal["totals"]
    values: tuple[str, ...]
    reference: str
    above: float
    cells: str


class Ratio(_Check):
    """A recorded ratio against its numerator and denominator."""

    kind: Literal["ratio"]
    ratio: str
    numerator: str
    denominator: str
    tolerance: float


class Implied(_Check):
    """A field that follows from others having a value."""

    kind: Literal["implied"]
    field: str
    value: str
    any_of: tuple[str, ...]


class Fill(_Check):
    """A word taken where the measurement is missing, if it is one of `only`."""

    kind: Literal["fill"]
    field: str
    from_field: str
    only: tuple[str, ...]


class Fewer(_Check):
    """A number below the least that the guideline asks for."""

    kind: Literal["fewer"]
    field: str
    least: float


class Beyond(_Check):
    """A number no measurement gives: set aside."""

    kind: Literal["beyond"]
    field: str
    most: float


class Agreement(_Check):
    """Two fields, or a table's call and a field, that should say the same.

    `agree` lists for each value of `first` the values of `second` that go with it; a value of
    `first` that is not listed is compared with nothing.
    """

    kind: Literal["agreement"]
    first: str
    second: str
    agree: dict[str, tuple[str, ...]]


Check = Annotated[
    Totals | Ratio | Implied | Fill | Fewer | Beyond | Agreement, Key(discriminator="kind")
]
Conditions = Mapping[str, tuple[Condition, ...]]


def _totals(check: Totals, facts: Facts, _: Conditions) -> Facts:
    reference, cells = facts.number(check.reference), facts.number(check.cells)
    if reference is None or reference <= check.above:
        return facts
    mean = reference / cells if cells else None
    known = mean is not None and mean <= check.above
    for name in check.values:
        number = facts.number(name)
        if number is None:
            continue
        used: Value = number / cells if known and cells else MISSING
        shown = f"{used:.4g}" if isinstance(used, float) else used
        how = f"{number:g} / {cells:g} cells" if cells else f"{number:g}, cells not counted"
        facts = facts.change(Remark(check.id, name, how, shown, check.note), {name: used})
    return facts


def _ratio(check: Ratio, facts: Facts, conditions: Conditions) -> Facts:
    above, below = facts.number(check.numerator), facts.number(check.denominator)
    if above is None or not below:
        return facts
    computed = above / below
    recorded = facts.number(check.ratio)
    parts = f"{above:g} / {below:g} = {computed:.3g}"
    if recorded is None:
        if facts.values[check.ratio] != MISSING:
            return facts
        new: dict[str, Value] = {check.ratio: computed}
        facts = facts.change(Remark(check.id, check.ratio, "", parts, "Worked out."), new)
        return replace(facts, exact=facts.exact | {check.ratio})
    if abs(recorded - computed) <= check.tolerance * computed:
        return facts
    said = f"{check.ratio} {recorded:g} recorded, {parts} from its parts"
    cells = conditions.get(check.ratio, ())
    keep = same_side(recorded, computed, cells)
    used: Value = recorded if keep else MISSING
    shown = f"{recorded:g}" if keep else MISSING
    remark = Remark(check.id, check.ratio, f"{recorded:g}", shown, f"{said}. {check.note}")
    return facts.change(remark, {check.ratio: used}, said)


def _implied(check: Implied, facts: Facts, _: Conditions) -> Facts:
    there = [name for name in check.any_of if facts.values[name] != MISSING]
    if facts.values[check.field] != MISSING or not there:
        return facts
    remark = Remark(check.id, check.field, "", check.value, check.note)
    return facts.change(remark, {check.field: check.value})


def _fill(check: Fill, facts: Facts, _: Conditions) -> Facts:
    word = facts.values[check.from_field]
    if facts.values[check.field] != MISSING or word not in check.only:
        return facts
    remark = Remark(check.id, check.field, "", str(word), check.note)
    return facts.change(remark, {check.field: word})


def _fewer(check: Fewer, facts: Facts, _: Conditions) -> Facts:
    number = facts.number(check.field)
    if number is None or number >= check.least:
        return facts
    return facts.change(Remark(check.id, check.field, f"{number:g}", f"{number:g}", check.note))


def _beyond(check: Beyond, facts: Facts, _: Conditions) -> Facts:
    number = facts.number(check.field)
    if number is None or number <= check.most:
        return facts
    remark = Remark(check.id, check.field, f"{number:g}", MISSING, check.note)
    return facts.change(remark, {check.field: MISSING})


def _agreement(check: Agreement, facts: Facts, _: Conditions) -> Facts:
    first, second = facts.values[check.first], facts.values[check.second]
    if not isinstance(first, str) or second == MISSING or first not in check.agree:
        return facts
    if second in check.agree[first]:
        return facts
    said = f"{check.first} {first}, {check.second} {second}"
    return facts.change(
        Remark(check.id, check.second, str(second), str(second), check.note), None, said
    )


_HOW: dict[type[_Check], Callable[..., Facts]] = {
    Totals: _totals,
    Ratio: _ratio,
    Implied: _implied,
    Fill: _fill,
    Fewer: _fewer,
    Beyond: _beyond,
    Agreement: _agreement,
}


def run_check(check: Check, facts: Facts, conditions: Conditions) -> Facts:
    """Return the facts after one check; `conditions` are the cells that look at each field."""
    return _HOW[type(check)](check, facts, conditions)


def fields_of(check: Check) -> tuple[str, ...]:
    """Return the fields (or tables) a check looks at."""
    if isinstance(check, Totals):
        return (*check.values, check.reference, check.cells)
    if isinstance(check, Ratio):
        return (check.ratio, check.numerator, check.denominator)
    if isinstance(check, Implied):
        return (check.field, *check.any_of)
    if isinstance(check, Fill):
        return (check.field, check.from_field)
    if isinstance(check, Fewer | Beyond):
        return (check.field,)
    return (check.first, check.second)
