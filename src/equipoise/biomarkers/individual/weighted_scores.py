"""Scores that average to the benefit in any group of patients that is fixed beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.subgroups.regression_fits import logistic
from equipoise.synthesis.survival import restricted_mean_kernel

METHOD_CITES = {"scores": ("yadlowsky2025",), "pseudo-observations": ("andersen2003",)}

PROPENSITY_ENDS = (0.02, 0.98)
"""In a cohort a chance beyond these is cut to them, lest one patient outweigh fifty."""


@dataclass(frozen=True, eq=False)
class BenefitScores:
    """One score a patient; its mean over a group estimates the group's benefit.

    Attributes
    ----------
    scores : array, shape (n,)
        In probability of a good outcome gained (binary), or in time free of the event gained up
        to the horizon, in the unit of the times (survival).
    propensity : array, shape (n,)
        Chance of treatment that was used.
    horizon : float
        NaN for binary.
    message : str
        What the scores assume.
    """

    scores: Array
    propensity: Array
    horizon: float
    message: str


def benefit_scores(
    table: PatientTable,
    *,
    horizon: float = math.nan,
    propensity: Array | None = None,
) -> BenefitScores:
    r"""Return the augmented inverse-probability score of every patient.

    With outcome Y (1 for a good one, or restricted time free of the event), arm A, chance of
    treatment e and the arms' mean outcomes m1 and m0,

    `S_i = (m1 - m0) + A_i (Y_i - m1) / e_i - (1 - A_i) (Y_i - m0) / (1 - e_i)`.

    In a randomised trial e is the share treated and the mean of S is the difference of the arms'
    means. For survival Y_i is the jackknife pseudo-observation of the restricted mean up to the
    horizon within the patient's arm, `n mu - (n - 1) mu_{-i}` (Andersen, Klein and Rosthøj 2003,
    10.1093/biomet/90.1.15); censoring must not depend on the outcome. In a cohort e comes from a
    logistic regression of treatment on all covariates, or from `propensity`, and m1 and m0 are
    weighted means: benefit is then confounded by whatever is not among them.

    Parameters
    ----------
    table : PatientTable
    horizon : float
        For survival: above 0, at most the last time to which both arms' curves are known.
    propensity : array, shape (n,), optional
        Known chances of treatment, above 0 and below 1.

    Raises
    ------
    InputError
        A horizon or propensity that cannot be used.
    """
    problems = _problems(table, horizon, propensity)
    if problems:
        raise InputError(problems)
    e, message = _propensity(table, propensity)
    good = table.event if table.event_is == "benefit" else 1.0 - table.event
    if table.family == "survival":
        good = pseudo_observations(table, horizon)
    treated = table.treatment == 1.0
    m1 = float(np.average(good[treated], weights=1.0 / e[treated]))
    m0 = float(np.average(good[~treated], weights=1.0 / (1.0 - e[~treated])))
    rest = np.where(treated, (good - m1) / e, -(good - m0) / (1.0 - e))
    return BenefitScores(m1 - m0 + rest, e, horizon, message)


def pseudo_observations(table: PatientTable, horizon: float) -> Array:
    """Jackknife pseudo-observations (n,) of the restricted mean time free of the event.

    Time lost where the event is good: a longer time is then worse, and the sign is turned.
    """
    out = np.empty(table.size)
    for arm in (0.0, 1.0):
        rows = np.flatnonzero(table.treatment == arm)
        rows = rows[np.argsort(table.time[rows], kind="stable")]
        time, event = table.time[rows], table.event[rows]
        whole, _ = restricted_mean_kernel(time, event, horizon)
        n = rows.size
        for place, row in enumerate(rows):
            rest, _ = restricted_mean_kernel(
                np.delete(time, place), np.delete(event, place), horizon
            )
            out[row] = n * whole - (n - 1) * rest
    return table.sign * out


def _propensity(table: PatientTable, given: Array | None) -> tuple[Array, str]:
    if given is not None:
        return np.asarray(given, dtype=np.float64), "Chances of treatment as given."
    if table.randomised:
        share = float(table.treatment.mean())
        return np.full(table.size, share), "Randomised: one chance of treatment for all."
    X = np.column_stack([np.ones(table.size), table.covariates])
    fit = logistic(X, table.treatment)
    eta = np.clip(X @ fit.beta, -30.0, 30.0)
    e = np.clip(1.0 / (1.0 + np.exp(-eta)), *PROPENSITY_ENDS)
    return e, "Cohort: no confounding beyond the covariates is assumed, which data cannot show."


def _problems(table: PatientTable, horizon: float, propensity: Array | None) -> list[Problem]:
    problems = []
    if table.family == "survival":
        last = min(float(table.time[table.treatment == arm].max()) for arm in (0.0, 1.0))
        second = min(float(np.sort(table.time[table.treatment == arm])[-2]) for arm in (0.0, 1.0))
        if not 0.0 < horizon <= second:
            allowed = f"above 0, at most {second:g} (the arms are followed to {last:g})"
            action = "Choose a time to which both arms are followed without their last patient."
            problems.append(Problem("", "", "horizon", repr(horizon), allowed, action))
    if propensity is not None:
        e = np.asarray(propensity, dtype=np.float64)
        if e.shape != (table.size,):
            allowed = f"shape ({table.size},)"
            found = f"shape {e.shape}"
            problems.append(Problem("", "", "propensity", found, allowed, "One a patient."))
        else:
            problems += [
                Problem(
                    "", f"row {i + 1}", "propensity", repr(float(e[i])), "inside 0 to 1", "Fix."
                )
                for i in np.flatnonzero(~((e > 0.0) & (e < 1.0)))
            ]
    return problems
