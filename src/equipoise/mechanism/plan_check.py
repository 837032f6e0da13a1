"""Hold the names in the mechanism's slice against the files of the case."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from equipoise.errors import Problem
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.formulas import FormulaError, parse_unit
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.plan import MechanismPlan

Asked = Iterator[tuple[str, str, str]]
"""Field of the slice, kind of name, name."""


def plan_problems(plan: MechanismPlan, case: CaseModel) -> list[Problem]:
    """Return every name in the slice that the files do not know."""
    model = case.model
    known = {
        "parameter": set(model.names_of_parameters),
        "state": set(model.names_of_states),
        "output": {*model.names_of_states, *model.assignments},
        "target": {target.id for target in case.targets},
        "rival": {rival.id for rival in case.rivals},
        "regimen": set(case.regimens),
        "days": set(case.days),
        "definition": set(plan.kill.definitions),
    }
    asked = [*_of_kill(plan), *_of_effects(plan), *_of_rivals(plan)]
    return [
        _problem(field, name, known[kind]) for field, kind, name in asked if name not in known[kind]
    ] + _unit_problems(plan, model)


def _of_kill(plan: MechanismPlan) -> Asked:
    yield from (("fitted", "parameter", name) for name in plan.fitted)
    yield from (("assumed", "parameter", name) for name in plan.assumed)
    yield from (("kill", "parameter", name) for name in plan.kill.parameters)
    yield from (("kill", "state", name) for name in plan.kill.states)
    if plan.bridge:
        yield "bridge", "parameter", plan.bridge
    yield from (("accept", "target", name) for name in plan.accept.values())
    yield "recurrence", "target", plan.recurrence.ratio
    yield "recurrence", "target", plan.recurrence.control_share
    yield from (("recurrence", "target", name) for name in plan.recurrence.held)
    for row in plan.systemic:
        yield "systemic.parameter", "parameter", row.parameter
        yield "systemic.target", "target", row.target
        yield "systemic.state", "state", row.state


def _of_effects(plan: MechanismPlan) -> Asked:
    yield "drug", "regimen", plan.drug
    if plan.partner:
        yield "partner", "regimen", plan.partner
    yield from (("backbones", "days", name) for name in plan.backbones)
    yield "definition", "definition", plan.definition
    yield "outcome", "output", plan.outcome
    yield from (("drug_targets", "target", name) for name in plan.drug_targets)
    drive = plan.drive
    yield "drive", "target", drive.observed
    yield "drive", "parameter", drive.tissue_ratio
    named = (*drive.half_concentrations, *drive.weights, *drive.steepness)
    yield from (("drive", "parameter", name) for name in named if name)
    yield from (("drive", "state", name) for name in drive.states)
    yield from (("shown.output", "output", row.output) for row in plan.shown)


def _of_rivals(plan: MechanismPlan) -> Asked:
    yield from (("uncertain", "parameter", name) for name in plan.uncertain)
    yield from (("readouts", "output", name) for name in plan.readouts)
    yield "drive.rival", "rival", plan.drive.rival
    yield "reference", "rival", plan.reference
    yield from (("combined_rivals", "rival", name) for name in plan.combined_rivals)
    for row in plan.profiles:
        yield "profiles.rival", "rival", row.rival
        named = (row.parameter, *row.tied, *row.free)
        yield from (("profiles", "parameter", name) for name in named)


def _problem(field: str, name: str, known: set[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=3) or sorted(known)
    allowed = "one of " + ", ".join(near)
    return Problem("case.toml", "[mechanism]", field, name, allowed, "Correct the name.")


def _unit_problems(plan: MechanismPlan, model: MechanismModel) -> list[Problem]:
    """Return what is shown in a unit other than the model's."""
    where = ("case.toml", "[mechanism]", "shown.unit")
    found = []
    for row in plan.shown:
        try:
            same = row.output not in model.units or parse_unit(row.unit).same(
                model.units[row.output]
            )
        except FormulaError:
            same = False
        if not same:
            allowed = f"the unit of {row.output} in the model: {model.units[row.output]}"
            found.append(Problem(*where, row.unit, allowed, "Correct the unit."))
    return found
