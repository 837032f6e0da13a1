"""How much of a model's success is its own sight of the answers: Harrell's bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"optimism": ("harrell1996",)}

Predictor = Callable[[Array], Array]
"""From covariates (n, p) to predicted benefit (n,)."""
DRAWS = 200


@dataclass(frozen=True)
class Optimism:
    """A measure as it appears, and after what the model's own data lent it is taken off.

    Attributes
    ----------
    apparent : float
        In the patients the model was fitted on.
    optimism, optimism_mcse : float
        Mean over bootstrap samples of the measure there less that in the original patients, and
        its Monte Carlo error.
    corrected : float
        Apparent less optimism.
    draws, failed, seed : int
        Bootstrap samples, those in which the measure did not exist, and their seed.
    """

    apparent: float
    optimism: float
    optimism_mcse: float
    corrected: float
    draws: int
    failed: int
    seed: int


def corrected_for_optimism(
    table: PatientTable,
    fit: Callable[[PatientTable], Predictor],
    measure: Callable[[PatientTable, Array], float],
    *,
    draws: int = DRAWS,
    seed: int,
) -> Optimism:
    """Answer what a measure of a model would be in new patients of the same kind.

    Patients are drawn with replacement within each arm, the whole fit is repeated on them, and
    the model measured both there and in the original patients (Harrell, Lee and Mark 1996,
    10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4).

    Parameters
    ----------
    table : PatientTable
    fit : callable
        Everything that saw the outcome, choice of covariates included.
    measure : callable
        From patients and their predicted benefit to a number, larger for better.
    draws, seed : int

    Raises
    ------
    InputError
        For fewer than 20 draws.
    """
    if draws < 20:
        raise InputError([Problem("", "", "draws", repr(draws), "20 or more", "Use 200.")])
    rng = np.random.default_rng(seed)
    apparent = measure(table, fit(table)(table.covariates))
    arms = [np.flatnonzero(table.treatment == arm) for arm in (0.0, 1.0)]
    found = np.empty(draws)
    for draw in range(draws):
        rows = np.concatenate([rng.choice(arm, arm.size) for arm in arms])
        sample = table.take(rows)
        predict = fit(sample)
        there = measure(sample, predict(sample.covariates))
        found[draw] = there - measure(table, predict(table.covariates))
    known = found[np.isfinite(found)]
    mean = float(known.mean()) if known.size else float("nan")
    mcse = float(known.std(ddof=1) / np.sqrt(known.size)) if known.size > 1 else float("nan")
    return Optimism(apparent, mean, mcse, apparent - mean, draws, draws - known.size, seed)
