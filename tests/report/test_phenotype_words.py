"""What the dossier says by phenotype in words, tables and methods."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.methods import unclaimed, write_methods
from equipoise.report.summary.belief import belief_sentences
from equipoise.report.tables.all_tables import build_tables
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors import prior_sweep, signal_to_noise, spike_and_slab
from equipoise.synthesis.retrodiction import forecasts, past_questions, scoring
from equipoise.synthesis.subgroups import trial_interactions


def told(dossier: Dossier) -> str:
    return "\n".join(
        line
        for sentence in belief_sentences(dossier)
        for line in (sentence.text, *(f"{item.label}: {item.text}" for item in sentence.items))
    )


def only(dossier: Dossier, *found: PhenotypeSynthesis) -> Dossier:
    """The dossier with these comparisons, no retrodiction and no markers."""
    synthesis = replace(dossier.synthesis, comparisons=found, retrodiction=None)
    return replace(dossier, synthesis=synthesis, biomarkers=None)


def test_the_summary_tells_what_is_known_and_what_to_believe(dossier: Dossier) -> None:
    text = told(dossier)
    found = dossier.synthesis.comparisons[0]
    assert "two trials give both levels, one trial gives one level only" in text
    assert (
        f"The ratio of hazard ratios is {math.exp(found.interaction.within.estimate):.2f}" in text
    )
    assert "driven by the prior, not observed" in text
    assert found.belief is not None
    for one in found.belief.named:
        assert f"{one.name.capitalize()}: {math.exp(one.positive.median):.2f} (" in text
        assert f"{100 * one.probability_difference:.0f}\u00a0% after" in text
    assert "ignores how the subgroup was picked" in text
    assert "Survival, silent: no trial gives both levels, so that no difference is shown" in text


def test_beliefs_lead_to_their_results(dossier: Dossier) -> None:
    items = [item.id for sentence in belief_sentences(dossier) for item in sentence.items]
    assert items == [f"os-by-m.{name}" for name in ("sceptic", "reference", "enthusiast")]


def test_without_both_levels_nothing_is_believed(dossier: Dossier) -> None:
    text = told(only(dossier, dossier.synthesis.comparisons[1]))
    assert "no difference is shown and none can be believed or doubted" in text
    assert "prior" not in text
    assert told(only(dossier)) == ""


def test_one_trial_is_named_and_its_difference_called_derived(
    dossier: Dossier, alone: PhenotypeSynthesis
) -> None:
    text = told(only(dossier, alone))
    assert "one trial gives both levels (ALPHA 2019)" in text
    assert "; derived." in text
    assert "pooled" not in text


def test_the_retrodiction_is_told_with_its_denominators(dossier: Dossier) -> None:
    last = told(dossier).splitlines()[-1]
    assert last.startswith("Tried on two past questions, the method had the direction right in")
    assert "inside its interval in one of one" in last
    assert last.endswith("so few cases prove nothing.")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.9, "clearly above that of three and below that of none of the three naive rules"),
        (-0.9, -0.1, "clearly above that of none and below that of three"),
        (-0.5, 0.5, "cannot be told from that of the naive rules"),
    ],
)
def test_the_score_is_not_praised_beyond_its_interval(
    dossier: Dossier, low: float, high: float, words: str
) -> None:
    past = dossier.synthesis.retrodiction
    assert past is not None
    moved = tuple(
        replace(c, difference=replace(c.difference, value=(low + high) / 2, low=low, high=high))
        for c in past.comparisons
    )
    synthesis = replace(dossier.synthesis, retrodiction=replace(past, comparisons=moved))
    assert words in told(replace(dossier, synthesis=synthesis))


def test_a_row_carries_its_share_and_its_weight(dossier: Dossier) -> None:
    records = build_tables(dossier)["comparison_rows"].records
    first = [r for r in records if r["comparison"] == "os-by-m"]
    assert {r["weight_difference"] for r in first if r["part"] == "whole"} == {0.0}
    assert next(r for r in first if r["trial_id"] == "beta")["information_share"] == 1.0
    total = sum(r["weight_level"] for r in first)
    assert total == pytest.approx(1.0)
    silent = [r for r in records if r["comparison"] == "silent"]
    assert all(math.isnan(r["weight_level"]) for r in silent), "there is no answer to weigh in"


def test_wrong_ways_are_shown_as_wrong_and_only_beside_the_right_one(
    dossier: Dossier, alone: PhenotypeSynthesis
) -> None:
    table = build_tables(dossier)["comparisons"]
    answers = [r["answer"] for r in table.records if r["comparison"] == "os-by-m"]
    assert answers[:4] == ["within", "adjusted", "level", "reference"]
    assert "deluded" in answers
    assert "Not to be used." in table.html
    silent = [r for r in table.records if r["comparison"] == "silent"]
    assert [r["answer"] for r in silent] == ["within"]
    assert math.isnan(silent[0]["estimate"])
    assert "no difference is shown" in table.html
    assert "Deluded and daft are" in table.note
    apart = build_tables(only(dossier, alone))["comparisons"]
    assert "daft" not in apart.note
    lone = apart.records
    assert [r["answer"] for r in lone] == ["within", "adjusted"]
    assert lone[1]["p_value"] > lone[0]["p_value"]


def test_movement_is_exactly_nothing_for_those_that_compare_nothing(dossier: Dossier) -> None:
    records = {
        r["trial_id"]: r
        for r in build_tables(dossier)["movement"].records
        if r["comparison"] == "os-by-m"
    }
    assert records["gamma"]["difference_moved_analysis"] == 0.0
    assert records["gamma"]["difference_moved"] == 1.0
    assert records["gamma"]["level_moved"] != 1.0
    assert records["alpha"]["difference_moved"] != 1.0
    html = build_tables(dossier)["movement"].html
    assert html.count(">no answer<") == 6, "two trials, three answers"


def test_every_belief_says_that_it_is_one(dossier: Dossier) -> None:
    tables = build_tables(dossier)
    found = dossier.synthesis.comparisons[0]
    assert found.belief is not None
    assert len(tables["sweep"].records) == len(found.belief.sweep.rows)
    assert [r["prior"] for r in tables["beliefs"].records] == [
        "sceptic",
        "reference",
        "enthusiast",
        "signal",
    ]
    for name in ("beliefs", "sweep"):
        assert {r["standing"] for r in tables[name].records} == {"posterior"}
    assert "None of these numbers was observed" in tables["beliefs"].note
    named = {r["prior"]: r for r in tables["beliefs"].records}
    for one in found.belief.named:
        assert named[one.name]["median"] == pytest.approx(math.exp(one.positive.median))
        assert named[one.name]["exp_mean_or_mean"] == pytest.approx(math.exp(one.positive.mean))


def test_scores_stand_with_their_counts(dossier: Dossier) -> None:
    tables = build_tables(dossier)
    own = tables["retrodiction"].records[0]
    assert (own["rule"], own["coverage_count"], own["coverage_n"]) == ("equipoise", 1, 1)
    assert "1 of 1 (" in tables["retrodiction"].html
    assert "different cases" in tables["retrodiction"].note
    vague = [r for r in tables["retrodiction_cases"].records if r["case_id"] == "sigma-vague"]
    assert {r["usable"] for r in vague} >= {"direction only"}
    assert all(math.isnan(r["log_score"]) for r in vague if r["usable"] == "direction only")


def test_without_comparisons_the_tables_are_empty(dossier: Dossier) -> None:
    tables = build_tables(only(dossier))
    for name in (
        "comparisons",
        "comparison_rows",
        "movement",
        "beliefs",
        "sweep",
        "retrodiction",
        "retrodiction_cases",
    ):
        assert tables[name].records == ()


def methods_text(dossier: Dossier) -> str:
    return " ".join(paragraph.text for paragraph in write_methods(dossier).paragraphs)


def test_methods_describe_what_ran_by_phenotype_and_nothing_else(
    dossier: Dossier, alone: PhenotypeSynthesis
) -> None:
    text = methods_text(dossier)
    for words in (
        "For two outcomes the effect was asked by phenotype",
        "In one of them no trial gave both levels",
        "pooled (random effects, REML; Hartung-Knapp interval)",
        "float on that difference",
        "add exactly nothing to the difference",
        "sceptic 5\u00a0% and 0.2, reference 20\u00a0% and 0.35",
        "Cochrane database",
        "tried on two past questions",
    ):
        assert words in text
    bare = methods_text(only(dossier))
    for words in ("by phenotype:", "spike", "Cochrane database", "past question"):
        assert words not in bare
    single = methods_text(only(dossier, alone))
    assert "One comparison rests on a single such trial" in single
    assert "float on" not in single
    assert "whole only were added" not in single
    mute = methods_text(only(dossier, dossier.synthesis.comparisons[1]))
    assert "taken within each trial" not in mute
    assert "spike" not in mute


def test_every_paper_of_the_comparison_has_its_sentence(dossier: Dossier) -> None:
    modules = (
        trial_interactions,
        spike_and_slab,
        prior_sweep,
        signal_to_noise,
        past_questions,
        forecasts,
        scoring,
    )
    ran = {key for module in modules for keys in module.METHOD_CITES.values() for key in keys}
    everything = replace(dossier, synthesis=replace(dossier.synthesis, cites=tuple(sorted(ran))))
    assert unclaimed(ran, write_methods(everything).paragraphs) == ()
    assert "no sentence here describes" not in methods_text(everything)
