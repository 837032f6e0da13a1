"""The door for individual data of several trials: one row a patient."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, not_among, refuse
from equipoise.synthesis.subgroups.strata import equal_sizes, labels

FAMILIES = ("linear", "logistic", "cox")

FEWEST = 5
"""Patients a trial needs for four coefficients and an error of its own."""


class PatientRows(NamedTuple):
    """Patients (n,), the trial of each as a place in `names`, and what became of them.

    `means` (k,) are the trials' means of the covariate, `centred` (n,) is `x` less the patient's
    trial mean, `mean` the mean of all patients. For ``cox``, `outcome` is the event and `time`
    the time; else `time` is empty.
    """

    names: tuple[Hashable, ...]
    place: NDArray[np.intp]
    treatment: Array
    x: Array
    centred: Array
    means: Array
    mean: float
    outcome: Array
    time: Array
    family: str
    excluded: tuple[Hashable, ...]


def read_patients(
    trial: Sequence[Hashable],
    treatment: ArrayLike,
    stratum: ArrayLike,
    *,
    outcome: ArrayLike | None,
    time: ArrayLike | None,
    event: ArrayLike | None,
    family: str,
) -> PatientRows:
    """Return the patients of every trial that can say something, or every reason against."""
    problems = [*not_among("family", family, FAMILIES), *_which(family, outcome, time, event)]
    if problems:
        raise ArrayError(problems)
    names = labels(trial, "trial")
    columns = {
        "treatment": as_vector(treatment, "treatment"),
        "stratum": as_vector(stratum, "stratum"),
    }
    if family == "cox":
        columns["time"] = as_vector(time if time is not None else [], "time")
        columns["event"] = as_vector(event if event is not None else [], "event")
    else:
        columns["outcome"] = as_vector(outcome if outcome is not None else [], "outcome")
    equal_sizes({"trial": len(names), **{n: c.size for n, c in columns.items()}})
    for name, column in columns.items():
        problems += refuse(name, column, ~np.isfinite(column), "a finite number")
    binary = ["treatment", *(["event"] if family == "cox" else [])]
    binary += ["outcome"] if family == "logistic" else []
    for name in binary:
        bad = np.isfinite(columns[name]) & ~np.isin(columns[name], (0.0, 1.0))
        problems += refuse(name, columns[name], bad, "0 or 1")
    if problems:
        raise ArrayError(problems)
    return _grouped(names, columns, family)


def _which(
    family: str, outcome: ArrayLike | None, time: ArrayLike | None, event: ArrayLike | None
) -> list[Problem]:
    """Return a problem when the outcome is not of the family's kind."""
    timed = time is not None and event is not None
    if (family == "cox" and timed and outcome is None) or (
        family != "cox" and outcome is not None and time is None and event is None
    ):
        return []
    allowed = "time and event for cox, outcome for linear and logistic"
    return [Problem("", "", "outcome, time, event", "", allowed, "Pass those of the family.")]


def _grouped(names: list[Hashable], columns: dict[str, Array], family: str) -> PatientRows:
    """Leave out trials without both arms or without any outcome to tell apart."""
    outcome = columns["event" if family == "cox" else "outcome"]
    kept: list[Hashable] = []
    left_out: list[Hashable] = []
    index = {name: i for i, name in enumerate(dict.fromkeys(names))}
    code = np.array([index[name] for name in names], dtype=np.intp)
    for name, i in index.items():
        mine = code == i
        enough = np.ptp(columns["treatment"][mine]) > 0.0 and mine.sum() >= FEWEST
        told = outcome[mine].any() if family == "cox" else np.ptp(outcome[mine]) > 0.0
        (kept if enough and told else left_out).append(name)
    use = np.isin(code, [index[name] for name in kept])
    place = np.searchsorted([index[name] for name in kept], code[use])
    x = columns["stratum"][use]
    means = np.array([x[place == i].mean() for i in range(len(kept))])
    time = columns["time"][use] if family == "cox" else np.empty(0)
    return PatientRows(
        tuple(kept),
        place,
        columns["treatment"][use],
        x,
        x - means[place] if kept else x,
        means,
        float(x.mean()) if x.size else float("nan"),
        outcome[use],
        time,
        family,
        tuple(left_out),
    )
