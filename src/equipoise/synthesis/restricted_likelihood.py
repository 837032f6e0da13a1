"""The likelihood of `tau2`, full or restricted, and what is said when it has several maxima.

With few studies it can have two modes, one of them often at zero, and a Newton iteration stops at
whichever is nearer. `likelihood_modes` finds all of them with proof that there is no other.
Viechtbauer 2005, 10.3102/10769986030003261.
"""

from __future__ import annotations

import math

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.likelihood_modes import MODES, find_modes, sums_at

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


def slope(yi: Array, vi: Array, tau2: float, *, restricted: bool = True) -> float:
    """Twice the derivative of the log-likelihood: `y' P P y - tr P`, or `y' P P y - sum wi`."""
    rise, fall, *_ = sums_at(yi - yi[np.argmin(vi)], vi, tau2, restricted)
    return rise - fall


def modes(yi: Array, vi: Array, *, restricted: bool = True) -> list[float]:
    """Return every local maximum of the likelihood on `tau2 >= 0`, ascending."""
    out = np.empty(MODES)
    found = find_modes(yi - yi[np.argmin(vi)], vi, restricted, out)
    return [float(tau2) for tau2 in out[: max(found, 0)]]


def other_modes(yi: Array, vi: Array, tau2: float, *, restricted: bool, unit: float = 1.0) -> str:
    """Say which other values of `tau2`, times `unit`, the data support nearly as well."""
    height = restricted_log_likelihood if restricted else log_likelihood
    found = modes(yi, vi, restricted=restricted)
    best = min(found, key=lambda t: abs(t - tau2))
    below = {t: height(yi, vi, best) - height(yi, vi, t) for t in found if t != best}
    others = "; ".join(
        f"tau2 {t * unit:.4g}, log-likelihood lower by {lower:.2g}" for t, lower in below.items()
    )
    tie = " They cannot be told apart." if max(below.values(), default=1.0) < TIE else ""
    name = "restricted likelihood" if restricted else "likelihood"
    return f"The {name} has more than one maximum (also {others}).{tie}"
