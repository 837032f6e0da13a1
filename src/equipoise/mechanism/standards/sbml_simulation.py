"""Run an SBML model through libroadrunner, with doses at times of our own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.errors import ComputationError, InputError, Problem
from equipoise.mechanism.standards.dose_changes import by_time, same_times
from equipoise.mechanism.standards.engine import require
from equipoise.mechanism.standards.sbml_model import SbmlModel

MOST_STEPS = 100_000
"""Between two outputs; five times the engine's own limit, for stiff models over months."""


def simulate_sbml(
    model: SbmlModel,
    end: float,
    points: int,
    *,
    doses: Iterable[tuple[float, str, float]] = (),
    tolerance: float = 1e-8,
    absolute_tolerance: float = 1e-12,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Integrate a model from 0 to `end` and return what its symbols are worth over time.

    The integrator (CVODE, BDF with adaptive order and step) is stopped at each dose time, the
    target is changed and the integrator started anew, so that no dose rests on the finding of a
    root: none is lost and none is given twice. Events of the model itself are left to the engine.

    Parameters
    ----------
    model : SbmlModel
    end : float
        Last time, in the model's unit.
    points : int
        Number of equally spaced times, 0 and `end` included; at least 2.
    doses : iterable of (time, target, change)
        See `DoseChange`; those after `end` are not given. The value at the time of a dose is the
        one after it.
    tolerance, absolute_tolerance : float
        Of the local error, relative and absolute.
    columns : sequence of str, optional
        Symbols wanted; all that vary by default.

    Returns
    -------
    DataFrame
        Column ``time`` and one a symbol, ``points`` rows. The symbol of a species means what SBML
        says it means in a formula: its amount, or its concentration when
        ``hasOnlySubstanceUnits`` is false.

    Raises
    ------
    InputError
        If a number makes no sense, a symbol or a target is unknown, or the engine cannot load the
        model.
    ComputationError
        If the integrator gives up; the message names the times between which it did.
    MissingExtraError
        If libroadrunner is not installed.
    """
    names = list(model.varying if columns is None else columns)
    _check(model, end, points, tolerance, absolute_tolerance, names)
    times = np.linspace(0.0, end, points)
    given = by_time(doses, model)
    one = same_times((time for time, _ in given), times)
    jumps = {one[time]: added for time, added in given if one[time] <= end}
    runner = _load(model, tolerance, absolute_tolerance)
    runner.timeCourseSelections = ["time", *(_selection(model, name) for name in names)]
    rows = _run(runner, times, jumps, model.file)
    return pd.DataFrame(rows, columns=["time", *names])


def _run(
    runner: Any, times: NDArray[np.float64], jumps: dict[float, dict[str, float]], file: str
) -> NDArray[np.float64]:
    stops = sorted({0.0, float(times[-1]), *jumps})
    rows = []
    for index, stop in enumerate(stops):
        if index:
            start = stops[index - 1]
            inner = times[(times > start) & (times < stop)]
            rows.append(_integrate(runner, [start, *inner, stop], file)[1:-1])
        for target, change in jumps.get(stop, {}).items():
            runner[target] = runner[target] + change
        if stop in times:
            here = np.asarray(runner.getSelectedValues(), dtype=np.float64)
            here[0] = stop
            rows.append(here[np.newaxis])
    return np.concatenate(rows)


def _integrate(runner: Any, times: list[float], file: str) -> NDArray[np.float64]:
    try:
        found = np.array(runner.simulate(times=times), dtype=np.float64)
    except RuntimeError as error:
        raise ComputationError(
            f"{file}: the integrator gave up between {times[0]:g} and {times[-1]:g} "
            f"({_first_line(error)}); bring the states to similar sizes, try another "
            "tolerance, or look for a state that grows without bound"
        ) from error
    if not np.isfinite(found).all():
        raise ComputationError(
            f"{file}: a value is not finite between {times[0]:g} and {times[-1]:g}; "
            "look for a division by zero or a logarithm of zero there"
        )
    return found


def _load(model: SbmlModel, tolerance: float, absolute_tolerance: float) -> Any:
    roadrunner = require("roadrunner", "running an SBML model")
    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    try:
        with _quick_compiler(roadrunner.Config):
            runner = roadrunner.RoadRunner(model.xml)
    except RuntimeError as error:
        action = "Check the file with the validator of sbml.org."
        problem = Problem(
            model.file, "", "", _first_line(error), "what libroadrunner can load", action
        )
        raise InputError([problem]) from error
    runner.setIntegrator("cvode")
    runner.integrator.relative_tolerance = tolerance
    # one number would be scaled by each state's start: 0 for a state that starts at 0
    states = runner.model.getNumFloatingSpecies() + runner.model.getNumRateRules()
    try:
        runner.integrator.absolute_tolerance = [absolute_tolerance] * states
    except RuntimeError:  # the engine counts its states in another way
        runner.integrator.absolute_tolerance = absolute_tolerance
    runner.integrator.maximum_num_steps = MOST_STEPS
    return runner


@contextmanager
def _quick_compiler(config: Any) -> Iterator[None]:
    """Compile without optimising, then put the user's choice back.

    The 100 reactions that take a second otherwise take a quarter of one, and the fifteen published
    models of the tests give the same bits.
    """
    wanted = {
        config.LLVM_BACKEND: config.LLJIT,
        config.LLJIT_OPTIMIZATION_LEVEL: config.NONE,
    }
    before = {key: config.getValue(key) for key in wanted}
    try:
        for key, value in wanted.items():
            config.setValue(key, value)
        yield
    finally:
        for key, value in before.items():
            config.setValue(key, value)


def _selection(model: SbmlModel, name: str) -> str:
    return f"[{name}]" if name in model.per_volume else name


def _check(
    model: SbmlModel,
    end: float,
    points: int,
    tolerance: float,
    absolute_tolerance: float,
    names: list[str],
) -> None:
    numbers = (
        ("end", end, math.isfinite(end) and end > 0.0, "above 0", "Use the last time wanted."),
        ("points", points, points >= 2, "2 or more", "Use 2 for start and end."),
        ("tolerance", tolerance, 0.0 < tolerance < 1.0, "between 0 and 1", "Use 1e-8."),
        (
            "absolute_tolerance",
            absolute_tolerance,
            0.0 < absolute_tolerance < math.inf,
            "above 0",
            "Use 1e-12.",
        ),
    )
    problems = [
        Problem(model.file, "", name, repr(value), allowed, action)
        for name, value, fine, allowed, action in numbers
        if not fine
    ]
    problems += [
        Problem(model.file, "", "columns", name, "a symbol of the model", "Name another one.")
        for name in names
        if name not in model.symbols
    ]
    if problems:
        raise InputError(problems)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
