"""The result that flips the decision: closed form, sizes, and when there is none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.biomarkers.patient.conftest import mixture

from equipoise.biomarkers.patient import AbsoluteBenefit, BaselineRisk
from equipoise.biomarkers.patient.effect_mixture import NOTHING
from equipoise.biomarkers.patient.further_trial import (
    flipping_effect,
    further_trials,
    standard_error,
)


@given(st.floats(-0.5, 0.3), st.floats(0.1, 0.5), st.floats(0.1, 0.6), st.floats(0.05, 0.4))
@settings(max_examples=20)
def test_a_normal_belief_and_a_known_risk_in_closed_form(
    mean: float, sd: float, se: float, risk: float
) -> None:
    worthwhile = 0.2 * risk
    now = AbsoluteBenefit(
        BaselineRisk(risk, 0.0), mixture([1.0], [mean], [sd]), NOTHING, "HR", "lower"
    )
    t = math.log(math.log1p(worthwhile - risk) / math.log1p(-risk))
    assert flipping_effect(now, worthwhile, se) == pytest.approx(
        t + (t - mean) * (se / sd) ** 2, abs=1e-8
    )
    assert now.just_worth(worthwhile) == pytest.approx(t, abs=1e-12)


def test_errors_by_hand() -> None:
    assert standard_error(400, "HR", 0.1) == pytest.approx(0.1)
    assert standard_error(400, "OR", 0.5) == pytest.approx(0.2)


def test_at_the_flip_the_chance_is_one_half(stratum: AbsoluteBenefit) -> None:
    for trial in further_trials(stratum, 0.02, (50, 300)):
        assert trial.log_effect is not None
        later = stratum.with_effect(stratum.whole.after(trial.log_effect, trial.se))
        assert later.probability_above(0.02) == pytest.approx(0.5, abs=1e-8)


def test_a_larger_trial_need_find_less(stratum: AbsoluteBenefit) -> None:
    found = [t.log_effect for t in further_trials(stratum, 0.02, (50, 200, 800, 100_000))]
    assert None not in found
    assert found == sorted(found)
    assert found[-1] == pytest.approx(stratum.just_worth(0.02), abs=1e-3)


def test_no_result_turns_a_certainty() -> None:
    sure = AbsoluteBenefit(
        BaselineRisk(0.2, 0.3), mixture([1.0], [0.0], [0.0]), NOTHING, "HR", "lower"
    )
    assert [t.log_effect for t in further_trials(sure, 0.02, (100, 1000))] == [None, None]
