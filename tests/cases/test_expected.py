"""Each packaged case gives what its expected.json says, to the digits written there."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from equipoise.case import load_case, packaged_cases
from equipoise.design.case_design import design_studies
from equipoise.design.choice import DesignPlan
from equipoise.design.next_study import NextStudy
from equipoise.estimate import Result
from equipoise.evidence.gap_map import gap_map
from equipoise.synthesis import Synthesis, synthesise

EXPECTED: dict[str, dict[str, Any]] = {
    name: json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, folder in packaged_cases().items()
}


@cache
def synthesis(name: str) -> Synthesis:
    case = load_case(name)
    return synthesise(case.evidence, case.question, case.plan, seed=case.identity.seed)


def small(plan: DesignPlan) -> DesignPlan:
    """Return the plan with nothing but its first trial: what does not depend on the others."""
    kept = next(one for one in plan.candidates if one.kind == "trial" and one.enrolment == "all")
    return plan.model_copy(update={"candidates": (kept.model_copy(update={"looks": (1,)}),)})


@cache
def studies(name: str) -> NextStudy:
    case = load_case(name)
    assert case.studies is not None
    gaps = gap_map(case.evidence, case.question)
    known = synthesis(name)
    plan = small(case.studies)
    return design_studies(
        case.evidence, case.question, gaps, known, plan, name=name, seed=1, draws=200
    ).studies


def rounded(value: float, like: str) -> str:
    return f"{value:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(
    ("name", "result_id"),
    [(name, result) for name, expected in EXPECTED.items() for result in expected["results"]],
)
def test_a_result_is_what_it_must_be(name: str, result_id: str) -> None:
    found = {result.id: result for result in synthesis(name).results}[result_id]
    expected = EXPECTED[name]["results"][result_id]
    shown = {
        field: rounded(getattr(found, field), wanted)
        if field in ("estimate", "ci_low", "ci_high", "p_value")
        else getattr(found, field)
        for field, wanted in expected.items()
        if field != "from"
    }
    assert shown == {field: wanted for field, wanted in expected.items() if field != "from"}
    assert isinstance(found, Result)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_price_of_rounding_and_of_looking_often(name: str) -> None:
    complements = {c.spec.id: c for c in synthesis(name).complements}
    for spec_id, (low, high) in EXPECTED[name]["p_value_range"].items():
        found = complements[spec_id]
        assert (rounded(found.p_low, low), rounded(found.p_high, high)) == (low, high)
    for spec_id, swept in EXPECTED[name]["sidak"].items():
        found = {str(factors): p for factors, p in complements[spec_id].sidak}
        assert {factors: rounded(found[factors], p) for factors, p in swept.items()} == swept


@pytest.mark.parametrize("name", EXPECTED)
def test_most_trials_give_no_result_by_the_phenotype_in_question(name: str) -> None:
    case = load_case(name)
    headline = gap_map(case.evidence, case.question).headline
    silent, total = EXPECTED[name]["no_result_by_focus"]
    assert (len(headline.trials) - len(headline.reporting), len(headline.trials)) == (silent, total)


@pytest.mark.parametrize("name", [name for name in EXPECTED if "design" in EXPECTED[name]])
def test_what_trials_of_the_field_would_need_and_could_hope_for(name: str) -> None:
    expected, found = EXPECTED[name]["design"], studies(name)
    curve = next(one for one in found.assurance_curve if one.prior == "reference")
    assert {e: rounded(curve.at(int(e)), p) for e, p in expected["assurance"].items()} == (
        expected["assurance"]
    )
    cap = expected["cap"]
    assert (rounded(curve.cap, cap), rounded(found.cap, cap)) == (cap, cap)
    rows = {f"{row.hazard_ratio:g}": row for row in found.sizing}
    assert {hr: [rows[hr].schoenfeld, rows[hr].freedman] for hr in expected["events"]} == (
        expected["events"]
    )
    assert {hr: rows[hr].interaction for hr in expected["interaction"]} == expected["interaction"]
