"""What is written of the next study: summary, tables, methods, synopsis, each from the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from equipoise.checkpoints import from_plain, to_plain
from equipoise.design.case_design import CaseDesign
from equipoise.design.choice.study_evaluation import StudyEvaluation
from equipoise.design.next_study import NextStudy
from equipoise.report.answers import plain
from equipoise.report.dossier import Dossier
from equipoise.report.export_json import dossier_document
from equipoise.report.links import LinkMap
from equipoise.report.methods import write_methods
from equipoise.report.methods_design import design_paragraphs
from equipoise.report.render import NEXT_STUDY, Drawn, render_html
from equipoise.report.study_words import chance, millions
from equipoise.report.summary.next_study import study_sentences
from equipoise.report.summary.passages import summarise
from equipoise.report.tables.all_tables import build_tables


@pytest.fixture
def case(dossier: Dossier) -> CaseDesign:
    assert dossier.design is not None
    return dossier.design


def telling(dossier: Dossier, found: NextStudy) -> Dossier:
    assert dossier.design is not None
    return replace(dossier, design=replace(dossier.design, studies=found))


def text_of(dossier: Dossier) -> str:
    return "\n".join(
        line
        for sentence in study_sentences(dossier)
        for line in (sentence.text, *(f"{i.label}: {i.text}" for i in sentence.items))
    )


def worth(one: StudyEvaluation, enbs: float, mcse: float = 1e5) -> StudyEvaluation:
    value = replace(one.worth, enbs=enbs, evsi=enbs + one.study.cost)
    priors = tuple(replace(p, enbs=enbs if p.prior != "sceptic" else -1e6) for p in one.priors)
    return replace(one, worth=value, mcse=mcse, priors=priors)


@pytest.fixture
def paying(case: CaseDesign) -> NextStudy:
    """Two studies that pay, and nothing."""
    by_id = {one.study.id: one for one in case.studies.evaluations}
    ranked = (worth(by_id["plain"], 9e6), worth(by_id["early"], 8.9e6), by_id["nothing"])
    return replace(case.studies, evaluations=ranked)


def test_without_a_design_nothing_is_said(dossier: Dossier) -> None:
    silent = replace(dossier, design=None)
    assert not list(study_sentences(silent))
    assert not list(design_paragraphs(silent))
    assert "Which study would settle it" not in {p.heading for p in summarise(silent)}
    tables = build_tables(silent)
    assert not any(tables[name].records for name in NEXT_STUDY)
    assert dossier_document(silent, tables)["design"] is None
    page = render_html(silent, tables, Drawn((), {}, {}, b""))
    assert 'id="next-study"' not in page
    assert 'id="synopsis"' not in page


def test_it_tells_todays_choice_and_what_is_worth_knowing(
    dossier: Dossier, case: CaseDesign
) -> None:
    text = text_of(dossier)
    use = "to use" if case.studies.use_now else "not to use"
    assert f"the better choice today is {use} the treatment" in text
    assert f"probability of benefit {chance(case.studies.cap)}" in text
    assert f"worth {millions(case.studies.evpi)} million USD" in text
    other = text_of(telling(dossier, replace(case.studies, use_now=not case.studies.use_now)))
    assert ("not to use" if use == "to use" else "is to use") in other


def test_a_lead_is_held_against_the_monte_carlo_error(dossier: Dossier, paying: NextStudy) -> None:
    text = text_of(telling(dossier, paying))
    assert "one returns most after its cost: New trial of survival (" in text
    assert "9.0 million USD net" in text
    assert "leads New trial of cure by 0.10 million, 0.7 times the Monte Carlo error" in text
    assert "so many draws cannot tell the two apart" in text
    first, second, nothing = paying.evaluations
    clear = replace(paying, evaluations=(first, worth(second, 1e6), nothing))
    assert "cannot tell" not in text_of(telling(dossier, clear))
    third = replace(second, study=replace(second.study, id="third"))
    near = replace(paying, evaluations=(first, second, third, nothing))
    assert "cannot tell two others from it" in text_of(telling(dossier, near))


def test_the_best_study_is_named_under_every_prior(dossier: Dossier, paying: NextStudy) -> None:
    text = text_of(telling(dossier, paying))
    assert "The best study moves with the prior" in text
    assert "Sceptic: no study returns its cost; New trial of survival \u22121.0 million" in text
    assert "Enthusiast: New trial of survival, 9.0 million net" in text
    alone = replace(paying, evaluations=paying.evaluations[:1])
    assert "stays the best under every prior" in text_of(telling(dossier, alone))


def test_where_no_study_pays_it_says_so(dossier: Dossier, case: CaseDesign) -> None:
    nothing = next(one for one in case.studies.evaluations if one.study.kind == "nothing")
    rest = tuple(worth(one, -1e6) for one in case.studies.evaluations if one is not nothing)
    text = text_of(telling(dossier, replace(case.studies, evaluations=(nothing, *rest))))
    assert "No study returns what it costs" in text
    assert "leads" not in text
    assert "Value and significance" not in text


def test_a_trial_sized_on_the_striking_ratio_is_called_far_too_small(
    dossier: Dossier, paying: NextStudy
) -> None:
    text = text_of(telling(dossier, paying))
    assert "sized on a hazard ratio of 0.64 would stop at 158 events" in text
    assert "Freedman 163" in text
    assert "far too small" in text
    assert "0.80 needs 631 (636), 0.85 needs 1,189 (1,194)" in text
    assert "needs 631 events with the marker in half" in text
    curve = next(c for c in paying.assurance_curve if c.prior == "reference")
    assert f"with a probability of {chance(curve.at(158))}, not 80 %" in text
    assert "hazard ratio of" not in text_of(telling(dossier, replace(paying, assurance_curve=())))


def test_value_and_significance_are_kept_apart(dossier: Dossier, paying: NextStudy) -> None:
    text = text_of(telling(dossier, paying))
    best = paying.evaluations[0]
    assert "Value and significance answer different questions" in text
    assert chance(best.assurance) in text
    assert f"with a probability of {chance(best.value.change)} its result would turn" in text


def test_stored_samples_say_events_before_power_and_zero_where_zero(dossier: Dossier) -> None:
    text = text_of(dossier)
    cure = next(line for line in text.splitlines() if line.startswith("Cure: 2 of 4 trials"))
    assert cure.index("events known (one trial unknown)") < cure.index("power")
    assert "Overall survival: nothing can be released: both levels printed (1)" in text


def test_assumed_inputs_are_counted(dossier: Dossier, case: CaseDesign) -> None:
    assumed = sum(one.assumed for one in case.inputs)
    assert f"{assumed} of the {len(case.inputs)} inputs behind this are assumed" in text_of(dossier)
    records = build_tables(dossier)["design_inputs"].records
    assert sum(record["assumed"] for record in records) == assumed
    html = build_tables(dossier)["design_inputs"].html
    assert html.count("<strong>assumed</strong>") == assumed


def test_the_tables_hold_what_the_design_room_found(dossier: Dossier, case: CaseDesign) -> None:
    tables = build_tables(dossier)
    ranked = case.studies.evaluations
    records = tables["studies"].records
    assert [r["rank"] for r in records] == list(range(1, len(ranked) + 1))
    for one, record in zip(ranked, records, strict=True):
        assert (record["evsi"], record["mcse"]) == (one.worth.evsi, one.mcse)
        assert record["enbs"] == one.worth.enbs
        assert record["note"] == one.study.note
    assert len(tables["study_priors"].records) == 3 * len(ranked)
    swept = [(r["r_squared"], r["headline"]) for r in tables["study_links"].records]
    assert swept == [(0.03, False), (0.24, True), (0.63, False)]
    sizes = {r["hazard_ratio"]: r for r in tables["sizing"].records}
    assert (sizes[0.64]["events_schoenfeld"], sizes[0.64]["events_interaction"]) == (158, 631)
    assert (sizes[0.85]["events_schoenfeld"], sizes[0.85]["events_freedman"]) == (1189, 1194)
    outcomes = {r["outcome"]: r for r in tables["stored_outcomes"].records}
    assert outcomes["OS"]["information"] == 0.0
    assert math.isnan(outcomes["OS"]["power"]), "no power where there is nothing"
    assert outcomes["cure"]["trials_with_unknown_events"] == 1
    order = [(r["outcome"], r["order"]) for r in tables["stored_samples"].records]
    assert order == [("cure", 1), ("cure", 2), ("cure", 3), ("cure", 4), ("OS", 1)]


def test_links_lead_to_the_ranking(dossier: Dossier) -> None:
    links = LinkMap(dossier)
    assert links.link("study-plain", "it") == '<a href="#study-plain">it</a>'
    assert links.link("study-none", "it") == "it"
    assert 'id="study-plain"' in build_tables(dossier)["studies"].html


def test_the_methods_cite_what_ran_and_only_that(dossier: Dossier, case: CaseDesign) -> None:
    def cited(found: NextStudy) -> set[str]:
        told = telling(dossier, found)
        return {key for paragraph in design_paragraphs(told) for key in paragraph.cites}

    full = cited(case.studies)
    assert {"ades2004", "ohagan2005", "schoenfeld1981", "freedman1982", "cortazar2014"} <= full
    assert "lan1983" in full
    assert not full & {"simes1986", "lehmacher1999"}
    ranked = case.studies.evaluations
    narrow = tuple(replace(e, study=replace(e.study, enrolment="adaptive")) for e in ranked)
    narrowing = cited(replace(case.studies, evaluations=narrow))
    assert {"simes1986", "lehmacher1999"} <= narrowing
    known = {reference.key for reference in write_methods(dossier).references}
    assert full <= known
    single = tuple(
        replace(one, swept=(), study=replace(one.study, looks=1))
        for one in case.studies.evaluations
    )
    less = cited(replace(case.studies, evaluations=single, assurance_curve=(), stored=()))
    assert not less & {"lan1983", "cortazar2014", "freedman1982"}


def test_the_synopsis_is_a_folded_block_with_its_warning(dossier: Dossier) -> None:
    page = render_html(dossier, build_tables(dossier), Drawn((), {}, {}, b""))
    part = page.partition('id="next-study"')[2].partition('class="part"')[0]
    block = part.partition('<details class="table" id="synopsis">')[2].partition("</details>")[0]
    for heading in ("Estimand", "Sample size", "Stopping", "Code"):
        assert f"<dt>{heading}</dt>" in block
    assert "<code>equipoise design drugx --json</code>" in block
    assert dossier.options.research_use in block
    assert f'<p class="research">{dossier.options.research_use}</p>' in part
    assert dossier.design is not None
    bare = replace(dossier, design=replace(dossier.design, synopsis=()))
    assert 'id="synopsis"' not in render_html(bare, build_tables(bare), Drawn((), {}, {}, b""))


def test_a_kept_design_tells_the_same(dossier: Dossier, case: CaseDesign) -> None:
    kept = json.loads(json.dumps(to_plain(case)))
    back = from_plain(CaseDesign, kept)
    assert isinstance(back, CaseDesign)
    assert json.dumps(to_plain(back)) == json.dumps(kept)
    again = replace(dossier, design=back)
    assert summarise(again) == summarise(dossier)
    before, after = build_tables(dossier), build_tables(again)
    assert {n: plain(t.records) for n, t in after.items()} == {
        n: plain(t.records) for n, t in before.items()
    }
