"""How much each trial moved the answer."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from equipoise.synthesis.arrays import Array
from equipoise.synthesis.subgroups.phenotype_fit import PhenotypeFit, Settings, fit_phenotype
from equipoise.synthesis.subgroups.phenotype_rows import PhenotypeRows

ANSWERS = ("theta", "d", "positive", "negative")


class TrialMovement(NamedTuple):
    """What one trial added to ``theta``, ``d``, ``positive`` and ``negative``.

    Attributes
    ----------
    trial, kind
        Its name, and ``both``, ``positive``, ``negative`` or ``whole``.
    change : dict of float
        Estimate with the trial less estimate without it; NaN when there is none without it.
    se_without : dict of float
        Standard error without the trial.
    share : dict of float
        Per cent of the estimate's sampling variance that comes from the trial: for a mean, its
        weight.
    """

    trial: Hashable
    kind: str
    change: dict[str, float]
    se_without: dict[str, float]
    share: dict[str, float]


def movement_of(rows: PhenotypeRows, how: Settings, fit: PhenotypeFit) -> tuple[TrialMovement, ...]:
    """Refit without each trial in turn, for the same population (`q0` stays)."""
    to_all = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0 - how.q0], [1.0, -how.q0]])
    full = to_all @ fit.beta
    total = np.diag(to_all @ fit.covariance @ to_all.T)
    out = []
    for i, one in enumerate(rows.trials):
        estimate, se = _without(rows, i, how, to_all)
        part = np.diag(to_all @ fit.shares[:, :, i] @ to_all.T)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = 100.0 * part / total
        values = (full - estimate, se, share)
        named = [dict(zip(ANSWERS, map(float, x), strict=True)) for x in values]
        out.append(TrialMovement(one.trial, one.kind, *named))
    return tuple(out)


def _without(
    rows: PhenotypeRows, left_out: int, how: Settings, to_all: Array
) -> tuple[Array, Array]:
    """Estimates and standard errors of the four answers without one trial."""
    rest = rows._replace(trials=tuple(t for i, t in enumerate(rows.trials) if i != left_out))
    if not rest.trials:
        return np.full(4, math.nan), np.full(4, math.nan)
    fit = fit_phenotype(rest, how)
    variance = np.diag(to_all @ fit.covariance @ to_all.T)
    return to_all @ fit.beta, np.sqrt(np.where(variance >= 0.0, variance, math.nan))
