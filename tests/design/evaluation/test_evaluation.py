"""Three engines agree where their assumptions coincide, and say by how much they do not."""

from __future__ import annotations

import csv
import math
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit

from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.engines import run_chunks
from equipoise.design.evaluation import evaluation, several_hypotheses, single_hypothesis
from equipoise.design.evaluation.engine_comparison import EngineComparison, compare_engines
from equipoise.design.evaluation.evaluation import evaluate
from equipoise.design.trial.look_schedule import Looks
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Arms, Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, EarlyThenLate, TimeToEvent
from equipoise.design.trial.trial_marker import Marker, Populations
from equipoise.design.trial.truth_in_groups import mean_rates, recruited
from equipoise.synthesis.arrays import ArrayError

THIRDS = Looks((1 / 3, 2 / 3, 1.0))
HALVES = Looks((0.5, 1.0))
SIX_PERCENT_A_YEAR = -math.log(0.94) / 12.0


def rates(patients: int = 300, looks: Looks = THIRDS, **more: Any) -> Design:
    return Design("all-comers", BinaryEndpoint(), patients, looks=looks, **more)


def events(looks: Looks = THIRDS, **more: Any) -> Design:
    return Design("all-comers", TimeToEvent(), 500, 300, looks=looks, **more)


def enrichment(selection: Any = "best", looks: Looks = HALVES, **more: Any) -> Design:
    parts: dict[str, Any] = {"marker": Marker(0.4), "combination": "inverse-normal"} | more
    return Design(
        "adaptive-enrichment", BinaryEndpoint(), 300, looks=looks, selection=selection, **parts
    )


def odds(control: float, treated: float) -> float:
    return float(logit(treated) - logit(control))


