"""The ranking of candidate studies, on a made-up case."""

import math

import pytest
from tests.design.conftest import number, trial

from equipoise.design.belief import assurance
from equipoise.design.choice import Setting, proposals, sizing_table
from equipoise.design.next_study import decision_utility, rank_studies

NOTHING = {"id": "nothing", "label": "Nothing", "kind": "nothing"}
ASK = {
    "id": "ask", "label": "Ask", "kind": "existing_data", "outcome": "response", "sizes": [100],
    "control_risk": number(0.5), "start_up_months": number(12.0), "fixed_cost": number(1e4),
}  # fmt: skip
EARLY = trial(
    "early", outcome="response", sizes=[200], looks=[1, 2], control_risk=number(0.5),
    read_out_months=number(6.0), accrual_months=None,
)  # fmt: skip


@pytest.fixture
def rank(make_plan, beliefs, survival, response):
    def call(*candidates, draws=4000, **fields):
        plan = make_plan(*candidates, **fields)
        setting = Setting(plan, survival, response, {}, beliefs.effect("reference"))
        items = [item for one in plan.candidates for item in proposals(one, setting)]
        return rank_studies(items, beliefs, plan, survival, seed=7, draws=draws)

    return call


def by_id(found):
    return {one.study.id: one for one in found.evaluations}


def test_ranking_is_by_net_benefit_and_doing_nothing_is_zero(rank):
    found = rank(NOTHING, trial("plain"), ASK, EARLY)
    values = [one.worth.enbs for one in found.evaluations]
    assert values == sorted(values, reverse=True)
    nothing = by_id(found)["nothing"]
    assert (nothing.worth.evsi, nothing.worth.enbs, nothing.study.cost) == (0.0, 0.0, 0.0)
    assert math.isnan(nothing.assurance)
    assert all(one.value.evsi <= one.value.evpi for one in found.evaluations)


def test_assurance_and_power_are_those_of_the_rooms_below(rank, beliefs):
    found = by_id(rank(trial("plain", sizes=[380])))["plain"]
    posterior, effect = beliefs.named["reference"]
    expected = assurance(posterior, effect, 380 / 4)
    assert found.assurance == pytest.approx(expected.probability, abs=1e-9)
    wider = assurance(posterior, effect, 380 / 4, between_trial_sd=0.16)
    assert found.predictive == pytest.approx(wider.probability, abs=1e-9)
    reference = next(p for p in found.priors if p.prior == "reference")
    assert reference.cap == pytest.approx(expected.cap, abs=1e-6)
    powers = {c.truth: c.significant for c in found.conclusions}
    assert powers[1.0] == pytest.approx(0.025)
    assert powers[0.64] > powers[0.8] > powers[0.9] > powers[1.0]


def test_a_sceptic_values_studies_less_than_an_enthusiast(rank):
    found = by_id(rank(trial("plain", sizes=[380])))["plain"]
    enbs = {p.prior: p.enbs for p in found.priors}
    assert enbs["sceptic"] < enbs["reference"]


def test_an_early_outcome_is_worth_what_the_link_lets_through(rank):
    found = by_id(rank(ASK))["ask"]
    values = dict(found.swept)
    assert values[0.03] < values[0.24] < values[0.63]
    assert found.worth.evsi == pytest.approx(max(0.0, values[0.24]))
    without = {c.truth: c.significant for c in found.conclusions}
    assert without[1.0] > 0.025  # an effect on the early outcome need not be one on the late


def test_data_in_the_belief_add_nothing_but_an_unseen_comparison(rank):
    seen = ASK | {"outcome": "survival", "in_belief": True, "sizes": [99]}
    alone = by_id(rank(seen))["ask"]
    assert alone.worth.evsi == 0.0
    split = by_id(rank(seen | {"enrolment": "stratified", "marker": "g"}, draws=20_000))["ask"]
    assert split.worth.evsi > 0.0
    assert "adds none" in split.study.message


def test_looks_save_time_and_hold_power(rank):
    single = by_id(rank(trial("plain", sizes=[631], looks=[1])))["plain"]
    several = by_id(rank(trial("plain", sizes=[631], looks=[3])))["plain"]
    assert several.study.size > single.study.size
    strong = {c.truth: c.significant for c in several.conclusions}
    fixed = {c.truth: c.significant for c in single.conclusions}
    assert strong[0.8] == pytest.approx(fixed[0.8], abs=1e-3)


def test_enriched_pays_for_those_it_screens(rank):
    fields = {"enrolment": "enriched", "marker": "g", "screening_cost": number(50.0)}
    found = by_id(rank(trial("marked", sizes=[158], **fields)))["marked"]
    assert found.study.screened == pytest.approx(found.study.patients / 0.56)
    plain = by_id(rank(trial("plain", sizes=[158])))["plain"]
    assert found.study.months > plain.study.months


def test_a_study_that_never_ends_or_costs_too_much_is_last_or_marked(rank):
    slow = trial("slow", sizes=[100_000])
    found = rank(NOTHING, slow, budget=number(5e6))
    last = found.evaluations[-1]
    assert last.study.id == "slow"
    assert math.isinf(last.study.months)
    assert last.worth.evsi == 0.0
    assert not last.within_budget
    assert "never reached" in last.study.message


def test_same_seed_same_numbers(rank):
    assert rank(trial("plain")).evaluations[0].worth == rank(trial("plain")).evaluations[0].worth


def test_the_smallest_worthwhile_effect_breaks_even(make_plan, survival):
    utility = decision_utility(make_plan(NOTHING), survival)
    assert float(utility.of(math.log(0.8))) == pytest.approx(0.0, abs=1e-9)


def test_the_sizing_table_of_the_field():
    rows = {row.hazard_ratio: row for row in sizing_table([0.64, 0.8, 1.0])}
    assert {hr: (r.schoenfeld, r.freedman) for hr, r in rows.items()} == {
        0.64: (158, 163), 0.75: (380, 385), 0.8: (631, 636), 0.85: (1189, 1194),
    }  # fmt: skip
    assert rows[0.64].interaction == 631


def test_another_cut_of_a_marker_is_tried(rank, beliefs, make_plan, survival):
    cuts = [{"label": "> 3", "prevalence": number(0.2)}]
    marker = {"axis": "g", "level": "yes", "cut": "> 2", "prevalence": number(0.56)}
    plan = make_plan(NOTHING, markers=[marker | {"thresholds": cuts}])
    keys = [split.key for split in plan.markers[0].splits()]
    assert keys == ["g > 2", "g > 3"]
    shares = [split.prevalence.value for split in plan.markers[0].splits()]
    assert shares == [0.56, 0.2]
