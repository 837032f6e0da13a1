"""Individual data from a printed Kaplan-Meier curve and its numbers at risk."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, as_vector, same_length
from equipoise.synthesis.survival.censoring_search import best_censoring, walk
from equipoise.synthesis.survival.digitised_curve import (
    DigitisedCurve,
    clean,
    unreadable,
    with_knots,
)
from equipoise.synthesis.survival.patients import Codes, bad_option, bad_values, stop_if
from equipoise.synthesis.survival.product_limit import kaplan_meier, survival_at

METHOD_CITES = {"reconstruct_individual_data": ("guyot2012",)}
"""Keys of `equipoise.cite.REFERENCES` behind the reconstruction."""

LARGE_CORRECTION = 0.02
"""A reading moved this far was misread, not rounded; journals' curves are read to about 0.005."""


@dataclass(frozen=True)
class ReconstructedData:
    """Individual data whose Kaplan-Meier curve follows a printed one.

    Attributes
    ----------
    time, event : array, shape (n,)
        One patient a row, in order of time; 1 for an event.
    arm : array, shape (n,), or None
        The label given, once a patient.
    n, events : int
        Patients and events.
    total_events : int or None
        Events as printed.
    max_difference : float
        Largest distance between the curve of the data and the cleaned reading.
    correction : float
        Largest change that cleaning made to a reading.
    at_risk_times, at_risk, at_risk_made : array, shape (j,)
        Numbers at risk as printed, and of the data.
    status, message : str
        ``converged`` when the numbers at risk, and the events if given, are met exactly; else
        ``not_converged`` and what is missed by how much.
    """

    time: Array
    event: Array
    arm: Array | None
    n: int
    events: int
    total_events: int | None
    max_difference: float
    correction: float
    at_risk_times: Array
    at_risk: Array
    at_risk_made: Array
    status: str
    message: str


class _Printed(NamedTuple):
    """What the paper gives besides the curve, and the label asked for."""

    times: Array
    at_risk: Array
    total_events: int | None
    arm: float | None


class _Made(NamedTuple):
    """Events at each coordinate, and times of censoring."""

    events: Array
    censored: Array


def reconstruct_individual_data(
    time: ArrayLike,
    survival: ArrayLike,
    at_risk_times: ArrayLike,
    at_risk: ArrayLike,
    *,
    total_events: int | None = None,
    arm: float | None = None,
) -> ReconstructedData:
    """Find individual data that would give a printed Kaplan-Meier curve.

    Between two printed numbers at risk `n_i` and `n_{i+1}`, `c` patients are taken to be
    censored at even distances; the events at a step of the curve from `K` down to `S` among `n`
    at risk are `round(n (1 - S / K))`, `K` being the curve of the data made so far. `c` is the
    number that leaves `n_{i+1}` at risk. After the last number at risk, `c` is chosen to meet
    `total_events`; without it, patients are censored at the pace seen before. Who is left at the
    end of the curve is censored there.

    Parameters
    ----------
    time, survival : array_like, shape (m,)
        Coordinates of the curve, shares between 0 and 1; the lower end of each step at least.
        They are sorted and made to fall.
    at_risk_times, at_risk : array_like, shape (j,)
        Times (the first is 0) and numbers at risk just before them; ``[0]`` and ``[n]`` if no
        more is printed.
    total_events : int
        Events of this arm, if printed.
    arm : float
        Label that is repeated in `arm` of the result, 1 for treatment and 0 for control.

    Returns
    -------
    ReconstructedData

    Raises
    ------
    ArrayError
        Shares in per cent, numbers at risk that rise or are not whole, an origin that is not 0,
        more events than patients.

    Notes
    -----
    The method of Guyot and others 2012, 10.1186/1471-2288-12-9. Their loop over `c` is replaced
    by a search through every `c`, which cannot cycle, and readings without a step are given no
    event. Hazard ratios and medians come out well; what happens after the last number at risk
    is the least certain, and with no number at risk beyond 0 and no total of events nobody is
    taken to be censored before the end of the curve, which makes errors too small. Never use
    such data where the trial's own are to be had.

    Examples
    --------
    >>> made = reconstruct_individual_data([1, 2, 3], [0.8, 0.6, 0.3], [0, 3], [5, 2])
    >>> made.time.tolist(), made.event.tolist()
    ([1.0, 1.5, 2.0, 3.0, 3.0], [1.0, 0.0, 1.0, 1.0, 0.0])
    """
    t, s = as_vector(time, "time"), as_vector(survival, "survival")
    knots, numbers = as_vector(at_risk_times, "at_risk_times"), as_vector(at_risk, "at_risk")
    same_length(time=t, survival=s)
    same_length(at_risk_times=knots, at_risk=numbers)
    stop_if(unreadable(t, s) + _bad_numbers(knots, numbers, total_events))
    curve = clean(t, s)
    times, shares, index = with_knots(curve, knots)
    printed = _Printed(knots, numbers, total_events, arm)
    made = _fill(times, shares, index, printed)
    every = np.concatenate([np.repeat(times, made.events.astype(np.int64)), made.censored])
    left = int(numbers[0]) - every.size
    every = np.concatenate([every, np.full(left, times[-1])])
    event = np.zeros(every.size)
    event[: int(made.events.sum())] = 1.0
    order = np.lexsort((1.0 - event, every))
    return _report(every[order], event[order], curve, printed)


