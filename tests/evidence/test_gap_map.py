"""What is reported by level, and what the empty cells mean."""

from __future__ import annotations

import pytest

from equipoise.evidence.gap_map import STATES, Cell, GapMap, gap_map
from equipoise.evidence.question import Question


def cell(found: GapMap, trial: str, outcome: str, level: str) -> Cell:
    return next(
        c for c in found.cells if (c.trial_id, c.outcome, c.level) == (trial, outcome, level)
    )


@pytest.fixture(scope="module")
def found(make, question: Question) -> GapMap:
    mixed = {"m": "any"}
    return gap_map(
        make.base(
            make.trial(enrolled=mixed, primary_outcome="Response, then death"),
            make.trial(trial_id="t2", enrolled={"m": "positive"}),
            make.trial(trial_id="t3", enrolled={"m": "not_stated"}),
            make.trial(trial_id="t4", enrolled=mixed),
            make.trial(trial_id="t5", enrolled=mixed, scope="unclear"),
            make.phenotype(trial_id="t1", level="negative", recorded="reported"),
            make.phenotype(trial_id="t1", recorded="stored_samples"),
            make.phenotype(trial_id="t3", recorded="not_collectable"),
            make.result(result_id="t1_pos", analysed="m=positive", p_value="0.2"),
            make.result(result_id="t1_der", analysed="m=negative", standing="derived"),
            make.result(result_id="t1_all"),
            make.result(result_id="t2_all", trial_id="t2", kind="within_arm"),
            make.result(result_id="t3_all", trial_id="t3"),
            make.result(result_id="t4_p", trial_id="t4", analysed="m=positive;g=low"),
            make.result(
                result_id="t4_n", trial_id="t4", analysed="m=negative", kind="post_treatment"
            ),
            make.result(result_id="t5_p", trial_id="t5", analysed="m=positive"),
        ),
        question,
    )


def test_a_direction_without_a_number_is_no_contrast(make, question: Question) -> None:
    for fields, contrast in (({"direction": "lower"}, False), ({"percent_treatment": 12.5}, True)):
        row = make.result(analysed="m=positive", **fields)
        one = cell(gap_map(make.base(row), question), "t1", "response", "positive")
        assert (one.state, one.randomised_contrast) == ("reported", contrast)


def test_a_level_analysed_is_reported(found: GapMap) -> None:
    one = cell(found, "t1", "response", "positive")
    assert (one.state, one.rows, one.by_enrolment) == ("reported", ("t1_pos",), False)
    assert one.randomised_contrast


def test_a_derived_row_does_not_make_a_level_reported(found: GapMap) -> None:
    one = cell(found, "t1", "response", "negative")
    assert (one.state, one.derived_rows) == ("analysed_not_reported", ("t1_der",))


def test_a_trial_of_one_level_reports_by_enrolment(found: GapMap) -> None:
    one = cell(found, "t2", "response", "positive")
    assert (one.state, one.by_enrolment, one.rows) == ("reported", True, ("t2_all",))
    assert not one.randomised_contrast
    assert cell(found, "t2", "response", "negative").state == "not_enrolled"


def test_the_record_of_the_level_comes_before_that_of_the_axis(found: GapMap) -> None:
    assert cell(found, "t1", "death", "positive").state == "stored_samples"
    assert cell(found, "t1", "death", "negative").state == "analysed_not_reported"
    assert cell(found, "t3", "response", "positive").state == "not_collectable"


def test_only_outcomes_the_trial_has_or_planned_give_cells(found: GapMap) -> None:
    assert {c.outcome for c in found.cells if c.trial_id == "t1"} == {"response", "death"}
    assert {c.outcome for c in found.cells if c.trial_id == "t3"} == {"response"}


def test_values_after_treatment_are_reported_but_no_contrast(found: GapMap) -> None:
    one = cell(found, "t4", "response", "negative")
    assert (one.state, one.randomised_contrast) == ("reported", False)


def test_the_headline_counts_trials_in_scope(found: GapMap) -> None:
    headline = found.headline
    assert headline.trials == ("t1", "t2", "t3", "t4")
    assert headline.reporting == ("t1", "t2", "t4")
    assert headline.by_enrolment == ("t2",)
    assert headline.within_trial == ("t1", "t4")
    assert headline.comparing == ("t4",)
    assert headline.comparing_with_derived == ("t1", "t4")


def test_margins_count_every_cell_once(found: GapMap) -> None:
    for margins in (found.by_level, found.by_trial, found.by_outcome):
        assert sum(sum(margin.counts) for margin in margins) == len(found.cells)
    positive = next(margin for margin in found.by_level if margin.key == "positive")
    assert positive.count("reported") == 4
    assert len(positive.counts) == len(STATES)


def test_the_frame_has_one_row_a_cell(found: GapMap) -> None:
    frame = found.to_frame()
    assert len(frame) == len(found.cells)
    assert frame.loc[0, "axis"] == "m"
    assert "t1_pos" in set(frame["rows"])


def test_outcomes_and_axis_can_be_chosen(make, question: Question) -> None:
    evidence = make.base(
        make.result(analysed="g=low"), make.result(result_id="r2", outcome="death")
    )
    found = gap_map(evidence, question, outcomes=["response"], axis="g")
    assert found.levels == ("low", "high")
    assert [(c.outcome, c.level, c.state) for c in found.cells] == [
        ("response", "low", "reported"),
        ("response", "high", "unknown"),
    ]


def test_a_primary_outcome_is_a_whole_word(make, question: Question) -> None:
    evidence = make.base(make.trial(primary_outcome="deathwatch beetles; marker level"))
    assert {c.outcome for c in gap_map(evidence, question).cells} == {"marker"}


def test_a_case_without_a_focus_has_an_empty_map(make, question: Question) -> None:
    found = gap_map(make.base(make.result()), question.model_copy(update={"focus": None}))
    assert found.cells == ()
    assert found.headline.trials == ("t1",)
    assert found.to_frame().empty
