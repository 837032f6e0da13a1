"""One row, one effect: the order of preference, and a plain reason where there is none."""

import math

import pytest

from equipoise.synthesis.effect_sizes import log_odds_ratio, mean_difference
from equipoise.synthesis.row_effects import Extracted, effect_of, exact_p, favoured

COUNTS = {"events_treatment": 5, "n_treatment": 20, "events_control": 8, "n_control": 21}
PRINTED = {"measure": "OR", "estimate": 0.5, "ci_low": 0.2, "ci_high": 1.25}


@pytest.fixture
def extract(row):
    def call(wanted, /, **fields):
        return effect_of(row("x", "t", **fields), wanted)

    return call


def test_printed_counts_come_before_an_unadjusted_estimate(extract):
    found = extract("OR", **COUNTS, **PRINTED, counts_from="printed")
    assert found.estimate.value == pytest.approx(float(log_odds_ratio(5, 20, 8, 21).yi[0]))
    assert found.note == "From counts 5/20 v 8/21."
    assert (found.estimate.standing, found.cites) == ("printed", ("woolf1955",))


@pytest.mark.parametrize("more", [{"adjusted": "yes"}, {"counts_from": "percentages"}])
def test_a_printed_estimate_comes_first_when_adjusted_or_when_counts_are_worked_back(extract, more):
    found = extract("OR", **COUNTS, **PRINTED, **more)
    assert math.exp(found.estimate.value) == pytest.approx(0.5)
    assert "interval" in found.note


def test_an_adjusted_estimate_of_another_measure_gives_way_to_counts(extract):
    found = extract("RR", **COUNTS, **PRINTED, adjusted="yes")
    assert found.estimate.measure == "RR"
    assert "From counts" in found.note


@pytest.mark.parametrize(
    ("origin", "standing", "said"),
    [
        ("percentages", "derived", "From counts worked back from percentages 5/20 v 8/21."),
        ("reconstruction", "reconstructed", "From counts reconstructed 5/20 v 8/21."),
    ],
)
def test_counts_say_where_they_come_from(extract, origin, standing, said):
    found = extract("RR", **COUNTS, counts_from=origin)
    assert (found.estimate.standing, found.note) == (standing, said)


def test_a_single_zero_gets_half_and_says_so(extract):
    found = extract("OR", **COUNTS | {"events_control": 0})
    assert "One half was added" in found.note
    assert found.estimate.standing == "derived"
    assert "sweeting2004" in found.cites


def test_double_zero_carries_nothing(extract):
    zero = COUNTS | {"events_treatment": 0, "events_control": 0}
    assert extract("OR", **zero) == (
        "no event in either arm: the trial carries no information on an odds ratio"
    )
    full = COUNTS | {"events_treatment": 20, "events_control": 21}
    assert extract("RR", **full).startswith("everybody had the event")
    assert extract("RD", **zero) == (
        "no event in either arm: a risk difference of zero comes without an error"
    )
    assert str(extract("RD", **full)).startswith("everybody had the event")
    apart = {"events_treatment": 0, "n_treatment": 20, "events_control": 21, "n_control": 21}
    assert "One half" in extract("RD", **apart).note
    assert isinstance(extract("RD", **COUNTS | {"events_treatment": 0}), Extracted)


def test_a_risk_difference_from_two_percentages_and_p(extract):
    percentages = {"percent_treatment": 21.5, "percent_control": 17.5}
    found = extract("RD", **percentages, p_value="0.003")
    assert found.estimate.value == pytest.approx(0.04)
    assert found.estimate.se == pytest.approx(0.04 / 2.9677379, rel=1e-6)  # qnorm(1 - 0.003 / 2)
    assert found.estimate.standing == "derived"
    assert "worked back from P = 0.003" in found.note
    assert extract("RR", **percentages, p_value="0.003").startswith("only percentages")
    assert isinstance(extract("RD", **percentages, p_value="<0.01"), str)


def test_hazard_ratio_routes(extract):
    interval = extract("HR", measure="HR", estimate=0.64, ci_low=0.43, ci_high=0.95)
    assert interval.estimate.se == pytest.approx(0.2022, abs=1e-4)
    from_p = extract("HR", measure="HR", estimate=0.64, p_value="0.026")
    assert from_p.estimate.se == pytest.approx(abs(math.log(0.64)) / 2.2262, rel=1e-3)
    assert from_p.estimate.standing == "derived"
    events = extract(
        "HR", p_value="0.05", events_total=100, n_treatment=50, n_control=50,
        direction="favours treatment",
    )  # fmt: skip
    assert events.estimate.value == pytest.approx(-1.959964 / 5, abs=1e-6)
    assert events.note == "From P = 0.05 and 100 events."


