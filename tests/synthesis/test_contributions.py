"""What a contribution says about its rows."""

import pytest

from equipoise.synthesis import Plan, Pool, synthesise_outcome

COUNTS = {"events_treatment": 5, "n_treatment": 20, "events_control": 8, "n_control": 21}
PRINTED = {"measure": "OR", "estimate": 0.5, "ci_low": 0.2, "ci_high": 1.25}


@pytest.fixture
def contribution(question, row, evidence):
    def call(*rows):
        made = [row(f"r{i}", "t", **fields) for i, fields in enumerate(rows)]
        pool = Pool(id="p", outcome="cure", label="Cure")
        return synthesise_outcome(evidence(made), question, pool, Plan()).contributions[0]

    return call


@pytest.mark.parametrize(
    ("analysis_set", "said"),
    [
        ("per_protocol", "From counts 5/20 v 8/21. Per-protocol set."),
        ("evaluable", "From counts 5/20 v 8/21. Evaluable patients only."),
        ("safety", "From counts 5/20 v 8/21. Safety set."),
        ("itt", "From counts 5/20 v 8/21."),
        ("not_stated", "From counts 5/20 v 8/21."),
    ],
)
def test_the_patients_analysed(contribution, analysis_set, said):
    found = contribution(COUNTS | {"analysis_set": analysis_set})
    assert (found.analysis_set, found.note) == (analysis_set, said)


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ("exact", "The interval is exact; its error is approximate."),
        ("profile", "The interval is of the profile likelihood; its error is approximate."),
        ("wald", ""),
    ],
)
def test_an_interval_that_is_not_symmetric(contribution, interval, said):
    found = contribution(PRINTED | {"interval": interval})
    assert found.note == f"Printed estimate and interval. {said}".strip()
    assert contribution(COUNTS | PRINTED | {"interval": interval}).note.startswith("From counts")
    assert "approximate" not in contribution(COUNTS | PRINTED | {"interval": interval}).note


def test_direction_and_reason_are_carried(contribution):
    more = {"direction": "drugx arm v the other, presumed.", "reason": "The later report"}
    assert contribution(PRINTED | more).note == (
        "Printed estimate and interval. Direction: drugx arm v the other, presumed. "
        "Why this version: The later report."
    )


def test_strata_join_their_sets_and_say_each_caveat_once(contribution):
    one = COUNTS | {"analysed": "m=positive", "analysis_set": "per_protocol"}
    two = COUNTS | {"analysed": "m=negative", "analysis_set": "itt"}
    found = contribution(one, two)
    assert found.analysis_set == "per_protocol; itt"
    assert found.note.count("Per-protocol set.") == 1
    same = contribution(one, two | {"analysis_set": "per_protocol"})
    assert (same.analysis_set, same.note.count("Per-protocol set.")) == ("per_protocol", 1)
