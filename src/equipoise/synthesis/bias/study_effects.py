"""Effects and variances as this room takes them: checked, and on a scale a computer can hold."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, refuse, same_length


class Scaled(NamedTuple):
    """Effects and variances divided by `2^unit` and `4^unit`: the median error is near 1."""

    y: Array
    v: Array
    unit: int


def checked(
    yi: ArrayLike, vi: ArrayLike, *, level: float = 0.95, problems: list[Problem] | None = None
) -> tuple[Array, Array]:
    """Both vectors, or every reason (with the caller's own `problems`) why they cannot be used.

    Raises
    ------
    ArrayError
        Unequal lengths, a value that is not finite, a variance that is not above zero (or too
        small for a double to hold all its digits), a level that is not between 0 and 1.
    """
    found = list(problems or [])
    if not 0.0 < level < 1.0:
        found.append(Problem("", "", "level", repr(level), "between 0 and 1", "Use 0.95."))
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    same_length(yi=y, vi=v)
    tiny = float(np.finfo(np.float64).tiny)
    found += refuse("yi", y, ~np.isfinite(y), "a finite number")
    found += refuse("vi", v, ~(np.isfinite(v) & (v > 0)), "a finite variance above 0")
    found += refuse("vi", v, (v > 0) & (v < tiny), f"a variance of at least {tiny:.2g}")
    if found:
        raise ArrayError(found)
    return y, v


def in_unit(y: Array, v: Array) -> Scaled:
    """Bring effects to the unit in which the median standard error is near 1.

    Powers of two cost no digit; without them the square of an effect of 1e-200 would be zero.
    """
    unit = round(0.5 * float(np.median(np.log2(v)))) if v.size else 0
    return Scaled(np.ldexp(y, -unit), np.ldexp(v, -2 * unit), unit)


def back(value: float, power: int) -> float:
    """Return `value` times `2^power`, infinite where no double can hold it."""
    with np.errstate(over="ignore", under="ignore"):
        return float(np.ldexp(value, power))


def option(name: str, value: Any, allowed: str, action: str) -> Problem:
    """One problem with an option of the call."""
    return Problem("", "", name, repr(value), allowed, action)


def ratings_of(rating: object, k: int) -> tuple[tuple[str, ...], list[Problem]]:
    """One word a study, and what is wrong with them."""
    words = (rating,) if isinstance(rating, str) else tuple(rating)  # type: ignore[arg-type]
    if len(words) != k:
        found = f"{len(words)} ratings for {k} studies"
        return (), [option("rating", found, "one rating a study", "Give every study a rating.")]
    empty = [i for i, word in enumerate(words) if not isinstance(word, str) or not word.strip()]
    return tuple(str(word) for word in words), [
        Problem("", f"index {i}", "rating", repr(words[i]), "a word", "Rate that study.")
        for i in empty
    ]


def sentences(*parts: str) -> str:
    """Join what there is to say."""
    return " ".join(part for part in parts if part)


def is_missing(value: float) -> bool:
    """Whether a number is absent."""
    return math.isnan(value)
