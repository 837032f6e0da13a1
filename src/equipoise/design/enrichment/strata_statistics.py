"""Adaptive enrichment trials drawn as the statistics of their strata, not patient by patient."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from equipoise.design.enrichment.populations import Nested
from equipoise.design.enrichment.stage_draw import StageDraw
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among
from equipoise.synthesis.compiled import kernel

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class NormalEndpoint:
    """Independent normal estimates by stratum and stage, of known information.

    Attributes
    ----------
    populations : Nested
        Strata and populations.
    effects : array, shape (m,)
        True effect by stratum, above 0 for benefit.
    size : array, shape (K, m, m)
        Patients or events `[k, b, s]` of stage k in stratum s when population b is recruited.
    unit : float
        Information of one patient or event; an estimate has variance `1 / (unit size)`.
    by_prevalence : bool
        The statistic of a population averages its strata by prevalence rather than information.
    """

    populations: Nested
    effects: Array
    size: Array
    unit: float
    by_prevalence: bool

    @property
    def stages(self) -> int:
        """Stages planned."""
        return int(self.size.shape[0])

    @property
    def truth(self) -> Array:
        """True effect by stratum."""
        return self.effects

    def planned(self, stage: int) -> Array:
        """Patients or events of `stage` if population j is recruited alone."""
        return np.asarray(self.size[stage].sum(axis=1))

    def draw(self, rng: Generator, stage: int, breadth: Integers) -> StageDraw:
        """Draw every stratum's estimate, `N(effect, 1 / I)`."""
        n, m = breadth.size, self.populations.size
        numbers = np.zeros((6, n, m))
        noise = rng.standard_normal((n, m))
        normal_kernel(
            *(noise, breadth, self.effects, self.size[stage], self.unit),
            *(self.populations.shares, self.by_prevalence, numbers),
        )
        return StageDraw(*numbers)


def normal_endpoint(
    populations: Nested,
    size: ArrayLike,
    effects: ArrayLike,
    unit: float,
    *,
    average: str = "prevalence",
) -> NormalEndpoint:
    """Check the strata of a statistic-level simulation.

    With `I_s = unit size_s` and estimate `x_s`, the statistic of a population is
    `sum pi_s x_s / sqrt(sum pi_s^2 / I_s)` by prevalence, which tests "prevalence-weighted
    average effect at most 0" at its level whatever the strata; or `sum I_s x_s / sqrt(sum I_s)` by
    information, as a stratified log-rank test does: it tests the average by information, which is
    another hypothesis where strata differ in effect and in events per patient.

    Parameters
    ----------
    populations : Nested
        m strata.
    size : array_like, shape (K, m, m)
        Patients or events `[k, b, s]`; 0 outside population b.
    effects : array_like, shape (m,)
        True effects, above 0 for benefit.
    unit : float
        Information of one patient or event.
    average : {"prevalence", "information"}
        Weights of the strata in a population's statistic.

    Raises
    ------
    ArrayError
        All that is wrong.
    """
    n = np.asarray(size, dtype=np.float64)
    effect = np.atleast_1d(np.asarray(effects, dtype=np.float64))
    m = populations.size
    problems = not_among("average", average, ("prevalence", "information"))
    if n.ndim != 3 or n.shape[1:] != (m, m):
        shown, allowed = f"shape {n.shape}", f"shape (K, {m}, {m})"
        problems.append(Problem("", "", "size", shown, allowed, "See survival_endpoint."))
    elif not np.all((n > 0.0) == (populations.weights > 0.0)[None]):
        allowed, action = "above 0 within each population, 0 outside", "Correct it."
        problems.append(Problem("", "", "size", str(n.tolist()), allowed, action))
    if effect.shape != (m,) or not np.all(np.isfinite(effect)):
        shown, allowed = str(effect.tolist()), f"{m} finite numbers"
        problems.append(Problem("", "", "effects", shown, allowed, "One effect a stratum."))
    if not 0.0 < unit < math.inf:
        problems.append(Problem("", "", "unit", repr(unit), "finite, above 0", "Correct it."))
    if problems:
        raise ArrayError(problems)
    return NormalEndpoint(populations, effect, n, unit, average == "prevalence")


