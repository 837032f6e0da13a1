"""Everything that is wrong with the parts of an archive, before a byte is written."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.archive_parts import (
    SCALES,
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
)
from equipoise.mechanism.standards.dose_changes import by_time
from equipoise.mechanism.standards.sbml_model import SbmlModel, not_settable

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\s*\(|\w)")
TIME = "time"


def check_parts(
    model: SbmlModel,
    simulations: Sequence[TimeCourse],
    observables: Sequence[Observable],
    measurements: Sequence[Measurement],
    parameters: Sequence[FitParameter],
) -> None:
    """Refuse parts that do not fit the model or each other, all problems at once."""
    problems = [
        *_names("simulation", [s.id for s in simulations], model.symbols),
        *_names("observable", [o.id for o in observables], model.symbols),
        *_names("parameter", [p.id for p in parameters], ()),
        *(p for simulation in simulations for p in _simulation(simulation, model)),
        *(p for observable in observables for p in _observable(observable, model)),
        *(p for parameter in parameters for p in _parameter(parameter, model, simulations)),
        *_measurements(measurements, observables, simulations),
    ]
    if not simulations:
        problems.append(
            Problem("archive", "", "simulations", "none", "one or more", "Add a TimeCourse.")
        )
    if problems:
        raise InputError(problems)


def _names(kind: str, ids: list[str], taken: Iterable[str]) -> Iterator[Problem]:
    in_model = set(taken)
    for name, count in Counter(ids).items():
        allowed = "a letter or underscore, then letters, digits, underscores"
        if not ID.fullmatch(name):
            yield Problem("archive", kind, "id", name, allowed, "Rename it.")
        if count > 1:
            yield Problem("archive", kind, "id", name, "each id once", "Rename one of them.")
        if name in in_model:
            yield Problem(
                "archive", kind, "id", name, "an id that the model does not use", "Rename it."
            )


def _simulation(simulation: TimeCourse, model: SbmlModel) -> list[Problem]:
    row = f"simulation {simulation.id}"
    found = list(not_settable(model, simulation.values))
    if not (math.isfinite(simulation.end) and simulation.end > 0.0):
        shown, action = repr(simulation.end), "Use the last time wanted."
        found.append(Problem("archive", row, "end", shown, "above 0", action))
    if simulation.points < 2:
        shown, action = repr(simulation.points), "Use 2 for start and end."
        found.append(Problem("archive", row, "points", shown, "2 or more", action))
    unknown = [name for name in simulation.outputs if name not in model.symbols]
    found += [
        Problem("archive", row, "outputs", name, "a symbol of the model", "Name another one.")
        for name in unknown or ([] if simulation.outputs else ["none"])
    ]
    if simulation.doses and model.level < 3:
        action = "Convert the model to Level 3 with libSBML or COPASI."
        shown = f"Level {model.level}"
        allowed = "Level 3, whose events can fire at time 0"
        found.append(Problem(model.file, row, "doses", shown, allowed, action))
    try:
        by_time(simulation.doses, model)
    except InputError as error:
        found += error.problems
    return found


def _observable(observable: Observable, model: SbmlModel) -> Iterator[Problem]:
    row = f"observable {observable.id}"
    known = {*model.symbols, TIME, f"noiseParameter1_{observable.id}"}
    for field, formula in (("formula", observable.formula), ("noise", observable.noise_formula)):
        for word in sorted(set(WORD.findall(formula)) - known):
            action = "Use ids of the model."
            yield Problem("archive", row, field, word, "symbols of the model", action)
    if not observable.formula.strip():
        yield Problem("archive", row, "formula", "empty", "a formula", "Name a symbol.")
    if observable.transformation not in SCALES:
        shown = observable.transformation
        yield Problem("archive", row, "transformation", shown, ", ".join(SCALES), "Choose one.")


def _parameter(
    parameter: FitParameter, model: SbmlModel, simulations: Sequence[TimeCourse]
) -> list[Problem]:
    row = f"parameter {parameter.id}"
    found = list(not_settable(model, {parameter.id: parameter.value}))
    if not parameter.lower <= parameter.value <= parameter.upper:
        shown = f"{parameter.lower!r}, {parameter.value!r}, {parameter.upper!r}"
        allowed, action = "lower <= value <= upper", "Correct the bounds."
        found.append(Problem("archive", row, "bounds", shown, allowed, action))
    if parameter.scale not in SCALES:
        allowed = ", ".join(SCALES)
        found.append(Problem("archive", row, "scale", parameter.scale, allowed, "Choose one."))
    if parameter.scale != "lin" and parameter.lower <= 0.0:
        shown, action = repr(parameter.lower), "Use scale='lin', or a bound above 0."
        found.append(Problem("archive", row, "lower", shown, "above 0 on a log scale", action))
    if parameter.prior is not None and not parameter.prior[1] > 0.0:
        shown, allowed = repr(parameter.prior), "a standard deviation above 0"
        found.append(Problem("archive", row, "prior", shown, allowed, "Correct the prior."))
    found += [
        Problem("archive", row, "values", s.id, "not set by a simulation", "Leave out one of them.")
        for s in simulations
        if parameter.id in s.values
    ]
    return found


def _measurements(
    measurements: Sequence[Measurement],
    observables: Sequence[Observable],
    simulations: Sequence[TimeCourse],
) -> Iterator[Problem]:
    own_noise = {o.id: not o.noise for o in observables}
    ends = {s.id: s.end for s in simulations}
    for number, one in enumerate(measurements, 1):
        row = f"measurement {number}"
        end = ends.get(one.simulation, math.inf)
        needs = own_noise.get(one.observable, False)
        has = one.noise is not None
        checks = (
            ("observable", one.observable, one.observable in own_noise, "an observable's id"),
            ("simulation", one.simulation, one.simulation in ends, "a simulation's id"),
            ("time", one.time, 0.0 <= one.time <= end, f"from 0 to {end:g}"),
            ("value", one.value, math.isfinite(one.value), "a finite number"),
            (
                "noise",
                one.noise,
                has == needs and (one.noise is None or one.noise > 0.0),
                "above 0 where the observable has no noise of its own, otherwise none",
            ),
        )
        for field, value, fine, allowed in checks:
            if not fine:
                shown = "none" if value is None else str(value)
                yield Problem("archive", row, field, shown, allowed, "Correct the measurement.")
