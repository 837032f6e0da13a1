"""From a printed row to an effect with its error, by the first route that leads there."""

from __future__ import annotations

import math
from typing import Any

import pytest

from equipoise.synthesis.retrodiction import CaseRow
from equipoise.synthesis.retrodiction.case_effects import effect_of, odds_ratio_of
from equipoise.synthesis.retrodiction.measures import (
    is_later,
    is_observational,
    measure_of,
    stratum_key,
)


def effect(**row: Any) -> Any:
    return effect_of(CaseRow(**{"measure": "HR", **row}))


def test_estimate_and_interval() -> None:
    found = effect(estimate=0.64, ci_low=0.43, ci_high=0.95)
    assert (found.value, found.se) == pytest.approx((-0.44629, 0.20221), abs=1e-5)
    assert (found.route, found.note) == ("interval", "")


def test_the_level_counts() -> None:
    wide = effect(estimate=0.57, ci_low=0.27, ci_high=1.22, ci_level=0.90)
    assert wide.se == pytest.approx(math.log(1.22 / 0.27) / (2 * 1.6448536), rel=1e-6)


def test_the_interval_alone_gives_its_middle_and_a_skew_one_is_mentioned() -> None:
    middle = effect(ci_low=0.5, ci_high=2.0)
    assert middle.value == pytest.approx(0.0)
    assert "middle" in middle.note
    assert "far from" in effect(estimate=0.11, ci_low=0.001, ci_high=0.832).note


def test_an_exact_p_is_the_second_route() -> None:
    found = effect(estimate=0.93, p_value=0.22)
    assert found.route == "p value"
    assert found.se == pytest.approx(-math.log(0.93) / 1.2265281, rel=1e-6)


def test_a_tiny_p_still_has_a_quantile() -> None:
    found = effect(estimate=0.6, p_value=1e-100)
    assert (found.route, found.se) == (
        "p value",
        pytest.approx(-math.log(0.6) / 21.30594607, rel=1e-6),
    )


def test_counts_are_the_third_route() -> None:
    counts = {"events_treatment": 4, "n_treatment": 123, "events_control": 11, "n_control": 139}
    ratio = effect(measure="OR", **counts)
    assert (ratio.value, ratio.se**2) == pytest.approx((-0.9387, 0.3571), abs=1e-4)
    risk = effect(measure="HR", **counts)
    assert risk.value == pytest.approx(math.log((4 / 123) / (11 / 139)))
    assert "risk ratio from counts" in risk.note
    other = CaseRow(measure="RD", estimate=-0.05, **counts)
    assert effect_of(other).is_log is False
    assert odds_ratio_of(other).value == pytest.approx(ratio.value)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "row",
    [
        {"estimate": 0.6},
        {"estimate": 0.6, "p_value": 0.0},
        {"estimate": 0.6, "ci_low": 0.0, "ci_high": 0.9},
        {"estimate": 0.6, "ci_low": 0.7, "ci_high": 0.9},
        {"estimate": 0.6, "ci_low": 0.6, "ci_high": 0.6},
        {"estimate": 0.6, "ci_low": 0.4},
    ],
)
def test_without_an_error_there_is_a_direction(row: dict[str, Any]) -> None:
    found = effect(**row)
    assert found.route == "estimate alone"
    assert found.value == pytest.approx(math.log(0.6))
    assert math.isnan(found.se)


@pytest.mark.parametrize("measure", ["HR", "OR", "RR"])
def test_an_arm_without_events_gives_a_direction_and_no_error(measure: str) -> None:
    counts = {"events_treatment": 0, "n_treatment": 50, "events_control": 5, "n_control": 40}
    found = effect(measure=measure, **counts)
    assert (found.route, found.value < 0, math.isnan(found.se)) == ("empty arm", True, True)
    assert "only the direction" in found.note
    turned = effect(measure=measure, events_treatment=40, n_treatment=40, events_control=50 - 3,
                    n_control=50)  # fmt: skip
    assert turned.value > 0


def test_events_of_each_arm_give_the_error_of_a_printed_hazard_ratio() -> None:
    """PRAISE-2 prints 1.09 (0.92 to 1.29), 278 and 262 deaths."""
    events = {"events_treatment": 278, "events_control": 262}
    by_interval = effect(estimate=1.09, ci_low=0.92, ci_high=1.29)
    found = effect(estimate=1.09, **events, n_treatment=800, n_control=800)
    assert (found.route, found.value) == ("events", by_interval.value)
    assert found.se == pytest.approx(math.sqrt(1 / 278 + 1 / 262))
    assert found.se == pytest.approx(by_interval.se, rel=0.01)
    assert effect(estimate=1.09, p_value=0.33, **events).route == "p value"
    assert effect(measure="OR", estimate=1.09, **events).route == "estimate alone"


