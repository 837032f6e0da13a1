from __future__ import annotations

from dataclasses import replace

from equipoise.cite import REFERENCES
from equipoise.report.dossier import Dossier
from equipoise.report.methods import write_methods
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
        synthesis=replace(
            synthesis,
            outcomes=(),
            complements=(),
            cohorts=replace(synthesis.cohorts, groups=()),
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
    for words in ("exact partition", "correlation 0.3", "10 % with unknown", "smallest P",
                  "largest P", "10 factors", "prior: sceptical"):  # fmt: skip
        assert any(words in assumption for assumption in assumptions), words
    assert {record["standing"] for record in records} == {"derived"}
