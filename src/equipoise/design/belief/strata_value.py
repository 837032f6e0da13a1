r"""What a study is worth when the choice may differ between strata.

A study gives estimates `y ~ N(A theta, V)` of the effects in the strata, `A` (r, s): the average
with a row of shares, one stratum with a row of zeros and a one. Each stratum is then treated or
not by the sign of `E[U(theta_s) | y]`. All studies are judged on the same draws of the truth, so
that differences between them are not noise, and none is worth more than the truth itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.design.belief.mixture_integral import expectation
from equipoise.design.belief.strata_belief import StrataBelief
from equipoise.design.belief.utility import NetBenefit
from equipoise.design.engines.chunks import run_chunks
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Flags = NDArray[np.bool_]
INNER = 12
"""Hermite nodes for the utility within a component: it is smooth there."""

BLOCK = 2000
"""Draws a chunk: part of the job, so that no answer depends on who computes it."""


@dataclass(frozen=True)
class Reading:
    """What a study reads: `rows` (r, s) of the strata's effects, with `information` (r,) each.

    Readings without information are left out.
    """

    rows: Array
    information: Array


@dataclass(frozen=True)
class Adaptive:
    """Two stages: `first` is read, then `both` or `only` is what the whole study has read.

    After the first stage only the first stratum goes on when its estimate is better than that of
    the other stratum by more than `margin` (analysis scale, lower is better when `lower`).
    """

    first: Reading
    both: Reading
    only: Reading
    margin: float = 0.0
    lower: bool = True


Study = Reading | Adaptive


@dataclass(frozen=True)
class StrataValue:
    """EVSI and EVPI a patient of the whole population, with what the study would change.

    `change` is the probability that the choice changes in at least one stratum; `use_now` the
    choice today in each.
    """

    evsi: float
    mcse: float
    evpi: float
    change: float
    use_now: tuple[bool, ...]


@dataclass(frozen=True)
class ValueSums:
    """Sums over draws for every study (n,): gains, their squares, changes; and gains of truth."""

    draws: int
    gained: Array
    squares: Array
    changed: Array
    truth: float

    def __add__(self, other: ValueSums) -> ValueSums:
        """Add the draws of another chunk."""
        return ValueSums(
            self.draws + other.draws,
            self.gained + other.gained,
            self.squares + other.squares,
            self.changed + other.changed,
            self.truth + other.truth,
        )


@dataclass(frozen=True)
class StrataDraws:
    """Values all studies on some draws; a job for `run_chunks`."""

    belief: StrataBelief
    utility: NetBenefit
    studies: tuple[Study, ...]
    use_now: Flags

    def __call__(self, rng: np.random.Generator, size: int) -> ValueSums:
        """Draw `size` truths and add up what each study gains."""
        truth = _draw(self.belief, rng, size)
        noise = rng.standard_normal((2, size, len(self.belief.names)))
        worth = np.stack([self.utility.of(column) for column in truth.T], axis=1)
        shares = self.belief.shares
        gained, changed = np.empty((2, len(self.studies), size))
        for i, study in enumerate(self.studies):
            use = _choices(self.belief, self.utility, study, truth, noise)
            gained[i] = _gained(use, self.use_now, worth, shares)
            changed[i] = (use != self.use_now).any(axis=1)
        perfect = _gained(worth > 0.0, self.use_now, worth, shares)
        return ValueSums(
            size,
            gained.sum(axis=1),
            (gained * gained).sum(axis=1),
            changed.sum(axis=1),
            float(perfect.sum()),
        )


def strata_values(
    belief: StrataBelief,
    utility: NetBenefit,
    studies: Sequence[Study],
    seed: int,
    *,
    draws: int = 20_000,
    workers: int = 1,
    scheduler: str = "threads",
) -> tuple[StrataValue, ...]:
    """Value every study on common draws of the truth and of the noise.

    Parameters
    ----------
    belief : StrataBelief
    utility : NetBenefit
        Of use in a patient of any stratum.
    studies : sequence of Reading or Adaptive
    seed : int
    draws : int
        At least 2.
    workers, scheduler
        Who computes the chunks, see `engines.run_chunks`; the numbers are the same.

    Returns
    -------
    tuple of StrataValue
        In the order of `studies`; no `evsi` is above `evpi`, which is the same for all.

    Raises
    ------
    ArrayError
        For fewer than two draws.
    """
    if draws < 2:
        raise ArrayError([Problem("", "", "draws", str(draws), "at least 2", "Draw more.")])
    if not studies:
        return ()
    use_now = _now(belief, utility)
    job = StrataDraws(belief, utility, tuple(studies), use_now)
    sums = run_chunks(job, draws, BLOCK, seed, workers=workers, scheduler=scheduler)
    mean = sums.gained / draws
    spread = np.maximum(sums.squares - draws * mean * mean, 0.0) / (draws - 1)
    return tuple(
        StrataValue(
            float(mean[i]),
            math.sqrt(float(spread[i]) / draws),
            sums.truth / draws,
            float(sums.changed[i]) / draws,
            tuple(bool(x) for x in use_now),
        )
        for i in range(len(studies))
    )


def _now(belief: StrataBelief, utility: NetBenefit) -> Flags:
    """Today's choice in each stratum (s,)."""
    strata = range(len(belief.names))
    return np.array([expectation(belief.marginal(s), utility.of) for s in strata]) > 0.0


