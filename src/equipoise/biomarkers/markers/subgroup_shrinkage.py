"""What each of many subgroups is worth once it is read beside the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.biomarkers.markers.deviation_priors import (
    Horseshoe,
    NormalSpread,
    ScaleGrid,
    spike_and_slab_grid,
)
from equipoise.biomarkers.markers.shrinkage_kernels import (
    component_moments,
    weigh_centres,
    weigh_components,
)
from equipoise.errors import Problem
from equipoise.estimate import OVERFLOW
from equipoise.synthesis.arrays import (
    Array,
    ArrayError,
    as_vector,
    failing,
    not_among,
    same_length,
)
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.posteriors import (
    INTERACTION_PRIORS,
    Posterior,
    PriorDescription,
    SpikeAndSlabPrior,
)
from equipoise.synthesis.posteriors.mixture import Scale

DeviationPrior = NormalSpread | Horseshoe | SpikeAndSlabPrior
NAMED: dict[str, DeviationPrior] = {
    "normal-normal": NormalSpread(),
    "horseshoe": Horseshoe(),
    **INTERACTION_PRIORS,
}
"""Priors by name: two that learn the spread from the subgroups, three fixed beliefs."""

CENTRE_STEP = 0.8
"""Step of the common effect in standard errors of the common-effect mean: the narrowest thing
there is along it. The sum of a normal at that step is off by 2 exp(-2 pi^2 / 0.64) = 8e-14."""
CENTRE_REACH = 6.0
MOST_CENTRES = 400
NEGLIGIBLE = 1e-10
FOREST = (
    *("subgroup", "raw", "raw_low", "raw_high"),
    *("shrunken", "shrunken_low", "shrunken_high", "pull"),
)
"""Columns of a shrinkage forest plot."""


@dataclass(frozen=True, eq=False)
class ShrunkenSubgroups:
    """Subgroups before and after; arrays are (k,), on the analysis scale.

    Attributes
    ----------
    labels : tuple of str
    estimates, ses : array
        As given.
    means, sds : array
        Posterior mean and standard deviation of each subgroup's effect.
    prior, common : PriorDescription
        Belief about the deviations and about what they deviate from.
    log_evidence : float
        Logarithm of the probability of all estimates under the prior, to compare priors.
    scale : {"log", "identity"}
    """

    labels: tuple[str, ...]
    estimates: Array
    ses: Array
    means: Array
    sds: Array
    prior: PriorDescription
    common: PriorDescription
    log_evidence: float
    scale: Scale
    centres: Array
    scales: Array
    weights: Array

    def posterior(self, label: str) -> Posterior:
        """Return the belief about one subgroup as a mixture of normals (one named effect)."""
        problems = not_among("label", label, self.labels)
        if problems:
            raise ArrayError(problems)
        i = self.labels.index(label)
        w, v = self.weights[i], self.ses[i] ** 2
        b = self.scales**2 / (v + self.scales**2)
        centre, blur = _smooth(self.centres, w)
        means = centre + b * (self.estimates[i] - centre)
        variances = b * v + (1.0 - b) ** 2 * blur
        kept = w > NEGLIGIBLE
        w, variances = w[kept], np.broadcast_to(variances, kept.shape)[kept]
        described = (self.prior, self.common)
        return Posterior(
            (label,),
            w / w.sum(),
            means[kept][:, None],
            variances[:, None, None],
            self.scale,
            described,
        )

    def to_frame(self, level: float = 0.95) -> pd.DataFrame:
        """Rows of a shrinkage forest plot, on the natural scale: raw and shrunken, with intervals.

        `pull` is the share of the way from the estimate to the common effect that the prior
        moved it, `1 - (mean - c) / (estimate - c)` with c the posterior mean of the common
        effect; NaN where the estimate is within a hundredth of its error of it.
        """
        z = critical_value(level)
        rows = []
        common = float(self.weights.sum(axis=(0, 2)) @ self.centres / self.estimates.size)
        for i, label in enumerate(self.labels):
            low, high = self.posterior(label).interval(label, level)
            y, s, off = self.estimates[i], self.ses[i], self.estimates[i] - common
            numbers = (y, y - z * s, y + z * s, self.means[i], low, high)
            pull = math.nan if abs(off) < 0.01 * s else 1.0 - (self.means[i] - common) / off
            rows.append((label, *(self._natural(x) for x in numbers), pull))
        return pd.DataFrame(rows, columns=FOREST)

    def _natural(self, x: float) -> float:
        if self.scale == "identity":
            return float(x)
        return math.inf if x > OVERFLOW else math.exp(x)


def shrink_subgroups(
    estimates: ArrayLike,
    ses: ArrayLike,
    labels: Sequence[str] | None = None,
    *,
    prior: str | DeviationPrior = "reference",
    common_mean: float = 0.0,
    common_sd: float = 0.0,
    scale: Scale = "log",
) -> ShrunkenSubgroups:
    r"""Answer how much of each subgroup's result would be left if they were all looked at at once.

    `y_i ~ N(mu + theta_i, s_i^2)` with `mu ~ N(m, S^2)` and a prior of the deviations theta_i
    that pulls them towards 0. Everything is a finite mixture of normals: no simulation.

    Parameters
    ----------
    estimates, ses : array_like, shape (k,)
        `y_i` and `s_i` on the analysis scale. Either effects in subgroups (then give
        `common_sd`), or interactions (log ratios of ratios), which deviate from 0.
    labels : sequence of str, optional
    prior : str or prior
        ``normal-normal`` (`NormalSpread`), ``horseshoe`` (`Horseshoe`), or a spike and slab:
        ``sceptic``, ``reference``, ``enthusiast`` or a `SpikeAndSlabPrior`.
    common_mean, common_sd : float
        m and S; an S of 0 means that mu is known to be m.
    scale : {"log", "identity"}

    Raises
    ------
    ArrayError
        Every unusable number at once.

    Notes
    -----
    The subgroups must not share patients: overlapping ones (by sex and by age of the same trial)
    are not independent, and are then shrunk too little. Subgroups that were left out because
    nothing was seen in them make the rest shrink too little as well.

    Sources: horseshoe, Carvalho, Polson and Scott 2010, 10.1093/biomet/asq017; spike and slab,
    Mitchell and Beauchamp 1988, 10.1080/01621459.1988.10478694; normal-normal on a grid, Röver
    2020, 10.18637/jss.v093.i06.

    Examples
    --------
    >>> shrunken = shrink_subgroups([-0.95, 0.1, 0.0], [0.49, 0.2, 0.2], prior="reference")
    >>> round(float(np.exp(shrunken.means[0])), 2)
    0.91
    """
    y, s = as_vector(estimates, "estimates"), as_vector(ses, "ses")
    same_length(estimates=y, ses=s)
    _check(y, s, labels, common_mean, common_sd, prior)
    belief = NAMED[prior] if isinstance(prior, str) else prior
    reach = float(np.abs(y - common_mean).max()) + 3.0 * common_sd
    grid = _grid(belief, s, reach)
    centres, log_centre = _centres(y, s, grid, common_mean, common_sd)
    weights, evidence = weigh_components(y, s, centres, log_centre, *grid)
    means, sds = component_moments(y, s, centres, grid.scales, weights)
    names = tuple(f"subgroup {i + 1}" for i in range(y.size)) if labels is None else tuple(labels)
    described = (
        belief.description()
        if not isinstance(belief, SpikeAndSlabPrior)
        else (belief.difference().description())
    )
    known = (
        f"exactly {common_mean:g}" if common_sd == 0.0 else f"N({common_mean:g}, {common_sd:g}^2)"
    )
    common = PriorDescription("common effect", known, "chosen by the analyst")
    return ShrunkenSubgroups(
        names, y, s, means, sds, described, common, evidence, scale, centres, grid.scales, weights
    )


def _check(
    y: Array,
    s: Array,
    labels: Sequence[str] | None,
    mean: float,
    sd: float,
    prior: str | DeviationPrior,
) -> None:
    data = {"estimates": y, "ses": s}
    problems = failing(data, ("estimates",), np.isfinite, "a finite number")
    good = "above 0, finite"
    problems += failing(data, ("ses",), lambda x: np.isfinite(x) & (x > 0.0), good)
    if isinstance(prior, str):
        problems += not_among("prior", prior, tuple(NAMED))
    rules = (
        ("estimates", y.size, y.size > 0, "at least one", "Give a subgroup."),
        ("common_mean", mean, math.isfinite(mean), "finite", "Use 0 for no effect."),
        ("common_sd", sd, 0.0 <= sd < math.inf, "0 or more, finite", "Use 0 if it is known."),
        (
            "labels",
            "" if labels is None else len(labels),
            labels is None or len(set(labels)) == len(labels) == y.size,
            f"{y.size} different names",
            "Name each subgroup once.",
        ),
    )
    problems += [
        Problem("", "", field, repr(value), allowed, action)
        for field, value, fine, allowed, action in rules
        if not fine
    ]
    if problems:
        raise ArrayError(problems)


def _grid(belief: DeviationPrior, s: Array, reach: float) -> ScaleGrid:
    if isinstance(belief, SpikeAndSlabPrior):
        return spike_and_slab_grid(belief)
    return belief.grid(s, reach)


def _smooth(centres: Array, weights: Array) -> tuple[Array, Array]:
    """Turn the nodes (m,) of the common effect into narrow normals: means (m, J), variances (J,).

    Where a subgroup does not deviate its effect is the common one, and a grid of atoms would
    round its quantiles to nodes. Each node becomes a normal of half a step; to leave mean and
    variance given each scale as they are the nodes move towards their mean by
    `sqrt(1 - blur / variance)`.
    """
    if centres.size == 1:
        return np.repeat(centres[:, None], weights.shape[1], axis=1), np.zeros(weights.shape[1])
    total = np.maximum(weights.sum(axis=0), 1e-300)
    mean = centres @ weights / total
    off = centres[:, None] - mean
    variance = (off**2 * weights).sum(axis=0) / total
    blur = np.minimum((0.5 * (centres[1] - centres[0])) ** 2, variance)
    kept = np.sqrt(1.0 - blur / np.maximum(variance, 1e-300))
    return mean + kept * off, blur


def _centres(y: Array, s: Array, grid: ScaleGrid, mean: float, sd: float) -> tuple[Array, Array]:
    """Nodes of the common effect (m,) and log prior weights; one node where it is known.

    A first look over all places that prior or data allow, then equal steps over those that are
    left once the data have spoken.
    """
    if sd == 0.0:
        return np.array([mean]), np.zeros(1)
    step = CENTRE_STEP / math.sqrt(float((1.0 / s**2).sum()) + 1.0 / sd**2)
    low = min(mean - CENTRE_REACH * sd, float(y.min()))
    high = max(mean + CENTRE_REACH * sd, float(y.max()))
    for stride in (2.5, 1.0):  # a peak is a standard error wide at least: 2 of them do not miss it
        count = min(math.ceil((high - low) / (stride * step)) + 1, MOST_CENTRES)
        nodes = np.linspace(low, high, max(count, 2))
        log_prior = -0.5 * ((nodes - mean) / sd) ** 2
        if stride == 1.0:
            break
        used = np.flatnonzero(weigh_centres(y, s, nodes, log_prior, *grid) > 1e-12)
        low, high = nodes[max(used[0] - 1, 0)], nodes[min(used[-1] + 1, nodes.size - 1)]
    width = (nodes[-1] - nodes[0]) / (nodes.size - 1)
    return nodes, log_prior + math.log(width / (sd * math.sqrt(2.0 * math.pi)))
