"""Which rows enter a pool, which do not and why, and what comes out."""

from dataclasses import replace

import pytest

from equipoise.errors import InputError
from equipoise.synthesis import Plan, Pool, pool, synthesise_outcome
from equipoise.synthesis.effect_sizes import log_odds_ratio, risk_difference
from equipoise.synthesis.flat_results import pool_results


def table(a, n1, c, n2):
    return {"events_treatment": a, "n_treatment": n1, "events_control": c, "n_control": n2}


@pytest.fixture
def run(question):
    def call(evidence, plan=None, **pool_fields):
        fields = {"id": "p", "outcome": "cure", "label": "Cure"} | pool_fields
        return synthesise_outcome(
            evidence, question, Pool.model_validate(fields), plan or Plan(method="DL", ci="wald")
        )

    return call


def reasons(found):
    return {exclusion.row_id: exclusion.reason for exclusion in found.exclusions}


def used(found):
    return {c.trial_id: c.row_ids for c in found.contributions}


def test_everything_is_used_or_accounted_for(run, row, evidence):
    base = evidence(
        [
            row("a1", "a", **table(5, 20, 8, 21)),
            row("b1", "b", **table(9, 30, 4, 28)),
            row("c1", "c", kind="post_treatment", **table(9, 30, 4, 28)),
            row("d1", "d", **table(9, 30, 4, 28)),
            row("e1", "e", **table(9, 30, 4, 28)),
            row("f1", "f", **table(9, 30, 4, 28)),
            row("g1", "g", **table(9, 30, 4, 28), chosen="no", reason="misprint"),
            row("h1", "h", **table(9, 30, 4, 28), standing="reconstructed"),
            row("i1", "i", outcome="death"),
            row("j1", "j", p_value="0.2"),
        ],
        {"d": {"scope": "confounded"}, "e": {"setting": "late"}},
    )
    found = run(base, settings=["early"], exclude_trials=["f"])
    assert used(found) == {"a": ("a1",), "b": ("b1",)}
    said = reasons(found)
    assert list(said) == ["c1", "d1", "e1", "f1", "g1", "h1", "j1"]
    for row_id, part in {
        "c1": "not a randomised contrast of change",
        "d1": "trial scope 'confounded' is outside the rule (eligible)",
        "e1": "setting 'late' is outside the pool (early)",
        "f1": "the pool leaves this trial out",
        "g1": "another version of this number is used: misprint",
        "h1": "reconstructed; the rule allows printed",
        "j1": "only a P value is printed",
    }.items():
        assert part in said[row_id]
    assert used(run(base, scopes=["confounded"])) == {"d": ("d1",)}


def test_the_pool_is_that_of_its_contributions(run, row, evidence):
    tables = [(5, 20, 8, 21), (9, 30, 4, 28), (3, 14, 6, 15)]
    base = evidence([row(f"r{i}", f"t{i}", **table(*t)) for i, t in enumerate(tables)])
    found = run(base, Plan(method="REML", ci="hksj"))
    effects = log_odds_ratio(*zip(*tables, strict=True))
    expected = pool(*effects)
    assert found.pooled.estimate == pytest.approx(expected.estimate)
    assert [c.weight for c in found.contributions] == pytest.approx(list(expected.weights))
    assert [c.counts for c in found.contributions] == tables
    assert (found.standing, found.measure, found.unit) == ("pooled", "OR", "")
    assert [x.ci for x in found.alternatives] == ["hksj-adhoc", "wald"]
    assert "Only 3 trials: the interval depends on the method." in found.message


def test_the_message_holds_no_numbers_of_the_pool_and_no_codes(run, row, evidence):
    tables = [(5, 20, 8, 21), (9, 30, 12, 28), (3, 14, 6, 15), (7, 25, 11, 27)]
    base = evidence([row(f"r{i}", f"t{i}", **table(*t)) for i, t in enumerate(tables)])
    found = run(base, Plan(ci="hksj"))
    assert found.message == (
        "Only 4 trials: the interval depends on the method. "
        "The Hartung-Knapp interval is narrower than the normal one. "
        "Between-trial variance is estimated as zero, not shown to be zero."
    )


def test_an_error_below_walds_is_no_narrower_interval(run, row, evidence):
    base = evidence(
        [
            row(f"r{i}", f"t{i}", outcome="death", measure="HR", estimate=e, ci_low=low, ci_high=hi)
            for i, (e, low, hi) in enumerate([(0.8, 0.5, 1.28), (1.0, 0.6, 1.67)])
        ]
    )
    found = run(base, Plan(ci="hksj"), outcome="death")
    assert found.pooled.se < found.alternatives[-1].se
    assert "narrower" not in found.message


def test_identical_effects_are_said_to_be_so(run, row, evidence):
    base = evidence([row(f"r{i}", f"t{i}", **table(5, 20, 8, 21)) for i in range(3)])
    found = run(base, Plan(ci="hksj"))
    assert "All effects are identical" in found.message


