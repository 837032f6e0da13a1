"""The cohort panel: orientation, order, and that nothing is pooled or lost."""

import math

import pytest

from equipoise.synthesis.cohorts import EXPOSURE_TIMES, arrange_cohorts

PRINTED = {"estimate": 2.0, "ci_low": 1.25, "ci_high": 3.2}


def test_groups_run_from_naive_to_new_user(question, evidence, cohort_row):
    times = list(EXPOSURE_TIMES)
    assert times[:6] == ["naive", "at_entry", "not_stated", "landmark", "time_varying", "new_user"]
    rows = [cohort_row(f"c{i}", exposure_time=t, **PRINTED) for i, t in enumerate(times[::-1])]
    panel = arrange_cohorts(evidence([], cohorts=rows), question)
    assert [group.exposure_time for group in panel.groups] == times
    assert all(group.label and group.explanation for group in panel.groups)


def test_an_estimate_with_the_exposed_as_reference_is_turned_round(question, evidence, cohort_row):
    rows = [cohort_row("a", **PRINTED), cohort_row("b", reference="exposed", **PRINTED)]
    panel = arrange_cohorts(evidence([], cohorts=rows), question)
    plain, turned = panel.groups[0].estimates
    assert (plain.inverted, plain.ci_low, plain.estimate.standing) == (False, 1.25, "printed")
    assert (turned.inverted, turned.estimate.standing) == (True, "derived")
    assert (turned.ci_low, turned.ci_high) == pytest.approx((1 / 3.2, 0.8))
    assert turned.estimate.value == pytest.approx(-plain.estimate.value)
    assert turned.estimate.se == pytest.approx(plain.estimate.se)
    assert "turned round" in turned.note
    assert turned.row.estimate == 2.0


def test_indirect_rows_stand_apart_and_unusable_ones_say_why(question, evidence, cohort_row):
    rows = [
        cohort_row("a", contrast="indirect", **PRINTED),
        cohort_row("b", contrast="summary", **PRINTED),
        cohort_row("c", chosen="no", reason="corrected later", **PRINTED),
        cohort_row("d"),
        cohort_row("e", measure="", estimate=2.0),
        cohort_row("f", estimate=2.0),
    ]
    panel = arrange_cohorts(evidence([], cohorts=rows), question)
    assert [x.row.cohort_id for x in panel.apart] == ["a", "b"]
    said = {x.row_id: x.reason for x in panel.excluded}
    assert said["c"].endswith("shown: corrected later")
    assert set(said) == {"c", "d", "e"}
    (bare,) = panel.groups[0].estimates
    assert math.isnan(bare.ci_low)
    assert math.isnan(bare.estimate.se)
    assert bare.note == "No interval is printed."


def test_an_interval_that_does_not_hold_its_estimate_is_not_used(question, evidence, cohort_row):
    rows = [cohort_row("a", estimate=2.0, ci_low=0.4, ci_high=0.8)]
    (group,) = arrange_cohorts(evidence([], cohorts=rows), question).groups
    (shown,) = group.estimates
    assert math.isnan(shown.ci_low)
    assert math.isnan(shown.estimate.se)
    assert "0.4 to 0.8, does not hold the estimate" in shown.note


def test_outcomes_of_which_more_is_better_are_marked(question, evidence, cohort_row):
    rows = [cohort_row("a", outcome="cure", measure="OR", **PRINTED), cohort_row("b", **PRINTED)]
    panel = arrange_cohorts(evidence([], cohorts=rows), question)
    assert [x.favours_drug_below_one for x in panel.groups[0].estimates] == [False, True]
