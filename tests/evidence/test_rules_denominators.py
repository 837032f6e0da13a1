"""Patients analysed against each other and against the randomised."""

from __future__ import annotations

import pytest

from equipoise.evidence.question import Question
from equipoise.evidence.rules_denominators import (
    analysed_numbers_differ,
    itt_against_randomised,
    patients,
    patients_against_randomised,
    randomised_to_contrast,
)


def test_itt_with_fewer_than_randomised(make, question: Question) -> None:
    trial = make.trial(n_randomised=203, enrolled={"m": "positive"})
    row = make.result(analysed="m=positive", analysis_set="itt", n_treatment=75, n_control=78)
    (found,) = itt_against_randomised(make.base(trial, row), question)
    assert (found.severity, found.rows) == ("warning", ("r1",))
    assert found.arithmetic == "153 / 203 = 75.4%; 50 missing"


@pytest.mark.parametrize(
    "fields",
    [
        {"analysis_set": "per_protocol"},
        {"n_treatment": 102, "n_control": 101},
        {"analysed": "m=positive"},
        {"subgroup": "the first 150"},
        {"kind": "within_arm"},
    ],
)
def test_other_sets_and_subgroups_are_not_itt(make, question: Question, fields) -> None:
    given = {"analysis_set": "itt", "n_treatment": 75, "n_control": 78}
    row = make.result(**{**given, **fields})
    evidence = make.base(make.trial(n_randomised=203, enrolled={"m": "any"}), row)
    assert list(itt_against_randomised(evidence, question)) == []


def test_a_third_arm_is_not_missing_patients(make, question: Question) -> None:
    arms = [
        make.arm(arm_id=role, role=role, n_randomised=n)
        for role, n in (("treatment", 19), ("control", 19), ("other", 16))
    ]
    trial = make.trial(n_randomised=54)
    row = make.result(analysis_set="itt", n_treatment=19, n_control=19)
    evidence = make.base(trial, *arms, row)
    assert randomised_to_contrast(evidence, trial) == 38
    assert list(itt_against_randomised(evidence, question)) == []
    unknown = make.base(trial, *(arm.model_copy(update={"n_randomised": None}) for arm in arms))
    assert randomised_to_contrast(unknown, trial) is None


def test_arms_that_do_not_add_up(make, question: Question) -> None:
    def evidence(total: int):
        arms = (
            make.arm(role="treatment", n_randomised=57),
            make.arm(arm_id="a2", role="control", n_randomised=65),
        )
        return make.base(make.trial(n_randomised=total), *arms)

    (found,) = patients_against_randomised(evidence(126), question)
    assert (found.severity, found.arithmetic) == ("warning", "57 + 65 = 122 < 126")
    (found,) = patients_against_randomised(evidence(120), question)
    assert (found.severity, found.rows) == ("error", ("t1",))
    assert list(patients_against_randomised(evidence(122), question)) == []


def test_more_analysed_than_randomised(make, question: Question) -> None:
    evidence = make.base(
        make.trial(n_randomised=100),
        make.arm(role="treatment", n_randomised=50),
        make.arm(arm_id="a2", role="control", n_randomised=50),
        make.phenotype(level="positive", n=30),
        make.result(n_treatment=51, n_control=50),
        make.result(result_id="r2", analysed="m=positive", n_treatment=20, n_control=11),
        make.result(result_id="r3", n_treatment=50, n_control=50),
        make.result(result_id="r4", n_treatment=90, kind="modifier_within_arm"),
    )
    found = list(patients_against_randomised(evidence, question))
    assert [f.rows for f in found] == [("r1",), ("r2",)]
    assert found[0].arithmetic == (
        "101 analysed > 100 randomised; 51 analysed > 50 randomised to treatment"
    )
    assert found[1].arithmetic == "31 analysed > 30 with m positive"


def test_different_analysed_numbers_are_noted(make, question: Question) -> None:
    evidence = make.base(
        make.trial(n_randomised=203),
        make.result(n_treatment=75, n_control=78),
        make.result(result_id="r2", n_total=147),
        make.result(result_id="r3", analysed="m=positive", n_total=20),
    )
    (found,) = analysed_numbers_differ(evidence, question)
    assert (found.severity, found.rows) == ("note", ("r2", "r1"))
    assert found.arithmetic == "147 in r2; 153 in r1; randomised 203"


def test_equal_numbers_are_silent(make, question: Question) -> None:
    evidence = make.base(
        make.result(n_treatment=75, n_control=78), make.result(result_id="r2", n_total=153)
    )
    assert list(analysed_numbers_differ(evidence, question)) == []


def test_patients_prefers_the_printed_total(make) -> None:
    assert patients(make.result(n_treatment=72, n_control=75, n_total=153)) == 153
    assert patients(make.result(n_treatment=72, n_control=75)) == 147
    assert patients(make.result(n_treatment=72)) is None
