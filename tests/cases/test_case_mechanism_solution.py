"""The worked case's model: exposure as published, and the reference engine's solution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from equipoise.case import packaged_cases
from equipoise.mechanism.dosing import (
    Dose,
    Drug,
    Regimen,
    Schedule,
    amount_given,
    combined,
    read_drugs,
    read_regimens,
    schedule,
)
from equipoise.mechanism.models import MechanismModel, read_model
from equipoise.mechanism.solving import simulate_patients

(FOLDER,) = (
    folder / "mechanism"
    for folder in packaged_cases().values()
    if (folder / "mechanism" / "model.xml").is_file()
)
Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def model() -> MechanismModel:
    return read_model(FOLDER)


@pytest.fixture(scope="module")
def drugs() -> dict[str, Drug]:
    return read_drugs(FOLDER / "drugs.csv")


@pytest.fixture(scope="module")
def regimens(drugs: dict[str, Drug]) -> dict[str, Regimen]:
    return read_regimens(FOLDER / "regimens.csv", drugs)


def entering(drugs: Mapping[str, Drug], place: str) -> str:
    """Name of the drug that enters the model at a state or by an infusion."""
    return next(name for name, drug in drugs.items() if place in (drug.state, drug.input))


def course(
    model: MechanismModel, made: Schedule, patient: Mapping[str, float], output: str, days: Array
) -> Array:
    p = model.with_values(patient).values[None]
    found = simulate_patients(model, made, p, outputs=[output], days=days)
    assert not found.failed
    return found.of(output)[0]


def test_the_antibody_every_three_weeks_is_as_published(
    model: MechanismModel, drugs: dict[str, Drug]
) -> None:
    # Quartino 2016, doi:10.1007/s00280-015-2922-5: 8 then 6 mg/kg, 66 kg; trough and area of cycle
    # 1 and at steady state. The label gives 30.9, 1390, 53.8 and 1927.
    antibody = entering(drugs, "in_h")
    first = Dose(antibody, 8.0, "mg/kg", infusion_hours=1.5)
    later = Dose(antibody, 6.0, "mg/kg", "", "iv", 0.5, 21.0, 21.0, 30)
    made = schedule(Regimen("q3w", (first, later)), drugs, model, 640.0)
    for start, trough, area in ((0.0, 31.1, 1367.0), (588.0, 55.3, 1948.0)):
        days = start + np.linspace(0.0, 21.0, 1001)
        conc = course(model, made, {"weight": 66.0}, "conc_h", days)
        assert conc[-1] == pytest.approx(trough, rel=0.05)
        assert np.trapezoid(conc, days) == pytest.approx(area, rel=0.05)


@pytest.mark.parametrize(("form", "expected"), [("salt", 8.1), ("base", 10.35)])
def test_the_oral_drug_averages_what_its_clearance_says(
    model: MechanismModel, drugs: dict[str, Drug], form: str, expected: float
) -> None:
    # Li 2020, doi:10.1097/MD.0000000000023212: CL/F 53.0 L/h at 75 kg and eGFR 102.5. If its doses
    # are base, 850 mg of the salt is 663 mg; if they are salt, as 850 mg of base.
    oral = entering(drugs, "Mg")
    dose = Dose(oral, 850.0, "mg", form, "oral", 0.0, 0.0, 0.5, 100)
    made = schedule(Regimen("bid", (dose,)), drugs, model, 40.0)
    days = np.linspace(30.0, 30.5, 501)
    conc = course(model, made, {"weight": 75.0, "egfr": 102.5}, "conc_m", days)
    assert np.trapezoid(conc, days) / 0.5 == pytest.approx(expected, abs=0.2)
    assert np.trapezoid(conc, days) / 0.5 == pytest.approx(
        amount_given(dose, drugs[oral]).amount * 1e3 / 129.16 / (53.0 * 12.0), rel=1e-3
    )


def test_850_mg_of_the_salt_are_663_of_the_base(drugs: dict[str, Drug]) -> None:
    oral = entering(drugs, "Mg")
    dose = Dose(oral, 850.0, "mg", "salt", "oral")
    assert amount_given(dose, drugs[oral]).amount == pytest.approx(850.0 * 0.780)


def test_the_doses_of_24_weeks_are_counted(
    model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen]
) -> None:
    made = schedule(combined(regimens, f"H-wPH+{entering(drugs, 'Mg')}"), drugs, model, 168.0)
    counts = [made.count(entering(drugs, place)) for place in ("in_x", "in_h", "Mg")]
    assert counts == [12, 18, 336]


def test_every_regimen_runs(
    model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen]
) -> None:
    for regimen in regimens.values():
        made = schedule(regimen, drugs, model, 30.0)
        found = simulate_patients(model, made, model.values[None], outputs=["burden"], days=[30.0])
        assert not found.failed, regimen.name


REGIMENS = ("TCHP+{oral}", "AC-THP+{oral}", "T-DM1+P+checkpoint", "H-wPH")
OUTPUTS = (
    "burden",
    "pcr_breast",
    "J_doc",
    "J_pac",
    "J_sig",
    "J_adcc",
    "J_tdm1",
    "Ins",
    "EF",
    "AKT",
)


@pytest.mark.parametrize("regimen", REGIMENS)
def test_the_reference_engine_gives_the_same(
    model: MechanismModel, drugs: dict[str, Drug], regimens: dict[str, Regimen], regimen: str
) -> None:
    engine = pytest.importorskip("roadrunner")
    engine.Logger.setLevel(engine.Logger.LOG_CRITICAL)
    reference = engine.RoadRunner((FOLDER / "model.xml").read_text())
    made = schedule(
        combined(regimens, regimen.format(oral=entering(drugs, "Mg"))), drugs, model, 150.0
    )
    patient = {"weight": 82.0, "Kp_m": 9.0, "EC50_high": 40.0, "VMel_x": 28.0, "stop_day_m": 70.0}
    p = model.with_values(patient).values
    days = [84.0, 150.0]
    ours = simulate_patients(model, made, p[None], outputs=OUTPUTS, days=days).values[0]
    theirs = referred(reference, model, made, p, OUTPUTS, days)
    burden = np.log10(np.maximum(ours[:, 0], 1.0)) - np.log10(np.maximum(theirs[:, 0], 1.0))
    assert burden == pytest.approx(0.0, abs=1e-3)
    assert ours[:, 1] == pytest.approx(theirs[:, 1], abs=1e-3)
    assert ours[:, 2:] == pytest.approx(theirs[:, 2:], abs=4e-3, rel=1e-4)


def referred(
    reference: Any,
    model: MechanismModel,
    made: Schedule,
    p: Array,
    outputs: Sequence[str],
    days: Sequence[float],
) -> Array:
    """Solve the full model by libroadrunner, started again at each dose.

    The absolute tolerance is given for each state: a single number is scaled by the start of a
    state, and the solver then fails on this model.
    """
    known = set(reference.model.getGlobalParameterIds())
    for name, value in zip(model.names_of_parameters, p, strict=True):
        if name in known:
            reference[name] = value
    reference.reset()
    reference.integrator.relative_tolerance = 1e-8
    reference.integrator.absolute_tolerance = [1e-10] * len(model.states)
    reference.integrator.maximum_num_steps = 1_000_000
    changes = sorted(changes_of(model, made, p))
    times = sorted({0.0, *days, *(t for t, _, _ in changes if t < max(days))})
    found = []
    for k, t in enumerate(times):
        if t in days:
            found.append([reference[name] for name in outputs])
        if k + 1 < len(times):
            for _, name, amount in (change for change in changes if change[0] == t):
                reference[name] = reference[name] + amount
            reference.simulate(t, times[k + 1], 2)
    return np.array(found)


def changes_of(model: MechanismModel, made: Schedule, p: Array) -> list[tuple[float, str, float]]:
    names = (*model.names_of_states, *model.names_of_parameters)
    changes = []
    for d in range(made.times.size):
        if made.until[d] < 0 or made.taken[d] < p[made.until[d]]:
            amount = made.amounts[d] * (p[made.scaling[d]] if made.scaling[d] >= 0 else 1.0)
            name, long, t = names[made.targets[d]], made.durations[d], float(made.times[d])
            rate = amount / long if long else amount
            changes.append((t, name, rate))
            changes += [(t + long, name, -rate)] if long else []
    return changes
