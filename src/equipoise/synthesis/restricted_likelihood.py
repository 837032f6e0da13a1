"""The restricted likelihood of `tau2`, searched so that the best of its modes is found.

With few studies the restricted likelihood can have two modes, one of them often at zero, and a
Newton iteration stops at whichever is nearer. Here the sign of the slope is read on a grid of
`tau2` values that spans every scale on which the likelihood can bend, each downward crossing is
polished, and the highest mode wins. Viechtbauer 2005, 10.3102/10769986030003261.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.heterogeneity import Tau2, all_but_one, root, trace_p_squared

GRID_POINTS = 400
"""Points of the scan; over 16 decades neighbours differ by a tenth, less than any bend."""

TIE = 1e-6
"""Log-likelihood difference below which two modes cannot be told apart."""


def log_likelihood(yi: Array, vi: Array, tau2: float) -> float:
    """Return the log-likelihood of `tau2` with the mean at its maximum.

    `-1/2 [k log 2 pi + sum log(vi + tau2) + Q(tau2)]`.
    """
    total = vi + tau2
    residual = yi - (yi / total).sum() / (1.0 / total).sum()
    return float(
        -0.5 * (yi.size * math.log(2 * math.pi) + np.log(total).sum() + (residual**2 / total).sum())
    )


def restricted_log_likelihood(yi: Array, vi: Array, tau2: float) -> float:
    """Return the restricted log-likelihood of `tau2`, the mean integrated out.

    `-1/2 [(k - 1) log 2 pi - log k + sum log(vi + tau2) + log sum wi + Q(tau2)]`; the `log k`
    makes it comparable between designs, as in metafor.
    """
    extra = math.log(2 * math.pi) + math.log(yi.size) - math.log(float((1.0 / (vi + tau2)).sum()))
    return log_likelihood(yi, vi, tau2) + 0.5 * extra


def slope(yi: Array, vi: Array, tau2: float) -> float:
    """Twice the derivative of the restricted log-likelihood: `y' P P y - tr P`."""
    return float(_slopes(yi, vi, np.array([tau2]))[0])


def _slopes(yi: Array, vi: Array, grid: Array) -> Array:
    """`slope` at every point of `grid` (g,) at once."""
    wi = 1.0 / (vi[None, :] + grid[:, None])
    total = wi.sum(axis=1)
    weighted = wi * (yi[None, :] - ((wi @ yi) / total)[:, None])
    trace = (wi * all_but_one(wi)).sum(axis=1) / total
    out: Array = (weighted**2).sum(axis=1) - trace
    return out


def scan_grid(yi: Array, vi: Array, points: int = GRID_POINTS) -> Array:
    """Zero and `points` log-spaced values of `tau2` that bracket every mode.

    Below a ten-thousandth of the smallest variance nothing changes. Above
    `(k / (k - 1)) sum (yi - mean)^2` plus the largest variance the slope is negative, since
    `y' P P y <= S / tau2^2` and `tr P >= (k - 1) / (max vi + tau2)`.
    """
    spread = float(((yi - yi.mean()) ** 2).sum())
    high = 4.0 * (spread + float(vi.max()))
    low = 1e-4 * min(float(vi.min()), high)
    return np.concatenate([[0.0], np.geomspace(low, high, points)])


def modes(yi: Array, vi: Array) -> list[float]:
    """Return every local maximum of the restricted likelihood on `tau2 >= 0`, ascending."""
    grid = scan_grid(yi, vi)
    falling = _slopes(yi, vi, grid) <= 0.0
    found = [0.0] if falling[0] else []
    for i in np.flatnonzero(~falling[:-1] & falling[1:]):
        found.append(root(lambda t: slope(yi, vi, t), float(grid[i]), float(grid[i + 1])))
    return found


def tau2_reml(yi: Array, vi: Array) -> Tau2:
    """Restricted maximum-likelihood estimate of `tau2`, the best of all modes.

    Standard error `sqrt(2 / tr PP)` from the expected information. Status ``bimodal`` when
    there is more than one mode (the message names the others), ``boundary`` at zero,
    ``not_converged`` if no mode could be located.
    """
    found = modes(yi, vi)
    if not found:
        return Tau2(math.nan, math.nan, "not_converged", "No mode of the restricted likelihood.")
    heights = [restricted_log_likelihood(yi, vi, tau2) for tau2 in found]
    best = int(np.argmax(heights))
    tau2 = found[best]
    se = math.sqrt(2.0 / trace_p_squared(vi, tau2))
    if len(found) == 1:
        return Tau2(tau2, se, "converged" if tau2 > 0.0 else "boundary")
    return Tau2(tau2, se, "bimodal", _other_modes(found, heights, best))


def _other_modes(found: list[float], heights: list[float], best: int) -> str:
    """Say which other values of `tau2` the data support nearly as well."""
    others = "; ".join(
        f"tau2 {found[i]:.4g}, log-likelihood lower by {heights[best] - heights[i]:.2g}"
        for i in range(len(found))
        if i != best
    )
    tie = " They cannot be told apart." if np.ptp(heights) < TIE else ""
    return f"The restricted likelihood has more than one maximum (also {others}).{tie}"
