"""Flat results: sentences are read off the numbers, and no number is too large to show."""

import math
from dataclasses import replace

import pytest

from equipoise.estimate import Estimate
from equipoise.synthesis import Complement, Plan, Pool, derive_complement, synthesise_outcome
from equipoise.synthesis.flat_results import pool_results, ratio_note

SPEC = Complement.model_validate(
    {
        "id": "c", "trial": "t", "outcome": "death", "axis": "m", "level": "positive",
        "complement_level": "negative", "stratum": "s", "partition": ["w"],
    }
)  # fmt: skip


@pytest.fixture
def found(row, evidence):
    def ratio(e, low, high):
        return {"outcome": "death", "measure": "HR", "estimate": e, "ci_low": low, "ci_high": high}

    rows = [
        row("s", "t", analysed="m=positive", **ratio(0.64, 0.43, 0.95)),
        row("w", "t", **ratio(1.01, 0.87, 1.17)),
    ]
    return derive_complement(evidence(rows), SPEC, Plan())


def test_p_stays_the_same_only_where_it_does_and_with_its_assumption(found):
    note = ratio_note(found)
    same = "P stays the same, as the whole is taken to be the efficient combination of its parts"
    assert note.count(same) == 2
    p_values = (0.01, 0.05, 0.03)
    cases = zip(found.unknown_sensitivity, p_values, strict=True)
    moved = tuple((*case[:3], p) for case, p in cases)
    note = ratio_note(replace(found, unknown_sensitivity=moved))
    assert note.count(same) == 1
    assert "P lies between 0.010 and 0.050" in note


def test_a_limit_too_large_to_show_is_infinite(row, evidence, question):
    rows = [
        row(f"r{i}", f"t{i}", outcome="death", measure="HR", estimate=e, ci_low=low, ci_high=high)
        for i, (e, low, high) in enumerate(((1e-300, 1e-305, 1e-295), (1e300, 1e295, 1e305)))
    ]
    pool = Pool(id="p", outcome="death", label="Death")
    synthesis = synthesise_outcome(evidence(rows), question, pool, Plan())
    (result,) = pool_results(synthesis, Plan())
    assert result.estimate == pytest.approx(1.0)
    assert (result.ci_low, result.ci_high) == (0.0, math.inf)


def test_an_estimate_too_large_to_show_is_infinite():
    huge = Estimate(800.0, 1.0, "HR", ("a",))
    assert huge.interval()[0] == math.inf
    assert replace(huge, measure="MD").natural(800.0) == 800.0
