"""Patients simulated under a schedule."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing import Schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.compiling import CompiledModel, compile_model
from equipoise.mechanism.solving.layouts import (
    DEFAULT,
    linear_size,
    modes_of,
    p_size,
    room_for,
    sources_for,
)
from equipoise.mechanism.solving.patient_course import constants_kernel, patients_kernel
from equipoise.mechanism.solving.records import Events, Stops, Tolerances
from equipoise.mechanism.solving.response import Response
from equipoise.mechanism.solving.timetable import dosed_by, events_of, stops_of

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called after each chunk, in order, with the number of patients done and of all."""

CHUNK = 64
"""Patients a chunk: a tenth of a second at most, and room for two threads from 65 patients on."""


@dataclass(frozen=True, eq=False)
class _Job:
    """All that a chunk needs but its parameters."""

    compiled: CompiledModel
    events: Events
    stops: Stops
    outputs: tuple[str, ...]
    days: Array
    tolerances: Tolerances

    def chunk(self, parameters: Array, first: int) -> Response:
        """Simulate some patients; this is what a thread does."""
        compiled, n = self.compiled, parameters.shape[0]
        p = np.zeros((n, p_size(compiled)))
        linear = np.zeros((n, linear_size(compiled)))
        constants_kernel(
            *(compiled.before.address("constants"), compiled.code.address("linear")),
            *(parameters, p, np.zeros(compiled.constants), linear),
        )
        values = np.empty((n, self.days.size, len(self.outputs)))
        status, steps = np.zeros(n, np.int64), np.zeros((n, 2), np.int64)
        row, book = sources_for(compiled, self.events)
        room, modes = room_for(compiled), modes_of(compiled, linear)
        job = (compiled.addresses, self.events, self.stops, self.tolerances)
        patients_kernel(*job, p, modes, row, book, room, values, status, steps)
        return Response(self.outputs, self.days, values, status.astype(np.int8), steps, first)


def simulate_patients(
    model: MechanismModel,
    schedule: Schedule,
    parameters: ArrayLike,
    *,
    outputs: Sequence[str],
    days: Sequence[float],
    workers: int = 1,
    progress: Progress | None = None,
    tolerances: Tolerances = DEFAULT,
) -> Response:
    """Simulate patients under a schedule; see `simulate_in_chunks` for the arguments.

    Returns
    -------
    Response
        In the order of `parameters`. A patient whose solution fails has a status and NaN; the
        others are kept.
    """
    n = np.shape(parameters)[0]
    parts = []
    for part in simulate_in_chunks(
        *(model, schedule, parameters),
        outputs=outputs,
        days=days,
        workers=workers,
        tolerances=tolerances,
    ):
        parts.append(part)
        if progress is not None:
            progress(part.first + part.status.size, n)
    values = np.concatenate([part.values for part in parts])
    status = np.concatenate([part.status for part in parts])
    steps = np.concatenate([part.steps for part in parts])
    return Response(parts[0].outputs, parts[0].days, values, status, steps)


def simulate_in_chunks(
    model: MechanismModel,
    schedule: Schedule,
    parameters: ArrayLike,
    *,
    outputs: Sequence[str],
    days: Sequence[float],
    workers: int = 1,
    tolerances: Tolerances = DEFAULT,
) -> Iterator[Response]:
    """Simulate patients and yield them in order, some at a time, so that memory stays flat.

    Parameters
    ----------
    model : MechanismModel
    schedule : Schedule
        Made for this model; its doses after the last of `days` play no part.
    parameters : array, shape (n, p)
        A row a patient, in the order of `model.names_of_parameters`. Infusion rates must be 0:
        the schedule sets them.
    outputs : sequence of str
        States and assigned quantities.
    days : sequence of float
        Increasing, from 0 on. A value is that before a dose due at the same time.
    workers : int
        Threads. Chunks of patients are fixed, so the bits do not depend on it.
    tolerances : Tolerances

    Yields
    ------
    Response
        Of each chunk.

    Raises
    ------
    InputError
        Everything wrong with the arguments.
    """
    asked = np.atleast_1d(np.asarray(days, dtype=np.float64))
    rows = np.atleast_2d(np.asarray(parameters, dtype=np.float64))
    _require(model, schedule, rows, asked, outputs, workers)
    compiled = compile_model(model, dosed_by(model, schedule), outputs)
    events = events_of(model, compiled, schedule)
    stops = stops_of(compiled, events, asked)
    job = _Job(compiled, events, stops, tuple(outputs), asked, tolerances)
    firsts = range(0, rows.shape[0], CHUNK)
    if workers == 1:
        for first in firsts:
            yield job.chunk(rows[first : first + CHUNK], first)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Response]] = deque()
        for first in firsts:
            waiting.append(pool.submit(job.chunk, rows[first : first + CHUNK], first))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _require(
    model: MechanismModel,
    schedule: Schedule,
    rows: Array,
    days: Array,
    outputs: Sequence[str],
    workers: int,
) -> None:
    """Refuse arguments that cannot be simulated, all at once."""
    count = len(model.parameters)
    problems = []

    def add(field: str, value: str, allowed: str, action: str) -> None:
        problems.append(Problem("", "", field, value, allowed, action))

    if rows.ndim != 2 or rows.shape[1] != count or not rows.shape[0]:
        add("parameters", f"shape {rows.shape}", f"(n, {count})", "Pass one row a patient.")
    else:
        for k, parameter in enumerate(model.parameters):
            if parameter.role == "input" and np.any(rows[:, k] != 0.0):
                action = "Give it by a schedule."
                add("parameters", parameter.symbol, "0 for an infusion rate", action)
    rising = days.size > 0 and days[0] >= 0.0 and np.all(np.diff(days) > 0.0)
    if not (rising and np.all(np.isfinite(days))):
        add("days", str(days.tolist()), "increasing days from 0 on", "Sort them.")
    elif days[-1] > schedule.days:
        allowed = f"at most {schedule.days:g}, where the schedule ends"
        add("days", f"{days[-1]:g}", allowed, "Make a longer schedule.")
    if not outputs or len(set(outputs)) < len(outputs):
        add("outputs", ", ".join(outputs), "at least one, each once", "Correct the list.")
    if not isinstance(workers, int) or workers < 1:
        add("workers", repr(workers), "1 or more", "Correct the number.")
    if schedule.states != len(model.states):
        allowed = f"a schedule for a model of {len(model.states)} states"
        add("schedule", f"{schedule.states} states", allowed, "Make it from this model.")
    if problems:
        raise InputError(problems)
