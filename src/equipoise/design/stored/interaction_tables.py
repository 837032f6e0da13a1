r"""Pooled individual data of several trials, simulated, to see whether the closed form holds.

Each trial is a 2 x 2 x 2 table (phenotype, arm, event). Three analyses of the same tables:

- *one stage*: one logistic model with, in each trial, its own intercept, its own effect of the
  phenotype and its own effect of treatment, and a common interaction `gamma`: only contrasts
  within trials inform it;
- *two stages*: the interaction of each trial, pooled by inverse variance; trials with an empty
  cell have no estimate and stay out;
- *two stages with 0.5 in every cell*: the habit that keeps them in, and biases all towards zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from equipoise.design.stored.finished_trial import FinishedTrial
from equipoise.design.stored.released_information import Truth, called_groups
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel, part

STEPS = 50
SETTLED = 1e-9
CLOSE = 1e-12
FLOOR = 1e-12
"""Fewest events a fitted cell may have: an empty cell has no odds of its own."""


@dataclass(frozen=True)
class SimulatedPower:
    """Share of simulated collections that found the interaction, with Monte Carlo errors."""

    one_stage: float
    two_stage: float
    two_stage_half: float
    mcse: tuple[float, float, float]
    replicates: int


def simulate_pooled_tables(
    trials: Sequence[FinishedTrial],
    truth: Truth,
    rng: np.random.Generator,
    *,
    replicates: int = 10_000,
    alpha: float = 0.025,
    tau_d: float = 0.0,
) -> SimulatedPower:
    """Draw the tables of all trials and test the interaction three ways, one-sided at `alpha`.

    Parameters
    ----------
    trials : sequence of FinishedTrial
        Binary outcomes; `usable` thins the patients, the assay's errors mix the levels.
    truth : Truth
        `gamma` above 0 is looked for above 0, below 0 below.
    rng : numpy.random.Generator
    replicates : int
    alpha : float
    tau_d : float
        Standard deviation of the interaction between trials.

    Returns
    -------
    SimulatedPower
    """
    tables = np.stack([_tables(trial, truth, rng, replicates, tau_d) for trial in trials], axis=1)
    side = -1.0 if truth.gamma < 0.0 else 1.0
    critical = -float(ndtri(alpha))
    one, two, half = (
        float(np.mean(side * z > critical))
        for z in (one_stage_z(tables), two_stage_z(tables, 0.0), two_stage_z(tables, 0.5))
    )

    def error(share: float) -> float:
        return math.sqrt(share * (1.0 - share) / replicates)

    return SimulatedPower(one, two, half, (error(one), error(two), error(half)), replicates)


def _tables(
    trial: FinishedTrial, truth: Truth, rng: np.random.Generator, replicates: int, tau_d: float
) -> NDArray[np.float64]:
    """Tables (replicates, 2, 2, 2): called phenotype (positive first), arm, event first."""
    called, ppv, npv = called_groups(trial.share, trial.sensitivity, trial.specificity)
    risk = trial.events / trial.n if truth.control_risk is None else truth.control_risk
    gamma = truth.gamma + tau_d * rng.standard_normal(replicates)
    treated = expit(logit(risk) + truth.rest + gamma), expit(logit(risk) + truth.rest)
    out = np.empty((replicates, 2, 2, 2))
    for arm, patients in enumerate((trial.n_treatment, trial.n_control)):
        n = rng.binomial(round(patients), trial.usable, replicates)
        positive = rng.binomial(n, called)
        for group, (size, truly) in enumerate(((positive, ppv), (n - positive, 1.0 - npv))):
            mixed = truly * treated[0] + (1.0 - truly) * treated[1] if arm == 0 else risk
            events = rng.binomial(size, mixed)
            out[:, group, arm, 0], out[:, group, arm, 1] = events, size - events
    return out


def two_stage_z(tables: Array, added: float) -> Array:
    """Pooled interaction over its error (replicates,), with `added` in every cell.

    Trials with an empty cell stay out; 0 where none is left.
    """
    cells = tables + added
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(cells)
        odds = logs[..., 0] - logs[..., 1]
        difference = odds[..., 0, 0] - odds[..., 0, 1] - odds[..., 1, 0] + odds[..., 1, 1]
        variance = (1.0 / cells).sum(axis=(2, 3, 4))
        weight = np.where(np.isfinite(variance), 1.0 / variance, 0.0)
        value = np.where(weight > 0.0, difference, 0.0)
        total = weight.sum(axis=1)
        z = (weight * value).sum(axis=1) / np.sqrt(total)
    return np.where(total > 0.0, z, 0.0)


def one_stage_z(tables: Array) -> Array:
    """Wald statistic (replicates,) of the common interaction in the one-stage logistic model."""
    events = np.ascontiguousarray(tables[..., 0].reshape(tables.shape[0], tables.shape[1], 4))
    n = np.ascontiguousarray(tables.sum(axis=-1).reshape(tables.shape[0], tables.shape[1], 4))
    return _fit_all(events, n)


@kernel
def _fit_all(events: Array, n: Array) -> Array:
    """Newton's method on `gamma`; within a trial the three own parameters are profiled out."""
    out = np.zeros(events.shape[0])
    for b in range(events.shape[0]):
        gamma, information = 0.0, 0.0
        for _ in range(STEPS):
            score, information = 0.0, 0.0
            for i in range(n.shape[1]):
                if n[b, i].min() > 0.0:
                    s, v = _profile(events[b, i], n[b, i], gamma)
                    score += s
                    information += v
            if information <= FLOOR:
                break
            step = min(max(score / information, -1.0), 1.0)
            gamma += step
            if abs(step) < SETTLED:
                break
        if information > FLOOR:
            out[b] = gamma * math.sqrt(information)
    return out


@part
def _profile(events: Array, n: Array, gamma: float) -> tuple[float, float]:
    """Score and information on `gamma` with the trial's three own parameters at their best.

    The margins that those parameters fit leave one direction, `t = (1, -1, -1, 1)`, along which
    fitted events move: `e_j = x_j + t_j u`, with `u` such that their log odds have the interaction
    `gamma`. The score is then `-u` and the information `1 / sum 1 / (n p (1 - p))`.
    """
    low = max(-events[0], events[1] - n[1], events[2] - n[2], -events[3])
    high = min(n[0] - events[0], events[1], events[2], n[3] - events[3])
    if high - low <= FLOOR:
        return 0.0, 0.0
    u, inverse = 0.5 * (low + high), 0.0
    for _ in range(STEPS):
        value, inverse = -gamma, 0.0
        for j in range(4):
            t = 1.0 if j in (0, 3) else -1.0
            fitted = max(events[j] + t * u, FLOOR)
            rest = max(n[j] - fitted, FLOOR)
            value += t * math.log(fitted / rest)
            inverse += n[j] / (fitted * rest)
        if value > 0.0:
            high = u
        else:
            low = u
        ahead = u - value / inverse
        if not low < ahead < high:
            ahead = 0.5 * (low + high)
        moved, u = abs(ahead - u), ahead
        if moved < CLOSE * (1.0 + abs(u)):
            break
    return -u, 1.0 / inverse
