r"""What is believed of how far subgroups deviate: mixtures of normals with mean 0, on one grid.

Every prior here has the form `theta_i ~ sum_j W[r, j] N(0, t_j^2)` given a spread `tau_r` that
all subgroups share, with probability `q_r`:

- normal-normal: `t_j = tau_j`, so that W is the identity and q the prior of tau;
- horseshoe: `t = lambda_i tau` with `lambda_i` half-Cauchy, a row of W the distribution of t;
- spike and slab: `t` is 0 or the slab's standard deviation, and nothing is shared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.posteriors import HeterogeneityPrior, PriorDescription, SpikeAndSlabPrior

METHOD_CITES = {
    "horseshoe": ("carvalho2010",),
    "normal-normal": ("rover2021",),
    "spike and slab": ("mitchell1988",),
}

TAIL = 1e-5
"""Prior probability of the shared spread that the grid leaves out at either end."""
SPREADS, SPARSE_SPREADS = 40, 28
"""Nodes of log tau, equally spaced: where tau is the scale itself, and where it is smeared out by
the horseshoe. Means of twelve subgroups are within 9e-6 and 1.4e-4 of a grid ten times finer."""
SCALE_STEP = 0.6
"""Step of log t in the horseshoe. A density that is analytic within pi / 2 of the real line
(half-Cauchy) is summed with an error of exp(-pi^2 / step), here 7e-8."""
SMALL, LARGE = 0.02, 60.0
"""The scales run from a fiftieth of the smallest standard error, below which a deviation is
nothing to the data, to sixty times the largest thing in sight."""


INTERACTION_SPREAD = HeterogeneityPrior("half-normal", 0.354)
"""Ratios of ratios between one half and two, with 95 %, for a spread at its scale."""
SPARSE_SPREAD = HeterogeneityPrior("half-cauchy", 0.1)
"""Most subgroups within a tenth of the common effect on the log scale; assumed."""


class ScaleGrid(NamedTuple):
    """Rising scales t (J,), weights W (R, J) by shared spread, and the logarithm of q (R,)."""

    scales: Array
    weights: Array
    log_prior: Array


@dataclass(frozen=True)
class NormalSpread:
    """Subgroups deviate as draws of one normal: `theta_i ~ N(0, tau^2)`.

    Parameters
    ----------
    spread : HeterogeneityPrior
        Of tau, on the analysis scale of the effects.
    """

    spread: HeterogeneityPrior = INTERACTION_SPREAD
    name: str = "normal-normal"

    def description(self) -> PriorDescription:
        """Return name, words and source."""
        inner = self.spread.description()
        words = f"deviations N(0, tau^2); {inner.words}"
        return PriorDescription(self.name, words, inner.source)

    def grid(self, ses: Array, reach: float) -> ScaleGrid:
        """Nodes of tau are the scales; `ses` and `reach` are not needed."""
        tau, log_prior = _spread_nodes(self.spread, SPREADS)
        return ScaleGrid(tau, np.eye(tau.size), log_prior)


@dataclass(frozen=True)
class Horseshoe:
    """Most subgroups deviate by nothing, a few by a lot: `theta_i ~ N(0, lambda_i^2 tau^2)`.

    `lambda_i` is half-Cauchy(1) (Carvalho, Polson and Scott 2010, 10.1093/biomet/asq017).

    Parameters
    ----------
    spread : HeterogeneityPrior
        Of tau, on the analysis scale of the effects.
    """

    spread: HeterogeneityPrior = SPARSE_SPREAD
    name: str = "horseshoe"

    def description(self) -> PriorDescription:
        """Return name, words and source."""
        inner = self.spread.description()
        words = f"deviations N(0, (lambda tau)^2), lambda half-Cauchy(1); {inner.words}"
        return PriorDescription(self.name, words, inner.source)

    def grid(self, ses: Array, reach: float) -> ScaleGrid:
        """Scales from well below the standard errors to well above `reach`, and an atom at 0.

        The density of `x = log t` given tau is `(2 / pi) r / (1 + r^2)`, `r = t / tau`. Equal
        steps h in x are summed; what lies below the first node, `h f(x_1) / (e^h - 1)` in the
        tail where f grows as `e^x`, is put at t = 0, where the data cannot tell it from.
        """
        tau, log_prior = _spread_nodes(self.spread, SPARSE_SPREADS)
        ends = np.log([SMALL * ses.min(), LARGE * max(reach, ses.max())])
        count = math.ceil((ends[1] - ends[0]) / SCALE_STEP) + 1
        x, step = np.linspace(ends[0], ends[1], count, retstep=True)
        ratio = np.exp(x)[None, :] / tau[:, None]
        weights = (2.0 / math.pi) * float(step) * ratio / (1.0 + ratio * ratio)
        below = (2.0 / math.pi) * np.arctan(np.exp(x[0] - 0.5 * step) / tau)
        scales = np.concatenate([[0.0], np.exp(x)])
        return ScaleGrid(scales, np.column_stack([below, weights]), log_prior)


def spike_and_slab_grid(prior: SpikeAndSlabPrior) -> ScaleGrid:
    """Scales 0 and the slab's standard deviation; one row, as nothing is shared."""
    weights = np.array([[1.0 - prior.probability, prior.probability]])
    return ScaleGrid(np.array([0.0, prior.sd]), weights, np.zeros(1))


def _spread_nodes(prior: HeterogeneityPrior, count: int) -> tuple[Array, Array]:
    """Values of tau (count,) and the logarithm of their prior weights (count,)."""
    if prior.known:
        return np.array([prior.scale]), np.zeros(1)
    low, high = prior.log_quantile(TAIL), prior.log_quantile(1.0 - TAIL)
    nodes = np.linspace(low, high, count)
    logs = prior.log_density(nodes)
    weights = np.exp(logs - logs.max())
    return np.exp(nodes), np.log(weights / weights.sum() + 1e-300)
