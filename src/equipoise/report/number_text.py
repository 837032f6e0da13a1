"""Numbers as a reader sees them: rounding, intervals, P values and plain counts.

One place decides how many digits are shown, so that text, tables and figures agree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

MISSING = "–"
"""Shown where there is no number."""

_MINUS = "\u2212"
_SMALL_WORDS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def number(value: float | None, decimals: int = 2) -> str:
    """Round a number and use the true minus sign; a missing one becomes a dash."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", _MINUS)


def ratio(value: float | None, decimals: int = 2) -> str:
    """Round a ratio so that the digits fit its size.

    `decimals` holds between 0.1 and 10; smaller ratios keep two significant digits (at most
    four decimals), larger ones lose digits, because 184.73 claims more than any trial knows.
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞"
    if value <= 0 or 0.1 <= value < 10:
        return number(value, decimals)
    if value < 0.1:
        return number(value, min(4, max(decimals, 1 - math.floor(math.log10(value)))))
    return number(value, 1 if value < 100 else 0)


def amount(value: float | None, scale: str, decimals: int = 2) -> str:
    """Round a number on the scale it lives on: ``ratio`` or ``difference``."""
    if scale == "ratio":
        return ratio(value, decimals)
    if value is not None and math.isfinite(value) and abs(value) >= 100:
        return number(value, 0)
    return number(value, min(decimals, 2 if value is not None and abs(value) < 1 else 1))


def interval(low: float | None, high: float | None, scale: str, decimals: int = 2) -> str:
    """Write an interval; "to" replaces the dash where a minus sign would be misread."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    if scale != "ratio":
        decimals = 2 if max(abs(low), abs(high)) < 1 else min(decimals, 1)
        digits = 0 if min(abs(low), abs(high)) >= 100 else decimals
        low_text, high_text = number(low, digits), number(high, digits)
    else:
        low_text, high_text = ratio(low, decimals), ratio(high, decimals)
    joiner = " to " if _MINUS in low_text + high_text else "–"
    return f"{low_text}{joiner}{high_text}"


def with_interval(
    value: float | None, low: float | None, high: float | None, scale: str, decimals: int = 2
) -> str:
    """Write an estimate with its interval, ``0.64 (0.43–0.95)``."""
    if value is None or math.isnan(value):
        return MISSING
    if scale != "ratio" and low is not None and high is not None and math.isfinite(low + high):
        shown = number(value, 2 if max(abs(low), abs(high)) < 1 else min(decimals, 1))
    else:
        shown = amount(value, scale, decimals)
    spread = interval(low, high, scale, decimals)
    return shown if spread == MISSING else f"{shown} ({spread})"


def p_value(value: float | None) -> str:
    """Write a P value with as many digits as a decision could use, without the letter P."""
    if value is None or math.isnan(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    if value > 0.995:
        return ">0.99"
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def p_phrase(value: float | None) -> str:
    """Write ``P = 0.015`` or ``P < 0.001``, never broken over a line; empty without a P."""
    text = p_value(value)
    if text == MISSING:
        return ""
    sign, value_text = (text[0], text[1:]) if text[0] in "<>" else ("=", text)
    return f"P\u00a0{sign}\u00a0{value_text}"


def significant(value: float | None) -> str:
    """Round to two significant digits, at most four decimals; zero is ``0``.

    For numbers whose size is not known beforehand and whose precision is poor, such as a
    between-trial variance.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if abs(value) < 5e-5:
        return "0"
    return number(value, min(4, max(0, 1 - math.floor(math.log10(abs(value))))))


def percent(value: float | None, decimals: int = 0) -> str:
    """Write a percentage with its sign, never broken over a line."""
    text = number(value, decimals)
    return text if text == MISSING else f"{text}\u00a0%"


def grouped(count: int | None) -> str:
    """Write a count with thousands separated, ``13,314``."""
    return MISSING if count is None else f"{count:,}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun, in words up to ten: ``three trials``, ``41 trials``."""
    word = spelled(count) if count else "no"
    return f"{word} {singular if count == 1 else plural or singular + 's'}"


def spelled(count: int) -> str:
    """Write a count that stands alone: ``none``, ``three``, ``41``."""
    return _SMALL_WORDS[count] if 0 <= count <= 10 else grouped(count)


def joined(words: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def lower_first(text: str) -> str:
    """Lower the first letter of an ordinary word, not of an abbreviation."""
    word = text.partition(" ")[0]
    ordinary = word[1:2].islower() or word == "A"
    return text[:1].lower() + text[1:] if ordinary else text


def sentence_case(text: str) -> str:
    """Raise the first letter and leave the rest alone."""
    return text[:1].upper() + text[1:]
