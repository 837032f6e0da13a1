"""How many patients a study of interaction between a drug and a marker needs."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtri

from equipoise.errors import InputError, Problem

METHOD_CITES = {"patients_for_interaction": ("demidenko2008",)}

Chances = tuple[float, float, float, float]
"""Response with the marker under drug and control, then without the marker under both."""


def interaction_variance(
    chances: Chances, share_positive: float, share_treated: float = 0.5
) -> float:
    r"""Return n times the variance of the log odds ratio interaction of n patients.

    The interaction is the difference of two log odds ratios, each the difference of two log odds;
    the log odds of a cell with share `pi` of the patients and response p has variance
    `1 / (n pi p (1 - p))`, so that

        V = sum over the four cells of 1 / (pi p (1 - p)),

    the entry of the inverse Fisher information of the saturated logistic model (Demidenko, Stat
    Med 2008;27:36, doi 10.1002/sim.2980). Infinite where a cell is empty or its response is
    certain.
    """
    positive, treated = share_positive, share_treated
    cells = (
        positive * treated,
        positive * (1.0 - treated),
        (1.0 - positive) * treated,
        (1.0 - positive) * (1.0 - treated),
    )
    information = [pi * p * (1.0 - p) for pi, p in zip(cells, chances, strict=True)]
    return sum(1.0 / i for i in information) if min(information) > 0.0 else math.inf


def patients_for_interaction(
    difference: float,
    chances: Chances,
    share_positive: float,
    *,
    share_treated: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float:
    r"""Return the patients that tell a log odds ratio interaction from another `difference` away.

    `n = (z_{1 - alpha/2} + z_{power})^2 V / difference^2`, rounded up, with V of
    `interaction_variance`: the normal approximation of a two-sided Wald test. Infinity where the
    difference is 0: no study tells them apart. All patients are counted, marked or not.

    Raises
    ------
    InputError
        Every chance, share or level that is none.

    Examples
    --------
    >>> patients_for_interaction(0.5, (0.5, 0.5, 0.5, 0.5), 0.5)
    2010.0
    """
    values = {"share_positive": share_positive, "share_treated": share_treated}
    values |= {f"chances[{i}]": chance for i, chance in enumerate(chances)}
    problems = [
        Problem("", "", name, f"{value:g}", "0 to 1", "Correct the number.")
        for name, value in values.items()
        if not 0.0 <= value <= 1.0
    ]
    problems += [
        Problem("", "", name, f"{value:g}", "above 0, below 1", "Correct the number.")
        for name, value in (("alpha", alpha), ("power", power))
        if not 0.0 < value < 1.0
    ]
    if problems:
        raise InputError(problems)
    variance = interaction_variance(chances, share_positive, share_treated)
    if difference == 0.0 or math.isinf(variance):
        return math.inf
    z = float(ndtri(1.0 - alpha / 2.0) + ndtri(power))
    needed = z * z * variance / difference**2
    return float(np.ceil(needed)) if math.isfinite(needed) else math.inf
