"""Each patient's benefit as those outside the patient's fold would predict it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.biomarkers.individual.benefit_model import BenefitPlan, fit_benefit
from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"cross-fitting": ("yadlowsky2025",)}


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """Benefit of each patient as predicted by those outside the patient's fold; arrays (n,).

    Attributes
    ----------
    benefit : array
    fold : array
        Fold of each patient, 0 to folds - 1.
    priority : array
        Rank by benefit within the fold, above 0 and at most 1: larger for more. Ranking across
        folds would be biased downwards: where a fold's outcomes make the drug look good there,
        the model of the others finds it worse.
    """

    benefit: Array
    fold: Array
    priority: Array


def cross_fitted_benefit(
    table: PatientTable, plan: BenefitPlan, *, folds: int = 10, seed: int
) -> CrossFitted:
    """Predict each patient's benefit from a model fitted without that patient's fold.

    Folds are drawn at random within each arm, so that every one holds both.

    Parameters
    ----------
    folds : int
        2 or more, at most the patients of the smaller arm.
    seed : int
    """
    return cross_fit(table, lambda part: fit_benefit(part, plan).benefit, folds=folds, seed=seed)


def cross_fit(
    table: PatientTable,
    fit: Callable[[PatientTable], Callable[[Array], Array]],
    *,
    folds: int = 10,
    seed: int,
) -> CrossFitted:
    """Do the same for any method that turns patients into a prediction of benefit."""
    smaller = int(min(table.treatment.sum(), table.size - table.treatment.sum()))
    if not 2 <= folds <= smaller:
        allowed, action = f"2 to {smaller}", "Use 10."
        raise InputError([Problem("", "", "folds", repr(folds), allowed, action)])
    fold = fold_of(table.treatment, folds, np.random.default_rng(seed))
    benefit, priority = np.empty(table.size), np.empty(table.size)
    for k in range(folds):
        mine = fold == k
        benefit[mine] = fit(table.take(~mine))(table.covariates[mine])
        priority[mine] = rank_share(benefit[mine])
    return CrossFitted(benefit, fold, priority)


def rank_share(values: Array) -> Array:
    """Share of the values (n,) that each is at least as large as, ties sharing their mean."""
    below = np.searchsorted(np.sort(values), values, side="left")
    up_to = np.searchsorted(np.sort(values), values, side="right")
    return np.asarray((below + up_to + 1.0) / (2.0 * values.size))


def fold_of(treatment: Array, folds: int, rng: np.random.Generator) -> Array:
    """Fold (n,) of each patient, balanced within each arm."""
    out = np.empty(treatment.size)
    for arm in (0.0, 1.0):
        rows = np.flatnonzero(treatment == arm)
        out[rng.permutation(rows)] = np.arange(rows.size) % folds
    return out
