"""The mechanism in the dossier: beside the evidence, and every number said to be simulated."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from equipoise.checkpoints import from_plain, to_plain
from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.answers import plain
from equipoise.report.dossier import Dossier
from equipoise.report.export_json import dossier_document
from equipoise.report.mechanism_words import (
    MILLION,
    arms_by_group,
    digits,
    hazard_ratio,
    held_out,
    odds_ratio,
    patients_words,
)
from equipoise.report.methods_mechanism import mechanism_paragraphs
from equipoise.report.render import MECHANISM, Drawn, render_html
from equipoise.report.summary.mechanism import HEADING, mechanism_sentences
from equipoise.report.summary.passages import summarise
from equipoise.report.tables.all_tables import build_tables
from equipoise.report.tables.mechanism import MECHANISM_NAMES, MECHANISM_TABLES
from equipoise.report.tables.mechanism_credibility import credibility
from equipoise.report.tables.table import Table


@pytest.fixture(scope="module")
def found(dossier: Dossier) -> CaseMechanism:
    assert dossier.mechanism is not None
    return dossier.mechanism


def telling(dossier: Dossier, **changes: Any) -> Dossier:
    assert dossier.mechanism is not None
    return replace(dossier, mechanism=replace(dossier.mechanism, **changes))


def text_of(dossier: Dossier) -> str:
    return "\n".join(
        line
        for sentence in mechanism_sentences(dossier)
        for line in (sentence.text, *(f"{i.label}: {i.text}" for i in sentence.items))
    )


def tables_of(dossier: Dossier) -> dict[str, Table]:
    made = [build(dossier) for build in MECHANISM_TABLES]
    return {table.id: table for table in made}


def page_of(dossier: Dossier) -> str:
    return render_html(dossier, tables_of(dossier), Drawn((), {}, {}, b""))


def test_without_a_mechanism_nothing_is_said(dossier: Dossier) -> None:
    silent = replace(dossier, mechanism=None)
    assert not list(mechanism_sentences(silent))
    assert not list(mechanism_paragraphs(silent))
    assert HEADING not in {passage.heading for passage in summarise(silent)}
    tables = tables_of(silent)
    assert tuple(tables) == MECHANISM == tuple(f"mechanism_{name}" for name in MECHANISM_NAMES)
    assert not any(table.records for table in tables.values())
    assert 'id="mechanism"' not in page_of(silent)
    assert dossier_document(silent, build_tables(silent))["mechanism"] is None


def test_the_part_stands_apart_and_says_that_it_is_simulated(dossier: Dossier) -> None:
    page = page_of(dossier)
    part = page[page.index('id="mechanism"') : page.index('id="methods"')]
    assert "never observed" in part
    assert dossier.options.research_use in part
    assert 'id="rival-H1"' in part
    assert 'href="#rival-H1"' in part
    known = {result.id for result in dossier.results}
    assert not any("mechanism" in name or "rival" in name for name in known)


def test_each_rival_is_told_by_the_percentiles_of_its_draws(
    dossier: Dossier, found: CaseMechanism
) -> None:
    direct = found.effects[1]
    ratios = np.exp(direct.log_odds_ratios[1:, 0])
    assert odds_ratio(direct).median == pytest.approx(np.median(ratios))
    assert odds_ratio(direct).low == pytest.approx(np.percentile(ratios, 2.5))
    assert hazard_ratio(direct).high == pytest.approx(
        np.percentile(np.exp(direct.log_hazard_ratios[1:]), 97.5)
    )
    text = text_of(dossier)
    for effect in found.effects:
        shown = f"odds ratio {odds_ratio(effect).text}, hazard ratio {hazard_ratio(effect).text}"
        assert f"{effect.rival} ({effect.label}): {shown}" in text
    record = tables_of(dossier)["mechanism_effects"].records[1]
    assert record["draws"] == len(ratios), "the draw without a solution is not counted"
    assert record["standing"] == "simulated"


def test_the_verdict_follows_the_bayes_factor(dossier: Dossier, found: CaseMechanism) -> None:
    assert "leave the rivals not distinguished (Bayes factor 1.50 of H2 over H0" in text_of(dossier)
    assert "whichever study is left out" in text_of(dossier)
    sure = replace(found.weights, verdict="H2 distinguished", bayes_factor=8.0)
    text = text_of(telling(dossier, weights=sure))
    assert "favour a rival: H2 distinguished (Bayes factor 8.00" in text
    assert "left out, these change it: Window (not distinguished)" in text


def test_a_wide_printed_interval_is_said_to_reject_almost_nothing(
    dossier: Dossier, found: CaseMechanism
) -> None:
    text = text_of(dossier)
    wide = next(line for line in text.splitlines() if "odds ratio 1.30 (0.40–4.00)" in line)
    assert "rejects almost nothing" in wide
    narrow = next(line for line in text.splitlines() if "hazard ratio 0.60 (0.40–0.90)" in line)
    assert "rejects almost nothing" not in narrow
    assert "H0 0" in narrow
    assert "Another setting." in narrow


def test_held_out_arms_are_counted_as_they_are(dossier: Dossier, found: CaseMechanism) -> None:
    arms = held_out(found)
    assert [arm.target for arm in arms] == ["held_c", "held_d"]
    assert [arm.covered for arm in arms] == [True, False]
    assert "two arms that it never saw: one printed" in text_of(dossier)
    groups = list(arms_by_group(found))
    assert groups == [
        "Fitted",
        "Held out: transport of fitted parameters",
        "Held out: prior only, no arm informs it",
        "Shown only",
    ]


def test_the_gain_that_is_asked_for_is_that_of_the_printed_odds_ratio(
    dossier: Dossier, found: CaseMechanism
) -> None:
    """1.3 was printed; of the lines at 1.1, 1.5 and 2, that at 1.5 is nearest on the log scale."""
    tissue = np.array([3.0 * 0.5, 6.0 * 4.0, 9.0 * 30.0])
    low, high = tissue / 5000.0, tissue / 60.0
    gains = math.log(1.5) / (low / (1 + low) + 0.1 * high / (1 + high))
    needed = [g for g in found.iso.needed if g.odds_ratio == 1.5 and g.term == "all terms"]
    assert [g.gain for g in needed] == pytest.approx(gains.tolist())
    line = next(t for t in text_of(dossier).splitlines() if t.startswith("For an odds ratio"))
    assert line.startswith("For an odds ratio of 1.50, ")
    for gain in gains:
        assert f" {digits(gain, 2)} " in line


def test_what_cannot_be_told_is_said(dossier: Dossier, found: CaseMechanism) -> None:
    last = text_of(dossier).splitlines()[-1]
    assert last.startswith("It cannot tell whether the drug works")
    assert "Not identifiable by itself: “tumour to blood” (Kp)" in last
    closed = tuple(replace(one, shape="closed") for one in found.profiles)
    assert "Not identifiable" not in text_of(telling(dossier, profiles=closed))


def test_an_astronomic_number_of_patients_is_only_said_to_be_that() -> None:
    assert patients_words(MILLION) == "1,000,000"
    assert patients_words(MILLION + 1.0) == "more than a million"
    assert patients_words(math.inf) == "no number"
    assert patients_words(math.nan) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00049, "0.000490"), (-12.34, "−12.3"), (99_999.0, "100,000"), (3e-9, "3.00e−09")],
)
def test_three_digits_whatever_the_size(value: float, shown: str) -> None:
    assert digits(value) == shown


def test_credibility_is_computed(dossier: Dossier, found: CaseMechanism) -> None:
    items = dict(credibility(found))
    assert list(items)[:2] == ["Question", "Context of use"]
    assert "two arms, two predicted inside the printed interval" in items["Calibration"]
    assert "transport of fitted parameters: 1 of 1" in items["Validation: arms never fitted"]
    assert "prior only, no arm informs it: 0 of 1" in items["Validation: arms never fitted"]
    assert "is outside the printed interval" in items["Validation: recurrence"]
    off = replace(found.exposures[0], inside=False, label="trough")
    other = dict(credibility(replace(found, exposures=(off,))))
    assert "None of one drug level" in other["Verification"]
    assert "(not: trough)" in other["Verification"]


def test_methods_name_the_papers_of_what_ran(dossier: Dossier, found: CaseMechanism) -> None:
    cited = {key for p in mechanism_paragraphs(dossier) for key in p.cites}
    assert {
        "delmoral2006",
        "kass1995",
        "kong1994",
        "raue2009",
        "zaider2000",
        "saltelli2010",
    } <= cited
    less = telling(dossier, profiles=(), cells=(), sources=replace(found.sources, profiles=()))
    cited = {key for p in mechanism_paragraphs(less) for key in p.cites}
    assert not {"raue2009", "bliss1939"} & cited


def test_the_record_comes_back_from_a_checkpoint(found: CaseMechanism, dossier: Dossier) -> None:
    again = from_plain(CaseMechanism, to_plain(found))
    first, second = tables_of(dossier), tables_of(replace(dossier, mechanism=again))
    assert [plain(t.records) for t in first.values()] == [plain(t.records) for t in second.values()]


def test_a_study_under_a_rival_is_told_beside_the_ranking(dossier: Dossier) -> None:
    table = tables_of(dossier)["mechanism_scenarios"]
    assert [r["assurance"] for r in table.records] == [0.31, 0.025]
    assert "1.20 (1.10–1.30)" in table.html
    assert "31\u00a0%" in table.html
    assert "which does not use them" in table.note
