"""A request is checked as a whole: every problem at once, near names, the day of surgery."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.arms import ArmRequest, AskedArms, asked_arms
from equipoise.mechanism.arms.arm_request import MOST_PATIENTS
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing.regimen_table import COLUMNS
from equipoise.mechanism.plan import MechanismPlan


@pytest.fixture
def backbone(plan: MechanismPlan) -> str:
    return plan.backbones[0]


def asked(case: CaseModel, plan: MechanismPlan, **words: object) -> AskedArms:
    return asked_arms(case, plan, ArmRequest(**words), 7)  # type: ignore[arg-type]


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    return path


def test_the_drug_is_taken_away_for_the_control(
    case: CaseModel, plan: MechanismPlan, backbone: str
) -> None:
    found = asked(case, plan, regimen=f"{backbone}+{plan.drug}")
    assert found.control is not None
    assert found.control.name == backbone
    assert found.control.doses == case.regimens[backbone].doses
    assert [one.name for one in found.regimens] == [backbone, f"{backbone}+{plan.drug}"]
    assert asked(case, plan, regimen=backbone).control is None


def test_what_is_not_said_is_the_case_s(
    case: CaseModel, plan: MechanismPlan, backbone: str
) -> None:
    found = asked(case, plan, regimen=backbone)
    assert (found.seed, found.stratum_share) == (7, plan.stratum_share)
    assert found.surgery == case.days[backbone]
    switches = {s: case.model.values[case.model.index(s)] for s in found.rival.switches}
    assert switches == found.rival.switches


@pytest.mark.parametrize("position", [0, 1])
def test_the_day_of_surgery_is_that_of_the_longest_name_in_any_order(
    case: CaseModel, plan: MechanismPlan, position: int
) -> None:
    for name, day in case.days.items():
        if plan.drug in case.regimens[name].drugs:
            continue
        words = [name, plan.drug] if position == 0 else [plan.drug, name]
        assert asked(case, plan, regimen="+".join(words)).surgery == day


def test_a_table_of_one_s_own_joins_the_names_of_the_case(
    case: CaseModel, plan: MechanismPlan, backbone: str, tmp_path: Path
) -> None:
    dose = case.regimens[backbone].doses[0]
    form = dose.form
    row = f"mine,{dose.drug},{dose.amount},{dose.unit},{form},{dose.route},1,0,21,2,,,"
    path = table(tmp_path, row)
    alone = asked(case, plan, table=path, days=63.0)
    assert (alone.regimen.name, alone.surgery) == ("mine", 63.0)
    both = asked(case, plan, table=path, regimen=f"mine+{plan.drug}", days=63.0)
    assert both.control is not None
    assert both.control.name == "mine"
    assert asked(case, plan, table=path, regimen=f"{backbone}+mine").surgery == case.days[backbone]
    with pytest.raises(InputError, match="a day of surgery for mine"):
        asked(case, plan, table=path)


def test_every_problem_of_a_request_is_told_at_once(
    case: CaseModel, plan: MechanismPlan, backbone: str, tmp_path: Path
) -> None:
    drug = case.regimens[backbone].drugs[0]
    path = table(
        tmp_path,
        f"mine,{drug},-8,mg/kg,,iv,1,0,21,2,,,",
        f"mine,{drug},8,mg per kg,,iv,1,0,21,2,,,",
    )
    with pytest.raises(InputError) as caught:
        asked(
            case,
            plan,
            table=path,
            patients=0,
            stratum_share=1.2,
            days=-1.0,
            seed=-2,
            workers=0,
            rival="h9",
        )
    told = {(problem.field, problem.value) for problem in caught.value.problems}
    assert told >= {
        ("amount", "-8"),
        ("unit", "mg per kg"),
        ("--patients", "0"),
        ("--stratum-share", "1.2"),
        ("--days", "-1.0"),
        ("--seed", "-2"),
        ("--workers", "0"),
        ("--rival", "h9"),
    }


@pytest.mark.parametrize(
    "words",
    [
        {"patients": MOST_PATIENTS + 1},
        {"days": math.nan},
        {"days": math.inf},
        {"stratum_share": math.nan},
    ],
)
def test_numbers_without_sense_are_refused(
    case: CaseModel, plan: MechanismPlan, backbone: str, words: dict[str, float]
) -> None:
    with pytest.raises(InputError) as caught:
        asked(case, plan, regimen=backbone, **words)
    assert len(caught.value.problems) == 1


def test_near_names_are_shown(case: CaseModel, plan: MechanismPlan, backbone: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean .*{backbone}"):
        asked(case, plan, regimen=backbone + "X")
    rival = case.rivals[1].id
    with pytest.raises(InputError, match=f"Did you mean .*{rival}"):
        asked(case, plan, regimen=backbone, rival=rival.lower())
    with pytest.raises(InputError, match="--regimen"):
        asked(case, plan)


def test_a_name_of_the_case_is_not_given_another_meaning(
    case: CaseModel, plan: MechanismPlan, backbone: str, tmp_path: Path
) -> None:
    drug = case.regimens[backbone].drugs[0]
    path = table(tmp_path, f"{backbone},{drug},8,mg/kg,,iv,1,0,21,2,,,")
    with pytest.raises(InputError, match="a name the case lacks"):
        asked(case, plan, table=path, regimen=backbone)


def test_a_table_that_is_not_there_is_a_problem(
    case: CaseModel, plan: MechanismPlan, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"nothing\.csv"):
        asked(case, plan, table=tmp_path / "nothing.csv", days=21.0)
