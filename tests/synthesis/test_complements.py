"""Complements from evidence rows: the worked numbers, and every bad reference named."""

import math

import pytest

from equipoise.errors import InputError
from equipoise.synthesis import Complement, Plan, derive_complement

SPEC = {
    "id": "c", "trial": "t", "outcome": "death", "axis": "m", "level": "positive",
    "complement_level": "negative", "stratum": "s", "partition": ["yes", "no"],
}  # fmt: skip
PLAN = Plan.model_validate(
    {
        "factors_examined": 5,
        "factors_swept": [4, 5, 10],
        "priors": [
            {"name": "half", "target": "interaction", "sd": 0.354, "label": "0.5-2", "source": "s"}
        ],
    }
)


@pytest.fixture
def base(row, evidence):
    def make(**changes):
        def printed(name, analysed, e, low, high):
            fields = {"measure": "HR", "estimate": e, "ci_low": low, "ci_high": high}
            fields |= {"outcome": "death", "analysed": analysed} | changes.get(name, {})
            return row(name, fields.pop("trial_id", "t"), **fields)

        return evidence(
            [
                printed("s", "m=positive", 0.64, 0.43, 0.95),
                printed("yes", "r=yes", 1.01, 0.84, 1.21),
                printed("no", "r=no", 1.01, 0.79, 1.3),
            ]
        )

    return make


def test_worked_numbers(base):
    found = derive_complement(base(), Complement.model_validate(SPEC), PLAN)
    assert round(math.exp(found.complement.value), 2) == 1.09
    assert round(math.exp(found.ratio.value), 2) == 0.59
    assert [round(p, 3) for p in (found.p_value, found.p_low, found.p_high)] == [
        0.015, 0.011, 0.021,
    ]  # fmt: skip
    assert found.p_worst_low < found.p_low
    assert found.p_worst_high > found.p_high
    assert [(m, round(p, 2)) for m, p in found.sidak] == [(4, 0.06), (5, 0.07), (10, 0.14)]
    assert [x[0] for x in found.correlation_sensitivity] == [0, 0.1, 0.2, 0.3]
    assert [x[0] for x in found.unknown_sensitivity] == [0, 0.05, 0.1]
    assert found.correlation_sensitivity[0][2].value == pytest.approx(found.ratio.value)
    assert found.unknown_sensitivity[0][2].value == pytest.approx(found.ratio.value)
    assert found.shrunken[0].prior.name == "half"
    assert found.standing == "derived"
    assert found.stratum.standing == "printed"


def test_the_seed_moves_the_range_and_nothing_else(base):
    spec = Complement.model_validate(SPEC)
    one, again, other = (derive_complement(base(), spec, PLAN, seed=s) for s in (1, 1, 2))
    assert (one.p_low, one.p_high) == (again.p_low, again.p_high)
    assert (one.p_low, one.p_high) != (other.p_low, other.p_high)
    assert (one.p_value, one.p_worst_low) == (other.p_value, other.p_worst_low)


@pytest.mark.parametrize(
    ("changes", "spec", "said"),
    [
        ({}, {"stratum": "x"}, "a result_id of results.csv"),
        ({}, {"stratum": "yes"}, "Name the row of that stratum"),
        ({}, {"partition": ["s", "yes"]}, "share no patient"),
        ({"no": {"outcome": "cure"}}, {}, "no, outcome"),
        ({"no": {"trial_id": "u"}}, {}, "no, trial_id"),
        ({"no": {"measure": "OR"}}, {}, "no, measure"),
        ({"no": {"ci_low": None}}, {}, "an estimate with its interval"),
        ({"no": {"kind": "within_arm"}}, {}, "no, kind"),
    ],
)
def test_rows_that_will_not_do_are_named(base, changes, spec, said):
    with pytest.raises(InputError, match=said):
        derive_complement(base(**changes), Complement.model_validate(SPEC | spec), PLAN)
