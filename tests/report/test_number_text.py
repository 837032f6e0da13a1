from __future__ import annotations

import math

import pytest

from equipoise.report import number_text as n


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.64, "0.64"),
        (1.0, "1.00"),
        (22.67, "22.7"),
        (185.18, "185"),
        (0.0934, "0.093"),
        (0.00012, "0.0001"),
        (math.inf, "∞"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_a_ratio_shows_the_digits_its_size_deserves(value: float | None, shown: str) -> None:
    assert n.ratio(value) == shown


def test_intervals_never_let_a_dash_be_read_as_a_minus() -> None:
    assert n.with_interval(0.64, 0.43, 0.95, "ratio") == "0.64 (0.43–0.95)"
    assert n.with_interval(-7.9, -15, -0.8, "difference") == "−7.9 (−15.0 to −0.8)"
    assert n.with_interval(1.2, math.nan, math.nan, "ratio") == "1.20"
    assert n.with_interval(math.nan, 1, 2, "ratio") == "–"


def test_minus_zero_is_zero() -> None:
    assert n.number(-0.001) == "0.00"


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.0154, "0.015"), (0.14, "0.14"), (0.00003, "<0.001"), (0.999, ">0.99"), (math.nan, "–")],
)
def test_p_values(p: float, shown: str) -> None:
    assert n.p_value(p) == shown


def test_phrases_do_not_break_over_a_line() -> None:
    assert n.p_phrase(0.015) == "P\u00a0=\u00a00.015"
    assert n.p_phrase(0.00001) == "P\u00a0<\u00a00.001"
    assert n.p_phrase(math.nan) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0"), (1e-9, "0"), (0.375, "0.38"), (0.0123, "0.012"), (3.584, "3.6"), (91.2, "91"),
     (912.4, "912"), (math.nan, "–"), (None, "–")],
)  # fmt: skip
def test_a_variance_shows_two_digits(value: float | None, shown: str) -> None:
    assert n.significant(value) == shown


@pytest.mark.parametrize(
    ("text", "lowered"),
    [("Overall survival", "overall survival"), ("OS", "OS"), ("A patient", "a patient"),
     ("Ki-67", "ki-67"), ("", "")],
)  # fmt: skip
def test_ordinary_words_are_lowered(text: str, lowered: str) -> None:
    assert n.lower_first(text) == lowered


def test_counts_and_lists() -> None:
    assert n.counted(1, "trial") == "one trial"
    assert n.counted(0, "trial") == "no trials"
    assert n.counted(41, "trial") == "41 trials"
    assert n.counted(2, "study", "studies") == "two studies"
    assert n.spelled(0) == "none"
    assert n.spelled(3) == "three"
    assert n.spelled(1234) == "1,234"
    assert n.grouped(13314) == "13,314"
    assert n.joined(["a", "b", "c"]) == "a, b and c"
    assert n.joined(["a"]) == "a"
    assert n.joined([]) == ""
