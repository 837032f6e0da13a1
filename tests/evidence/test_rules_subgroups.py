"""Strata against the whole."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.evidence.question import Question
from equipoise.evidence.rules_subgroups import strata_against_whole, strata_counts_against_whole

Z = 1.959963984540054


def ratio(make, name: str, analysed: str, y: float, se: float, **fields):
    low, mid, high = (math.exp(y + k * se) for k in (-Z, 0, Z))
    given = {"result_id": name, "analysed": analysed, "outcome": "death", "measure": "HR"}
    return make.result(**{**given, "estimate": mid, "ci_low": low, "ci_high": high, **fields})


def trio(make, positive, negative, whole):
    return make.base(
        ratio(make, "pos", "m=positive", *positive),
        ratio(make, "neg", "m=negative", *negative),
        ratio(make, "all", "", *whole),
    )


def test_strata_that_do_not_add_up(make, question: Question) -> None:
    evidence = trio(make, (-0.4, 0.2), (0.12, 0.1), (0.3, 0.0894))
    (found,) = strata_against_whole(evidence, question)
    assert (found.severity, found.rows) == ("warning", ("all", "pos", "neg"))
    assert found.arithmetic.startswith("fixed-effect sum 0.016 (SE 0.089), whole 0.300 (SE 0.089)")


@pytest.mark.parametrize(("se", "severity"), [(0.2, "warning"), (0.06, "note")])
def test_strata_with_other_information(make, question: Question, se, severity) -> None:
    (found,) = strata_against_whole(trio(make, (0.0, 0.2), (0.0, 0.1), (0.0, se)), question)
    assert found.severity == severity
    assert "information" in found.message


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0.05, 0.8), st.floats(0.05, 0.8))
def test_exact_partitions_are_never_flagged(make, question, a, b, se_a, se_b) -> None:
    w = (se_a**-2, se_b**-2)
    whole = ((w[0] * a + w[1] * b) / sum(w), sum(w) ** -0.5)
    assert list(strata_against_whole(trio(make, (a, se_a), (b, se_b), whole), question)) == []


def test_strata_within_a_stratum(make, question: Question) -> None:
    evidence = make.base(
        ratio(make, "pos", "g=high;m=positive", -0.4, 0.2),
        ratio(make, "neg", "g=high;m=negative", 0.1, 0.1),
        ratio(make, "high", "g=high", 0.3, 0.0894),
        ratio(make, "all", "", 0.0, 0.05),
    )
    assert [f.rows for f in strata_against_whole(evidence, question)] == [("high", "pos", "neg")]


@pytest.mark.parametrize(
    "fields",
    [{"outcome": "relapse"}, {"trial_id": "t2"}, {"measure": "OR"}, {"interval": "exact"}],
)
def test_rows_of_another_kind_are_no_partition(make, question: Question, fields) -> None:
    evidence = make.base(
        ratio(make, "pos", "m=positive", -0.4, 0.2),
        ratio(make, "neg", "m=negative", 0.1, 0.1, **fields),
        ratio(make, "all", "", 0.3, 0.0894),
    )
    assert list(strata_against_whole(evidence, question)) == []


def test_an_incomplete_axis_need_not_add_up(make, question: Question) -> None:
    evidence = make.base(
        ratio(make, "low", "g=low", -0.4, 0.2),
        ratio(make, "high", "g=high", 0.1, 0.1),
        ratio(make, "all", "", 0.3, 0.0894),
    )
    assert list(strata_against_whole(evidence, question)) == []


def counted(make, name: str, analysed: str, events: int, n: int, **fields):
    return make.result(
        result_id=name, analysed=analysed, events_treatment=events, n_treatment=n, **fields
    )


def test_counts_of_strata(make, question: Question) -> None:
    def evidence(whole: tuple[int, int], **fields):
        return make.base(
            counted(make, "pos", "m=positive", 6, 17),
            counted(make, "neg", "m=negative", 13, 16),
            counted(make, "all", "", *whole, **fields),
        )

    (found,) = strata_counts_against_whole(evidence((19, 29)), question)
    assert (found.severity, found.arithmetic) == ("error", "n_treatment: 17 + 16 = 33 > 29")
    (found,) = strata_counts_against_whole(evidence((19, 29), analysis_set="itt"), question)
    assert found.severity == "warning"
    (found,) = strata_counts_against_whole(evidence((20, 33)), question)
    assert (found.severity, found.arithmetic) == ("note", "events_treatment: 6 + 13 = 19 < 20")
    assert list(strata_counts_against_whole(evidence((19, 33)), question)) == []
