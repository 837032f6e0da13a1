from __future__ import annotations

import importlib
import pkgutil
from dataclasses import replace

import equipoise.synthesis
from equipoise.cite import REFERENCES
from equipoise.evidence.finding import Finding
from equipoise.report.dossier import Dossier
from equipoise.report.effect_routes import ROUTES
from equipoise.report.methods import unclaimed, write_methods
from equipoise.report.tables.all_tables import build_tables


def test_citations_are_numbered_as_they_are_first_cited(dossier: Dossier) -> None:
    methods = write_methods(dossier)
    numbers = [n for paragraph in methods.paragraphs for n in methods.numbers(paragraph)]
    assert sorted(set(numbers)) == list(range(1, len(methods.references) + 1))
    firsts = list(dict.fromkeys(numbers))
    assert firsts == sorted(firsts)


def test_what_did_not_run_is_not_described(dossier: Dossier) -> None:
    synthesis = dossier.synthesis
    bare = replace(
        dossier,
        findings=(),
        design=None,
        biomarkers=None,
        mechanism=None,
        synthesis=replace(
            synthesis,
            outcomes=(),
            complements=(),
            cohorts=replace(synthesis.cohorts, groups=()),
            comparisons=(),
            retrodiction=None,
            cites=(),
        ),
    )
    methods = write_methods(bare)
    text = " ".join(paragraph.text for paragraph in methods.paragraphs)
    assert methods.references == ()
    for word in (
        "pooled (",
        "subtracting",
        "Šidák",
        "priors",
        "Cohort estimates are",
        "Rules redid",
    ):
        assert word not in text


def test_the_methods_name_what_ran(dossier: Dossier) -> None:
    methods = write_methods(dossier)
    text = " ".join(paragraph.text for paragraph in methods.paragraphs)
    assert "random effects, REML" in text
    assert "Hartung-Knapp" in text
    assert "numpy 2.4" in text
    assert REFERENCES["viechtbauer2005"] in methods.references


def keys_that_can_run() -> set[str]:
    """Every key of every METHOD_CITES of the synthesis room, and those its functions add."""
    keys = {"sweeting2004"}
    for module in pkgutil.iter_modules(equipoise.synthesis.__path__, "equipoise.synthesis."):
        cites = getattr(importlib.import_module(module.name), "METHOD_CITES", {})
        keys |= {key for papers in cites.values() for key in papers}
    return keys


def test_every_paper_has_its_sentence_and_nothing_is_left_over(dossier: Dossier) -> None:
    """Methods chosen by a pool cite for themselves; every other key must be claimed."""
    pools = importlib.import_module("equipoise.synthesis.pooling").METHOD_CITES
    chosen = {key for name, papers in pools.items() for key in papers}
    ran = keys_that_can_run() - chosen | {key for r in dossier.results for key in r.cites}
    assert len(ran) > 10
    everything = replace(dossier, synthesis=replace(dossier.synthesis, cites=tuple(sorted(ran))))
    methods = write_methods(everything)
    text = " ".join(paragraph.text for paragraph in methods.paragraphs)
    assert "no sentence here describes" not in text
    assert "published formulae" not in text
    assert unclaimed(ran, methods.paragraphs) == ()


def test_each_method_of_a_pool_is_cited_where_it_ran(dossier: Dossier) -> None:
    pools = importlib.import_module("equipoise.synthesis.pooling").METHOD_CITES
    cure = dossier.synthesis.outcomes[0]
    for method in ("EE", "DL", "REML", "PM"):
        for ci in ("wald", "t", "hksj", "hksj-adhoc"):
            outcome = replace(
                cure, pooled=replace(cure.pooled, method=method, ci=ci), alternatives=()
            )
            ran = {*pools[method], *pools[ci], *pools["tau2"], *pools["prediction"]}
            synthesis = replace(dossier.synthesis, outcomes=(outcome,), cites=tuple(sorted(ran)))
            methods = write_methods(replace(dossier, synthesis=synthesis))
            assert unclaimed(ran, methods.paragraphs) == (), (method, ci)


def test_a_paper_without_a_sentence_is_owned_up_to(dossier: Dossier) -> None:
    odd = replace(dossier, synthesis=replace(dossier.synthesis, cites=("dersimonian1986",)))
    last = write_methods(odd).paragraphs[-1]
    assert last.cites == ("dersimonian1986",)
    assert "no sentence here describes" in last.text


