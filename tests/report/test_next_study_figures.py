"""The pictures of the next study: their marks, words and numbers, and what they leave out."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from equipoise.design.next_study import NextStudy
from equipoise.report.dossier import Dossier
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.assurance_curve import assurance_figure
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.next_study import design_figures
from equipoise.report.figures.stored_samples import stored_figure
from equipoise.report.figures.study_conclusions import conclusions_figure
from equipoise.report.figures.study_ranking import ranking_figure
from equipoise.report.figures.theme import spec_of
from equipoise.report.study_words import chance, millions

IDS = ["study-ranking", "study-conclusions", "assurance-events", "stored-samples"]


def values(spec: object) -> list[dict[str, Any]]:
    if isinstance(spec, list):
        return [record for part in spec for record in values(part)]
    if not isinstance(spec, dict):
        return []
    own = spec["data"]["values"] if "data" in spec else []
    return own + [record for key, part in spec.items() if key != "data" for record in values(part)]


@pytest.fixture
def found(dossier: Dossier) -> NextStudy:
    assert dossier.design is not None
    return dossier.design.studies


def drawn(dossier: Dossier, width: int = 860) -> list[Figure]:
    assert dossier.design is not None
    options = dossier.options.model_copy(update={"figure_width": width})
    return list(design_figures(dossier.design, dossier.question, options))


def test_a_case_that_does_not_ask_has_no_such_picture(dossier: Dossier) -> None:
    assert [f.id for f in drawn(dossier)] == IDS
    silent = replace(dossier, design=None)
    assert not [f for f in build_figures(silent) if f.section == "next-study"]


def test_only_what_the_design_room_answers_is_drawn(dossier: Dossier, found: NextStudy) -> None:
    assert dossier.design is not None
    bare = tuple(replace(one, conclusions=()) for one in found.evaluations)
    less = replace(found, assurance_curve=(), stored=(), evaluations=bare)
    poor = replace(dossier, design=replace(dossier.design, studies=less))
    assert [f.id for f in drawn(poor)] == ["study-ranking"]
    with pytest.raises(ValueError, match="no assurance curve"):
        assurance_figure(less, dossier.options)


@pytest.mark.parametrize("width", [320, 640, 1600])
def test_every_width_fits_the_grammar(dossier: Dossier, width: int) -> None:
    for figure in drawn(dossier, width):
        spec = spec_of(figure.chart, validate=True)
        for part in spec.get("hconcat", [spec]):
            assert part["width"] >= 96
        text = " ".join([figure.caption, figure.alt])
        assert "observed" in text, "each says that it was computed"
        assert figure.rows


def test_the_ranking_is_drawn_open_with_its_range(dossier: Dossier, found: NextStudy) -> None:
    figure = ranking_figure(found, dossier.options)
    marks = [r for r in values(spec_of(figure.chart)) if "shape" in r and "x" in r]
    assert all(mark["fill"] != mark["tone"] for mark in marks)
    by_name = {mark["label"]: mark for mark in marks}
    for one in found.evaluations:
        mark = by_name[one.study.label]
        assert mark["href"] == f"#study-{one.study.id}"
        nets = [value.enbs / 1e6 for value in one.priors]
        assert mark["low"] == pytest.approx(min(nets), rel=1e-6)
        assert mark["high"] == pytest.approx(max(nets), rel=1e-6)
        reference = next(v.enbs for v in one.priors if v.prior == "reference")
        assert mark["x"] == pytest.approx(reference / 1e6, rel=1e-6)
    assert {mark["shape"] for mark in marks} == {"circle", "square", "triangle-up"}
    assert dict(figure.rows)["No further study"] == "0"


def test_what_is_beyond_the_budget_says_so(dossier: Dossier, found: NextStudy) -> None:
    dear = tuple(replace(one, within_budget=False) for one in found.evaluations)
    figure = ranking_figure(replace(found, evaluations=dear), dossier.options)
    assert "beyond the budget" in json.dumps(spec_of(figure.chart))
    assert "beyond the budget" not in json.dumps(
        spec_of(ranking_figure(found, dossier.options).chart)
    )


def test_each_cell_is_a_probability_of_the_design_room(dossier: Dossier, found: NextStudy) -> None:
    spec = spec_of(conclusions_figure(found, dossier.question, dossier.options).chart)
    truths, beliefs = spec["hconcat"]
    cells = {(r["study"], r["column"]): r["text"] for r in values(truths) if "column" in r}
    names = {r["name"] for r in values(truths) if "name" in r}
    tested = [one for one in found.evaluations if one.conclusions]
    assert len(tested) == 3, "nothing is no test, and neither is asking for what is believed"
    for one in tested:
        assert one.study.label in names
        for c in one.conclusions:
            assert cells[(one.study.label, f"{c.truth:.2f}")] == chance(c.significant)
    believed = {(r["study"], r["column"]): r["text"] for r in values(beliefs)}
    for one in tested:
        cap = next(v.cap for v in one.priors if v.prior == "reference")
        assert believed[(one.study.label, "believed")] == chance(one.assurance)
        assert believed[(one.study.label, "at most")] == chance(cap)


def test_an_early_outcome_is_told_from_the_late_one(dossier: Dossier, found: NextStudy) -> None:
    caption = conclusions_figure(found, dossier.question, dossier.options).caption
    assert "Studies of cure test cure: through the wide link" in caption
    late = tuple(one for one in found.evaluations if not one.study.early)
    plain = conclusions_figure(
        replace(found, evaluations=late), dossier.question, dossier.options
    ).caption
    assert "link" not in plain
    assert "narrow" not in plain
    one = next(one for one in late if one.conclusions)
    narrow = replace(one, study=replace(one.study, enrolment="adaptive"))
    told = conclusions_figure(
        replace(found, evaluations=(narrow,)), dossier.question, dossier.options
    ).caption
    assert "may narrow" in told


def test_the_curve_marks_the_sizes_of_the_field(dossier: Dossier, found: NextStudy) -> None:
    figure = assurance_figure(found, dossier.options)
    records = values(spec_of(figure.chart))
    marked = {r["events"] for r in records if "events" in r and str(r.get("name", ""))[:1] == "0"}
    assert {158, 380, 631, 1189} <= marked
    points = {(r["prior"], r["events"]): r["p"] for r in records if "shown" in r}
    for curve in found.assurance_curve:
        for row in found.sizing:
            exact = curve.at(row.schoenfeld)
            assert points[(curve.prior, row.schoenfeld)] == pytest.approx(exact, abs=1e-6)
    caps = {r["prior"]: r["p"] for r in records if "end" in r}
    assert caps == {c.prior: pytest.approx(c.cap, abs=1e-6) for c in found.assurance_curve}
    assert "158 events" in dict(figure.rows)["Reference"]


def test_zero_is_drawn_as_zero(dossier: Dossier, found: NextStudy) -> None:
    figure = stored_figure(found, dossier.question, dossier.options)
    rows = dict(figure.rows)
    assert rows["Overall survival"] == "nothing can be released"
    assert rows["Cure"].startswith("2 of 4 trials, 139 patients, 36 events known (one trial unk")
    assert "power" not in rows["Overall survival"]
    marks = [r for r in values(spec_of(figure.chart)) if "shape" in r and "x" in r]
    some = dict.fromkeys(mark["label"] for mark in marks if mark["x"] > 0.0)
    assert list(some) == ["BETA 2019", "ALPHA 2019"], "first who gives most for its cost"
    assert {m["label"] for m in marks if m["x"] == 0.0} == {"GAMMA 2019", "DELTA 2019"}
    assert all(mark["fill"] != mark["tone"] for mark in marks)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.24e6, "1.2"), (-26.28e6, "\u221226.3"), (2e4, "0.02"), (100.0, "0"), (-3e3, "0")],
)
def test_money_in_millions(value: float, text: str) -> None:
    assert millions(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.025, "2.5\u00a0%"),
        (0.28, "28\u00a0%"),
        (0.0, "0\u00a0%"),
        (0.001, "<1\u00a0%"),
        (0.999, ">99\u00a0%"),
        (math.nan, "–"),
    ],
)
def test_chances(value: float, text: str) -> None:
    assert chance(value) == text
