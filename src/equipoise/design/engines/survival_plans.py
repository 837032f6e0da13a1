"""What a simulated trial with a time to an event needs to know, checked once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among

Integers = NDArray[np.int64]

ARRIVALS = ("even", "random")


class SurvivalPlan(NamedTuple):
    """Accrual, hazards, drop-out and looks of a two-arm trial in one or more strata.

    A named tuple, because compiled functions take it as it is; `survival_plan` makes one.
    Cells are strata times arms in the order (stratum 0 control, stratum 0 treatment, stratum 1
    control, ...). Times and hazards are in one unit.

    Attributes
    ----------
    patients : int
        Patients `n` in all.
    events : array of int, shape (K,)
        Look `k` is when this many events have happened in all strata together.
    edges, shares : array, shape (A + 1,)
        Calendar times between which accrual is uniform; cumulative share of patients at each.
    even : bool
        Entries at equal steps of the accrual, not drawn.
    pattern : array of int
        Arms (1 treatment) of one block; each stratum repeats it in the order of entry.
    prevalence : array, shape (strata,)
        Probability of each stratum.
    starts : array, shape (P,)
        Times since entry from which the hazards hold, the first 0.
    hazard : array, shape (cells, P)
        Hazard of the event in each piece.
    before : array, shape (cells, P)
        Cumulative hazard at the start of each piece.
    dropout : array, shape (cells,)
        Hazard of drop-out.
    scale : float
        A usual calendar time of events; only the speed depends on it.
    """

    patients: int
    events: Integers
    edges: Array
    shares: Array
    even: bool
    pattern: Integers
    prevalence: Array
    starts: Array
    hazard: Array
    before: Array
    dropout: Array
    scale: float


def survival_plan(
    patients: int,
    events: ArrayLike,
    *,
    accrual: ArrayLike,
    hazard: ArrayLike,
    hazard_ratio: ArrayLike,
    starts: ArrayLike = (0.0,),
    accrual_rates: ArrayLike = (1.0,),
    arrivals: str = "random",
    allocation: tuple[int, int] = (1, 1),
    dropout: ArrayLike = 0.0,
    prevalence: ArrayLike = (1.0,),
) -> SurvivalPlan:
    """Check a plan and prepare it.

    Parameters
    ----------
    patients : int
        Patients in all.
    events : array_like, shape (K,)
        Events at each look, increasing, at most `patients`.
    accrual : array_like, shape (A + 1,)
        Calendar times between which accrual is uniform, from 0 to its end.
    hazard : array_like, shape (P,) or (strata, P)
        Hazard under control in each piece; rows for strata.
    hazard_ratio : array_like, broadcast with `hazard`
        Treatment against control in each piece: `(1.0, 0.6)` with `starts` `(0, 6)` is an effect
        that begins at 6. A column, shape (strata, 1), is one ratio a stratum.
    starts : array_like, shape (P,)
        Times since entry from which the pieces hold, the first 0.
    accrual_rates : array_like, shape (A,)
        Relative rates of accrual between the times.
    arrivals : {"random", "even"}
        Entries drawn from the accrual, or at equal steps of it (as rpact has them).
    allocation : (int, int)
        Control and treatment in a block; a block begins with the treated.
    dropout : array_like
        Hazard of drop-out, one for all or one an arm, (control, treatment).
    prevalence : array_like, shape (strata,)
        Probabilities of the strata, in the order (negative, positive) or of one stratum, 1.

    Raises
    ------
    ArrayError
        All that is wrong with the plan.
    """
    d, edges, rates = _vector(events), _vector(accrual), _vector(accrual_rates)
    t, p, lost = _vector(starts), _vector(prevalence), _vector(dropout)
    control, ratio = (
        np.atleast_2d(np.asarray(v, dtype=np.float64)) for v in (hazard, hazard_ratio)
    )
    rules = [
        *_calendar_rules(patients, d, edges, rates),
        *_hazard_rules(control, ratio, t, p, lost),
        _rule("allocation", allocation, "two whole numbers, 1 or more", _blocks(allocation)),
    ]
    problems = [problem for problem in rules if problem is not None]
    problems += not_among("arrivals", arrivals, ARRIVALS)
    if problems:
        raise ArrayError(problems)
    cells = np.empty((2 * p.size, t.size))
    cells[0::2], cells[1::2] = control, control * ratio
    before = np.zeros_like(cells)
    np.cumsum(cells[:, :-1] * np.diff(t), axis=1, out=before[:, 1:])
    due = np.concatenate(([0.0], np.cumsum(rates * np.diff(edges))))
    usual = float(np.min(math.log(2.0) / cells[cells > 0.0])) + edges[-1] / 2.0
    return SurvivalPlan(
        int(patients),
        d.astype(np.int64),
        edges,
        due / due[-1],
        arrivals == "even",
        np.repeat(np.array([1, 0], dtype=np.int64), (allocation[1], allocation[0])),
        p,
        t,
        cells,
        before,
        np.resize(lost, 2 * p.size),
        usual,
    )


def _rule(name: str, shown: object, allowed: str, good: bool) -> Problem | None:
    """Return the problem of a broken rule; nothing for one that holds."""
    if good:
        return None
    return Problem("", "", name, str(np.asarray(shown).tolist()), allowed, "Correct it.")


def _calendar_rules(
    patients: int, events: Array, edges: Array, rates: Array
) -> list[Problem | None]:
    """Rules of who enters when, and when the looks are."""
    paired = rates.size == edges.size - 1 and _hazards(rates) and bool(rates[-1] > 0.0)
    enough = patients == int(patients) >= 2
    each = "0 or more, one a period, not all 0, the last above 0"
    looks = f"whole, increasing, from 1 to {patients}"
    return [
        _rule("patients", patients, "a whole number, 2 or more", enough),
        _rule("events", events, looks, _looks(events, patients)),
        _rule("accrual", edges, "increasing from 0", edges.size > 1 and _from_zero(edges)),
        _rule("accrual_rates", rates, each, paired),
    ]


def _hazard_rules(
    control: Array, ratio: Array, t: Array, p: Array, lost: Array
) -> list[Problem | None]:
    """Rules of what happens to those who entered."""
    some = _hazards(control) and bool(np.any(control > 0.0))
    above = _hazards(ratio) and bool(np.all(ratio > 0.0))
    whole = _hazards(p) and abs(float(p.sum()) - 1.0) < 1e-9
    fits = f"shape ({p.size} or 1, {t.size})"
    ratio_fits = f"shape ({p.size} or 1, {t.size} or 1)"
    arms = _hazards(lost) and lost.size in (1, 2)
    return [
        _rule("starts", t, "increasing from 0", _from_zero(t)),
        _rule("hazard", control, "finite, 0 or more, not all 0", some),
        _rule("hazard_ratio", ratio, "finite, above 0", above),
        _rule("hazard", control.shape, fits, _fits(control, p.size, t.size)),
        _rule("hazard_ratio", ratio.shape, ratio_fits, _fits(ratio, p.size, t.size)),
        _rule("dropout", lost, "0 or more, one or one an arm", arms),
        _rule("prevalence", p, "0 or more, sum 1", whole),
    ]


def _blocks(allocation: tuple[int, int]) -> bool:
    return len(allocation) == 2 and all(a == int(a) >= 1 for a in allocation)


def _vector(values: ArrayLike) -> Array:
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _from_zero(times: Array) -> bool:
    return bool(times[0] == 0.0 and np.all(np.diff(times) > 0.0) and np.all(np.isfinite(times)))


def _hazards(values: Array) -> bool:
    return bool(np.all(np.isfinite(values)) and np.all(values >= 0.0))


def _fits(values: Array, strata: int, pieces: int) -> bool:
    return values.shape[0] in (1, strata) and values.shape[1] in (1, pieces)


def _looks(events: Array, patients: int) -> bool:
    whole = np.all(np.isfinite(events)) and np.all(events == np.floor(events))
    return bool(whole and np.all(np.diff(events, prepend=0.0) > 0.0) and events[-1] <= patients)
