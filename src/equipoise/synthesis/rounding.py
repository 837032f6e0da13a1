"""How far can a derived P move because the printed numbers were rounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtr

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.intervals import critical_value

TINY = 1e-12
"""Smallest ratio and standard error considered: rounding can touch zero."""


class Printed(NamedTuple):
    """An estimate as printed, on the natural scale, with the decimals it was printed to."""

    estimate: float
    ci_low: float
    ci_high: float
    decimals: int
    level: float = 0.95
    ratio: bool = True


def decimals_of(values: Sequence[float], at_least: int = 0) -> int:
    """Decimals that a row was printed to, judged by its longest number.

    A trailing zero is lost when 0.90 is read as 0.9, so that the row's other numbers and a
    minimum (two for ratios) decide.
    """
    shown = [format(value, ".10f").rstrip("0").split(".")[1] for value in values]
    return max([at_least, *(len(digits) for digits in shown)])


DRAWS = 100_000
"""Random roundings behind `p_value_range`; its ends then move by less than 2 % between seeds."""

SEED = 20_261_123
"""Used where no case gives its own, so that the same numbers always give the same range."""


class Inputs(NamedTuple):
    """Effects and standard errors (1 + m, n) on the analysis scale; row 0 is the stratum."""

    effects: Array
    errors: Array


def p_value_range(
    stratum: Printed, partition: Sequence[Printed], *, draws: int = DRAWS, seed: int = SEED
) -> tuple[float, float]:
    """Range of the P of stratum against complement over random roundings.

    Each printed estimate and limit is moved by an independent uniform error of at most half a
    unit of its last decimal; the answer is the smallest and the largest P of all draws. The
    corners of the box, where all errors conspire, lie a little further out: `p_value_bounds`.

    Parameters
    ----------
    stratum : Printed
        The subgroup.
    partition : sequence of Printed
        Results whose union is the whole trial.
    draws, seed : int
        Number of roundings and the seed of their generator (in a case, the case's own).

    Returns
    -------
    tuple of float
        `(p_low, p_high)`.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for printed in (stratum, *partition):
        half_unit = 0.5 * 10.0**-printed.decimals
        numbers = np.array([[printed.estimate], [printed.ci_low], [printed.ci_high]])
        rows.append(_analysis(printed, numbers + rng.uniform(-half_unit, half_unit, (3, draws))))
    inputs = Inputs(np.array([y for y, _ in rows]), np.array([se for _, se in rows]))
    p_values = 2.0 * ndtr(-np.abs(_statistic(inputs)))
    return float(p_values.min()), float(p_values.max())


def p_value_bounds(stratum: Printed, partition: Sequence[Printed]) -> tuple[float, float]:
    """Smallest and largest P of stratum against complement over *all* roundings.

    Every printed estimate and limit may lie anywhere within half a unit of its last decimal.
    The statistic rises with the stratum's estimate and falls with the partition's, whatever the
    standard errors, so that its extremes lie at two corners of the estimates; over the box of
    standard errors they are searched on a grid and polished. `p_high` is 1 when the sign of
    the difference is not settled.
    """
    effects, errors = zip(*(_ranges(p) for p in (stratum, *partition)), strict=True)
    highest = np.array([effects[0][1], *(low for low, _ in effects[1:])])
    lowest = np.array([effects[0][0], *(high for _, high in effects[1:])])
    z_high = -_minimum(lambda se: -_statistic_at(highest, se), errors)
    z_low = _minimum(lambda se: _statistic_at(lowest, se), errors)
    farthest = max(abs(z_low), abs(z_high))
    nearest = 0.0 if z_low < 0.0 < z_high else min(abs(z_low), abs(z_high))
    return float(2.0 * ndtr(-farthest)), float(2.0 * ndtr(-nearest))


def _analysis(printed: Printed, numbers: Array) -> tuple[Array, Array]:
    """Effect and standard error of estimate, low and high (3, n), on the analysis scale."""
    if printed.ratio:
        numbers = np.log(np.maximum(numbers, TINY))
    width = 2.0 * critical_value(printed.level)
    return numbers[0], np.maximum((numbers[2] - numbers[1]) / width, TINY)


def _ranges(printed: Printed) -> tuple[tuple[float, float], tuple[float, float]]:
    """Range of the effect and of its standard error, on the analysis scale."""
    half_unit = 0.5 * 10.0**-printed.decimals
    narrow = np.array([-half_unit, half_unit, -half_unit])
    numbers = np.array([printed.estimate, printed.ci_low, printed.ci_high])
    effects, errors = _analysis(printed, np.stack([numbers + narrow, numbers - narrow], axis=1))
    return (float(effects[0]), float(effects[1])), (float(errors[0]), float(errors[1]))


def _statistic(inputs: Inputs) -> Array:
    """`(stratum - complement) / se` (n,), the complement by subtraction; infinite if none."""
    effects, weights = inputs.effects, inputs.errors**-2.0
    whole = weights[1:].sum(axis=0)
    rest = whole - weights[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (weights[1:] * effects[1:]).sum(axis=0)
        complement = (mean - weights[0] * effects[0]) / rest
        z = (effects[0] - complement) / np.sqrt(1.0 / weights[0] + 1.0 / rest)
    out: Array = np.where(rest > 0.0, z, np.inf)
    return out


def _statistic_at(effects: Array, errors: Array) -> float:
    return float(_statistic(Inputs(effects[:, None], errors[:, None]))[0])


def _minimum(function: Callable[[Array], float], box: Sequence[tuple[float, float]]) -> float:
    """Minimum of a smooth function over a box: best grid point, then polished within bounds."""
    points = 5 if len(box) <= 4 else 2
    grid = [np.array(x) for x in product(*(np.linspace(a, b, points) for a, b in box))]
    values = [function(x) for x in grid]
    best = int(np.argmin(values))
    polished = minimize(function, grid[best], bounds=box, method="L-BFGS-B")
    return min(values[best], float(polished.fun))