def test_absolute_difference_is_in_percentage_points(run, row, evidence):
    tables = [(5, 20, 8, 21), (9, 30, 4, 28), (3, 14, 6, 15)]
    base = evidence([row(f"r{i}", f"t{i}", **table(*t)) for i, t in enumerate(tables)])
    found = run(base)
    absolute = found.absolute
    expected = pool(*risk_difference(*zip(*tables, strict=True)), method="DL", ci="wald")
    assert absolute.estimate == pytest.approx(100 * expected.estimate)
    assert absolute.ci_high == pytest.approx(100 * expected.ci_high)
    assert (absolute.unit, absolute.k) == ("percentage points", 3)
    assert absolute.p_value == pytest.approx(expected.p_value)
    (flat,) = (r for r in pool_results(found, Plan()) if r.id == "p.absolute")
    assert flat.p_value == absolute.p_value


def test_one_trial_has_its_own_wald_interval_whatever_the_plan(run, row, evidence):
    found = run(evidence([row("a1", "a", **table(5, 20, 8, 21))]), Plan(ci="hksj"))
    assert (found.pooled.ci, found.pooled.status, found.standing) == (
        "wald",
        "converged",
        "printed",
    )
    assert found.alternatives == ()
    assert "One trial" in found.message


def test_nothing_to_pool_is_a_sentence(run, row, evidence):
    found = run(evidence([row("a1", "a", p_value="0.2")]))
    assert (found.pooled.k, found.pooled.status, found.absolute) == (0, "undefined", None)
    assert found.message.startswith("Nothing to pool: of 1 row")
    none = run(evidence([row("a1", "a", outcome="death")]))
    assert none.message == "Nothing to pool: no row of this outcome was found."


def test_a_whole_trial_row_comes_before_strata(run, row, evidence):
    base = evidence(
        [
            row("whole", "a", **table(12, 40, 9, 41)),
            row("pos", "a", analysed="m=positive", **table(5, 20, 4, 20)),
            row("part", "a", analysis_set="genotyped", **table(5, 19, 4, 18)),
        ]
    )
    found = run(base)
    assert used(found) == {"a": ("whole",)}
    assert reasons(found)["pos"].startswith("computed in Marker M positive; the pool is on every")
    assert "among those genotyped" in reasons(found)["part"]


def test_complete_strata_stand_in_for_the_whole(run, row, evidence):
    base = evidence(
        [
            row("pos", "a", analysed="m=positive", **table(5, 20, 4, 20)),
            row("neg", "a", analysed="m=negative", confidence="low", **table(7, 30, 9, 31)),
            row("other", "a", analysed="r=yes", **table(6, 25, 7, 25)),
        ]
    )
    found = run(base)
    (contribution,) = found.contributions
    assert contribution.row_ids == ("pos", "neg")
    assert contribution.counts == (12, 50, 13, 51)
    assert contribution.confidence == "low"
    assert contribution.estimate.standing == found.standing == "derived"
    expected = pool(*log_odds_ratio([5, 7], [20, 30], [4, 9], [20, 31]), method="EE", ci="wald")
    assert contribution.estimate.value == pytest.approx(expected.estimate)
    assert contribution.estimate.se == pytest.approx(expected.se)
    assert reasons(found)["other"].endswith("the trial enters through its strata by Marker M")


def test_incomplete_strata_do_not_stand_for_everybody(run, row, evidence):
    found = run(evidence([row("pos", "a", analysed="m=positive", **table(5, 20, 4, 20))]))
    assert found.contributions == ()
    assert "strata do not add up" in reasons(found)["pos"]


def test_the_only_level_enrolled_is_the_whole_trial(run, row, evidence):
    base = evidence(
        [row("pos", "a", analysed="m=positive", **table(5, 20, 4, 20))],
        {"a": {"enrolled": {"m": "positive", "r": "any"}}},
    )
    assert used(run(base)) == {"a": ("pos",)}


def test_a_phenotype_pool_takes_that_level_and_trials_that_enrolled_only_it(run, row, evidence):
    base = evidence(
        [
            row("a_pos", "a", analysed="m=positive", **table(5, 20, 4, 20)),
            row("a_both", "a", analysed="m=positive;r=yes", **table(3, 10, 2, 10)),
            row("a_neg", "a", analysed="m=negative", **table(5, 22, 4, 21)),
            row("b_all", "b", **table(9, 30, 4, 28)),
            row("c_all", "c", **table(9, 30, 4, 28)),
            row("d_all", "d", **table(9, 30, 4, 28)),
        ],
        {
            "b": {"enrolled": {"m": "positive", "r": "any"}},
            "c": {"enrolled": {"m": "not_stated", "r": "any"}},
            "d": {"enrolled": {"m": "negative", "r": "any"}},
        },
    )
    found = run(base, phenotype={"axis": "m", "level": "positive"})
    assert used(found) == {"a": ("a_pos",), "b": ("b_all",)}
    said = reasons(found)
    assert said["c_all"] == "computed in everybody; the pool is on Marker M positive"
    assert said["a_both"].startswith("computed in Marker M positive and receptor-yes")
    assert set(said) == {"a_both", "a_neg", "c_all", "d_all"}


