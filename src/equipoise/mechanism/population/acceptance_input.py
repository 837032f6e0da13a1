"""Check what acceptance is given, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector

Stratum = str | int | float | bool
Members = dict[Stratum, NDArray[np.int64]]
"""Rows of the usable patients of every stratum, in the order of the targets."""


def checked(
    n: int,
    predicted: ArrayLike,
    strata: ArrayLike,
    targets: Mapping[Stratum, float],
    seed: int,
) -> tuple[Array, Members]:
    """Return predictions (n,) and the usable rows by stratum, or raise with every problem."""
    p, labels = as_vector(predicted, "predicted"), np.asarray(strata)
    problems = []
    for name, shape in (("predicted", p.shape), ("strata", labels.shape)):
        if shape != (n,):
            action = "Give one for every patient."
            problems.append(Problem("", "", name, f"shape {shape}", f"shape ({n},)", action))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        allowed = "a whole number, 0 or more"
        problems.append(Problem("", "", "seed", repr(seed), allowed, "Correct it."))
    if problems:
        raise ArrayError(problems)
    wrong = np.flatnonzero(~np.isnan(p) & ~((p >= 0.0) & (p <= 1.0)))
    problems += [
        Problem("", f"patient {i}", "predicted", repr(float(p[i])), "0 to 1, or NaN", "Correct it.")
        for i in wrong
    ]
    members: Members = {s: np.flatnonzero((labels == s) & ~np.isnan(p)) for s in targets}
    problems += _strata_problems(p, labels, targets, members)
    if problems:
        raise ArrayError(problems)
    return p, members


def _strata_problems(
    p: Array, labels: NDArray[np.generic], targets: Mapping[Stratum, float], members: Members
) -> list[Problem]:
    known = ", ".join(str(s) for s in targets)
    problems = [
        Problem("", "", "strata", str(label), f"a stratum with a target: {known}", "Add a target.")
        for label in np.unique(labels).tolist()
        if label not in targets
    ]
    change = "Change the parameters or widen their spread: no selection reaches this target."
    for stratum, rows in members.items():
        row, target = f"stratum {stratum}", targets[stratum]
        if not rows.size:
            action = "Draw patients of this stratum, or remove its target."
            allowed = "a stratum with patients that have a prediction"
            problems.append(Problem("", row, "targets", "", allowed, action))
            continue
        low, high = float(p[rows].min()), float(p[rows].max())
        reached = low < target < high or low == target == high
        if not reached:
            allowed = f"between its lowest and highest prediction, {low:.6g} and {high:.6g}"
            problems.append(Problem("", row, "targets", f"{target:.6g}", allowed, change))
    if not targets:
        problems.append(Problem("", "", "targets", "", "a share by stratum", "Give a target."))
    return problems
