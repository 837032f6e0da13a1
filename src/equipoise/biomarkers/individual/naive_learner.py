"""The failing comparison: one model in each arm, their difference read as a patient's benefit.

A T-learner (Künzel and others 2019, 10.1073/pnas.1804597116) without shrinkage. It is here to be
seen failing in small trials; nothing in the package decides by it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.biomarkers.individual.penalised_likelihood import fit_penalised, logistic_likelihood
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"t-learner": ("kunzel2019",)}

BARELY = 0.01
"""Ridge penalty on standardised covariates that only keeps separated fits finite."""


def naive_benefit(table: PatientTable) -> Callable[[Array], Array]:
    """Fit a logistic regression in each arm and return the difference of their predictions.

    Parameters
    ----------
    table : PatientTable
        With a binary outcome.

    Returns
    -------
    callable
        From covariates (n, p) to predicted benefit (n,), positive for a good outcome gained.
    """
    centre, spread = table.covariates.mean(axis=0), table.covariates.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    fits = []
    for arm in (0.0, 1.0):
        rows = table.treatment == arm
        X = _with_ones((table.covariates[rows] - centre) / spread)
        l2 = np.full(X.shape[1], BARELY)
        l2[0] = BARELY * 1e-3
        fits.append(
            fit_penalised(logistic_likelihood(X, table.event[rows]), np.zeros_like(l2), l2).beta
        )

    def predict(covariates: Array) -> Array:
        X = _with_ones((covariates - centre) / spread)
        return np.asarray(table.sign * (expit(X @ fits[0]) - expit(X @ fits[1])))

    return predict


def gap_between_halves(table: PatientTable, predicted: Array) -> tuple[float, float]:
    """Observed benefit in the half of patients with more predicted benefit, and in the other.

    Difference between the arms in the share with a good outcome; NaN where a half lacks an arm.
    """
    upper = np.zeros(table.size, dtype=bool)
    upper[np.argsort(-predicted, kind="stable")[: table.size // 2]] = True
    good = table.event if table.event_is == "benefit" else 1.0 - table.event
    return _difference(table, good, upper), _difference(table, good, ~upper)


def _difference(table: PatientTable, good: Array, rows: Array) -> float:
    treated = rows & (table.treatment == 1.0)
    control = rows & (table.treatment == 0.0)
    if not treated.any() or not control.any():
        return float("nan")
    return float(good[treated].mean() - good[control].mean())


def _with_ones(z: Array) -> Array:
    return np.column_stack([np.ones(z.shape[0]), z])
