"""Rivals weighed by what window trials saw: Bayes' rule with equal prior weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.errors import InputError, Problem
from equipoise.mechanism.rivals.effect_draws import PredictedEffects, ratio_summary
from equipoise.mechanism.rivals.marginal import log_ratio_error, marginal_likelihood
from equipoise.mechanism.rivals.study_likelihood import (
    ASSUMED,
    WindowAssumptions,
    log_likelihood_by_study,
    studies_of,
    study_log_likelihood,
)
from equipoise.synthesis.arrays import Array

ENOUGH = 3.0
"""Bayes factor below which evidence is "not worth more than a bare mention" (Kass and Raftery, J Am
Stat Assoc 1995;90:773, doi 10.1080/01621459.1995.10476572)."""


@dataclass(frozen=True)
class RivalWeight:
    """One rival: marginal likelihood of all studies, posterior weight, Bayes factor.

    `error` is the Monte Carlo error of `log_marginal`; `effective_draws` carried it. The Bayes
    factor is against the reference, with the Monte Carlo error of its logarithm.
    """

    rival: str
    label: str
    weight: float
    log_marginal: float
    error: float
    effective_draws: float
    bayes_factor: float
    log_bayes_factor_error: float


@dataclass(frozen=True)
class RowSupport:
    """One row under one rival: predicted ratio (median, central 95 %) and marginal likelihood.

    The row by itself: what rows of a study share counts in the weights, not here.
    """

    row: str
    study: str
    rival: str
    predicted: float
    low: float
    high: float
    log_marginal: float
    error: float
    bayes_factor: float


@dataclass(frozen=True)
class LeftOut:
    """Weights without one study, in the order of the rivals."""

    study: str
    weights: tuple[float, ...]
    best: str
    second: str
    bayes_factor: float
    verdict: str


@dataclass(frozen=True)
class RivalWeights:
    """What the window trials say of the rivals.

    Attributes
    ----------
    rivals : tuple of RivalWeight
    rows : tuple of RowSupport
    left_out : tuple of LeftOut
    reference : str
        Rival that Bayes factors are against.
    best, second : str
    bayes_factor, log_bayes_factor_error : float
        Of the best over the second, and the Monte Carlo error of its logarithm.
    verdict : str
        ``not distinguished`` unless the best exceeds a Bayes factor of 3 over every other.
    alike : tuple of tuple of str
        Rivals that predict the same of every readout, whatever the parameters.
    assumed : WindowAssumptions
    draws, failed, seed : int
    """

    rivals: tuple[RivalWeight, ...]
    rows: tuple[RowSupport, ...]
    left_out: tuple[LeftOut, ...]
    reference: str
    best: str
    second: str
    bayes_factor: float
    log_bayes_factor_error: float
    verdict: str
    alike: tuple[tuple[str, ...], ...]
    assumed: WindowAssumptions
    draws: int
    failed: int
    seed: int

    @property
    def weight(self) -> dict[str, float]:
        """Posterior weight of each rival."""
        return {row.rival: row.weight for row in self.rivals}


def weigh_rivals(
    effects: PredictedEffects, reference: str, assumed: WindowAssumptions = ASSUMED
) -> RivalWeights:
    """Weigh the rivals.

    `w_r = m_r / sum m`, `m_r` the likelihood of all studies averaged over the draws: studies share
    the parameters, so it is the product over studies that is averaged.

    Parameters
    ----------
    effects : PredictedEffects
    reference : str
        Id of the rival against which Bayes factors are given: that without an effect.
    assumed : WindowAssumptions
    """
    ids = [rival.id for rival in effects.rivals]
    if reference not in ids:
        action = "Name the rival without an effect."
        raise InputError([Problem("", "", "reference", reference, ", ".join(ids), action)])
    rows = effects.trials.rows
    by_study = log_likelihood_by_study(rows, effects.by_row, assumed)
    whole = by_study.sum(axis=-1)
    first, second = _best_two(whole)
    factor = _bayes_factor(whole, first, second)
    return RivalWeights(
        rivals=_weights(effects, whole, ids.index(reference)),
        rows=_support(effects, ids.index(reference), assumed),
        left_out=tuple(
            _left_out(ids, study, np.delete(by_study, k, axis=-1).sum(axis=-1))
            for k, study in enumerate(studies_of(rows))
        ),
        reference=reference,
        best=ids[first],
        second=ids[second],
        bayes_factor=factor,
        log_bayes_factor_error=log_ratio_error(whole[first], whole[second]),
        verdict=verdict(ids[first], factor),
        alike=effects.alike,
        assumed=assumed,
        draws=len(effects.values),
        failed=effects.failed,
        seed=effects.seed,
    )


def verdict(best: str, bayes_factor: float) -> str:
    """Say whether the best rival stands out from every other."""
    return f"{best} distinguished" if bayes_factor > ENOUGH else "not distinguished"


def _log_marginals(log_likelihood: Array) -> Array:
    return np.array([marginal_likelihood(row).log_value for row in log_likelihood])


def _best_two(log_likelihood: Array) -> tuple[int, int]:
    order = np.argsort(-_log_marginals(log_likelihood), kind="stable")
    return int(order[0]), int(order[1])


def _bayes_factor(log_likelihood: Array, one: int, other: int) -> float:
    marginals = _log_marginals(log_likelihood[[one, other]])
    return math.exp(marginals[0] - marginals[1])


def _weights(effects: PredictedEffects, whole: Array, reference: int) -> tuple[RivalWeight, ...]:
    found = [marginal_likelihood(row) for row in whole]
    weight = special.softmax([m.log_value for m in found])
    base = found[reference].log_value
    return tuple(
        RivalWeight(
            rival=rival.id,
            label=rival.label,
            weight=float(w),
            log_marginal=m.log_value,
            error=m.error,
            effective_draws=m.effective,
            bayes_factor=math.exp(m.log_value - base),
            log_bayes_factor_error=log_ratio_error(row, whole[reference]),
        )
        for rival, m, w, row in zip(effects.rivals, found, weight, whole, strict=True)
    )


def _support(
    effects: PredictedEffects, reference: int, assumed: WindowAssumptions
) -> tuple[RowSupport, ...]:
    found = []
    for k, row in enumerate(effects.trials.rows):
        log_ratios = effects.by_row[:, :, k]
        by_rival = study_log_likelihood([row], log_ratios[..., None], assumed)
        base = marginal_likelihood(by_rival[reference]).log_value
        for rival, ratios, value in zip(effects.rivals, log_ratios, by_rival, strict=True):
            m = marginal_likelihood(value)
            middle, low, high = ratio_summary(ratios)
            found.append(
                RowSupport(
                    row=row.id,
                    study=row.study,
                    rival=rival.id,
                    predicted=middle,
                    low=low,
                    high=high,
                    log_marginal=m.log_value,
                    error=m.error,
                    bayes_factor=math.exp(m.log_value - base),
                )
            )
    return tuple(found)


def _left_out(ids: Sequence[str], study: str, log_likelihood: Array) -> LeftOut:
    first, second = _best_two(log_likelihood)
    factor = _bayes_factor(log_likelihood, first, second)
    weights = special.softmax(_log_marginals(log_likelihood))
    return LeftOut(
        study=study,
        weights=tuple(float(w) for w in weights),
        best=ids[first],
        second=ids[second],
        bayes_factor=factor,
        verdict=verdict(ids[first], factor),
    )
