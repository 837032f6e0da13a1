"""Whole retrodictions: a case by hand, thin cases that are kept, and what must not matter."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.cite import REFERENCES
from equipoise.errors import InputError
from equipoise.synthesis.retrodiction import (
    CaseRow,
    PastCase,
    Retrodiction,
    forecasts,
    parse_cases,
    past_questions,
    retrodict,
    retrodiction_answer,
    retrodiction_text,
    scoring,
)

Z = 1.959963984540054


def by_rule(result: Retrodiction, case: str = "one") -> dict[str, Any]:
    return {p.rule: p for p in result.predictions if p.case_id == case}


def test_a_case_by_hand(worked: PastCase) -> None:
    """Stratum 0.64 (0.43-0.95), rest 1.09 (0.93-1.28), later 0.90 (0.70-1.16), naive rules."""
    result = retrodict([worked])
    later, later_var = math.log(0.9), (math.log(1.16 / 0.7) / (2 * Z)) ** 2
    b, v = math.log(0.64), (math.log(0.95 / 0.43) / (2 * Z)) ** 2
    rest, rest_var = math.log(1.09), (math.log(1.28 / 0.93) / (2 * Z)) ** 2
    whole_var = 1 / (1 / v + 1 / rest_var)
    whole = whole_var * (b / v + rest / rest_var)
    by_hand = {
        "subgroup": (b, v + later_var),
        "whole": (whole, whole_var + later_var),
        "third": (2 * b / 3, 4 * v / 9 + later_var),
    }
    found = by_rule(result)
    for rule, (mean, variance) in by_hand.items():
        p = found[rule]
        score = -0.5 * math.log(2 * math.pi * variance) - (later - mean) ** 2 / (2 * variance)
        assert (p.mean, p.sd) == pytest.approx((mean, math.sqrt(variance)), rel=1e-9)
        assert p.log_score == pytest.approx(score, rel=1e-9)
        assert p.mixture_log_score == pytest.approx(score, rel=1e-9)
        assert p.covered == (abs(later - mean) <= Z * math.sqrt(variance))
        assert p.sign_right == (mean < 0)
    own = found["equipoise"]
    assert b < own.mean < rest
    assert own.tau == forecasts.ASSUMED_TAU
    assert (own.usable, result.cases[0].usable) == ("full", "full")
    differences = {c.against: c.difference.value for c in result.comparisons}
    assert differences["third"] == pytest.approx(own.log_score - found["third"].log_score)


def test_more_heterogeneity_widens(worked: PastCase) -> None:
    result = retrodict([worked])
    scores = {s.rule: s.log_score.value for s in (*result.scores, *result.sensitivity)}
    assert len(scores) == 6
    assert len(set(scores.values())) == 6


def test_few_cases_prove_nothing(worked: PastCase, make: Any, row: Any) -> None:
    assert "prove nothing" in retrodict([worked]).message
    assert "0 of 0" in retrodict([]).message
    many = [
        make([row("A", "s", 0.8, 0.6, 1.07)], [row("B", "s", 0.8, 0.6, 1.07)], str(i))
        for i in range(20)
    ]
    assert "prove nothing" not in retrodict(many).message


def test_thin_cases_are_kept_and_say_why(make: Any, row: Any) -> None:
    later = row("B", "s", 0.8, 0.6, 1.07)
    cases = [
        make([], [], "empty"),
        make([], [later], "no earlier"),
        make([later], [], "no later"),
        make([later], [row("B", "s", None, None, None)], "later without effect"),
        make([later], [row("B", "s", 0.8, None, None)], "later without error"),
        make([row("A", "s", 0.7, None, None)], [later], "earlier without error"),
        make([row("A", "s", None, None, None)], [later], "earlier without effect"),
        make([row("A", "s", 0.7, 0.5, 0.98)], [row("B", "s", 1.0, 0.8, 1.25)], "later at one"),
        make(
            [row("A", "s", 2.0, 1.0, 3.0) | {"measure": "months"}],
            [row("B", "s", 1.0, -1.0, 3.0) | {"measure": "months"}],
            "no ratio",
        ),
    ]
    result = retrodict(cases)
    usable = {c.case_id: (c.usable, bool(c.reason)) for c in result.cases}
    assert usable == {
        "empty": ("none", True),
        "no earlier": ("none", True),
        "no later": ("none", True),
        "later without effect": ("none", True),
        "later without error": ("direction only", True),
        "earlier without error": ("direction only", True),
        "earlier without effect": ("none", True),
        "later at one": ("full", False),
        "no ratio": ("direction only", True),
    }
    assert by_rule(result, "later at one")["equipoise"].sign_right is None
    assert by_rule(result, "no ratio")["subgroup"].sign_right is True
    assert "Not at all: empty, no earlier" in result.message
    text = retrodiction_text(result)
    assert all(case.id in text for case in cases)
    answer = retrodiction_answer(result)
    assert answer["counts"] == {"full": 1, "direction only": 3, "none": 5}
    json.dumps(answer, allow_nan=False)


def test_what_the_predictions_rest_on_is_shown(worked: PastCase) -> None:
    result = retrodict([worked])
    found = {e.where: (math.exp(e.value), e.trials) for e in result.cases[0].earlier}
    assert found["in the stratum"] == pytest.approx((0.64, 1))
    assert found["everybody else"] == pytest.approx((1.09, 1))
    text = retrodiction_text(result)
    assert "in the stratum: HR 0.64 (0.43 to 0.95)" in text
    assert "everybody else: HR 1.09 (0.93 to 1.28)" in text
    assert "B, positive: HR 0.90 (0.70 to 1.16)" in text
    assert max(map(len, text.splitlines())) <= 100


def test_an_unscored_case_is_one_line_and_an_unsure_one_says_direction(make: Any, row: Any) -> None:
    later = row("B", "s", 0.8, 0.6, 1.07)
    text = retrodiction_text(
        retrodict([make([], [], "empty"), make([row("A", "s", 0.7, None, None)], [later], "thin")])
    )
    assert "not scored: no later result" in text
    assert "subgroup   direction only    -       right      -          an earlier effect" in text
    alone = make([row("A", "s", 1.0, None, None)], [later])
    assert "no direction" in by_rule(retrodict([alone]))["subgroup"].reason


def test_every_case_has_every_rule(worked: PastCase, make: Any) -> None:
    result = retrodict([worked, make([], [], "empty")])
    assert [s.rule for s in result.scores] == ["equipoise", "subgroup", "whole", "third"]
    assert len(result.predictions) == 8


def test_two_cases_of_one_name_are_refused(worked: PastCase) -> None:
    with pytest.raises(InputError, match="each id once"):
        retrodict([worked, worked])


def test_every_citation_exists() -> None:
    keys = [
        key
        for module in (forecasts, scoring, past_questions)
        for method in module.METHOD_CITES.values()
        for key in method
    ]
    assert keys
    assert set(keys) <= set(REFERENCES)


def test_the_answer_is_plain_and_natural(worked: PastCase) -> None:
    answer = retrodiction_answer(retrodict([worked]))
    own = answer["predictions"][0]
    assert own["natural"]["mean"] == pytest.approx(math.exp(own["mean"]))
    assert answer["cases"][0]["later"] == pytest.approx(math.log(0.9))
    assert answer["scores"][0]["log_score"]["low"] is None
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer


RATIOS = st.tuples(st.floats(0.2, 4.0), st.floats(0.05, 0.8))


def printed(trial: str, stratum: str, ratio: float, se: float) -> dict[str, Any]:
    return {
        "trial": trial,
        "stratum": stratum,
        "measure": "HR",
        "estimate": ratio,
        "ci_low": ratio * math.exp(-Z * se),
        "ci_high": ratio * math.exp(Z * se),
    }


@st.composite
def documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Lists of cases as a file would hold them."""
    cases = []
    for number in range(draw(st.integers(1, 3))):
        parts: dict[str, list[dict[str, Any]]] = {"earlier": [], "later": []}
        pairs = st.tuples(st.sampled_from("ABC"), st.sampled_from(["all", "s", "t"]))
        for trial, stratum in draw(st.lists(pairs, min_size=1, max_size=6, unique=True)):
            parts["earlier"].append(printed(trial, stratum, *draw(RATIOS)))
        parts["later"].append(printed("D", "s", *draw(RATIOS)))
        cases.append({"id": f"case {number}", "effect_measure": "HR", **parts})
    return cases


