"""E-values: published examples, the bounding factor they come from, and laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.synthesis.observational import e_value


@pytest.mark.parametrize(
    ("ratio", "low", "high", "value", "limit"),
    [
        # VanderWeele and Ding 2017: infant feeding and respiratory death; feeding and leukaemia
        (3.9, 1.8, 8.7, 7.26, 3.0),
        (0.80, 0.71, 0.91, 1.81, 1.43),
        # Hammond and Horn on smoking, in the vignette of the authors' R package
        (10.73, 8.02, 14.36, 20.94777, 15.52336),
    ],
)
def test_published_examples(ratio, low, high, value, limit):
    found = e_value(ratio, low, high, measure="RR")
    digits = 5e-6 if ratio > 10 else 5e-3
    assert (found.estimate, found.limit) == pytest.approx((value, limit), abs=digits)


def test_common_outcomes_are_converted_first():
    root = math.sqrt(0.56)
    hazard = (1 - 0.5**root) / (1 - 0.5 ** (1 / root))
    found = e_value(0.56, 0.46, 0.69, measure="HR", rare=False)
    assert found.estimate_rr == pytest.approx(hazard)
    assert found.estimate == pytest.approx(1 / hazard + math.sqrt(1 / hazard * (1 / hazard - 1)))
    assert found.limit < found.estimate < e_value(0.56).estimate
    odds = e_value(0.86, 0.75, 0.99, measure="OR", rare=False)
    assert odds.estimate == e_value(math.sqrt(0.86), measure="RR").estimate


def test_explaining_down_to_a_trial():
    found = e_value(2.5, measure="RR", true_value=1.5)
    assert found.estimate == pytest.approx(5 / 3 + math.sqrt(5 / 3 * 2 / 3))
    assert math.isnan(found.limit)
    cohort = e_value(0.45, 0.40, 0.50, true_value=1.12)
    assert cohort.estimate == pytest.approx(e_value(0.45 / 1.12).estimate)
    assert cohort.limit == pytest.approx(e_value(0.50 / 1.12).estimate)


ratios = st.floats(0.05, 20)


@given(ratios)
def test_a_confounder_of_that_strength_suffices_and_a_weaker_one_does_not(ratio):
    # the most that associations a and b can make is ab / (a + b - 1), Ding and VanderWeele 2016
    value = e_value(ratio, measure="RR").estimate
    up = max(ratio, 1 / ratio)
    assert value * value / (2 * value - 1) == pytest.approx(up)
    less = 1 + 0.99 * (value - 1)
    assert less * less / (2 * less - 1) <= up


@given(ratios, st.floats(1.01, 3), st.sampled_from(["HR", "RR", "OR"]), st.booleans())
def test_turning_the_ratio_round_changes_nothing(ratio, width, measure, rare):
    one = e_value(ratio, ratio / width, ratio * width, measure=measure, rare=rare)
    other = e_value(1 / ratio, 1 / ratio / width, width / ratio, measure=measure, rare=rare)
    assert one.estimate == pytest.approx(other.estimate)
    assert one.limit == pytest.approx(other.limit)
    assert 1 <= one.limit <= one.estimate * (1 + 1e-12)
    assert (one.limit == 1) == (ratio / width <= 1 <= ratio * width)


def test_it_says_so_in_words():
    assert "3.00 each would do for the interval" in e_value(3.9, 1.8, 8.7, measure="RR").message
    assert "holds the true value" in e_value(0.9, 0.8, 1.1).message
    assert "weaker confounding could not" in e_value(0.9).message


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: e_value(-0.5), "a ratio above 0"),
        (lambda: e_value(0.5, 0.6, 0.9), "at most the estimate"),
        (lambda: e_value(0.5, 0.4), "both limits or neither"),
        (lambda: e_value(0.5, measure="MD"), "HR, RR, OR"),
        (lambda: e_value(0.5, true_value=0, measure="SMD"), "2 problems"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()


def test_limits_may_be_none():
    assert e_value(0.8, None, None).estimate == e_value(0.8).estimate
    assert math.isnan(e_value(0.8, None, None).limit)
    with pytest.raises(InputError, match="both limits or neither"):
        e_value(0.8, 0.7, None)
