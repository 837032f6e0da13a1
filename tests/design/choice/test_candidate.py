"""What a case may ask of the design room, and how it is told that it cannot."""

import pytest
from tests.design.conftest import number, plan_fields, trial

from equipoise.design.choice import DesignPlan, design_problems
from equipoise.evidence.question import Question
from equipoise.synthesis.plan import Plan


def axis(name, first, second, **more):
    levels = [{"name": level, "label": level} for level in (first, second)]
    return {"name": name, "label": name, "levels": levels} | more


def outcome(name, measure, better):
    return {"name": name, "label": name, "role": "benefit", "measure": measure, "better": better}


QUESTION = Question.model_validate(
    {
        "title": "T", "population": "P", "intervention": "I", "comparator": "C", "settings": ["s"],
        "axes": [axis("m", "positive", "negative"), axis("g", "yes", "no", kind="marker")],
        "outcomes": [outcome("survival", "HR", "lower"), outcome("response", "OR", "higher")],
    }
)  # fmt: skip
COMPARISON = {
    "id": "survival-by-m", "outcome": "survival", "label": "S", "axis": "m", "level": "positive",
    "reference": "negative",
}  # fmt: skip
SYNTHESIS = Plan.model_validate({"comparisons": [COMPARISON]})


def problems(*candidates, **fields):
    plan = DesignPlan.model_validate(plan_fields(list(candidates), **fields))
    return [(p.row, p.field, p.value) for p in design_problems(plan, QUESTION, SYNTHESIS)]


def test_a_plan_in_order_has_no_problem():
    assert problems(trial("a")) == []


def test_every_gap_is_named_at_once():
    bare = {"id": "a", "label": "A", "kind": "trial", "outcome": "cure"}
    found = problems(
        bare, trial("b", enrolment="enriched", marker="x"), trial("b"), comparison="other"
    )
    assert ("[design]", "comparison", "other") in found
    assert ("[design] b", "id", "b") in found
    assert ("[design] a", "sizes", "missing") in found
    assert ("[design] a", "accrual_per_month", "missing") in found
    assert ("[design] a", "outcome", "cure") in found
    assert ("[design] b", "marker", "x") in found


def test_an_early_trial_needs_its_own_numbers():
    found = problems(trial("a", outcome="response"))
    assert {field for _, field, _ in found} == {"control_risk", "read_out_months"}


def test_samples_are_described_before_they_are_asked_for():
    asked = {
        "id": "s", "label": "S", "kind": "stored_samples", "outcome": "response",
        "start_up_months": number(12.0),
    }  # fmt: skip
    assert problems(asked) == [("[design] s", "kind", "stored_samples")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sizes", [1]),
        ("looks", [0]),
        ("cost_per_patient", {"value": -1, "source": "x"}),
        ("kind", "wish"),
    ],
)
def test_impossible_numbers_are_refused(field, value):
    with pytest.raises(ValueError, match=field):
        DesignPlan.model_validate(plan_fields([trial("a", **{field: value})]))