def numbers(result: Retrodiction) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (p.case_id, p.rule): (p.mean, p.sd, p.log_score, float(p.sign_right or 0))
        for p in result.predictions
    }


def same(one: Retrodiction, two: Retrodiction) -> None:
    first, second = numbers(one), numbers(two)
    assert first.keys() == second.keys()
    for key, values in first.items():
        assert second[key] == pytest.approx(values, rel=1e-9, abs=1e-9, nan_ok=True)
    for mine, other in zip(one.scores, two.scores, strict=True):
        assert mine.coverage == other.coverage
        assert mine.log_score.value == pytest.approx(
            other.log_score.value, rel=1e-9, abs=1e-9, nan_ok=True
        )


@settings(max_examples=20, deadline=None)
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_cases_and_earlier_rows_does_not_matter(
    cases: list[dict[str, Any]], shuffler: random.Random
) -> None:
    one = retrodict(parse_cases({"cases": cases}))
    mixed = [
        {**case, "earlier": shuffler.sample(case["earlier"], len(case["earlier"]))}
        for case in shuffler.sample(cases, len(cases))
    ]
    same(one, retrodict(parse_cases({"cases": mixed})))


@settings(max_examples=20, deadline=None)
@given(documents(), st.text(min_size=1, max_size=5))
def test_unknown_fields_change_nothing(cases: list[dict[str, Any]], name: str) -> None:
    one = retrodict(parse_cases({"cases": cases}))
    key = f"extra {name}"
    more = [
        {**case, key: [1], "earlier": [{**row, key: {"a": None}} for row in case["earlier"]]}
        for case in cases
    ]
    same(one, retrodict(parse_cases({"cases": more, key: 1})))