def _draw(belief: StrataBelief, rng: np.random.Generator, draws: int) -> Array:
    """Effects (draws, s) from the mixture."""
    which = rng.choice(belief.weights.size, size=draws, p=belief.weights / belief.weights.sum())
    noise = rng.standard_normal((draws, len(belief.names)))
    roots = np.stack([_root(covariance) for covariance in belief.covariances])
    moved: Array = np.einsum("nab,nb->na", roots[which], noise)
    return belief.means[which] + moved


def _root(covariance: Array) -> Array:
    """Square root of a positive semi-definite matrix."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _gained(use: Flags, use_now: Flags, worth: Array, shares: Array) -> Array:
    """Return the utility (draws,) of the choices minus that of today's choices."""
    return np.asarray((np.where(use, worth, 0.0) - np.where(use_now, worth, 0.0)) @ shares)


def _choices(
    belief: StrataBelief, utility: NetBenefit, study: Study, truth: Array, noise: Array
) -> Flags:
    """Treat or not (draws, s), after the study."""
    if isinstance(study, Adaptive):
        return _adaptive_choices(belief, utility, study, truth, noise)
    return _decided(belief, utility, study, _read(study, truth, noise[0]))


def _read(reading: Reading, truth: Array, noise: Array) -> Array:
    """Estimates (draws, r); noise is taken column by column."""
    r = reading.rows.shape[0]
    with np.errstate(divide="ignore"):
        return truth @ reading.rows.T + noise[:, :r] / np.sqrt(reading.information)


def _adaptive_choices(
    belief: StrataBelief, utility: NetBenefit, study: Adaptive, truth: Array, noise: Array
) -> Flags:
    """Both continuations are built on the same first stage; each draw takes the one it selects."""
    first = _read(study.first, truth, noise[0])
    gap = first[:, 0] - first[:, 1]
    only = (gap < -study.margin) if study.lower else (gap > study.margin)
    use = np.empty(truth.shape, dtype=bool)
    for chosen, whole in ((only, study.only), (~only, study.both)):
        added = np.maximum(whole.information - study.first.information, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            second = truth @ whole.rows.T + noise[1] / np.sqrt(added)
        second = np.where(added > 0.0, second, 0.0)
        pooled = (first * study.first.information + second * added) / (
            study.first.information + added
        )
        total = Reading(whole.rows, study.first.information + added)
        use[chosen] = _decided(belief, utility, total, pooled[chosen])
    return use


def _decided(belief: StrataBelief, utility: NetBenefit, reading: Reading, y: Array) -> Flags:
    """Sign of the expected utility in each stratum (draws, s), given estimates `y` (draws, r)."""
    keep = reading.information > 0.0
    rows, variance = reading.rows[keep], 1.0 / reading.information[keep]
    out = np.empty((y.shape[0], len(belief.names)), dtype=bool)
    if not keep.any():
        out[:] = _now(belief, utility)
        return out
    gains, left, scales, constants = _updates(belief, rows, variance)
    nodes, w = np.polynomial.hermite_e.hermegauss(INNER)
    apart = y[:, None, keep] - belief.means @ rows.T
    white = np.einsum("jab,njb->nja", scales, apart)
    logs = constants - 0.5 * (white**2).sum(axis=2)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    centres = belief.means + np.einsum("jab,njb->nja", gains, apart)
    worth = utility.of(centres[..., None] + left[..., None] * nodes) @ (w / w.sum())
    return np.asarray((weights[:, :, None] * worth).sum(axis=1) > 0.0)


def _updates(
    belief: StrataBelief, rows: Array, variance: Array
) -> tuple[Array, Array, Array, Array]:
    """Kalman gains (m, s, r), what is left (m, s) of each standard deviation, and how to weigh."""
    gains, left, scales, constants = [], [], [], []
    for weight, covariance in zip(belief.weights, belief.covariances, strict=True):
        total = rows @ covariance @ rows.T + np.diag(variance)
        gain = np.linalg.solve(total, rows @ covariance).T
        after = np.diag(covariance - gain @ rows @ covariance)
        lower = np.linalg.cholesky(total)
        gains.append(gain)
        left.append(np.sqrt(np.maximum(after, 0.0)))
        scales.append(np.linalg.inv(lower))
        constants.append(math.log(max(weight, 1e-300)) - float(np.log(np.diag(lower)).sum()))
    return np.array(gains), np.array(left), np.array(scales), np.array(constants)