def survival_endpoint(
    populations: Nested,
    stage_events: ArrayLike,
    hazard_ratios: ArrayLike,
    *,
    allocation: float = 1.0,
    control_risks: ArrayLike | None = None,
    average: str = "prevalence",
) -> NormalEndpoint:
    """Log-rank statistics of strata when each stage waits for its number of events.

    The events of a stage fall to the strata in proportion to `pi_s (1 + r HR_s)`, r treated for
    each control, as they do while few have had one; or, with the control risks `q_s` at the time
    of analysis, to `pi_s (q_s + r (1 - (1 - q_s)^HR_s))`. The effect is `-log HR` and an event's
    information `r / (1 + r)^2`.

    Parameters
    ----------
    populations : Nested
        m strata.
    stage_events : array_like, shape (K,)
        New events of each stage, all from patients of that stage.
    hazard_ratios : array_like, shape (m,)
        Treatment against control, by stratum; below 1 for benefit.
    allocation : float
        r.
    control_risks : array_like, shape (m,), optional
        q_s, above 0, below 1.
    average : {"prevalence", "information"}
        As `normal_endpoint`; rpact and the stratified log-rank test average by information.

    Examples
    --------
    >>> from equipoise.design.enrichment.populations import nested
    >>> survival_endpoint(nested([0.6, 0.4]), [100.0], [1.0, 1.0]).size[0].round(6).tolist()
    [[0.0, 100.0], [60.0, 40.0]]
    """
    ratios = np.atleast_1d(np.asarray(hazard_ratios, dtype=np.float64))
    events = np.atleast_1d(np.asarray(stage_events, dtype=np.float64))
    bad = [
        Problem("", "", name, str(values.tolist()), "finite, above 0", "Correct it.")
        for name, values in (("hazard_ratios", ratios), ("stage_events", events))
        if not np.all((values > 0.0) & np.isfinite(values))
    ]
    if ratios.shape != (populations.size,):
        allowed = f"{populations.size} numbers"
        bad.append(
            Problem("", "", "hazard_ratios", str(ratios.tolist()), allowed, "One a stratum.")
        )
    if not 0.0 < allocation < math.inf:
        allowed = "finite, above 0"
        bad.append(Problem("", "", "allocation", repr(allocation), allowed, "Correct it."))
    q = None if control_risks is None else np.asarray(control_risks, dtype=np.float64)
    if q is not None and (q.shape != ratios.shape or not np.all((q > 0.0) & (q < 1.0))):
        allowed = f"{populations.size} numbers above 0, below 1"
        bad.append(Problem("", "", "control_risks", str(q.tolist()), allowed, "One a stratum."))
    if bad:
        raise ArrayError(bad)
    risk = 1.0 + allocation * ratios
    if q is not None:
        risk = q + allocation * (1.0 - (1.0 - q) ** ratios)
    share = populations.weights * risk
    share /= share.sum(axis=1, keepdims=True)
    unit = allocation / (1.0 + allocation) ** 2
    size = events[:, None, None] * share
    return normal_endpoint(populations, size, -np.log(ratios), unit, average=average)


@kernel
def normal_kernel(
    noise: Array,
    breadth: Integers,
    effects: Array,
    size: Array,
    unit: float,
    shares: Array,
    by_prevalence: bool,
    out: Array,
) -> None:
    """Fill patients, z, effect, weight, spread and information: `out` (6, n, m).

    A population's sum of `w^2 / I` grows by its strata, so that its root ratio is the correlation
    of two populations whatever the weights.
    """
    m = noise.shape[1]
    for i in range(noise.shape[0]):
        top, bottom = 0.0, 0.0
        for s in range(m - 1, m - 2 - breadth[i], -1):
            information = unit * size[breadth[i], s]
            x = effects[s] + noise[i, s] / math.sqrt(information)
            w = shares[s] if by_prevalence else information
            top += w * x
            bottom += w * w / information
            out[0, i, s] = size[breadth[i], s]
            out[2, i, s], out[3, i, s], out[4, i, s] = x, information, 1.0
            j = m - 1 - s
            out[1, i, j] = top / math.sqrt(bottom)
            out[5, i, j] = bottom
