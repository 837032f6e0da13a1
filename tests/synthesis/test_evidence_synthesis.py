"""The whole room on one small case: flat results, citations, and what a checkpoint keeps."""

import math

import pytest

from equipoise.checkpoints import from_plain, to_plain
from equipoise.cite import REFERENCES
from equipoise.errors import InputError
from equipoise.synthesis import Plan, Synthesis, synthesise
from equipoise.synthesis.plan import pools_of

PLAN = {
    "ci": "wald",
    "factors_examined": 4,
    "pools": [
        {"id": "cure-all", "outcome": "cure", "label": "Cure", "question": "Does it cure?"},
        {"id": "cure-rr", "outcome": "cure", "label": "Cure, risk ratio", "measure": "RR"},
        {"id": "level", "outcome": "level", "label": "Level"},
    ],
    "complements": [
        {"id": "death-m", "trial": "t", "outcome": "death", "axis": "m", "level": "positive",
         "complement_level": "negative", "stratum": "s", "partition": ["w"]}
    ],
    "priors": [
        {"name": "half", "target": "interaction", "sd": 0.354, "label": "0.5-2", "source": "s"}
    ],
}  # fmt: skip


@pytest.fixture
def base(row, evidence, cohort_row):
    def table(a, n1, c, n2):
        return {"events_treatment": a, "n_treatment": n1, "events_control": c, "n_control": n2}

    def ratio(e, low, high):
        return {"outcome": "death", "measure": "HR", "estimate": e, "ci_low": low, "ci_high": high}

    rows = [
        row("a1", "a", **table(5, 20, 8, 21)),
        row("b1", "b", **table(9, 30, 4, 28)),
        row("s", "t", analysed="m=positive", **ratio(0.64, 0.43, 0.95)),
        row("w", "t", **ratio(1.01, 0.87, 1.17)),
    ]
    cohorts = [cohort_row("book", estimate=0.5, ci_low=0.4, ci_high=0.62)]
    return evidence(rows, cohorts=cohorts)


def test_results_have_stable_ids_and_natural_numbers(base, question):
    found = synthesise(base, question, Plan.model_validate(PLAN))
    by_id = {result.id: result for result in found.results}
    assert list(by_id) == [
        "cure-all", "cure-all.absolute", "cure-rr", "cure-rr.absolute", "level",
        "death-m.stratum", "death-m.whole", "death-m.complement", "death-m.ratio",
        "death-m.ratio.half", "cohort.book",
    ]  # fmt: skip
    cure = by_id["cure-all"]
    pooled = found.outcomes[0].pooled
    assert cure.estimate == pytest.approx(math.exp(pooled.estimate))
    assert (cure.question, cure.scale, cure.k) == ("Does it cure?", "ratio", 2)
    assert cure.inputs == ("a1", "b1")
    assert by_id["level"].k == 0
    assert math.isnan(by_id["level"].estimate)
    assert by_id["level"].status == "undefined"
    ratio = by_id["death-m.ratio"]
    assert (ratio.measure, ratio.scale, ratio.standing) == ("ratio of HRs", "ratio", "derived")
    assert ratio.inputs == ("s", "w")
    assert "from rounding" in ratio.note
    assert by_id["death-m.ratio.half"].note.startswith("Prior-driven")
    assert by_id["death-m.stratum"].estimate == pytest.approx(0.64)
    assert by_id["cohort.book"].method == "cohort, exposure time: ever against never"


def test_the_seed_reaches_the_draws(base, question):
    plan = Plan.model_validate(PLAN)
    ranges = [synthesise(base, question, plan, seed=s).complements[0].p_low for s in (1, 1, 2)]
    assert ranges[0] == ranges[1] != ranges[2]


def test_a_number_driven_by_the_prior_has_no_p_value(base, question):
    found = synthesise(base, question, Plan.model_validate(PLAN))
    by_id = {result.id: result for result in found.results}
    assert math.isnan(by_id["death-m.ratio.half"].p_value)
    assert by_id["death-m.ratio"].p_value == pytest.approx(found.complements[0].p_value)


def test_citations_are_those_of_what_ran(base, question):
    found = synthesise(base, question, Plan.model_validate(PLAN))
    assert set(found.cites) <= REFERENCES.keys()
    assert {"viechtbauer2005", "woolf1955", "katz1978", "sidak1967", "suissa2008"} <= set(
        found.cites
    )
    assert not {"hartung2001", "dersimonian1986", "paule1982", "sweeting2004"} & set(found.cites)
    hartung = synthesise(base, question, Plan.model_validate(PLAN | {"ci": "hksj"}))
    assert "hartung2001" in hartung.cites


def test_problems_of_all_pools_come_together(base, question, row):
    twice = base.model_copy(
        update={"results": (*base.results, row("a2", "a", events_treatment=1, n_treatment=9,
                                               events_control=2, n_control=9))}
    )  # fmt: skip
    broken = PLAN | {"complements": [PLAN["complements"][0] | {"stratum": "nowhere"}]}
    with pytest.raises(InputError) as caught:
        synthesise(twice, question, Plan.model_validate(broken))
    text = str(caught.value)
    assert "a1 with a2" in text
    assert "nowhere" in text


def test_a_checkpoint_brings_everything_back(base, question):
    found = synthesise(base, question, Plan.model_validate(PLAN))
    plain = to_plain(found)
    assert str(to_plain(from_plain(Synthesis, plain))) == str(plain)


def test_without_pools_each_outcome_gets_one(question):
    pools = pools_of(Plan(), question)
    assert [pool.outcome for pool in pools] == [o.name for o in question.outcomes if o.synthesise]
    assert pools_of(Plan(pools=pools[:1]), question) == pools[:1]
