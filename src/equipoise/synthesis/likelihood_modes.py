"""Every maximum of the likelihood of `tau2`, with proof that there is no other.

The march starts at zero. Each evaluation of the score proves its sign over a stretch
(`certificates`); the next evaluation is at the end of it. Where the stretches become short a root
is near: there the derivative of the score is shown to keep one sign between two points, so that
there is one crossing or none, and a crossing is polished. The march ends when the score is
certain to stay negative. It costs tens of evaluations, so that `tau2_kernels` takes it only for
sets whose shape is not plain.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.certificates import falling_reach, rising_reach, step_to_root
from equipoise.synthesis.compiled import kernel, part

MODES = 16
"""Room for maxima; sets of 40 trials made to have many show at most four."""

SHORT = 0.02
"""Stretch, as a share of the smallest total variance, below which a root is taken to be near."""

FLAT = 1e-11
"""Change of the log-likelihood too small to matter."""

EVALUATIONS = 20_000
"""Evaluations after which the march gives up; typical are 20 to 60."""


@kernel
def sums_at(
    y: Array, v: Array, tau2: float, restricted: bool
) -> tuple[float, float, float, float, float, float]:
    """Return `A, B, C, D` (see `certificates`), `Q` and `sum w` at `tau2`.

    Effects are counted from an origin, which must be that of the most precise trial. The sums of
    `lane_sums`.
    """
    n, total, product, pairs, least = y.size, 0.0, 0.0, 0.0, math.inf
    for j in range(n):
        w = 1.0 / (v[j] + tau2)
        pairs += w * total
        total += w
        product += w * y[j]
        least = v[j] if v[j] < least else least
    mean = product / total
    origin_term = -mean / (least + tau2)
    squares, diagonal, cross = 0.0, 0.0, 0.0
    q, score, first, second = 0.0, 0.0, 0.0, 0.0
    for j in range(n):
        w = 1.0 / (v[j] + tau2)
        cross += w * w * squares
        squares += w * w
        residual = y[j] - mean
        u = w * residual
        q += u * residual
        score += u * u
        first += w * (u - origin_term)
        second += w * (u - origin_term) * (u - origin_term)
        # `total - w` would lose every digit of the rest where one weight is nearly all.
        others = total - w if w < 0.5 * total else _others(v, tau2, j)
        diagonal += (w * others) ** 2
    c = second - first * first / total
    if not restricted:
        return score, total, c, squares, q, total
    d = (diagonal + 2.0 * cross) / (total * total)
    return score, 2.0 * pairs / total, c, d, q, total


@part
def _others(v: Array, tau2: float, skip: int) -> float:
    """Sum of the weights of all trials but one."""
    total = 0.0
    for j in range(v.size):
        if j != skip:
            total += 1.0 / (v[j] + tau2)
    return total


@part
def height(y: Array, v: Array, tau2: float, restricted: bool) -> float:
    """Log-likelihood of `tau2`, without the constants that do not depend on it."""
    _, _, _, _, q, total = sums_at(y, v, tau2, restricted)
    logs = 0.0
    for j in range(v.size):
        logs += math.log(v[j] + tau2)
    return -0.5 * (logs + q + (math.log(total) if restricted else 0.0))


@part
def polish(y: Array, v: Array, low: float, high: float, restricted: bool) -> float:
    """Root of the score where it falls from above zero at `low` to below at `high`."""
    t, least = 0.5 * (low + high), v.min()
    for _ in range(200):
        a, b, c, d, _, _ = sums_at(y, v, t, restricted)
        if a > b:
            low = t
        else:
            high = t
        step = step_to_root(a, b, c, d)
        new = t + step
        if abs(step) <= 1e-12 * t + 1e-15 * least:  # its square is what is left
            return min(max(new, low), high)
        t = new if low < new < high else 0.5 * (low + high)
    return t


@part
def cross_root(y: Array, v: Array, start: float, restricted: bool) -> tuple[float, float, int]:
    """Pass a place where the score is nearly zero: its end, the mode in it (or -1), the cost."""
    a0, b0, c0, d0, _, _ = sums_at(y, v, start, restricted)
    width = 0.2 * (v.min() + start)
    used = 1
    while True:
        end = start + width
        a1, b1, c1, d1, _, _ = sums_at(y, v, end, restricted)
        used += 1
        flat = 0.5 * width * max(abs(a0 - b1), abs(b0 - a1)) < FLAT
        # The derivative of A - B is D - 2 C, and both fall.
        monotone = 2.0 * c1 > d0 or 2.0 * c0 < d1
        if monotone or flat:
            if a0 > b0 and a1 <= b1:
                return end, polish(y, v, start, end, restricted), used
            return end, -1.0, used
        width *= 0.5


@kernel
def find_modes(y: Array, v: Array, restricted: bool, out: Array) -> int:
    """Fill `out` (`MODES`,) with every maximum on `tau2 >= 0`, ascending; return how many.

    Minus one less the maxima met when the march was given up.
    """
    least, most = v.min(), v.max()
    found, t, used = 0, 0.0, 0
    while used < EVALUATIONS:
        a, b, c, d, _, _ = sums_at(y, v, t, restricted)
        used += 1
        if t == 0.0 and a <= b:
            out[found] = 0.0
            found += 1
        if not a > 0.0:
            return found
        u0, u1 = 1.0 / (most + t), 1.0 / (least + t)
        if a < b:
            step = falling_reach(a, b, c, d, u0, u1, False)
        else:
            step = rising_reach(a, b, c, d, u0, u1)
        if math.isinf(step):
            return found
        if step >= SHORT * (least + t):
            t += step
            continue
        end, mode, spent = cross_root(y, v, t, restricted)
        used += spent
        if mode >= 0.0 and found < MODES:
            out[found] = mode
            found += 1
        # Where the score is nearly level, the proven stretch is the longer of the two.
        t = max(end, t + step)
    return -1 - found


@part
def best_mode(y: Array, v: Array, restricted: bool, out: Array) -> tuple[int, float]:
    """How many maxima there are (0: the march was given up) and the `tau2` of the highest met."""
    found = find_modes(y, v, restricted, out)
    best, top = np.nan, -np.inf
    for i in range(found if found >= 0 else -1 - found):
        h = height(y, v, out[i], restricted)
        if h > top:
            best, top = out[i], h
    return max(found, 0), best
