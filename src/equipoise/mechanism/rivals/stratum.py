"""A stratum of patients: all, or those on one side of a cut, and the typical one among them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel
from equipoise.synthesis.arrays import Array

ALL = "all"
SIDES: dict[str, Callable[[Any, float], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_CONDITION = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|<|>|=)\s*([-+0-9.eE]+)\s*")


@dataclass(frozen=True)
class Condition:
    """`parameter side cut`, as in ``index > 2.8``; `side` is a key of `SIDES`."""

    parameter: str
    side: str
    cut: float


def condition_of(text: str) -> Condition | None:
    """Return the condition of a stratum, None for ``all``.

    Raises
    ------
    ValueError
        The text is neither.

    Examples
    --------
    >>> condition_of("index <= 2.8")
    Condition(parameter='index', side='<=', cut=2.8)
    """
    if text.strip() == ALL:
        return None
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"{ALL!r}, or a parameter, one of {', '.join(SIDES)}, and a number")
    return Condition(found[1], found[2], float(found[3]))


def typical_patient(model: MechanismModel, patients: Array, stratum: str) -> Array:
    """Return the median of every parameter among the patients of a stratum, shape (p,).

    The share of a characteristic that is 0 or 1 becomes what most have.

    Parameters
    ----------
    model : MechanismModel
    patients : (m, p) array
        In the order of `model.names_of_parameters`.
    stratum : str
        ``all`` or a condition.

    Raises
    ------
    InputError
        No patient is in the stratum.
    """
    condition = condition_of(stratum)
    inside = np.ones(len(patients), dtype=bool)
    if condition is not None:
        column = patients[:, model.index(condition.parameter)]
        inside = SIDES[condition.side](column, condition.cut)
    if not inside.any():
        action = "Draw more patients, or correct the cut."
        raise InputError([Problem("", "", "stratum", stratum, "some patient in it", action)])
    return _middle(patients[inside])


def _middle(patients: Array) -> Array:
    """Lower median of each column: a value that some patient has."""
    ordered = np.sort(patients, axis=0)
    middle: Array = ordered[(len(ordered) - 1) // 2]
    return middle


def strata_problems(texts: Sequence[str], model: MechanismModel) -> list[tuple[int, str]]:
    """Return position and what is allowed for every text that is no stratum of the model."""
    found = []
    for k, text in enumerate(texts):
        try:
            condition = condition_of(text)
        except ValueError as error:
            found.append((k, str(error)))
            continue
        if condition is not None and condition.parameter not in model.names_of_parameters:
            found.append((k, "a condition on a parameter of the model"))
    return found