def test_two_rows_for_the_same_patients_are_an_error(run, row, evidence):
    base = evidence(
        [
            row("early", "a", timepoint="3 mo", **table(5, 20, 4, 20)),
            row("later", "a", timepoint="6 mo", **table(6, 20, 4, 20)),
        ]
    )
    with pytest.raises(InputError, match="early with later") as caught:
        run(base)
    text = str(caught.value)
    assert "both yes, for everybody (3 mo and 6 mo)" in text
    assert "time points are not compared" in text
    assert "the same group and set chosen to no on one" in text
    assert "share no patient" not in text


def test_units_are_not_mixed(run, row, evidence):
    def printed(name, unit):
        fields = {"measure": "MD", "estimate": -1.0, "ci_low": -2.0, "ci_high": 0.0}
        return row(name, name, outcome="level", unit=unit, **fields)

    base = evidence([printed("a", "mg/L"), printed("b", "mmol/L"), printed("c", "mmol/L")])
    found = run(base, outcome="level")
    assert (found.unit, found.pooled.k) == ("mmol/L", 2)
    assert reasons(found) == {"a": "in mg/L, the pool is in mmol/L"}
    assert found.absolute is None


def test_a_double_zero_trial_stays_out_of_a_ratio_with_its_reason(run, row, evidence):
    base = evidence([row("a1", "a", **table(5, 20, 8, 21)), row("b1", "b", **table(0, 30, 0, 28))])
    found = run(base)
    assert "no information on an odds ratio" in reasons(found)["b1"]
    assert found.without_event == ("b",)
    assert found.message.endswith("One trial without an event in either arm is left out.")
    difference = run(base, measure="RD")
    assert used(difference) == {"a": ("a1",)}
    assert "comes without an error" in reasons(difference)["b1"]


def test_difference_and_its_pool_follow_one_rule(run, row, evidence):
    tables = [(5, 20, 8, 21), (0, 30, 0, 28), (25, 25, 24, 24), (0, 12, 9, 9), (3, 14, 6, 15)]
    base = evidence([row(f"r{i}", f"t{i}", **table(*t)) for i, t in enumerate(tables)])
    beside, alone = run(base).absolute, run(base, measure="RD")
    assert beside.row_ids == ("r0", "r3", "r4")
    assert (beside.without_event, alone.without_event) == (1, ("t1",))
    assert beside.estimate == pytest.approx(100 * alone.pooled.estimate)
    assert beside.ci_high == pytest.approx(100 * alone.pooled.ci_high)
    numbers = ("estimate", "ci_low", "ci_high", "p_value", "alternatives")
    rounded = {name: pytest.approx(getattr(beside, name), rel=1e-13) for name in numbers[:4]}
    assert alone.absolute == replace(beside, **rounded, alternatives=alone.absolute.alternatives)
    notes = [r.note for r in pool_results(run(base), Plan())]
    assert all("One trial without an event in either arm is left out." in note for note in notes)


def test_only_trials_that_answer_the_pool_count_as_without_event(run, row, evidence):
    base = evidence(
        [
            row("a1", "a", analysed="m=positive", **table(5, 20, 8, 21)),
            row("b1", "b", **table(0, 30, 0, 28)),
            row("c1", "c", analysed="m=positive", **table(0, 9, 0, 8)),
            row("d1", "d", **table(0, 30, 0, 28)),
        ],
        {"d": {"enrolled": {"m": "positive", "r": "any"}}},
    )
    found = run(base, phenotype={"axis": "m", "level": "positive"})
    assert found.without_event == ("c", "d")
    assert "2 trials without an event in either arm are left out." in found.message


def test_few_trials_show_the_difference_under_other_intervals(run, row, evidence):
    tables = [(5, 20, 8, 21), (9, 30, 4, 28), (3, 14, 6, 15)]
    rows = [row(f"r{i}", f"t{i}", **table(*t)) for i, t in enumerate(tables)]
    absolute = run(evidence(rows), Plan(ci="hksj")).absolute
    assert [name for name, _, _ in absolute.alternatives] == ["hksj-adhoc", "wald"]
    effects = risk_difference(*zip(*tables, strict=True))
    for name, low, high in absolute.alternatives:
        expected = pool(*effects, ci=name)
        assert (low, high) == pytest.approx((100 * expected.ci_low, 100 * expected.ci_high))
    rows += [row(f"s{i}", f"u{i}", **table(*t)) for i, t in enumerate(tables)]
    assert run(evidence(rows)).absolute.alternatives == ()
    assert run(evidence(rows[:1])).absolute.alternatives == ()


def test_an_estimate_outside_its_interval_stays_out_with_its_reason(run, row, evidence):
    fields = {"measure": "OR", "ci_low": 0.5, "ci_high": 0.9}
    base = evidence(
        [row("r1", "a", estimate=1.4, **fields), row("r2", "b", estimate=0.7, **fields)]
    )
    found = run(base)
    assert used(found) == {"b": ("r2",)}
    assert "outside its own interval" in reasons(found)["r1"]