def test_an_interval_that_is_not_used_is_named() -> None:
    found = effect(estimate=0.3, ci_low=0.4, ci_high=0.9)
    assert "0.4 to 0.9 cannot be the interval of 0.3" in found.note
    with_p = effect(estimate=0.3, ci_low=0.4, ci_high=0.9, p_value=0.01)
    assert (with_p.route, with_p.note) == ("p value", found.note)


@pytest.mark.parametrize("words", ["", "other", "Not reported"])
def test_without_a_measure_there_is_not_even_a_direction(words: str) -> None:
    """0.95 is below no effect if it is a ratio, above if it is a difference."""
    found = effect(measure=words, estimate=0.95, ci_low=0.8, ci_high=1.13)
    assert (found.route, math.isnan(found.value)) == ("nothing", True)
    assert "not named" in found.note
    assert effect_of(CaseRow(measure=words, estimate=0.95), "HR").value < 0


def test_a_ratio_that_is_not_known_has_its_null_at_one() -> None:
    found = effect(measure="win ratio", estimate=0.8, ci_low=0.64, ci_high=1.0)
    assert (found.value, found.is_log) == (pytest.approx(math.log(0.8)), True)
    assert effect(measure="log odds ratio", estimate=0.8).is_log is False


def test_p_of_one_says_nothing_of_the_error() -> None:
    assert effect(estimate=1.0, p_value=1.0).route == "estimate alone"


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"estimate": 0.0},
        {"events_treatment": 0, "n_treatment": 10, "events_control": 0, "n_control": 20},
        {"events_treatment": 0, "n_treatment": 0, "events_control": 0, "n_control": 0},
        {"events_treatment": 1, "n_treatment": 10},
        {"p_value": 0.03},
    ],
)
def test_a_thin_row_says_nothing(row: dict[str, Any]) -> None:
    found = effect(**row)
    assert found.route == "nothing"
    assert math.isnan(found.value)


def test_a_difference_is_kept_as_it_is() -> None:
    found = effect(measure="MD", estimate=-2.0, ci_low=-3.0, ci_high=-1.0)
    assert (found.value, found.is_log) == (-2.0, False)
    assert found.se == pytest.approx(0.5102, abs=1e-4)


@pytest.mark.parametrize(
    ("words", "measure"),
    [
        ("HR", "HR"),
        ("hazard ratio", "HR"),
        ("adjusted HR", "HR"),
        ("aHR", "HR"),
        ("Odds Ratio", "OR"),
        ("relative risk", "RR"),
        ("rate ratio", "RR"),
        ("RD", "RD"),
        ("log HR", None),
        ("ln OR", None),
        ("", None),
        ("median months", None),
        ("relative risk reduction", None),
    ],
)
def test_measures_in_words(words: str, measure: str | None) -> None:
    assert measure_of(words) == measure


@pytest.mark.parametrize(
    "words", ["all", "ALL", "Overall", "whole trial", "ITT", "", "intention-to-treat"]
)
def test_words_for_the_whole(words: str) -> None:
    assert stratum_key(words) == ""


def test_strata_are_compared_without_capitals_or_hyphens() -> None:
    assert stratum_key("Marker-Positive ") == stratum_key("marker positive")
    assert stratum_key("M+") == stratum_key("m positive")
    assert stratum_key("score (high)") != stratum_key("score (low)")
    assert stratum_key("M-") == stratum_key("m negative") != stratum_key("M")
    assert stratum_key("age 50-65") == stratum_key("age 50\u201365")
    assert stratum_key("all marker-positive") != stratum_key("all")


@pytest.mark.parametrize(
    ("design", "answer"),
    [
        ("cohort", True),
        ("Retrospective registry study", True),
        ("non-randomised trial", True),
        ("case-control", True),
        ("randomised trial", False),
        ("RCT, retrospective subgroup", False),
        ("", False),
        ("post hoc subgroup of a randomized trial", False),
    ],
)
def test_designs_without_random_allocation(design: str, answer: bool) -> None:
    assert is_observational(design) is answer


@pytest.mark.parametrize(
    ("date", "cutoff", "answer"),
    [
        ("2015-03-01", "2014-12-31", True),
        ("2014", "2014-06-30", False),
        ("2015", "2014", True),
        ("", "2014", False),
        ("2015", "", False),
        ("spring 2015", "2014", False),
        ("2014-06-30", "2014-06-30", False),
    ],
)
def test_later_at_the_coarser_precision(date: str, cutoff: str, answer: bool) -> None:
    assert is_later(date, cutoff) is answer
