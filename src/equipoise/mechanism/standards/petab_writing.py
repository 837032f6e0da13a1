"""Measurements and parameters to be fitted as a PEtab problem, version 1."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from equipoise.mechanism.standards.archive_parts import (
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
)
from equipoise.mechanism.standards.sbml_model import SbmlModel

CONDITIONS = "conditions.tsv"
OBSERVABLES = "observables.tsv"
MEASUREMENTS = "measurements.tsv"
PARAMETERS = "parameters.tsv"
PROBLEM = "problem.yaml"


def petab(
    model: SbmlModel,
    source: str,
    simulations: Sequence[TimeCourse],
    switches: Mapping[str, str],
    observables: Sequence[Observable],
    measurements: Sequence[Measurement],
    parameters: Sequence[FitParameter],
) -> dict[str, bytes]:
    """Return the files of the problem by name: the YAML file and four tables.

    A simulation is a condition: the switch of its own doses is 1 and those of the others are 0;
    a parameter that only some simulations change has the model's value in the others.
    """
    return {
        PROBLEM: _problem(source),
        CONDITIONS: _conditions(model, simulations, switches),
        OBSERVABLES: _observables(observables),
        MEASUREMENTS: _measurements(measurements),
        PARAMETERS: _parameters(parameters),
    }


def _problem(source: str) -> bytes:
    lines = [
        "format_version: 1",
        f"parameter_file: {PARAMETERS}",
        "problems:",
        "- sbml_files:",
        f"  - {json.dumps(source)}",
        "  condition_files:",
        f"  - {CONDITIONS}",
        "  observable_files:",
        f"  - {OBSERVABLES}",
        "  measurement_files:",
        f"  - {MEASUREMENTS}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _conditions(
    model: SbmlModel, simulations: Sequence[TimeCourse], switches: Mapping[str, str]
) -> bytes:
    changed = list(dict.fromkeys(name for s in simulations for name in s.values))
    rows = []
    for one in simulations:
        own = [float(one.id == simulation) for simulation in switches]
        others = [one.values.get(name, model.values.get(name, "")) for name in changed]
        rows.append([one.id, one.name or one.id, *own, *others])
    return _table(["conditionId", "conditionName", *switches.values(), *changed], rows)


def _observables(observables: Sequence[Observable]) -> bytes:
    head = [
        "observableId",
        "observableName",
        "observableFormula",
        "observableTransformation",
        "noiseFormula",
        "noiseDistribution",
    ]
    rows = [
        [o.id, o.name or o.id, o.formula, o.transformation, o.noise_formula, "normal"]
        for o in observables
    ]
    return _table(head, rows)


def _measurements(measurements: Sequence[Measurement]) -> bytes:
    head = ["observableId", "simulationConditionId", "measurement", "time", "noiseParameters"]
    rows = [
        [m.observable, m.simulation, m.value, m.time, "" if m.noise is None else m.noise]
        for m in measurements
    ]
    return _table(head, rows)


def _parameters(parameters: Sequence[FitParameter]) -> bytes:
    head = [
        "parameterId",
        "parameterScale",
        "lowerBound",
        "upperBound",
        "nominalValue",
        "estimate",
        "objectivePriorType",
        "objectivePriorParameters",
    ]
    rows = [
        [
            p.id,
            p.scale,
            p.lower,
            p.upper,
            p.value,
            int(p.estimated),
            "parameterScaleNormal" if p.prior else "",
            ";".join(map(_cell, p.prior)) if p.prior else "",
        ]
        for p in parameters
    ]
    return _table(head, rows)


def _table(head: list[str], rows: Iterable[Sequence[object]]) -> bytes:
    lines = ["\t".join(head), *("\t".join(map(_cell, row)) for row in rows)]
    return "".join(f"{line}\n" for line in lines).encode()


def _cell(value: object) -> str:
    text = repr(value) if isinstance(value, float) else str(value)
    return " ".join(text.split())