def _bad_numbers(knots: Array, numbers: Array, total_events: int | None) -> list[Problem]:
    """Everything that is wrong with the numbers at risk and the total of events."""
    action = "Look at the table under the curve."
    first = f"{float(knots[0]):g}" if knots.size else "none"
    problems = bad_option("at_risk_times", first, first == "0", "0 as the first time")
    rising = np.append(False, np.diff(knots) <= 0.0) | ~np.isfinite(knots)
    problems += bad_values("at_risk_times", knots, rising, "later than the one before", action)
    whole = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.floor(numbers))
    whole[:1] &= numbers[:1] > 0
    problems += bad_values("at_risk", numbers, ~whole, "a whole number, above 0 at first", action)
    more = np.append(False, np.diff(numbers) > 0.0)
    problems += bad_values("at_risk", numbers, more, "no more than the one before", action)
    if total_events is not None and numbers.size:
        fits = 0 <= total_events <= numbers[0] and total_events == int(total_events)
        allowed = f"a whole number from 0 to {numbers[0]:g}"
        problems += bad_option("total_events", total_events, fits, allowed)
    return problems


def _fill(times: Array, shares: Array, index: Codes, printed: _Printed) -> _Made:
    """Go from one number at risk to the next, choosing how many were censored between them."""
    numbers, total_events = printed.at_risk, printed.total_events
    events = np.zeros(times.size)
    censored: list[Array] = []
    at_risk, height = int(numbers[0]), 1.0
    bounds = [*index.tolist(), times.size]
    for i, (low, high) in enumerate(pairwise(bounds)):
        last = i == numbers.size - 1
        end = float(times[-1] if last else times[high])
        if not last and numbers[i + 1] == 0:
            # nobody is followed beyond the last step
            end = max(float(times[low]), float(times[: high + 1][_steps(shares[: high + 1])][-1]))
        interval = (times[low:high], shares[low:high], end)
        if not last:
            c = best_censoring(interval, at_risk, height, int(numbers[i + 1]), False)
        elif total_events is not None:
            wanted = int(total_events - events.sum())
            c = best_censoring(interval, at_risk, height, wanted, True)
        else:
            past = float(times[low] - times[0])
            pace = sum(part.size for part in censored) / past if past > 0.0 else 0.0
            c = min(at_risk, int(np.floor(pace * (end - float(times[low])) + 0.5)))
        start = float(times[low])
        at_risk, height, _, _, events[low:high], lost = walk(interval, at_risk, height, c)
        spread = start + np.arange(1, int(lost.sum()) + 1) * (end - start) / (c + 1)
        censored.append(spread)
    return _Made(events, np.concatenate(censored))


def _steps(shares: Array) -> Array:
    """Where the curve steps; the first coordinate counts as one."""
    out: Array = np.append(True, np.diff(shares) < 0.0)
    return out


def _report(
    time: Array, event: Array, curve: DigitisedCurve, printed: _Printed
) -> ReconstructedData:
    """Hold the data against what was printed."""
    knots, numbers, total_events, arm = printed
    made = time.size - np.searchsorted(time, knots, side="left").astype(np.float64)
    followed = curve.time <= time[-1]
    heights = survival_at(kaplan_meier(time, event), curve.time[followed])
    difference = float(np.abs(heights - curve.survival[followed]).max())
    events = int(event.sum())
    missed = [
        f"{b:g} instead of {a:g} at risk at {t:g}"
        for t, a, b in zip(knots, numbers, made, strict=True)
        if a != b
    ]
    if total_events is not None and events != total_events:
        missed.append(f"{events} instead of {total_events} events")
    remarks = [f"The data have {'; '.join(missed)}."] if missed else []
    if curve.correction > LARGE_CORRECTION:
        remarks.append(
            f"Readings were moved by up to {curve.correction:.3f} to make the curve fall."
        )
    if curve.reordered:
        remarks.append("Readings were not in order of time and were sorted.")
    if numbers.size == 1 and total_events is None:
        remarks.append(
            "With no number at risk after 0 and no total of events, nobody is taken to be censored "
            "before the end of the curve; errors are too small."
        )
    return ReconstructedData(
        *(time, event, None if arm is None else np.full(time.size, float(arm))),
        n=time.size,
        events=events,
        total_events=total_events,
        max_difference=difference,
        correction=curve.correction,
        at_risk_times=knots,
        at_risk=numbers,
        at_risk_made=made,
        status="not_converged" if missed else "converged",
        message=" ".join(remarks),
    )
