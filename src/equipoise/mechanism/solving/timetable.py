"""A schedule as the blocks of a compiled model see it."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.dosing import Schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving.algebra import names_in
from equipoise.mechanism.solving.compiling import CompiledModel
from equipoise.mechanism.solving.records import Array, Events, Stops


def dosed_by(model: MechanismModel, schedule: Schedule) -> frozenset[str]:
    """Return the names of all states and infusion rates that a schedule changes."""
    names = (*model.names_of_states, *model.names_of_parameters)
    return frozenset(names[k] for k in np.unique(schedule.targets))


def events_of(model: MechanismModel, compiled: CompiledModel, schedule: Schedule) -> Events:
    """Sort the doses by block and time; an infusion begins and ends.

    Doses of blocks on which no output rests are left out.
    """
    structure = compiled.structure
    blocks = (*structure.exact, *structure.stiff)
    states, parameters = model.names_of_states, model.names_of_parameters
    home = {name: (k, i) for k, block in enumerate(blocks) for i, name in enumerate(block)}
    column = {n: i for block in blocks for i, n in enumerate(structure.inputs_of(block))}
    rows = []
    for d in range(schedule.times.size):
        target, time, long = schedule.targets[d], schedule.times[d], schedule.durations[d]
        shared = (schedule.scaling[d], schedule.until[d])
        taken, amount = schedule.taken[d], schedule.amounts[d]
        if target < len(states):
            if states[target] in home:
                block, i = home[states[target]]
                rows.append((block, time, taken, i, -1, -1, amount, *shared))
            continue
        name = parameters[target - len(states)]
        if name in structure.inputs:
            where = (-1, column[name], target - len(states))
            block, rate = structure.inputs[name], amount / long
            rows.append((block, time, taken, *where, rate, *shared))
            rows.append((block, time + long, taken, *where, -rate, *shared))
    rows.sort(key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    first = np.searchsorted(np.array(columns[0], np.int64), np.arange(len(blocks) + 1))
    real = {k: np.array(columns[k], np.float64) for k in (1, 2, 6)}
    whole = {k: np.array(columns[k], np.int64) for k in (3, 4, 5, 7, 8)}
    return Events(
        *(first.astype(np.int64), real[1], real[2], whole[3], whole[4], whole[5]),
        *(real[6], whole[7], whole[8]),
    )


def stops_of(compiled: CompiledModel, events: Events, days: Array) -> Stops:
    """List when the coupled states start again: at 0, at every event, on every output day.

    Nothing after the last output day is solved.
    """
    until = days[-1]
    time = np.unique(np.concatenate(([0.0], events.time[events.time < until], days)))
    jump = np.zeros(time.size, np.bool_)
    jump[0] = True
    felt = _felt(compiled)
    for b in range(events.first.size - 1):
        for e in range(events.first[b], events.first[b + 1]):
            if (b, int(events.state[e]), int(events.column[e])) in felt and events.time[e] < until:
                jump[np.searchsorted(time, events.time[e])] = True
    day = np.full(time.size, -1, np.int64)
    day[np.searchsorted(time, days)] = np.arange(days.size)
    return Stops(time, jump, day)


def _felt(compiled: CompiledModel) -> frozenset[tuple[int, int, int]]:
    """Return what makes the coupled rates jump: a dose that moves a state they use or its change.

    Each as block, state or -1, and column of the infusion or -1.
    """
    structure, code = compiled.structure, compiled.addresses
    reader = code.own_slopes.size
    found = set()
    for b, block in enumerate((*structure.exact, *structure.stiff)):
        used = [n for i, n in enumerate(block) if code.uses[reader, code.at[b] + i]]
        near = {*used, *(n for name in used for n in names_in(structure.rates[name]))}
        found |= {(b, i, -1) for i, name in enumerate(block) if name in near}
        columns = enumerate(structure.inputs_of(block))
        found |= {(b, -1, c) for c, name in columns if name in near}
    return frozenset(found)
