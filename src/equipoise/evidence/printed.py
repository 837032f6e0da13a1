"""Printed numbers: what range of true values a number on paper stands for.

A number printed with `d` decimals stands for every value that rounds to it, the interval
``[x - h, x + h]`` with half-width ``h = 0.5 * 10**-d``. The arithmetic rules compare such
ranges, so that rounding alone never raises an alarm.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

SLACK = 1e-9
"""Relative allowance for binary arithmetic; far below any printed precision."""

_NUMBER = re.compile(r"(?<![\w.])[-−–+]?\d*[.,]?\d+(?:[eE]-?\d+)?")
_P_VALUE = re.compile(
    r"^\s*(?:p\s*)?(?P<sign><=|>=|[<>=≤≥])?\s*(?P<value>\d*[.,]?\d+(?:[eE]-?\d+)?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Range:
    """A closed range of values, ``low <= x <= high``."""

    low: float
    high: float

    def holds(self, x: float) -> bool:
        """Say whether `x` lies in the range, up to binary rounding."""
        slack = SLACK * max(1.0, abs(x))
        return self.low - slack <= x <= self.high + slack

    def meets(self, other: Range) -> bool:
        """Say whether two ranges have a value in common, up to binary rounding."""
        slack = SLACK * max(1.0, abs(self.high), abs(other.high))
        return self.low <= other.high + slack and other.low <= self.high + slack


def decimals_of(text: str) -> int:
    """Count the decimals of a number as printed: ``0.70`` has 2, ``2e-3`` has 3."""
    exponent = (
        Decimal(text.replace(",", ".").replace("−", "-").replace("–", "-")).as_tuple().exponent
    )
    return max(0, -int(exponent))


def decimals_in(value: float, quote: str = "") -> int:
    """Count the decimals with which `value` was printed.

    A column of numbers forgets trailing zeros; the quote keeps them. The quote is searched for a
    number of the same size (signs are left aside, since a dash may be a minus or a range); of
    several the one with the fewest decimals is taken, the cautious choice. Without a match the
    shortest form of the value counts.

    Examples
    --------
    >>> decimals_in(0.7, "HR 1.21 (0.70-2.12)"), decimals_in(0.7)
    (2, 1)
    """
    found = []
    for match in _NUMBER.finditer(quote.replace("·", ".")):
        token = match.group().lstrip("-−–+")
        if float(token.replace(",", ".")) == abs(value):
            found.append(decimals_of(token))
    return min(found) if found else decimals_of(repr(int(value) if value == int(value) else value))


def half_width(decimals: int) -> float:
    """Half-width of the range that rounds to a number with that many decimals."""
    return 0.5 * 10.0**-decimals


def rounding(value: float, quote: str = "", decimals: int | None = None) -> Range:
    """Range of true values that `value`, as printed, stands for."""
    h = half_width(decimals_in(value, quote) if decimals is None else decimals)
    return Range(value - h, value + h)


def truncation(value: float, quote: str = "") -> Range:
    """Range of true values whose digits were cut off, not rounded, to give `value`."""
    step = 2 * half_width(decimals_in(value, quote))
    return Range(value, value + step) if value >= 0 else Range(value - step, value)


def rounding_of_interval(low: float, high: float, quote: str = "") -> tuple[Range, Range]:
    """Ranges for the two ends of a printed interval.

    Nobody prints the smaller of two numbers with fewer decimals than the larger, so ``0.7`` in
    ``0.7-2.12`` is read as ``0.70`` while ``15.3`` in ``1.88-15.3`` stays as it is. A number
    found in the quote keeps the form it has there.
    """
    d_low, d_high = decimals_in(low, quote), decimals_in(high, quote)
    if abs(low) <= abs(high):
        d_low = max(d_low, d_high) if not _quoted(low, quote) else d_low
    elif not _quoted(high, quote):
        d_high = max(d_low, d_high)
    return rounding(low, decimals=d_low), rounding(high, decimals=d_high)


def _quoted(value: float, quote: str) -> bool:
    tokens = (match.group().lstrip("-−–+") for match in _NUMBER.finditer(quote.replace("·", ".")))
    return any(float(token.replace(",", ".")) == abs(value) for token in tokens)


def parse_p(text: str) -> Range | None:
    """Range of P values that a printed P stands for; None where there is no number.

    Examples
    --------
    >>> parse_p("<0.001"), parse_p("0.5"), parse_p("not significant")
    (Range(low=0.0, high=0.001), Range(low=0.45, high=0.55), None)
    """
    match = _P_VALUE.match(text)
    if match is None:
        return None
    value = float(match["value"].replace(",", "."))
    sign = match["sign"] or "="
    if value > 1:
        return None
    if sign in {"<", "<=", "≤"}:
        return Range(0.0, value)
    if sign in {">", ">=", "≥"}:
        return Range(value, 1.0)
    h = half_width(decimals_of(match["value"]))
    return Range(max(0.0, value - h), min(1.0, value + h))


def truncated_p(text: str) -> Range | None:
    """Range of P values whose digits were cut off to give the printed P."""
    match = _P_VALUE.match(text)
    if match is None or (match["sign"] or "=") != "=":
        return None
    value = float(match["value"].replace(",", "."))
    return Range(value, value + 2 * half_width(decimals_of(match["value"])))


def counts_with_percent(percent: float, n: int, quote: str = "") -> tuple[int, ...]:
    """List the integer counts out of `n` that print as `percent`."""
    allowed = rounding(percent, quote)
    first = max(0, math.floor(allowed.low * n / 100) - 1)
    last = min(n, math.ceil(allowed.high * n / 100) + 1)
    return tuple(k for k in range(first, last + 1) if allowed.holds(100 * k / n))


def shown(numbers: Sequence[float | None]) -> str:
    """Write numbers for an arithmetic line: ``12, 0.43, ?``."""
    return ", ".join("?" if number is None else f"{number:.4g}" for number in numbers)