@settings(max_examples=20, deadline=None)
@given(documents())
def test_turning_every_ratio_round_turns_every_prediction_round(
    cases: list[dict[str, Any]],
) -> None:
    def turned(row: dict[str, Any]) -> dict[str, Any]:
        low, high = 1 / row["ci_high"], 1 / row["ci_low"]
        return {**row, "estimate": 1 / row["estimate"], "ci_low": low, "ci_high": high}

    back = [
        {
            **case,
            "earlier": list(map(turned, case["earlier"])),
            "later": list(map(turned, case["later"])),
        }
        for case in cases
    ]
    one = numbers(retrodict(parse_cases({"cases": cases})))
    two = numbers(retrodict(parse_cases({"cases": back})))
    for key, (mean, sd, score, right) in one.items():
        expected = (-mean, sd, score, right)
        assert two[key] == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


@settings(max_examples=20, deadline=None)
@given(documents())
def test_an_answer_is_always_finite_or_null(cases: list[dict[str, Any]]) -> None:
    result = retrodict(parse_cases({"cases": cases}))
    json.dumps(retrodiction_answer(result), allow_nan=False)
    assert retrodiction_text(result)


VALUES = st.one_of(
    st.none(),
    st.sampled_from(["", "all", "s", "A", "HR", "OR", "RD", "log HR", "<0.05", "2014", "cohort"]),
    st.sampled_from([0, 1, 0.0, 1e-300, 1e-12, 0.3, 0.97, 1.0, 2.5, 40, 95, 1e9, 1e99, -0.5]),
    st.booleans(),
    st.floats(allow_nan=True),
    st.lists(st.integers(), max_size=2),
)
ANY_ROW = st.dictionaries(st.sampled_from(sorted(CaseRow.model_fields)), VALUES, max_size=8)
KEPT = st.sampled_from([0.0, 1e-300, 1e-12, 0.3, 0.97, 1.0, 2.5, 1e9, 1e99])
THIN_ROW = st.fixed_dictionaries(
    {"stratum": st.sampled_from(["all", "s", "t"]), "trial": st.sampled_from("AB")},
    optional={
        "measure": st.sampled_from(["HR", "OR", "RD", "MD", "other", ""]),
        "estimate": KEPT,
        "ci_low": KEPT,
        "ci_high": KEPT,
        "p_value": st.sampled_from([0.0, 1e-300, 0.03, 1.0]),
        "ci_level": st.sampled_from([50, 90, 95, 99.9]),
        "events_treatment": st.sampled_from([0, 3, 10]),
        "n_treatment": st.sampled_from([10, 1e9]),
        "events_control": st.sampled_from([0, 3, 10]),
        "n_control": st.sampled_from([10, 1e9]),
        "design": st.sampled_from(["cohort", "RCT"]),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_ROW, max_size=3), st.lists(ANY_ROW, max_size=2))
def test_any_row_is_read_or_refused(
    earlier: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    try:
        cases = parse_cases({"cases": [{"id": "x", "earlier": earlier, "later": later}]})
    except InputError:
        return
    json.dumps(retrodiction_answer(retrodict(cases)), allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(THIN_ROW, max_size=4), st.lists(THIN_ROW, max_size=2))
def test_a_well_formed_case_never_fails(
    earlier: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    for row in [*earlier, *later]:
        if "ci_low" in row and "ci_high" in row:
            row["ci_low"], row["ci_high"] = sorted((row["ci_low"], row["ci_high"]))
    case = {"id": "x", "effect_measure": "HR", "earlier": earlier, "later": later}
    result = retrodict(parse_cases({"cases": [case]}))
    assert result.cases[0].usable == "full" or result.cases[0].reason
    assert retrodiction_text(result)
    json.dumps(retrodiction_answer(result), allow_nan=False)
