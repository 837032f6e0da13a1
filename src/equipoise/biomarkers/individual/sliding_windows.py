"""Does the effect change along a covariate: effects in overlapping windows, with a band for all."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.biomarkers.individual.patient_table import PatientTable
from equipoise.errors import InputError, Problem
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.survival import cox_two_arm_kernel, two_arm_table

METHOD_CITES = {"stepp": ("bonetti2004", "bonetti2009")}

PERMUTATIONS = 1000


@dataclass(frozen=True, eq=False)
class WindowedEffects:
    """Effects along a covariate; arrays have one entry a window, shape (w,).

    Attributes
    ----------
    covariate : str
    centre, low, high : array
        Median of the covariate in the window, and its smallest and largest value there.
    patients : array
    effect : array
        Effect in the window: risk difference (binary) or log hazard ratio (survival), treatment
        minus control; NaN where it cannot be computed.
    overall : float
        The same in all patients.
    band_low, band_high : array
        Where all effects would lie together, with probability `level`, if the covariate had
        nothing to do with the effect.
    p_value : float
        Of the largest standardised distance from the overall effect, over permutations.
    level : float
    permutations, seed : int
    status, message : str
        ``undefined`` where fewer than two windows have an effect.
    """

    covariate: str
    centre: Array
    low: Array
    high: Array
    patients: Array
    effect: Array
    overall: float
    band_low: Array
    band_high: Array
    p_value: float
    level: float
    permutations: int
    seed: int
    status: str
    message: str


def windowed_effects(
    table: PatientTable,
    covariate: str,
    *,
    window: int,
    overlap: int,
    level: float = 0.95,
    permutations: int = PERMUTATIONS,
    seed: int,
) -> WindowedEffects:
    """Answer whether the effect changes along a covariate, without a cut point.

    Patients are put in order of the covariate; each window holds `window` of them and shares
    `overlap` with the next (the last takes what is left). With effects `t_w` and the overall
    effect t, the statistic is `max_w |t_w - t| / s_w`; its distribution and the `s_w` come from
    permuting the covariate among the patients of each arm, which keeps the effect and breaks its
    link with the covariate (Bonetti and Gelber 2004, 10.1093/biostatistics/kxh002; Bonetti and
    others 2009, 10.1002/sim.3524). The band is `t -+ c s_w` with c the `level` quantile of the
    statistic: one for all windows together.

    Parameters
    ----------
    table : PatientTable
    covariate : str
        One of its names.
    window, overlap : int
        Patients in a window, and shared by neighbours: 20 or more, and below `window`.
    level : float
    permutations, seed : int

    Raises
    ------
    InputError
        Every option that cannot be used.

    Notes
    -----
    A curve shows where to look in the next trial; it is not a rule for whom to treat.
    """
    problems = _problems(table, covariate, window, overlap, permutations)
    if problems:
        raise InputError(problems)
    x = table.covariates[:, table.names.index(covariate)]
    cuts = window_rows(table.size, window, overlap)
    effect_in = _effect_of(table)
    order = np.argsort(x, kind="stable")
    overall = effect_in(np.arange(table.size))
    effects = np.array([effect_in(order[a:b]) for a, b in cuts])
    rng = np.random.default_rng(seed)
    shuffled = np.array(
        [
            [effect_in(again[a:b]) for a, b in cuts]
            for again in (_permuted(x, table.treatment, rng) for _ in range(permutations))
        ]
    )
    s, c, p_value = _spread_and_limit(effects - overall, shuffled - overall, level)
    values = x[order]
    ok = bool((np.isfinite(effects) & np.isfinite(s)).sum() > 1)
    return WindowedEffects(
        covariate,
        np.array([float(np.median(values[a:b])) for a, b in cuts]),
        np.array([values[a] for a, _ in cuts]),
        np.array([values[b - 1] for _, b in cuts]),
        np.array([float(b - a) for a, b in cuts]),
        effects,
        overall,
        overall - c * s,
        overall + c * s,
        p_value if ok else math.nan,
        level,
        permutations,
        seed,
        "converged" if ok else "undefined",
        "" if ok else "Fewer than two windows have an effect: make them wider.",
    )


def window_rows(n: int, window: int, overlap: int) -> list[tuple[int, int]]:
    """First and one past the last place, in order of the covariate, of every window.

    Examples
    --------
    >>> window_rows(100, 40, 20)
    [(0, 40), (20, 60), (40, 80), (60, 100)]
    >>> window_rows(105, 40, 20)
    [(0, 40), (20, 60), (40, 80), (60, 105)]
    """
    step = window - overlap
    starts = list(range(0, n - window + 1, step)) or [0]
    cuts = [(a, a + window) for a in starts]
    cuts[-1] = (cuts[-1][0], n)
    return cuts


def _effect_of(table: PatientTable) -> Callable[[NDArray[np.intp]], float]:
    """Return the function that gives the effect in some patients (n,)."""
    if table.family == "binary":

        def risk_difference(rows: NDArray[np.intp]) -> float:
            treated = table.treatment[rows] == 1.0
            if treated.all() or not treated.any():
                return math.nan
            event = table.event[rows]
            return float(event[treated].mean() - event[~treated].mean())

        return risk_difference

    def log_hazard_ratio(rows: NDArray[np.intp]) -> float:
        in_order = rows[np.argsort(table.time[rows], kind="stable")]
        together = np.zeros(in_order.size, dtype=np.int64)
        time, event = table.time[in_order], table.event[in_order]
        counted, _ = two_arm_table(time, event, table.treatment[in_order], together)
        found = cox_two_arm_kernel(counted, True)
        value = float(found[0])
        return value if math.isfinite(value) else math.nan

    return log_hazard_ratio


def _permuted(x: Array, treatment: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    """Order of the patients after the covariate was dealt out anew within each arm."""
    dealt = np.empty_like(x)
    for arm in (0.0, 1.0):
        rows = np.flatnonzero(treatment == arm)
        dealt[rows] = x[rng.permutation(rows)]
    return np.argsort(dealt, kind="stable")


def _spread_and_limit(off: Array, shuffled: Array, level: float) -> tuple[Array, float, float]:
    """Return the deviation (w,) under permutation, the limit of the largest, and its P."""
    known = np.isfinite(shuffled)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        s = np.sqrt(np.square(np.where(known, shuffled, 0.0)).sum(axis=0) / count)
        largest = np.nanmax(np.where(known, np.abs(shuffled) / s, 0.0), axis=1)
        seen = np.nanmax(np.where(np.isfinite(off), np.abs(off) / s, 0.0))
    limit = float(np.quantile(largest, level))
    return s, limit, float((1 + (largest >= seen).sum()) / (1 + largest.size))


def _problems(
    table: PatientTable, covariate: str, window: int, overlap: int, permutations: int
) -> list[Problem]:
    rules = (
        ("covariate", covariate, covariate in table.names, ", ".join(table.names)),
        ("window", window, 20 <= window <= table.size // 2, f"20 to {table.size // 2}"),
        ("overlap", overlap, 0 <= overlap < window, f"0 to {window - 1}"),
        ("permutations", permutations, permutations >= 20, "20 or more"),
    )
    return [
        Problem("", "", field, repr(value), allowed, f"Change {field}.")
        for field, value, good, allowed in rules
        if not good
    ]
