"""The whole of it, with a calibration that costs nothing: pairs, blocks, workers, failures."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from equipoise.errors import ComputationError
from equipoise.mechanism.arms import (
    STATEMENT,
    ArmRequest,
    SimulatedArms,
    arm_simulating,
    arms_text,
    asked_arms,
    patient_blocks,
    report_arms,
)
from equipoise.mechanism.arms.courses import courses
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.kill_integrals import complete_response, log_burden
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan

Simulate = Callable[..., SimulatedArms]


@pytest.fixture(scope="session")
def simulate(
    case: CaseModel, plan: MechanismPlan, calibration: Calibration, link: RecurrenceLink
) -> Simulate:
    def run(**words: object) -> SimulatedArms:
        said = {"regimen": f"{plan.backbones[0]}+{plan.drug}", "patients": 6, **words}
        asked = asked_arms(case, plan, ArmRequest(**said), 5)  # type: ignore[arg-type]
        return report_arms(
            *(case, plan, asked, calibration, link, "a case", 5, 0.0, lambda step: None)
        )

    return run


@pytest.fixture(scope="session")
def found(simulate: Simulate) -> SimulatedArms:
    return simulate()


def test_an_arm_and_the_same_patients_without_the_drug(
    found: SimulatedArms, plan: MechanismPlan
) -> None:
    without, with_drug = found.arms
    assert with_drug.regimen == f"{without.regimen}+{plan.drug}"
    strata = {"all", *plan.kill.levels}
    told = [(share.definition, share.stratum) for share in with_drug.responses]
    assert told == [(d, s) for d in plan.kill.definitions for s in ["all", *plan.kill.levels]]
    assert len(told) == len(plan.kill.definitions) * len(strata)
    for one, other in zip(without.readouts, with_drug.readouts, strict=True):
        assert one.before == other.before
    for share in (*with_drug.responses, with_drug.event_free):
        assert 0.0 <= share.low <= share.median <= share.high <= 1.0
        assert share.monte_carlo_error > 0.0


def test_what_is_told_rests_on_named_assumptions(found: SimulatedArms, case: CaseModel) -> None:
    assert found.effect is not None
    known = {row.symbol for row in found.assumed_values}
    assert set(found.effect.assumed) <= set(found.arms[-1].assumed) <= known
    standing = {p.symbol: (p.standing, p.role) for p in case.model.parameters}
    assert {standing[symbol] for symbol in known} == {("assumed", "constant")}


def test_under_the_rival_without_an_effect_the_drug_does_nothing(
    simulate: Simulate, plan: MechanismPlan
) -> None:
    null = simulate(rival=plan.reference)
    assert null.effect is not None
    for ratio in null.effect.ratios:
        spreads = [ratio, ratio.over_ranges] if ratio.over_ranges is not None else [ratio]
        for spread in spreads:  # more doses, other steps: the solver's error is left
            assert spread.low == pytest.approx(1.0, abs=1e-4)
            assert spread.high == pytest.approx(1.0, abs=1e-4)
    assert null.effect.assumed == ()
    assert "does not reach the tumour" in arms_text(null)


def test_the_share_asked_for_mixes_the_strata(simulate: Simulate, plan: MechanismPlan) -> None:
    level = next(name for name, value in plan.kill.levels.items() if value == 1)
    pure = simulate(regimen=plan.backbones[0], stratum_share=1.0, patients=3)
    for share in pure.arms[0].responses:
        if share.stratum == "all":
            whole = share
        if share.stratum == level:
            assert share.median == whole.median
    row = next(row for row in pure.population if row.symbol == plan.kill.stratum)
    assert row.mean == 1.0
    assert pure.effect is None
    assert len(pure.arms) == 1


def test_the_drug_alone_is_held_against_nothing(simulate: Simulate, plan: MechanismPlan) -> None:
    """Nobody responds to either, so that there is no odds ratio, and no warning either."""
    alone = simulate(regimen=plan.drug, days=84.0, patients=2)
    assert [arm.regimen for arm in alone.arms] == ["nothing", plan.drug]
    assert alone.effect is not None
    odds, hazard = alone.effect.ratios[0], alone.effect.ratios[-1]
    assert np.isnan([odds.median, odds.low, odds.high, odds.monte_carlo_error]).all()
    assert 0.0 < hazard.median <= 1.0
    assert "not known" in arms_text(alone)


def test_neither_blocks_nor_workers_change_a_bit(
    simulate: Simulate, found: SimulatedArms, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert simulate(workers=2) == found
    monkeypatch.setattr(patient_blocks, "BLOCK", 4)
    again = simulate()
    assert again.arms[1].readouts == found.arms[1].readouts
    assert again.population == found.population
    pairs = zip(again.arms[1].responses, found.arms[1].responses, strict=True)
    assert all(a.median == pytest.approx(b.median, rel=1e-12) for a, b in pairs)


def test_a_patient_who_fails_is_named_and_the_rest_kept(
    simulate: Simulate, found: SimulatedArms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(case: CaseModel, plan: MechanismPlan, people, regimen, surgery, **words):  # type: ignore[no-untyped-def]
        parameters = people.parameters.copy()
        if regimen.name.endswith(plan.drug):
            parameters[2, case.model.index(plan.kill.cells)] = np.nan
        return courses(
            *(case, plan, replace(people, parameters=parameters), regimen, surgery), **words
        )

    monkeypatch.setattr(arm_simulating, "courses", broken)
    hurt = simulate()
    assert (hurt.patients, hurt.kept) == (6, 5)
    assert [(f.patient, f.regimen) for f in hurt.failed] == [(3, found.arms[1].regimen)]
    assert "Failed patients: 1 of 6" in arms_text(hurt)
    assert "patient 3, " in arms_text(hurt)
    for arm in hurt.arms:
        assert all(np.isfinite(share.median) for share in arm.responses)


def test_if_every_patient_fails_it_says_so(
    simulate: Simulate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(case: CaseModel, plan: MechanismPlan, people, regimen, surgery, **words):  # type: ignore[no-untyped-def]
        parameters = people.parameters.copy()
        parameters[:, case.model.index(plan.kill.cells)] = np.nan
        return courses(
            *(case, plan, replace(people, parameters=parameters), regimen, surgery), **words
        )

    monkeypatch.setattr(arm_simulating, "courses", broken)
    with pytest.raises(ComputationError, match="no patient has a solution"):
        simulate(patients=2)


def test_integrals_and_the_whole_model_say_the_same(
    case: CaseModel, plan: MechanismPlan, calibration: Calibration
) -> None:
    """What is added up afterwards is what the model's own cells do, within the solver's error.

    `plan.outcome` is the model's own chance of a complete response.
    """
    mode = calibration.theta()
    for name in plan.backbones:
        asked = asked_arms(case, plan, ArmRequest(f"{name}+{plan.drug}", patients=24), 3)
        people = next(iter(patient_blocks.patient_blocks(case, plan, asked, mode)))
        course = courses(
            *(case, plan, people, asked.regimen, asked.surgery),
            outputs=[plan.outcome],
            workers=1,
        )
        stratum = people.column(plan.kill.stratum).astype(int)
        left = log_burden(plan.kill, course.integrals, mode)[stratum, np.arange(24), 0]
        added_up = complete_response(plan.kill, left, mode, plan.definition)
        simulated = course.readouts[:, 1, 0]
        assert 0.1 < simulated.mean() < 0.9
        assert abs(added_up.mean() - simulated.mean()) < 0.002, name
        assert np.abs(added_up - simulated).max() < 0.02, name


@pytest.mark.slow
def test_memory_hardly_grows_with_the_patients(
    simulate: Simulate, plan: MechanismPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of 100: what is alive at the peak is a block, and some numbers of each patient."""
    monkeypatch.setattr(patient_blocks, "BLOCK", 100)
    simulate(regimen=plan.backbones[0], patients=100)

    def peak(patients: int) -> int:
        tracemalloc.start()
        simulate(regimen=plan.backbones[0], patients=patients)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, many = peak(200), peak(800)
    assert many - few < 600 * 2000  # bytes: two thousand a patient, a block takes ten thousand


def test_the_statement_stands_above_and_below_the_numbers(found: SimulatedArms) -> None:
    lines = arms_text(found).splitlines()
    assert lines[1] == lines[-1] == STATEMENT
    assert max(map(len, lines)) < 140
