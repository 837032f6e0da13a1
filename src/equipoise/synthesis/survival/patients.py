"""The door of the room: times, events, arms and strata of individual patients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector, same_length

Codes = NDArray[np.int64]

ACTION = "Correct or leave out that patient."


class Patients(NamedTuple):
    """One row a patient, sorted by stratum and then by time; `order` says where each came from."""

    time: Array
    event: Array
    treatment: Array
    stratum: Codes
    order: Codes


def bad_values(
    name: str, values: Array, bad: NDArray[np.bool_], allowed: str, action: str = ACTION
) -> list[Problem]:
    """One problem for every index of `values` that is `bad`."""
    return [
        Problem("", f"index {i}", name, repr(float(values[i])), allowed, action)
        for i in np.flatnonzero(bad)
    ]


def bad_option(name: str, value: object, ok: bool, allowed: str) -> list[Problem]:
    """Return a problem when one number or word of a call is outside what is allowed."""
    return [] if ok else [Problem("", "", name, repr(value), allowed, f"Change {name}.")]


def bad_level(level: float) -> list[Problem]:
    """Return a problem when a confidence level is not between 0 and 1."""
    return bad_option("level", level, 0.0 < level < 1.0, "above 0 and below 1")


def stop_if(problems: list[Problem]) -> None:
    """Raise one error that holds every problem, if there is any."""
    if problems:
        raise ArrayError(problems)


def patients(
    time: ArrayLike,
    event: ArrayLike,
    treatment: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    problems: Sequence[Problem] = (),
) -> Patients:
    """Check individual data and sort them by stratum and time.

    Times are finite and not negative; events and treatment are 0 or 1; `strata` holds labels of
    any kind. Everything that is wrong, with the `problems` found before, is raised at once.
    """
    t, d = as_vector(time, "time"), as_vector(event, "event")
    arms = np.zeros(t.size) if treatment is None else as_vector(treatment, "treatment")
    codes = stratum_codes(strata, t.size)
    given = {"time": t, "event": d}
    given |= {} if treatment is None else {"treatment": arms}
    given |= {} if strata is None else {"strata": codes.astype(np.float64)}
    same_length(**given)
    found = list(problems)
    if t.size == 0:
        found.append(Problem("", "", "time", "no patient", "one patient or more", "Pass data."))
    found += bad_values("time", t, ~(np.isfinite(t) & (t >= 0)), "finite, 0 or later")
    found += bad_values("event", d, ~((d == 0) | (d == 1)), "1 for an event, 0 for censored")
    found += bad_values(
        "treatment", arms, ~((arms == 0) | (arms == 1)), "1 for treatment, 0 for control"
    )
    stop_if(found)
    order = np.lexsort((t, codes)).astype(np.int64)
    return Patients(t[order], d[order], arms[order], codes[order], order)


def stratum_codes(strata: ArrayLike | None, size: int) -> Codes:
    """Whole numbers 0, 1, ... for the labels of `strata`; all 0 where there are none."""
    if strata is None:
        return np.zeros(size, dtype=np.int64)
    labels = np.atleast_1d(np.asarray(strata))
    if labels.ndim != 1:
        shape = f"shape {labels.shape}"
        raise ArrayError(
            [Problem("", "", "strata", shape, "one label a patient", "Cross the factors.")]
        )
    if labels.dtype.kind == "O":
        empty = np.array([x is None or (isinstance(x, float) and math.isnan(x)) for x in labels])
        labels = labels.astype(str)
    else:
        empty = np.isnan(labels) if labels.dtype.kind == "f" else np.zeros(labels.size, dtype=bool)
    stop_if(bad_values("strata", np.where(empty, np.nan, 0.0), empty.astype(bool), "a label"))
    codes: Codes = np.unique(labels, return_inverse=True)[1].astype(np.int64)
    return codes


def missing_arms(data: Patients) -> list[Problem]:
    """Return a problem when one of the two arms holds no patient."""
    both = bool(data.treatment.any()) and not bool(data.treatment.all())
    shown = float(data.treatment[0])
    return bad_option("treatment", f"all {shown:g}", both, "0 for some patients and 1 for others")
