"""Which rows tell about two levels of a phenotype: strata first, wholes only without them."""

import pytest

from equipoise.synthesis import Complement, Plan, derive_complement
from equipoise.synthesis.phenotype_plan import Comparison, comparison_problems
from equipoise.synthesis.phenotype_rows import phenotype_rows

ASKED = {
    "id": "d", "outcome": "death", "label": "Death", "axis": "m", "level": "positive",
    "reference": "negative", "complements": ["c"],
}  # fmt: skip
SPEC = {
    "id": "c", "trial": "a", "outcome": "death", "axis": "m", "level": "positive",
    "complement_level": "negative", "stratum": "a.pos", "partition": ["yes", "no"],
}  # fmt: skip


@pytest.fixture
def base(row, evidence):
    def printed(name, trial, analysed, e, low, high):
        fields = {"measure": "HR", "estimate": e, "ci_low": low, "ci_high": high}
        return row(name, trial, outcome="death", analysed=analysed, **fields)

    rows = [
        printed("a.pos", "a", "m=positive", 0.64, 0.43, 0.95),
        printed("yes", "a", "r=yes", 1.01, 0.84, 1.21),
        printed("no", "a", "r=no", 1.01, 0.79, 1.3),
        printed("b.pos", "b", "m=positive", 0.8, 0.5, 1.28),
        printed("b.neg", "b", "m=negative", 1.1, 0.8, 1.5),
        printed("b", "b", "", 1.0, 0.8, 1.25),
        printed("only", "c", "", 0.9, 0.6, 1.35),
        printed("all", "d", "", 0.95, 0.7, 1.3),
    ]
    return evidence(rows, trials={"c": {"enrolled": {"m": "positive", "r": "any"}}})


@pytest.fixture
def found(base, question):
    complement = derive_complement(base, Complement.model_validate(SPEC), Plan())
    return phenotype_rows(base, question, Comparison.model_validate(ASKED), {"c": complement})


def test_strata_first_and_each_patient_once(found):
    assert [(r.trial_id, r.part, r.only) for r in found] == [
        ("a", "level", False),
        ("a", "reference", False),
        ("b", "level", False),
        ("b", "reference", False),
        ("c", "level", True),
        ("d", "whole", False),
    ]


def test_the_level_a_trial_does_not_print_is_the_derived_one(found):
    first, second = found[:2]
    assert (first.estimate.standing, second.estimate.standing) == ("printed", "derived")
    assert second.row_ids == ("a.pos", "yes", "no")
    assert second.estimate.value == pytest.approx(0.0830, abs=5e-5)


def test_every_unknown_name_is_reported_at_once(base, question):
    wrong = ASKED | {"outcome": "x", "settings": ["late", "y"], "reference": "positive"}
    wrong |= {"exclude_trials": ["z"], "shares": [{"trial": "q", "patients": 0.2, "source": "s"}]}
    asked = Comparison.model_validate(wrong)
    problems = list(comparison_problems((asked,), {"c": ("death", "a")}, question, base))
    assert [(p.field, p.value) for p in problems] == [
        ("outcome", "x"),
        ("settings", "y"),
        ("complements", "c"),
        ("reference", "positive"),
        ("exclude_trials", "z"),
        ("shares.trial", "q"),
    ]


def test_a_complement_of_another_setting_is_refused(base, question):
    asked = Comparison.model_validate(ASKED | {"settings": ["late"]})
    problems = list(comparison_problems((asked,), {"c": ("death", "a")}, question, base))
    assert [(p.field, p.value) for p in problems] == [("complements", "c")]
