"""What may be pooled: options, effects, variances, and the magnitudes a double can hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import (
    Array,
    ArrayError,
    as_vector,
    no_level,
    not_among,
    refuse,
    same_length,
)

METHODS = ("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
INTERVALS = ("wald", "t", "hksj", "hksj-adhoc")
PREDICTIONS = ("metafor", "riley")
STATUSES = ("converged", "boundary", "bimodal", "not_converged", "undefined")
"""Words of the status codes."""

SPAN = 1e12
"""Largest effect, and largest standard error, in units of the smallest standard error.

A double has 16 digits. Beyond this an interval round the effect keeps fewer than four of its own,
until it seems to have no width; no trial comes near.
"""

FAINT = -140
"""Binary exponent of the largest effect, in standard errors, below which effects are lifted.

Such effects cannot move tau2 from zero, but squares of anything smaller would soon be lost.
"""

TAME = 2.0**150
"""Variances and effects within this factor of 1 need no scaling: fourth powers are doubles."""


class UnlessOne(str):
    """An interval chosen by nobody: it gives way to Wald's where there is one study only.

    It equals the name of the interval; only a default is made of it, so that the same interval
    asked for by name is never exchanged.
    """

    __slots__ = ()


BY_DEFAULT = UnlessOne("hksj")
"""Hartung-Knapp, and Wald for one study, when no interval is asked for."""


class Choice(NamedTuple):
    """The options of one pool."""

    method: str
    ci: str
    level: float
    prediction: str


def option_problems(choice: Choice) -> list[Problem]:
    """Return a problem for every option that is not one there is."""
    return [
        *not_among("method", choice.method, METHODS),
        *not_among("ci", choice.ci, INTERVALS),
        *not_among("prediction", choice.prediction, PREDICTIONS),
        *no_level(choice.level),
    ]


def checked(yi: ArrayLike, vi: ArrayLike, choice: Choice) -> tuple[Array, Array]:
    """Return both vectors, or every reason why they cannot be pooled."""
    problems = option_problems(choice)
    y, v = as_vector(yi, "yi"), as_vector(vi, "vi")
    same_length(yi=y, vi=v)
    tiny = float(np.finfo(np.float64).tiny)
    problems += refuse("yi", y, ~np.isfinite(y), "a finite number")
    problems += refuse("vi", v, ~(np.isfinite(v) & (v > 0)), "a finite variance above 0")
    problems += refuse("vi", v, (v > 0) & (v < tiny), f"a variance of at least {tiny:.2g}")
    if not problems and y.size:
        problems += _incompatible(y, v)
    if problems:
        raise ArrayError(problems)
    return y, v


def _incompatible(y: Array, v: Array) -> list[Problem]:
    """Return the first reason why these magnitudes cannot be brought together; none mostly."""
    se_low, se_high = math.sqrt(float(v.min())), math.sqrt(float(v.max()))
    largest = float(np.abs(y).max())
    found = f"standard errors from {se_low:.3g} to {se_high:.3g}, effects up to {largest:.3g}"
    action = "Check that vi are variances in squared units of yi."
    if se_high / se_low > SPAN:
        allowed = f"standard errors within a factor of {SPAN:g} of each other"
        return [Problem("", f"index {int(np.argmin(v))}", "vi", found, allowed, action)]
    if largest / se_low > SPAN:
        allowed = f"effects of at most {SPAN:g} times the smallest standard error"
        return [Problem("", f"index {int(np.argmax(np.abs(y)))}", "yi", found, allowed, action)]
    return []


def exponents_of(y: Array, v: Array) -> tuple[int, int]:
    """Binary exponents `(unit, lift)` that bring any data within range without costing a digit.

    `2^unit` is near the standard error halfway between the extremes on the log scale, or 1 where
    the variances are `TAME`. `lift` is above 0 only for effects so faint that they have to be
    multiplied by `2^lift` to keep the digits of their squares.
    """
    least, most = float(v.min()), float(v.max())
    tame = least >= 1.0 / TAME and most <= TAME
    unit = 0 if tame else round(0.25 * (math.log2(least) + math.log2(most)))
    largest = float(np.abs(y).max())
    if largest == 0.0:
        return unit, 0
    size = math.frexp(largest)[1] - round(0.5 * math.log2(least))
    return unit, max(0, FAINT - size)


def out_of_range(fields: Sequence[str]) -> ArrayError:
    """Return the error for an answer that is too large or too small for a double."""
    allowed = "magnitudes for which these are between 2.3e-308 and 1.7e308"
    action = "Give the effects in another unit, and the variances in its square."
    return ArrayError([Problem("", "", "yi, vi", ", ".join(fields), allowed, action)])