def test_the_events_of_one_arm_are_no_total(extract):
    known = {
        "p_value": "0.05", "n_treatment": 50, "n_control": 50, "direction": "favours treatment"
    }  # fmt: skip
    assert extract("HR", **known, events_treatment=40) == "only a P value is printed"
    assert extract("HR", **known, events_control=40) == "only a P value is printed"
    both = extract("HR", **known, events_treatment=40, events_control=60)
    assert both.note == "From P = 0.05 and 100 events."


@pytest.mark.parametrize(
    ("text", "arm"),
    [("favours treatment", "treatment"), ("Favors the control arm", "control"),
     ("treatment", "treatment"), (" favours control. ", "control"),
     ("favours treatment (presumed)", "treatment"), ("favours control, by the curves", "control"),
     ("does not favour treatment", ""), ("favours treatment, later control", ""),
     ("favours neither", ""), ("treatments differ", ""), ("lower after 6 months", ""), ("", "")],
)  # fmt: skip
def test_direction_is_read_only_where_it_names_one_arm(text, arm):
    assert favoured(text) == arm


def test_means(extract):
    means = {
        "mean_treatment": 4.0, "sd_treatment": 1.0, "n_treatment": 20,
        "mean_control": 5.0, "sd_control": 2.0, "n_control": 25,
    }  # fmt: skip
    found = extract("MD", unit="mmol/L", **means)
    expected = mean_difference(4, 1, 20, 5, 2, 25)
    assert (found.estimate.value, found.estimate.unit) == (-1.0, "mmol/L")
    assert found.estimate.variance == pytest.approx(float(expected.vi[0]))
    assert extract("ROM", **means).estimate.value == pytest.approx(math.log(0.8))
    printed = extract("MD", measure="MD", estimate=-0.7, ci_low=-1.7, ci_high=0.3, **means)
    assert printed.estimate.value == -0.7
    from_p = extract("MD", measure="MD", estimate=-0.7, p_value="0.04", n_treatment=9, n_control=9)
    assert "two-sample t test" in from_p.note
    assert from_p.estimate.se == pytest.approx(0.7 / 2.2354, rel=1e-3)  # t, 16 df


@pytest.mark.parametrize(
    ("measure", "fields", "reason"),
    [
        ("MD", {"measure": "PCT", "estimate": -8.0, "ci_low": -9.0, "ci_high": -7.0},
         "printed as a difference in percent change, the pool is on the mean difference"),
        ("RR", {"measure": "OR", "estimate": 2.0, "ci_low": 1.0, "ci_high": 4.0},
         "printed as an odds ratio, the pool is on the risk ratio"),
        ("HR", {"measure": "HR", "estimate": 0.8}, "printed without an interval"),
        ("HR", {"measure": "HR", "estimate": 0.8, "p_value": "<0.05"}, "an exact P"),
        ("HR", {"measure": "HR", "estimate": 1.0, "p_value": "0.9"}, "without an interval"),
        ("HR", {"median_treatment": 9.0, "median_control": 8.0}, "only medians are printed"),
        ("MD", {"mean_treatment": 9.0, "mean_control": 8.0}, "means or changes are printed"),
        ("OR", {"percent_treatment": 20.0, "percent_control": 10.0}, "only percentages"),
        ("OR", {"p_value": "0.04"}, "only a P value is printed"),
        ("OR", {}, "no interval, no counts and no exact P"),
        ("HR", {"p_value": "0.04", "events_total": 40, "n_treatment": 9, "n_control": 9},
         "only a P value"),
    ],
)  # fmt: skip
def test_reasons(extract, measure, fields, reason):
    found = extract(measure, **fields)
    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.026", 0.026), ("=.5", 0.5), (" 1.0 ", 1.0), ("6.7e-3", None), ("0.67e-2", 0.0067),
     ("<0.05", None), ("NS", None), ("", None), ("0", None), ("1.5", None)],
)  # fmt: skip
def test_exact_p(text, value):
    assert exact_p(text) == value
