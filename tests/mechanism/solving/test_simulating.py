"""Many patients: workers, chunks, failures, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.mechanism.solving.conftest import (
    ASSIGNED,
    DRIP,
    EVERYTHING,
    MAB,
    PILL,
    RATES,
    STARTS,
    VALUES,
    dosing,
    model_of,
    patients,
)

from equipoise.errors import InputError
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.solving import (
    Tolerances,
    compile_model,
    simulate_in_chunks,
    simulate_patients,
)

OUTPUTS, DAYS = ("N", "Ins"), (3.0, 5.0)


def test_workers_and_company_do_not_change_a_bit(model: MechanismModel) -> None:
    made, p = dosing(model, *EVERYTHING, days=5.0), patients(model, 150)
    one, two = (
        simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS, workers=k) for k in (1, 2)
    )
    assert one.values.tobytes() == two.values.tobytes()
    alone = simulate_patients(model, made, p[77:78], outputs=OUTPUTS, days=DAYS)
    assert alone.values[0].tobytes() == one.values[77].tobytes()
    turned = simulate_patients(model, made, p[::-1], outputs=OUTPUTS, days=DAYS)
    assert turned.values[::-1].tobytes() == one.values.tobytes()


def test_chunks_are_the_patients_in_order(model: MechanismModel) -> None:
    made, p = dosing(model, PILL, days=2.0), patients(model, 130)
    whole = simulate_patients(model, made, p, outputs=["Ins"], days=[2.0])
    parts = list(simulate_in_chunks(model, made, p, outputs=["Ins"], days=[2.0], workers=2))
    assert [part.first for part in parts] == [0, 64, 128]
    assert np.concatenate([part.values for part in parts]).tobytes() == whole.values.tobytes()
    frame = parts[2].to_frame()
    assert frame["patient"].tolist() == [128, 129]
    assert frame["day"].tolist() == [2.0, 2.0]
    assert frame["Ins"].tolist() == whole.of("Ins")[128:, 0].tolist()


def test_progress_is_told(model: MechanismModel) -> None:
    made, p, told = dosing(model, PILL, days=1.0), patients(model, 70), []
    simulate_patients(
        *(model, made, p),
        outputs=["Ins"],
        days=[1.0],
        progress=lambda done, all_: told.append((done, all_)),
    )
    assert told == [(64, 70), (70, 70)]


@pytest.mark.parametrize(
    ("symbol", "value", "reason"),
    [("V", 0.0, "finite"), ("ka", np.nan, "finite"), ("q", -1e3, "finite|small|steps")],
)
def test_one_patient_that_fails_is_named_and_the_rest_kept(
    model: MechanismModel, symbol: str, value: float, reason: str
) -> None:
    made, p = dosing(model, *EVERYTHING, days=5.0), patients(model, 80)
    good = simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS)
    assert good.failed == ()
    p[66, model.index(symbol)] = value
    found = simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS, workers=2)
    ((index, why),) = found.failed
    assert index == 66
    assert any(word in why for word in reason.split("|"))
    assert np.isnan(found.values[66]).all()
    rest = np.arange(80) != 66
    assert found.values[rest].tobytes() == good.values[rest].tobytes()


def test_a_patient_that_takes_too_many_steps_is_named(model: MechanismModel) -> None:
    made, p = dosing(model, MAB, days=5.0), patients(model, 2)
    few = Tolerances(1e-5, 1e-6, 1e-5, 10)
    found = simulate_patients(model, made, p, outputs=OUTPUTS, days=DAYS, tolerances=few)
    assert found.failed == ((0, "too many steps"), (1, "too many steps"))


def test_who_stops_takes_no_more(model: MechanismModel) -> None:
    p = np.tile(model.values, (4, 1))
    p[:, model.index("stop")] = [0.0, 1.0, 1.25, 100.0]
    made = dosing(model, PILL, days=5.0)
    found = simulate_patients(model, made, p, outputs=["conc", "Tis"], days=[0.6, 5.0])
    conc = found.of("conc")
    assert conc[0].tolist() == [0.0, 0.0]
    assert conc[1, 0] == conc[2, 0] == conc[3, 0] > 0.0
    assert 0.0 < conc[1, 1] < conc[2, 1] < conc[3, 1]
    fewer = dosing(model, *[_first(PILL, 2)], days=5.0)
    two = simulate_patients(model, fewer, p[3:], outputs=["conc"], days=[0.6, 5.0])
    assert two.of("conc")[0] == pytest.approx(conc[1], rel=1e-12)


def _first(dose: Any, doses: int) -> Any:
    return type(dose)(**{**dose.__dict__, "doses": doses})


def test_what_is_not_dosed_costs_nothing(model: MechanismModel) -> None:
    structure = compile_model(model, ["Gut"], ["N"]).structure
    assert structure.exact == (("Gut", "Cen", "Tis"),)
    assert structure.stiff == ()
    assert structure.driven == (("Ins",),)
    assert structure.coupled == ("Fb", "N")
    assert structure.logarithmic == {"N"}
    assert set(structure.levels) == {"Sig", "Act", "Hill", "Bound"}
    everything = compile_model(model, ["Gut", "in_l", "in_a", "Cyc"], ["both", "J"]).structure
    assert len(everything.exact) == 3
    assert everything.stiff == (("Ab", "Ab2"),)
    assert everything.coupled == ("Fb", "N", "Dead", "J")
    assert compile_model(model, [], ["Ins"]).structure.states == ()


def test_the_same_question_is_not_compiled_again(model: MechanismModel) -> None:
    first = compile_model(model, ["Gut"], ["N"])
    other_values = model.with_values({"ku": 3.0})
    assert compile_model(other_values, ["Gut"], ["N"]) is first
    assert compile_model(model, ["Gut"], ["J"]) is not first


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"outputs": ["M"]}, "outputs"),
        ({"outputs": []}, "outputs"),
        ({"outputs": ["N", "N"]}, "outputs"),
        ({"days": [3.0, 2.0]}, "days"),
        ({"days": [-1.0]}, "days"),
        ({"days": [6.0]}, "days"),
        ({"days": []}, "days"),
        ({"workers": 0}, "workers"),
        ({"parameters": np.ones((2, 3))}, "parameters"),
        ({"parameters": np.ones((2, len(VALUES)))}, "parameters"),
    ],
)
def test_what_cannot_be_simulated_is_refused(
    model: MechanismModel, changes: dict[str, Any], field: str
) -> None:
    asked: dict[str, Any] = {"outputs": OUTPUTS, "days": DAYS, "parameters": model.values[None]}
    asked |= changes
    with pytest.raises(InputError) as refused:
        simulate_patients(model, dosing(model, MAB, days=5.0), **asked)
    assert {problem.field for problem in refused.value.problems} == {field}


def test_everything_wrong_is_said_at_once(model: MechanismModel) -> None:
    other = model_of({("A", "exact", "a"): "-A"}, {}, {"k": 1.0}, {})
    with pytest.raises(InputError) as refused:
        simulate_patients(
            *(other, dosing(model, MAB, days=5.0), np.ones((1, 2))),
            outputs=[],
            days=[9.0],
            workers=0,
        )
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["parameters", "days", "outputs", "workers", "schedule"]


def test_an_infusion_that_enters_two_places_is_refused() -> None:
    rates = {**RATES, ("J", "integrated", ""): "kill + in_a"}
    wrong = model_of(rates, ASSIGNED, VALUES, STARTS)
    with pytest.raises(InputError, match="in_a"):
        simulate_patients(
            *(wrong, dosing(wrong, MAB, days=5.0), wrong.values[None]), outputs=["J"], days=[5.0]
        )


def test_a_lag_of_dosing_and_odd_days_are_met(model: MechanismModel) -> None:
    made = dosing(model, PILL, DRIP, days=3.0)
    days = [0.1, 0.25, 0.26, 0.5, 0.77, 3.0]
    whole = simulate_patients(model, made, model.values[None], outputs=OUTPUTS, days=days)
    for k, day in enumerate(days):
        alone = simulate_patients(model, made, model.values[None], outputs=OUTPUTS, days=[day])
        assert alone.values[0, 0] == pytest.approx(whole.values[0, k], rel=2e-4)


def test_what_rests_stays_where_it_starts(model: MechanismModel) -> None:
    outputs = ["Ins", "conc", "Ab", "Act"]
    found = simulate_patients(
        *(model, dosing(model, days=9.0), model.values[None]), outputs=outputs, days=[0.0, 9.0]
    )
    assert found.values[0].tolist() == [[1.0, 0.0, 0.0, 1.0]] * 2


def test_a_power_below_one_starts_at_zero(model: MechanismModel) -> None:
    # Its slope at zero is infinite; the correction for the lag must not be.
    p = model.with_values({"h": 0.6}).values[None]
    found = simulate_patients(model, dosing(model, PILL, days=2.0), p, outputs=["J"], days=[2.0])
    assert not found.failed