def test_routes_are_told_only_where_they_ran(dossier: Dossier) -> None:
    for route in ROUTES:
        told = replace(dossier, synthesis=replace(dossier.synthesis, cites=route.cites))
        texts = [paragraph.text for paragraph in write_methods(told).paragraphs]
        assert [r.text in texts for r in ROUTES].count(True) == 1
        assert route.text in texts


def text_of(dossier: Dossier) -> str:
    return " ".join(paragraph.text for paragraph in write_methods(dossier).paragraphs)


def test_pools_and_outcomes_are_counted_apart(dossier: Dossier) -> None:
    assert "Two pools of two outcomes hold at least two trials" in text_of(dossier)
    cure = dossier.synthesis.outcomes[0]
    twice = replace(dossier, synthesis=replace(dossier.synthesis, outcomes=(cure, cure)))
    assert "Two pools of one outcome hold at least two trials" in text_of(twice)
    once = replace(dossier, synthesis=replace(dossier.synthesis, outcomes=(cure,)))
    assert "One pool of one outcome holds at least two trials" in text_of(once)


def test_alarms_nobody_looked_at_are_not_said_to_be(dossier: Dossier) -> None:
    assert "two alarms, one of them listed with what a person made of it" in text_of(dossier)
    looked = tuple(replace(finding, explanation="seen") for finding in dossier.findings)
    assert "two alarms, each of them listed" in text_of(replace(dossier, findings=looked))
    none = (Finding("r", "note", ("x",), "t", "m", "a"),)
    assert "one alarm, none of them listed" in text_of(replace(dossier, findings=none))


def test_without_a_date_the_evidence_was_not_closed_on_one(dossier: Dossier) -> None:
    assert "closed on 2026-01-31: " in text_of(dossier)
    undated = replace(dossier, provenance=replace(dossier.provenance, evidence_date=""))
    assert "closed on" not in text_of(undated)
    assert "The evidence holds five trials" in text_of(undated)


def test_a_wider_pool_is_promised_to_say_so_only_where_there_is_one(dossier: Dossier) -> None:
    assert "says so" not in text_of(dossier)
    cure = dossier.synthesis.outcomes[0]
    wide = replace(cure, pool=cure.pool.model_copy(update={"scopes": ("eligible", "other")}))
    told = replace(dossier, synthesis=replace(dossier.synthesis, outcomes=(wide,)))
    assert "a pool of other scopes says so" in text_of(told)


def test_under_subtraction_stands_why_p_does_not_move(dossier: Dossier) -> None:
    note = build_tables(dossier)["complements"].note
    assert "efficient (inverse-variance) combination" in note
    assert "whatever the correlation" in note


def test_contributions_carry_their_analysis_set(dossier: Dossier) -> None:
    table = build_tables(dossier)["contributions"]
    assert {record["analysis_set"] for record in table.records} == {"itt"}
    assert "intention to treat" in table.html


def test_every_row_of_a_table_has_the_same_columns(dossier: Dossier) -> None:
    for table in build_tables(dossier).values():
        assert len({tuple(record) for record in table.records}) <= 1, table.id


def test_tables_carry_no_style_of_their_own_and_ids_they_were_given(dossier: Dossier) -> None:
    for table in build_tables(dossier).values():
        assert table.html.startswith("<table")
        assert "style=" not in table.html
        assert "<style" not in table.html
        assert "<script" not in table.html


def test_what_was_left_out_says_why(dossier: Dossier) -> None:
    records = build_tables(dossier)["exclusions"].records
    assert all(record["reason"] for record in records)


def test_subtraction_is_shown_under_every_assumption(dossier: Dossier) -> None:
    records = build_tables(dossier)["complements"].records
    assumptions = [record["assumption"] for record in records]
    for words in ("exact partition", "correlation 0.3", "10 % with unknown",
                  "over 100,000 random roundings of the inputs, smallest P",
                  "over 100,000 random roundings of the inputs, largest P",
                  "worst case of all roundings, smallest P", "10 factors",
                  "prior: sceptical"):  # fmt: skip
        assert any(words in assumption for assumption in assumptions), words
    worst = [r["p_value"] for r in records if "worst case" in r["assumption"]]
    assert worst == [0.006, 0.034]
    assert {record["standing"] for record in records} == {"derived"}
