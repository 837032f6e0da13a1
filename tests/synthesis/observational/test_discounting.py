"""Discounts from cohort to trial: arithmetic by hand, laws, refusals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import InputError
from equipoise.synthesis.observational import discount, needed_bias, sweep_discounts

logs = st.floats(-2, 2)
errors = st.floats(0.01, 1)


def test_by_hand():
    half = discount(math.log(0.5), 0.1, factor=0.5, label="half")
    assert half.after.ratio == pytest.approx(math.sqrt(0.5))
    assert half.after.se == half.before.se == 0.1
    assert half.after.ci_low == pytest.approx(math.sqrt(0.5) * math.exp(-0.1959964))
    assert half.message == (
        "half: 50% of the log effect taken off; 0.50 (0.41 to 0.61) becomes 0.71 (0.58 to 0.86)."
    )
    bias = discount(math.log(0.5), 0.3, bias_mean=math.log(0.8), bias_sd=0.4)
    assert bias.after.ratio == pytest.approx(0.5 / 0.8)
    assert bias.after.se == pytest.approx(0.5)
    assert math.isnan(bias.factor)


@given(logs, errors, st.floats(0, 1))
def test_a_discount_moves_towards_no_effect_and_never_narrows(log, se, factor):
    found = discount(log, se, factor=factor)
    assert abs(found.after.log) <= abs(log)
    assert found.after.log * log >= 0
    assert found.after.se >= se
    wide = discount(log, se, bias_mean=0.1, bias_sd=factor)
    assert wide.after.se >= se


def test_a_sweep_runs_from_nothing_to_everything():
    found = sweep_discounts(-0.6, 0.1)
    ratios = [x.after.ratio for x in found]
    assert ratios == sorted(ratios)
    assert ratios[0] == math.exp(-0.6)
    assert ratios[-1] == 1.0
    assert [x.factor for x in sweep_discounts(-0.6, 0.1, factors=(0.1, 0.2))] == [0.1, 0.2]


def test_needed_bias_by_hand():
    found = needed_bias(math.log(0.45), 0.06, math.log(1.04), 0.08)
    assert found.ratio == pytest.approx(0.45 / 1.04)
    se = 0.1
    assert math.log(found.ci_high / found.ratio) == pytest.approx(1.959964 * se)
    assert found.least == pytest.approx(0.45 / (1.04 * math.exp(-1.959964 * 0.08)))
    assert found.most == pytest.approx(0.45 / (1.04 * math.exp(1.959964 * 0.08)))
    assert found.p_value < 1e-15
    inside = needed_bias(0.0, 0.1, 0.05, 0.1)
    assert inside.least == 1.0
    assert "within the trial's interval" in inside.message


@given(logs, errors, logs, errors)
def test_taking_out_the_needed_bias_gives_the_trial(cohort, cohort_se, trial, trial_se):
    found = needed_bias(cohort, cohort_se, trial, trial_se)
    after = discount(cohort, cohort_se, bias_mean=math.log(found.ratio)).after
    assert after.log == pytest.approx(trial, abs=1e-9)
    assert found.ci_low <= found.ratio <= found.ci_high
    assert abs(math.log(found.least)) <= abs(math.log(found.ratio)) + 1e-12
    other = needed_bias(-cohort, cohort_se, -trial, trial_se)
    assert other.ratio == pytest.approx(1 / found.ratio)
    assert other.least == pytest.approx(1 / found.least)
    # in size only: were both limits as far, either would do
    assert abs(math.log(other.most)) == pytest.approx(abs(math.log(found.most)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: discount(0.1, 0.1), "exactly one of them"),
        (lambda: discount(0.1, 0.1, factor=0.5, bias_mean=0.1), "exactly one of them"),
        (lambda: discount(math.nan, -1, factor=0.5), "2 problems"),
        (lambda: discount(0.1, 0.1, bias_mean=0.1, bias_sd=-1), "bias_sd"),
        (lambda: discount(0.1, 0.1, factor=math.inf), "finite"),
        (lambda: needed_bias(0.1, 0.0, 0.1, 0.1), "cohort_se"),
        (lambda: needed_bias(0.1, 0.1, 0.1, 0.1, level=95), "above 0 and below 1"),
    ],
)
def test_what_cannot_be_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call()
