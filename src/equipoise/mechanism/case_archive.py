"""Hand a case's model to other tools: one archive with model, doses and a fitting problem.

Needs the extra `mechanism`. What PEtab can say is said: the systemic effects of the drug, which are
numbers of one patient. Complete response is a share of a population of tumours, which PEtab 1 has
no words for; its fit stays here.
"""

from __future__ import annotations

from pathlib import Path

from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import Regimen, Schedule, schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals.systemic_fit import continued
from equipoise.mechanism.standards import (
    DoseChange,
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
    export_archive,
)
from equipoise.mechanism.systemic import HALF_YEAR

NOISE = "0.05"
"""Standard deviation of a printed ratio: assumed, since none prints one."""


def dose_changes(timed: Schedule, model: MechanismModel) -> tuple[DoseChange, ...]:
    """Doses of the patient of the table as changes of states and of rates of infusion."""
    names = (*model.names_of_states, *model.names_of_parameters)
    values = model.values
    changes = []
    for k in range(len(timed.times)):
        stop = timed.until[k]
        if stop >= 0 and timed.taken[k] >= values[stop]:
            continue
        scale = values[timed.scaling[k]] if timed.scaling[k] >= 0 else 1.0
        target, amount = names[timed.targets[k]], float(timed.amounts[k] * scale)
        start, lasts = float(timed.times[k]), float(timed.durations[k])
        if lasts > 0:
            changes.append(DoseChange(start, target, amount / lasts))
            changes.append(DoseChange(start + lasts, target, -amount / lasts))
        else:
            changes.append(DoseChange(start, target, amount))
    return tuple(changes)


def write_case_archive(
    case: CaseModel,
    plan: MechanismPlan,
    model_xml: str,
    regimen: Regimen,
    surgery: float,
    out: str | Path,
) -> Path:
    """Write a COMBINE archive: the model, a regimen as doses, and the fit of the systemic effects.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    model_xml : str
        Text of the case's ``model.xml``.
    regimen : Regimen
        Of the first simulation; the second is the drug alone for six months, which the fit is
        about.
    surgery : float
        Day on which the first simulation ends.
    out : str or Path
        File to write, by custom ``*.omex``.
    """
    alone = continued(case.regimens[plan.drug], HALF_YEAR)
    states = tuple(row.state for row in plan.systemic)
    simulations = [
        _course(case, "treatment", regimen, surgery, case.model.names_of_states, regimen.name),
        _course(case, "half_a_year", alone, HALF_YEAR, states, plan.drug),
    ]
    rows = {row.symbol: row for row in case.model.parameters}
    return export_archive(
        model_xml,
        simulations=simulations,
        observables=[Observable(f"ratio_{s}", s, noise=NOISE, name=s) for s in states],
        measurements=[
            Measurement(
                f"ratio_{row.state}", "half_a_year", HALF_YEAR, case.target(row.target).value or 1.0
            )
            for row in plan.systemic
        ],
        parameters=[
            FitParameter(
                row.parameter,
                float(rows[row.parameter].value),
                float(rows[row.parameter].low or 0.0),
                float(rows[row.parameter].high or 1.0),
                scale="lin",
            )
            for row in plan.systemic
        ],
        out=out,
    )


def _course(
    case: CaseModel,
    name: str,
    regimen: Regimen,
    days: float,
    outputs: tuple[str, ...],
    label: str,
) -> TimeCourse:
    timed = schedule(regimen, case.drugs, case.model, days)
    return TimeCourse(
        name, days, int(days) + 1, outputs, dose_changes(timed, case.model), name=label
    )
