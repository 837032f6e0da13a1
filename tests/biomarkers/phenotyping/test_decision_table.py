from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping.condition import MISSING, read_condition
from equipoise.biomarkers.phenotyping.decision_table import DecisionTable, Domain, Rule, defects

SCORE = Domain("score", frozenset({"a", "b"}))
COUNT = Domain("count", None, 0.0, 10.0)


def rule(name: str, score: str, count: str, call: str = "yes") -> Rule:
    cells = (read_condition(score, SCORE.words), read_condition(count, None))
    return Rule(name, cells, call, None, "", "", "")


WHOLE = DecisionTable(
    "table",
    (SCORE, COUNT),
    (
        rule("1", "a|missing", "-"),
        rule("2", "b", "missing|<4", "no"),
        rule("3", "b", ">=4"),
    ),
    ("yes", "no"),
)


def test_a_whole_table_has_no_defect():
    assert defects(WHOLE, "t.csv") == []


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (">4", "no rule (1 combinations in all): score=b, count=4.0"),
        (">=3.999", "several rules (2 combinations in all): score=b, count=3.999: 2, 3"),
        (">=4 <10", "no rule (1 combinations in all): score=b, count=10.0"),
        ("missing|>=4", "several rules (1 combinations in all): score=b, count=missing: 2, 3"),
    ],
)
def test_the_narrowest_gap_or_overlap_is_found(cell, found):
    table = replace(WHOLE, rules=(*WHOLE.rules[:2], rule("3", "b", cell)))
    problems = defects(table, "t.csv")
    assert [p.value for p in problems][:1] == [found]
    assert {p.file for p in problems} == {"t.csv"}


def test_a_rule_that_never_holds_and_a_call_never_given_are_found():
    table = replace(
        WHOLE, rules=(*WHOLE.rules, rule("4", "b", ">5 <5")), outputs=("yes", "no", "x")
    )
    assert [(p.row, p.value) for p in defects(table, "t.csv")] == [("4", ""), ("", "x")]


def test_all_defects_are_reported_at_once():
    table = replace(WHOLE, rules=(rule("1", "a", "<3"), rule("2", "a", "<5", "no")))
    values = [p.value for p in defects(table, "t.csv")]
    assert sum(v.startswith("no rule") for v in values) == 5
    assert sum(v.startswith("several rules") for v in values) == 2


def test_values_that_no_rule_covers_are_refused():
    with pytest.raises(LookupError, match=r"score=c, count=1\.0 is met by none"):
        WHOLE.decide({"score": "c", "count": 1.0})


def test_a_call_of_an_earlier_table_is_never_missing():
    assert MISSING not in replace(SCORE, optional=False).points([])


@given(
    cuts=st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True).map(sorted),
    signs=st.lists(st.sampled_from(["<", "<=", ">", ">="]), min_size=3, max_size=3),
    number=st.one_of(st.floats(0, 10), st.integers(0, 10).map(float)),
)
def test_the_points_stand_for_every_number(cuts, signs, number):
    """Whatever a number does to the cells, one of the points does the same."""
    cells = [read_condition(f"{s}{c}", None) for s, c in zip(signs, cuts, strict=False)]
    seen = {tuple(c.holds(p) for c in cells) for p in COUNT.points(cells)}
    assert tuple(c.holds(number) for c in cells) in seen
