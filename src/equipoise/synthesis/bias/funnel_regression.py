"""The line through a funnel: how do effects change with the size of the study.

The model is `yi ~ N(b0 + b1 xi, vi + tau2)` (or with a factor `phi` on `vi` in place of `tau2`),
`xi` being the standard error or another measure of size; `wi = 1 / (vi + tau2)`, `xbar` the
weighted mean of x and `Sxx = sum wi (xi - xbar)^2`. In this centred form

`b1 = sum wi (xi - xbar) yi / Sxx`, `h_i = wi / sum w + wi (xi - xbar)^2 / Sxx`,

and with residuals `ri` the residual sum is `Q(tau2) = sum wi ri^2`. Everything an estimator of
`tau2` needs follows: `tr P = sum wi (1 - h_i)` and `y' P P y = sum wi^2 ri^2`. Viechtbauer 2005,
10.3102/10769986030003261; Thompson and Sharp 1999,
10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.heterogeneity import root

METHODS = ("REML", "EE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM")

CONSTANT = 1e-7
"""Relative spread of a predictor below which its slope is arithmetic noise, as in R's `lm`."""

GRID_POINTS = 400
"""Points of the scan; over 16 decades neighbours differ by a tenth, less than any bend."""

TIE = 1e-9
"""Log-likelihood difference below which the first of two modes is kept."""


class Line(NamedTuple):
    """A fitted line at a given `tau2`; errors suppose that the variances are known."""

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    q: float
    tau2: float


class _Moments(NamedTuple):
    """Sums at g values of tau2 (g,): residual sums and traces."""

    q: Array
    weighted_squares: Array
    trace_p: Array
    log_determinants: Array
    log_information: Array


def is_constant(x: Array, v: Array) -> bool:
    """Whether a predictor does not vary, so that no slope exists."""
    w = 1.0 / v
    centred = x - float(w @ x) / float(w.sum())
    return math.sqrt(float(w @ centred**2)) <= CONSTANT * math.sqrt(float(w @ x**2))


def line_at(y: Array, v: Array, x: Array, tau2: float = 0.0) -> Line:
    """Fit the line with weights `1 / (v + tau2)`."""
    w = 1.0 / (v + tau2)
    total = float(w.sum())
    xbar, ybar = float(w @ x) / total, float(w @ y) / total
    centred = x - xbar
    sxx = float(w @ centred**2)
    slope = float(w @ (centred * (y - ybar))) / sxx
    residual = y - ybar - slope * centred
    se = sxx**-0.5
    intercept_se = math.sqrt(1.0 / total + xbar * xbar / sxx)
    return Line(ybar - slope * xbar, slope, intercept_se, se, float(w @ residual**2), tau2)


def fit_line(y: Array, v: Array, x: Array, method: str) -> Line:
    """Fit the line with `tau2` by the named estimator; needs at least three studies."""
    return line_at(y, v, x, _tau2(y, v, x, method))


def _moments(y: Array, v: Array, x: Array, grid: Array) -> _Moments:
    """Return the sums at every value of `grid` (g,) at once."""
    w = 1.0 / (v[None, :] + grid[:, None])
    total = w.sum(axis=1)
    centred = x[None, :] - ((w @ x) / total)[:, None]
    deviation = y[None, :] - ((w @ y) / total)[:, None]
    sxx = (w * centred**2).sum(axis=1)
    slope = (w * centred * deviation).sum(axis=1) / sxx
    weighted = w * (deviation - slope[:, None] * centred)
    leverage = w / total[:, None] + w * centred**2 / sxx[:, None]
    return _Moments(
        q=(weighted**2 / w).sum(axis=1),
        weighted_squares=(weighted**2).sum(axis=1),
        trace_p=(w * (1.0 - leverage)).sum(axis=1),
        log_determinants=-np.log(w).sum(axis=1),
        log_information=np.log(total) + np.log(sxx),
    )


def _tau2(y: Array, v: Array, x: Array, method: str) -> float:
    """Residual variance between studies by the named estimator, at least 0."""
    free = y.size - 2
    if method == "EE":
        return 0.0
    if method in {"ML", "REML"}:
        return _by_likelihood(y, v, x, restricted=method == "REML")
    if method in {"PM", "EB"}:
        # The empirical Bayes equation has the root of the Paule-Mandel one.
        return _by_moments(y, v, x, float(free))
    at_zero = _moments(y, v, x, np.zeros(1))
    if method == "DL":
        return max(0.0, float((at_zero.q[0] - free) / at_zero.trace_p[0]))
    if method == "HS":
        return max(0.0, float((at_zero.q[0] - y.size) / (1.0 / v).sum()))
    plain = line_at(y, np.ones_like(v), x)
    if method == "HE":
        centred = x - x.mean()
        leverage = 1.0 / y.size + centred**2 / float(centred @ centred)
        return max(0.0, (plain.q - float(v @ (1.0 - leverage))) / free)
    start = float(((y - y.mean()) ** 2).mean())
    return start * line_at(y, v, x, start).q / free


def _by_moments(y: Array, v: Array, x: Array, target: float) -> float:
    """Return the `tau2` at which `Q(tau2)` equals `target`, 0 if Q starts below."""

    def excess(tau2: float) -> float:
        return line_at(y, v, x, tau2).q - target

    if excess(0.0) <= 0.0:
        return 0.0
    return root(excess, 0.0, 2.0 * float(((y - y.mean()) ** 2).sum()) / target)


def _by_likelihood(y: Array, v: Array, x: Array, *, restricted: bool) -> float:
    """Best of all modes of the (restricted) likelihood: scanned, polished, compared."""

    def slopes(grid: Array) -> Array:
        m = _moments(y, v, x, grid)
        trace = m.trace_p if restricted else (1.0 / (v[None, :] + grid[:, None])).sum(axis=1)
        out: Array = m.weighted_squares - trace
        return out

    def height(tau2: float) -> float:
        m = _moments(y, v, x, np.array([tau2]))
        extra = m.log_information[0] if restricted else 0.0
        return -0.5 * float(m.log_determinants[0] + extra + m.q[0])

    # Below, tau2 is too small to matter; above, `Q(0) vmax < tau2^2` makes every slope negative.
    spread = float(((y - y.mean()) ** 2).sum())
    high = 4.0 * (spread + float(v.max()))
    low = 1e-4 * min(float(v.min()), high)
    found = _modes(slopes, np.concatenate([[0.0], np.geomspace(low, high, GRID_POINTS)]))
    best = found[0]
    for tau2 in found[1:]:
        if height(tau2) > height(best) + TIE:
            best = tau2
    return best


def _modes(slopes: Callable[[Array], Array], grid: Array) -> list[float]:
    """Every downward crossing of zero on the grid; zero itself where the slope starts there."""
    falling = slopes(grid) <= 0.0
    found = [0.0] if falling[0] else []
    for i in np.flatnonzero(~falling[:-1] & falling[1:]):
        found.append(
            root(lambda t: float(slopes(np.array([t]))[0]), float(grid[i]), float(grid[i + 1]))
        )
    return found or [0.0]
