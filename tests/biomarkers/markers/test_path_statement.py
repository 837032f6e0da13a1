"""The PATH record: every question has an answer and a reason, or says that nobody gave one."""

import pytest

from equipoise.biomarkers.markers import path_record, sample_answer
from equipoise.synthesis.arrays import ArrayError


def test_every_question_is_there_and_silence_is_unclear():
    record = path_record({})
    assert len(record.items) == len(record.unanswered) == 12
    assert {item.answer for item in record.items} == {"unclear"}
    assert all(item.question.endswith("?") for item in record.items)


def test_data_override_a_declaration():
    record = path_record(
        {"enough-patients": ("yes", "It is said so.")},
        {"enough-patients": sample_answer(0.49, 0.354)},
    )
    item = next(i for i in record.items if i.id == "enough-patients")
    assert (item.answer, item.answered_by) == ("no", "data")
    assert "2.8 are needed" in item.reason
    assert "0 of 6 conditions met, 1 not met, 5 unclear" in record.message


def test_power_of_eight_tenths_is_the_border():
    assert sample_answer(0.1, 0.2803)[0] == "yes"
    assert sample_answer(0.1, 0.2800)[0] == "no"


def test_wrong_declarations_are_named_together():
    with pytest.raises(ArrayError) as caught:
        path_record({"luck": ("maybe", " ")})
    assert [p.field for p in caught.value.problems] == ["question", "answer", "reason"]
