"""Where the score of `tau2` is certain to keep its sign, from one evaluation of it.

Let `lambda_j` be the eigenvalues of the variances seen by contrasts (REML, k - 1 of them; all
between the smallest and largest variance) or the variances themselves (ML, k). Then twice the
score of `tau2` is `A - B` with

    A(t) = sum z_j^2 / (lambda_j + t)^2,   B(t) = sum 1 / (lambda_j + t),

`C = -A'/2` and `D = -B'`. With `u = 1 / (lambda + t)` at the evaluated point, `A` and `B` at
`t + x` are averages of `1 / (1 + x u)^2` and `1 / (1 + x u)`, which are convex in `u`: with the
mean of `u` known (`g = C / A`, `h = D / B`), an average is least when all `u` are the mean and
greatest when they sit at the two ends `u0 = 1 / (max v + t)` and `u1 = 1 / (min v + t)`. The sign
of `A - B` along a stretch is thus that of a polynomial in `x` of degree 4 at most.

Everything here is exact but for rounding; `SAFETY` is taken off each stretch for that.
"""

from __future__ import annotations

import math

from equipoise.synthesis.compiled import part

SAFETY = 1.0 - 1e-9
"""Share of a proven stretch that is used."""

SHIFTS = 12
"""Times a polynomial is looked at from further along before the rest is given up."""


@part
def never_negative(a: float, b: float, c: float) -> bool:
    """Whether `a + b x + c x^2 >= 0` for every `x >= 0`."""
    return a >= 0.0 and c >= 0.0 and (b >= 0.0 or b * b < 4.0 * a * c)


@part
def safe_step(c0: float, c1: float, c2: float, c3: float) -> float:
    """Length over which `c0 > 0` outweighs every negative term, shared equally."""
    parts = 0
    for c in (c1, c2, c3):
        parts += c < 0.0
    step = math.inf
    if c1 < 0.0:
        step = c0 / (-c1 * parts)
    if c2 < 0.0:
        step = min(step, math.sqrt(c0 / (-c2 * parts)))
    if c3 < 0.0:
        step = min(step, (c0 / (-c3 * parts)) ** (1.0 / 3.0))
    return step


@part
def reach(c0: float, c1: float, c2: float, c3: float, c4: float) -> float:
    """Length from 0 over which `c0 + c1 x + c2 x^2 + c3 x^3 + c4 x^4` is certain to be >= 0.

    `c4 >= 0`. Infinite when it never falls below.
    """
    length = 0.0
    for _ in range(SHIFTS):
        if not c0 > 0.0:
            break
        if c1 >= 0.0 and never_negative(c2, c3, c4):
            return math.inf
        if c3 >= 0.0 and never_negative(c0, c1, c2):
            return math.inf
        x = safe_step(c0, c1, c2, c3)
        length += x
        if x < 0.02 * length:
            break
        # The same polynomial, counted from `x`.
        c0 = c0 + x * (c1 + x * (c2 + x * (c3 + x * c4)))
        c1 = c1 + x * (2.0 * c2 + x * (3.0 * c3 + x * 4.0 * c4))
        c2 = c2 + x * (3.0 * c3 + x * 6.0 * c4)
        c3 = c3 + x * 4.0 * c4
    return length * SAFETY


@part
def falling_reach(
    a: float, b: float, c: float, d: float, u0: float, u1: float, at_root: bool
) -> float:
    """Distance to the right over which the score stays below zero; from a root if `at_root`."""
    g, h, e1, e2 = c / a, d / b, u0 + u1, u0 * u1
    spread = e1 * (e1 - g) - e2
    c1 = 2.0 * e1 * (b - a) + a * (2.0 * g - h)
    c2 = b * (e1 * e1 + 2.0 * e2) - a * (2.0 * (e1 - g) * h + spread)
    c3 = 2.0 * b * e1 * e2 - a * h * spread
    c4 = b * e2 * e2
    if at_root:
        return reach(c1, c2, c3, c4, 0.0)
    return reach(b - a, c1, c2, c3, c4)


@part
def rising_reach(a: float, b: float, c: float, d: float, u0: float, u1: float) -> float:
    """Distance to the right over which the score stays above zero."""
    g, h, e1, e2 = c / a, d / b, u0 + u1, u0 * u1
    other = e1 - h
    c1 = a * e1 - b * (2.0 * g + other)
    c2 = a * e2 - b * (g * g + 2.0 * g * other)
    c3 = -b * g * g * other
    return reach(a - b, c1, c2, c3, 0.0)


@part
def rising_reach_left(
    a: float, b: float, c: float, d: float, u0: float, u1: float, at_root: bool
) -> float:
    """Distance to the left over which the score stays above zero; from a root if `at_root`."""
    g, h, e1, e2 = c / a, d / b, u0 + u1, u0 * u1
    other = e1 - h
    c1 = b * (2.0 * g + other) - a * e1
    c2 = a * e2 - b * (g * g + 2.0 * g * other)
    c3 = b * g * g * other
    if at_root:
        return reach(c1, c2, c3, 0.0, 0.0)
    return reach(a - b, c1, c2, c3, 0.0)


@part
def step_to_root(a: float, b: float, c: float, d: float) -> float:
    """Step to where `A = B` if all `u` were at their means; -inf where that model has no root.

    `A / (1 + x g)^2 = B / (1 + x h)`, exact when all variances are equal and of first order
    always, so that it converges like Newton's step and mostly from further away.
    """
    g, h = c / a, d / b
    square, linear, constant = b * g * g, 2.0 * b * g - a * h, b - a
    inner = linear * linear - 4.0 * square * constant
    if inner < 0.0 or (constant > 0.0 and linear <= 0.0):
        return -math.inf
    root = math.sqrt(inner)
    if linear >= 0.0:
        return -2.0 * constant / (linear + root)
    return (root - linear) / (2.0 * square)