def references(root: Path) -> dict[tuple[str, str], list[float]]:
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    text = (root / "validation/rpact/trial_design.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found[row["case"], row["measure"]].append(float(row["value"]))
    return found


@pytest.mark.parametrize(("case", "arms"), [("survival", (1, 1)), ("survival_2_to_1", (1, 2))])
def test_exact_survival_is_rpact_s(root: Path, case: str, arms: tuple[int, int]) -> None:
    known = references(root)
    endpoint = TimeToEvent(dropout=(SIX_PERCENT_A_YEAR, SIX_PERCENT_A_YEAR))
    design = Design("all-comers", endpoint, 500, 300, looks=THIRDS, arms=Arms(arms))
    found = evaluate(design, Scenario(0.03, math.log(0.75)), "exact")
    assert found.power.value == pytest.approx(known[case, "power"], abs=1e-8)
    assert found.stop_efficacy.value == pytest.approx(known[case, "stop_efficacy"], abs=1e-8)
    assert found.events.value == pytest.approx(known[case, "events"][0], rel=1e-8)
    assert found.patients.value == pytest.approx(known[case, "patients"][0], rel=1e-6)
    assert found.months.value == pytest.approx(known[case, "months"][0], abs=1e-6)


@pytest.mark.parametrize(("case", "arms"), [("rates", (1, 1)), ("rates_2_to_1", (1, 2))])
def test_exact_rates_are_nearer_the_patients_than_rpact_s(
    root: Path, case: str, arms: tuple[int, int]
) -> None:
    known, design = references(root), rates(arms=Arms(arms))
    scenario = Scenario(0.3, odds(0.3, 0.45))
    found = evaluate(design, scenario, "exact")
    drawn = evaluate(design, scenario, "patient", replicates=100_000, seed=5)
    theirs = np.array(known[case, "stop_efficacy"])
    assert found.power.value == pytest.approx(known[case, "power"], abs=0.002)
    assert found.stop_efficacy.value == pytest.approx(theirs, abs=0.012)
    ours = np.abs(found.stop_efficacy.value - drawn.stop_efficacy.value)
    assert ours.sum() < np.abs(theirs - drawn.stop_efficacy.value).sum()


AGREEING = {
    "rates, three looks": (rates(600), Scenario(0.3, 0.5)),
    "rates, futility": (
        rates(600, Looks((0.5, 1.0), "pocock", futility=(0.3,))),
        Scenario(0.4, 0.4),
    ),
    "rates, two controls a treated": (rates(600, arms=Arms((2, 1))), Scenario(0.4, 0.5)),
    "log odds ratio": (
        Design("all-comers", BinaryEndpoint(effect="log_odds_ratio"), 800, looks=HALVES),
        Scenario(0.4, 0.4),
    ),
    "proportional hazards, three looks": (events(), Scenario(0.03, math.log(0.75))),
    "hazards in pieces": (events(), Scenario(((0.05, 0.01),), -0.3, starts=(0.0, 12.0))),
    "enriched": (
        Design("enriched", BinaryEndpoint(), 400, looks=HALVES, marker=Marker(0.4, 0.9, 0.8)),
        Scenario(0.3, (0.0, 0.7)),
    ),
    "adaptive enrichment": (enrichment(), Scenario(0.4, (0.0, 0.8))),
    "stratified": (
        Design(
            "stratified",
            TimeToEvent(),
            600,
            300,
            looks=Looks((0.5, 1.0), "at-the-end"),
            marker=Marker(0.4),
            combination="inverse-normal",
        ),
        Scenario(0.03, (-0.2, -0.4)),
    ),
}


def told_apart(compared: EngineComparison) -> list[str]:
    measures = ("power", "rejected_by_look", "selection", "patients")
    kept = [g for g in compared.gaps if g.measure in measures and g.mcse > 0.0]
    assert kept
    return [f"{g} {g.errors:.1f}" for g in kept if abs(g.errors) > 4.0]


@pytest.mark.parametrize("name", AGREEING)
def test_engines_agree_where_their_assumptions_coincide(name: str) -> None:
    design, scenario = AGREEING[name]
    small = isinstance(design.endpoint, TimeToEvent)
    compared = compare_engines(design, scenario, replicates=1500 if small else 6000, seed=3)
    assert set(compared.results) >= {"statistic", "patient"}
    assert told_apart(compared) == []


APART = {
    "few patients": (rates(16, HALVES), Scenario(0.02, 3.5), "exact", 20_000),
    "a delayed effect": (events(), Scenario(0.06, -1.2, delay=10.0), "statistic", 4000),
    "a mixture of hazards": (
        Design("marker-strategy", TimeToEvent(), 500, 300, looks=THIRDS, marker=Marker(0.4)),
        Scenario(0.03, (0.0, -0.9)),
        "statistic",
        6000,
    ),
}


@pytest.mark.parametrize("name", APART)
def test_the_gap_is_measured_and_printed_where_they_do_not(name: str) -> None:
    design, scenario, engine, replicates = APART[name]
    compared = compare_engines(design, scenario, replicates=replicates, seed=4)
    gap = compared.gap("any_rejection", engine)
    assert abs(gap.errors) > 4.0
    assert compared.results[engine].approximation_error == gap.gap
    assert f"approximation error of {engine} against patient" in str(compared)
    assert f"{gap.gap:+.4f}" in str(compared)
    assert len(compared.to_frame()) == len(compared.gaps)


NULLS = {
    "rates": (rates(), Scenario(0.3, 0.0)),
    "events": (events(), Scenario(0.03, 0.0, delay=6.0)),
    "enriched": (
        Design("enriched", BinaryEndpoint(), 300, looks=HALVES, marker=Marker(0.4)),
        Scenario(0.3, (0.8, 0.0)),
    ),
    "guided": (
        Design("marker-strategy", BinaryEndpoint(), 300, looks=HALVES, marker=Marker(0.4)),
        Scenario(0.3, (0.8, 0.0)),
    ),
    "events, no effect anywhere": (
        Design(
            "adaptive-enrichment",
            TimeToEvent(),
            400,
            200,
            looks=Looks((0.5, 1.0), "at-the-end"),
            marker=Marker(0.4, 0.9, 0.9),
            combination="inverse-normal",
            selection="best",
        ),
        Scenario(0.05, 0.0),
    ),
    "no effect anywhere": (enrichment(), Scenario(0.4, 0.0)),
    "none in S": (enrichment(), Scenario(0.4, (0.6, 0.0))),
    "none on average": (enrichment(), Scenario(0.4, (-0.8, 0.8))),
}


@pytest.mark.parametrize("engine", ["statistic", "patient"])
@pytest.mark.parametrize("name", NULLS)
def test_a_true_null_is_rejected_no_more_than_the_level_says(name: str, engine: str) -> None:
    design, scenario = NULLS[name]
    count = 2000 if design.events else 20_000
    error = evaluate(design, scenario, engine, replicates=count, seed=6).family_wise_error
    assert error.value <= 0.025 + 4.0 * error.mcse
    assert error.value > 0.0


def test_without_a_true_null_there_is_no_family_wise_error() -> None:
    for design in (rates(), enrichment()):
        found = evaluate(design, Scenario(0.4, 0.6), "statistic", replicates=100)
        assert math.isnan(found.family_wise_error.value)


def test_power_grows_with_the_effect() -> None:
    effects = np.linspace(-0.2, 1.0, 7)
    exact = [float(evaluate(rates(), Scenario(0.3, e)).power.value[0]) for e in effects]
    assert np.all(np.diff(exact) > 0.0)
    drawn = [
        float(evaluate(rates(), Scenario(0.3, e), "patient", replicates=2000).power.value[0])
        for e in effects
    ]
    assert np.all(np.diff(drawn) >= 0.0)


def test_exact_power_grows_with_level_and_size() -> None:
    truth = Scenario(0.03, -0.25)

    def power(size: int, alpha: float) -> float:
        looks = Looks((0.4, 1.0), alpha=alpha)
        design = Design("all-comers", TimeToEvent(), 2 * size, size, looks=looks)
        return float(evaluate(design, truth, "exact").power.value[0])

    assert np.all(np.diff([power(n, 0.025) for n in (100, 150, 225, 340)]) > 0.0)
    assert np.all(np.diff([power(200, a) for a in (0.005, 0.01, 0.025, 0.05)]) > 0.0)


def test_exact_null_power_is_the_level() -> None:
    for looks in (THIRDS, Looks((0.2, 0.7, 1.0), "hwang-shih-decani", -2.0)):
        assert evaluate(events(looks), Scenario(0.03)).power.value[0] == pytest.approx(
            0.025, abs=1e-10
        )


@pytest.mark.parametrize("workers", [2, 4])
@pytest.mark.parametrize("design", [events(), enrichment()], ids=["events", "enrichment"])
def test_workers_change_no_bit(design: Design, workers: int) -> None:
    truth = Scenario(0.04, (-0.3, -0.3) if design.events else (0.0, 0.5))
    count = 1500 if design.events else 7000
    if design.events:
        truth = Scenario(0.04, -0.3)
    one = evaluate(design, truth, "patient", replicates=count, seed=9)
    more = evaluate(design, truth, "patient", replicates=count, seed=9, workers=workers)
    assert one.to_frame().equals(more.to_frame())


@pytest.mark.parametrize("name", AGREEING)
def test_what_is_simulated_can_be_sent_away(name: str) -> None:
    design, scenario = AGREEING[name]
    of = several_hypotheses if design.traits.several else single_hypothesis
    for prepare in (of.statistic_job, of.patient_job):
        work = prepare(design, scenario).work
        sent = pickle.loads(pickle.dumps(work))
        here, there = (w(np.random.default_rng(1), 20) for w in (work, sent))
        assert pickle.dumps(here) == pickle.dumps(there)


@pytest.mark.slow
def test_processes_give_the_same_numbers() -> None:
    found = evaluate(enrichment(), Scenario(0.3, 0.5), "patient", replicates=4100)
    sent = evaluate(
        enrichment(),
        Scenario(0.3, 0.5),
        "patient",
        replicates=4100,
        workers=2,
        scheduler="processes",
    )
    assert found.to_frame().equals(sent.to_frame())


def test_progress_is_told_and_a_scheduler_that_is_not_there_is_named() -> None:
    told: list[tuple[int, int]] = []
    evaluate(
        events(), Scenario(0.04), "patient", replicates=1100, progress=lambda *at: told.append(at)
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(ArrayError, match="tcp://host:port"):
        evaluate(events(), Scenario(0.04), "patient", replicates=600, scheduler="grid")


NOT_CANONICAL = [
    (enrichment(), Scenario(0.3, 0.5), "several hypotheses"),
    (events(), Scenario(0.03, -0.5, delay=6.0), "delayed"),
    (events(marker=Marker(0.4)), Scenario(0.03, (0.0, -0.5)), "not proportional"),
    (events(), Scenario(0.0001, -0.5), "not expected to come"),
    (rates(), Scenario(0.0), "a rate of 0 or 1"),
]


@pytest.mark.parametrize(("design", "scenario", "reason"), NOT_CANONICAL)
def test_the_exact_engine_says_why_it_does_not_fit(
    design: Design, scenario: Scenario, reason: str
) -> None:
    if reason == "not expected to come":
        lossy = TimeToEvent(dropout=(0.05, 0.05))
        design = Design("all-comers", lossy, 500, 300, looks=THIRDS)
    with pytest.raises(ArrayError, match=reason):
        evaluate(design, scenario, "exact")
    assert evaluate(design, scenario, replicates=50).engine == "patient"


def test_events_that_never_come_are_counted_and_not_tested() -> None:
    lossy = TimeToEvent(dropout=(0.05, 0.05))
    design = Design("all-comers", lossy, 200, 150, looks=HALVES)
    for engine in ("patient", "statistic"):
        found = evaluate(design, Scenario(0.02, -1.5), engine, replicates=200)
        assert found.not_reached.value[1] > 0.9
        assert found.rejected_by_look.value[1, 0] == found.rejected_by_look.value[0, 0]


def test_a_hazard_of_nothing_is_refused_or_never_looked_at() -> None:
    for engine in ("exact", "patient"):
        with pytest.raises(ArrayError, match=r"not expected to come|not all 0"):
            evaluate(events(), Scenario(0.0), engine)
    assert evaluate(events(), Scenario(0.0), "statistic", replicates=50).not_reached.value[2] == 1.0


def test_hazards_that_are_not_proportional_have_no_single_effect() -> None:
    design, _ = NULLS["events, no effect anywhere"]
    found = evaluate(design, Scenario(0.05, (-0.2, -0.5), delay=6.0), replicates=200)
    assert found.engine == "patient"
    assert "no single true effect" in found.message
    assert np.all(np.isnan(found.naive_bias.value))


def test_the_scheduler_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def chunks(*given: Any, **named: Any) -> Any:
        asked.update(named)
        return run_chunks(*given, **(named | {"scheduler": "threads"}))

    monkeypatch.setattr(evaluation, "run_chunks", chunks)
    evaluate(events(), Scenario(0.03), "patient", replicates=50, scheduler="tcp://here:1")
    assert asked["scheduler"] == "tcp://here:1"


def test_no_event_in_a_cell_is_no_difference() -> None:
    found = evaluate(rates(60, HALVES), Scenario(0.0), "patient", replicates=500)
    assert found.power.value[0] == 0.0
    assert found.family_wise_error.value == 0.0
    rare = Design("all-comers", BinaryEndpoint(effect="log_odds_ratio"), 40, looks=HALVES)
    found = evaluate(rare, Scenario(0.02, 0.5), "patient", replicates=2000)
    assert 0.0 <= found.power.value[0] < 0.025
    with pytest.raises(ArrayError, match="a rate of 0 or 1"):
        evaluate(rates(), Scenario(0.0), "statistic")
    with pytest.raises(ArrayError, match="rates above 0"):
        evaluate(enrichment(), Scenario(0.0), "statistic")


@pytest.mark.slow
def test_a_thousand_looks() -> None:
    looks = Looks(tuple((k + 1) / 1000 for k in range(1000)), "pocock")
    design = Design("all-comers", TimeToEvent(), 3000, 2000, looks=looks)
    found = evaluate(design, Scenario(0.03), "exact")
    assert found.power.value[0] == pytest.approx(0.025, abs=1e-9)
    drawn = evaluate(design, Scenario(0.03), "statistic", replicates=2000)
    assert abs(drawn.power.value[0] - 0.025) < 4.0 * drawn.power.mcse[0]


TRUTHS = [
    ({"control": math.nan}, "control"),
    ({"control": -0.1}, "control"),
    ({"control": 0.3, "effect": math.inf}, "effect"),
    ({"control": 0.3, "effect": "large"}, "effect"),
    ({"control": 0.3, "starts": (1.0, 2.0)}, "starts"),
    ({"control": 0.3, "delay": -1.0}, "delay"),
    ({"control": 0.3, "prevalence": 1.5}, "prevalence"),
]


@pytest.mark.parametrize(("parts", "field"), TRUTHS)
def test_an_impossible_truth_is_refused(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(ArrayError) as caught:
        Scenario(**parts)
    assert [p.field for p in caught.value.problems] == [field]


MISFITS = [
    (rates(), Scenario(1.3), "rates"),
    (rates(), Scenario(0.3, 0.5, delay=3.0), "no delay"),
    (rates(), Scenario(0.3, (0.1, 0.2)), "1 strata"),
    (rates(), Scenario(0.3, 0.5, prevalence=0.2), "a marker of two groups"),
    (enrichment(), Scenario(0.3, 0.5, prevalence=0.0), "above 0"),
    (enrichment(), Scenario((0.3, 0.3, 0.3)), "2 strata"),
]


@pytest.mark.parametrize(("design", "scenario", "said"), MISFITS)
def test_a_truth_that_does_not_fit_the_design_is_refused(
    design: Design, scenario: Scenario, said: str
) -> None:
    for call in (evaluate, compare_engines):
        with pytest.raises(ArrayError, match=said):
            call(design, scenario)


def test_an_engine_that_is_not_there_is_refused() -> None:
    with pytest.raises(ArrayError, match="auto, exact, patient, statistic"):
        evaluate(rates(), Scenario(0.3), "bayes")


@pytest.mark.parametrize("kind", ["all-comers", "enriched", "marker-strategy"])
def test_rates_of_the_recruited_against_patients_drawn_one_by_one(kind: str) -> None:
    marker, truth = Marker(0.35, 0.85, 0.9), Scenario((0.3, 0.2), (0.1, 0.9), prevalence=0.5)
    design = Design(kind, BinaryEndpoint(), 300, marker=marker)
    rng = np.random.default_rng(11)
    events_in, patients_in = np.zeros(2), np.zeros(2)
    for _ in range(40_000):
        positive = rng.random() < 0.5
        called = rng.random() < (0.85 if positive else 1.0 - 0.9)
        if kind == "enriched" and not called:
            continue
        arm = int(rng.random() < 0.5)
        treated = arm == 1 and (called or kind != "marker-strategy")
        effect = (0.9 if positive else 0.1) if treated else 0.0
        rate = expit(logit(0.2 if positive else 0.3) + effect)
        events_in[arm] += rng.random() < rate
        patients_in[arm] += 1
    seen = events_in / patients_in
    expected = mean_rates(recruited(design, truth))
    assert np.all(np.abs(seen - expected) < 4.0 * np.sqrt(seen * (1.0 - seen) / patients_in))


def test_bias_of_stopping_is_exact_and_the_correction_takes_most_of_it() -> None:
    design, truth = rates(400, Looks((0.3, 0.6, 1.0), "pocock")), Scenario(0.3, 0.6)
    exact = evaluate(design, truth, "exact")
    drawn = evaluate(design, truth, "statistic", replicates=60_000, seed=2)
    gap = exact.naive_bias.value[0] - drawn.naive_bias.value[0]
    assert abs(gap) < 4.0 * drawn.naive_bias.mcse[0]
    assert exact.naive_bias.value[0] > 0.01
    assert abs(drawn.corrected_bias.value[0]) < 0.35 * drawn.naive_bias.value[0]


def test_after_a_choice_the_corrected_estimate_is_unbiased_and_the_naive_is_not() -> None:
    found = evaluate(enrichment(), Scenario(0.4, 0.3), "patient", replicates=40_000, seed=8)
    naive, mended = found.naive_bias, found.corrected_bias
    assert naive.value[0] > 8.0 * naive.mcse[0]
    assert abs(mended.value[0]) < 4.0 * mended.mcse[0] + 0.002


def test_two_sides_count_benefit_only() -> None:
    one, two = Looks((0.5, 1.0)), Looks((0.5, 1.0), sided=2, alpha=0.05)
    truth = Scenario(0.3, 0.6)
    half = evaluate(rates(looks=one), truth, "exact").power.value[0]
    both = evaluate(rates(looks=two), truth, "exact")
    assert both.power.value[0] == pytest.approx(half, abs=1e-5)
    harmed = evaluate(rates(looks=two), Scenario(0.6, -1.2), "exact")
    assert harmed.power.value[0] < 1e-6
    assert harmed.stop_futility.value[0] > 0.5


def test_the_benefit_may_be_a_lower_rate() -> None:
    fewer = Design("all-comers", BinaryEndpoint(benefit="lower"), 300, looks=THIRDS)
    mirrored = evaluate(fewer, Scenario(0.7, -0.6), "exact")
    found = evaluate(rates(), Scenario(0.3, 0.6), "exact")
    assert mirrored.power.value == pytest.approx(found.power.value, abs=1e-12)
    assert mirrored.naive_bias.value == pytest.approx(found.naive_bias.value, abs=1e-10)


def test_three_nested_populations_at_two_looks() -> None:
    tiers = Populations(("high", "medium or high", "all"), (0.2, 0.5, 1.0))
    design = enrichment(marker=None, populations=tiers)
    compared = compare_engines(design, Scenario(0.4, (0.0, 0.3, 1.4)), replicates=6000)
    found = compared.results["patient"]
    assert found.subsets[:4] == ("none", "high", "medium or high", "high + medium or high")
    assert found.selection.value[1].sum() == pytest.approx(1.0)
    assert found.selection.value[1, 1] == max(found.selection.value[1])
    assert told_apart(compared) == []


def test_an_early_outcome_says_little_of_a_late_one_and_is_never_turned_into_it() -> None:
    link = SurrogateLink(0.24, 0.8, 0.25)
    pair = EarlyThenLate(BinaryEndpoint("response"), TimeToEvent("recurrence"), link)
    design = Design("all-comers", pair, 400, looks=HALVES)
    found = evaluate(design, Scenario(0.3, 0.5), "exact")
    p = np.array([0.3, expit(logit(0.3) + 0.5)])
    early = 1.0 / np.sum(1.0 / (200 * p * (1.0 - p)))
    assert found.late_information == pytest.approx(link.late_information(early))
    assert found.late_information < link.ceiling
    assert "recurrence" in found.message
    alone = Design("all-comers", pair.early, 400, looks=HALVES)
    assert np.array_equal(
        found.power.value, evaluate(alone, Scenario(0.3, 0.5), "exact").power.value
    )


def test_the_table_names_every_number() -> None:
    frame = evaluate(enrichment(), Scenario(0.4, (0.0, 0.8)), "patient", replicates=500).to_frame()
    row = frame[
        (frame.measure == "selection") & (frame.look == 2) & (frame.of == "marker positive")
    ]
    assert len(row) == 1
    assert 0.0 < row.value.iloc[0] <= 1.0
    assert set(frame.columns) >= {"measure", "of", "look", "value", "mcse", "engine", "replicates"}
    assert frame[frame.measure == "power"].of.tolist() == ["marker positive", "all"]


def test_duration_follows_accrual_and_read_out() -> None:
    endpoint = BinaryEndpoint(accrual_per_month=10.0, read_out_months=6.0)
    design = Design("all-comers", endpoint, 300, looks=HALVES)
    for engine in ("exact", "patient"):
        found = evaluate(design, Scenario(0.3, 0.7), engine, replicates=3000)
        stopped = found.stop_efficacy.value[0]
        assert found.months.value == pytest.approx(36.0 - 15.0 * stopped)
