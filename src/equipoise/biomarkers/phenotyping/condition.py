"""One cell of a decision table: what it allows, and where its truth can change."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

MISSING = "missing"
"""The value of a field that was not measured or cannot be read as a measurement."""

KNOWN = "known"
ANYTHING = "-"

Value = str | float
"""A word of the field's list, a number, or `MISSING`."""

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(\d+(?:\.\d+)?)")
_RANGE = re.compile(r"(?:(?:<=|>=|<|>)\s*\d+(?:\.\d+)?\s*)+")


@dataclass(frozen=True)
class Comparison:
    """A number against one bound."""

    sign: str
    bound: float

    def holds(self, number: float) -> bool:
        """Whether `number` stands in this relation to the bound."""
        return _SIGNS[self.sign](number, self.bound)


@dataclass(frozen=True)
class Condition:
    """What one cell allows.

    Attributes
    ----------
    text : str
        The cell as it stands in the file.
    words : frozenset of str
        Words that are allowed, `MISSING` among them.
    ranges : tuple of tuple of Comparison
        Alternatives for a number: one of them must hold, and with it every comparison in it.
        An empty alternative holds for every number.
    anything : bool
        Whether every value is allowed, missing ones too.
    """

    text: str
    words: frozenset[str] = frozenset()
    ranges: tuple[tuple[Comparison, ...], ...] = ()
    anything: bool = False

    def holds(self, value: Value) -> bool:
        """Whether the cell allows `value`."""
        if self.anything:
            return True
        if isinstance(value, str):
            return value in self.words
        return any(all(part.holds(value) for part in one) for one in self.ranges)

    def bounds(self) -> frozenset[float]:
        """Return the numbers at which the truth of the cell can change."""
        return frozenset(part.bound for one in self.ranges for part in one)


def read_condition(text: str, words: frozenset[str] | None) -> Condition:
    """Read a cell.

    ``-`` allows everything. Otherwise alternatives are joined by ``|``. In a column of words each
    is one of the words or ``missing``; in a column of numbers each is ``missing``, ``known``, or
    comparisons that must all hold, as in ``>=4 <6``.

    Parameters
    ----------
    text : str
        The cell.
    words : frozenset of str or None
        Words of the column; None where it holds numbers.

    Raises
    ------
    ValueError
        With what is allowed, if the cell cannot be read.

    Examples
    --------
    >>> read_condition("missing|>=4 <6", None).holds(4.0)
    True
    """
    text = text.strip()
    if text == ANYTHING:
        return Condition(text, anything=True)
    parts = [part.strip() for part in text.split("|")]
    if words is not None:
        allowed = words | {MISSING}
        if not set(parts) <= allowed:
            raise ValueError(f"'-' or, joined by '|', some of {', '.join(sorted(allowed))}")
        return Condition(text, words=frozenset(parts))
    found: set[str] = set()
    ranges: list[tuple[Comparison, ...]] = []
    for part in parts:
        if part == MISSING:
            found.add(part)
        elif part == KNOWN:
            ranges.append(())
        elif _RANGE.fullmatch(part):
            ranges.append(tuple(Comparison(s, float(b)) for s, b in _COMPARISON.findall(part)))
        else:
            raise ValueError("'-' or, joined by '|', missing, known, comparisons as in '>=4 <6'")
    return Condition(text, words=frozenset(found), ranges=tuple(ranges))
