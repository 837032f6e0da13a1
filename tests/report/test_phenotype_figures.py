"""Forest by phenotype and what each trial added: marks, axes, words, and what is left out."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.phenotype_forest import phenotype_forest
from equipoise.report.figures.theme import spec_of
from equipoise.report.figures.trial_movement import has_movement, movement_figure
from equipoise.report.phenotype_words import moved
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis


def values(spec: object) -> list[dict[str, Any]]:
    if isinstance(spec, list):
        return [record for part in spec for record in values(part)]
    if not isinstance(spec, dict):
        return []
    own = spec["data"]["values"] if "data" in spec else []
    return own + [record for key, part in spec.items() if key != "data" for record in values(part)]


def forest_of(dossier: Dossier, found: PhenotypeSynthesis, width: int = 860) -> Figure:
    options = dossier.options.model_copy(update={"figure_width": width})
    return phenotype_forest(found, dossier.question, options)


def marks_of(spec: object) -> list[dict[str, Any]]:
    return [r for r in values(spec) if "shape" in r and "x" in r and r["marker"] != "summary"]


@pytest.fixture
def found(dossier: Dossier) -> PhenotypeSynthesis:
    return dossier.synthesis.comparisons[0]


@pytest.fixture
def silent(dossier: Dossier) -> PhenotypeSynthesis:
    return dossier.synthesis.comparisons[1]


def test_both_levels_of_a_trial_and_what_is_derived(
    dossier: Dossier, found: PhenotypeSynthesis
) -> None:
    above = spec_of(forest_of(dossier, found).chart)["vconcat"][0]
    marks = {(r["detail"], r["shape"], r["fill"] != r["tone"]) for r in marks_of(above)}
    assert ("DELTA 2019, marker-positive; printed", "square", False) in marks
    assert ("DELTA 2019, marker-negative; derived", "circle", True) in marks
    assert {shape for detail, shape, _ in marks if "everybody" in detail} == {"triangle-up"}
    looks = {(r["shape"], r["tone"]) for r in marks_of(above)}
    assert len(looks) == 3, "each level has a shape and a colour of its own"


def test_trials_stand_under_what_they_give(dossier: Dossier, found: PhenotypeSynthesis) -> None:
    texts = [r["text"] for r in values(spec_of(forest_of(dossier, found).chart)) if "text" in r]
    places = [
        texts.index(f"Trials with {what}")
        for what in ("both levels", "one level", "the whole only")
    ]
    assert len(set(places)) == 3


def test_the_ratio_of_ratios_has_an_axis_of_its_own(
    dossier: Dossier, found: PhenotypeSynthesis
) -> None:
    effects, contrast = spec_of(forest_of(dossier, found).chart)["vconcat"]
    assert '"Hazard ratio, log scale"' in json.dumps(effects)
    assert '"Ratio of hazard ratios, log scale"' in json.dumps(contrast)
    assert '"Ratio of hazard ratios, log scale"' not in json.dumps(effects)
    words = {r["text"] for r in values(contrast) if "text" in r}
    assert {"← larger effect in marker-positive", "larger effect in marker-negative →"} <= words
    assert not any("favours" in word for word in words)
    hollow = [r for r in marks_of(contrast) if r["shape"] == "diamond"]
    assert {r["label"] for r in hollow} == {"ALPHA 2019", "DELTA 2019"}, "one difference a trial"
    assert all(r["fill"] != r["tone"] for r in hollow), "none of them is printed"


def test_the_pooled_difference_is_what_the_synthesis_says(
    dossier: Dossier, found: PhenotypeSynthesis
) -> None:
    rows = dict(forest_of(dossier, found).rows)
    ratio = f"{math.exp(found.interaction.within.estimate):.2f}"
    pooled = next(value for name, value in rows.items() if name.startswith("Pooled, two trials"))
    assert pooled.startswith(ratio)
    above = rows["Marker-positive, floating"], rows["Marker-negative, floating"]
    apart = float(above[0].split()[0]) / float(above[1].split()[0])
    assert apart == pytest.approx(float(ratio), abs=0.02)
    assert "Marker-positive, with whole trials" in rows


def test_without_both_levels_no_difference_is_drawn(
    dossier: Dossier, silent: PhenotypeSynthesis
) -> None:
    figure = forest_of(dossier, silent)
    spec = spec_of(figure.chart)
    assert "vconcat" not in spec
    assert "atio of hazard ratios" not in json.dumps(spec)
    assert not any(r.get("marker") == "summary" for r in values(spec))
    assert "no difference is shown" in figure.caption
    assert "no difference is shown" in figure.alt
    assert "no trial compares the levels" in figure.title


def test_one_trial_with_both_levels_is_not_called_pooled(
    dossier: Dossier, alone: PhenotypeSynthesis
) -> None:
    figure = forest_of(dossier, alone)
    assert not any("ooled" in value for pair in figure.rows for value in pair)
    assert "nothing is pooled" in figure.caption
    assert "Without this trial there is no answer" in figure.caption
    assert not has_movement(alone)


def test_an_empty_comparison_has_no_picture(dossier: Dossier, silent: PhenotypeSynthesis) -> None:
    empty = replace(silent, rows=(), missing=replace(silent.missing, movement=()))
    synthesis = replace(dossier.synthesis, comparisons=(empty,))
    made = {f.id for f in build_figures(replace(dossier, synthesis=synthesis))}
    assert not any(name.startswith(("phenotype", "movement", "prior", "sweep")) for name in made)


def test_a_trial_with_the_whole_only_moves_the_difference_by_nothing(
    dossier: Dossier, found: PhenotypeSynthesis
) -> None:
    figure = movement_figure(found, dossier.question, dossier.options)
    effect, contrast = spec_of(figure.chart)["vconcat"]
    rows = dict(figure.rows)
    whole = next(name for name in rows if name.startswith("Ratio of hazard ratios, GAMMA"))
    assert rows[whole] == "nothing"
    assert rows["Ratio of hazard ratios, BETA 2019"] == "nothing", "one level compares nothing"
    assert rows["Hazard ratio in marker-positive, BETA 2019"].startswith("× 0.9")
    at_none = {r["x"] for r in marks_of(contrast) if r["detail"] == "gives the whole only"}
    assert at_none == {1.0}
    moves = [r["x"] for r in marks_of(effect)]
    assert all(x != 1.0 for x in moves)
    assert "exactly nothing" in figure.caption
    assert "no interval" in figure.caption


def test_no_movement_without_an_answer(dossier: Dossier, silent: PhenotypeSynthesis) -> None:
    assert not has_movement(silent)
    assert "movement-silent" not in {f.id for f in build_figures(dossier)}


@pytest.mark.parametrize(
    ("measure", "change", "words"),
    [
        ("HR", 0.0, "nothing"),
        ("HR", math.log(0.9), "× 0.900"),
        ("MD", -1.5, "\u22121.500"),
        ("MD", 1.5, "+1.500"),
        ("HR", math.nan, "all of it"),
    ],
)
def test_movement_in_words(measure: str, change: float, words: str) -> None:
    assert moved(measure, change, 2) == words


@pytest.mark.parametrize("width", [320, 640, 1600])
def test_every_width_fits_the_grammar_and_keeps_the_words_apart(
    dossier: Dossier, found: PhenotypeSynthesis, width: int
) -> None:
    options = dossier.options.model_copy(update={"figure_width": width})
    for figure in (
        forest_of(dossier, found, width),
        movement_figure(found, dossier.question, options),
    ):
        spec = spec_of(figure.chart, validate=True)
        assert all(part["width"] >= 235 for part in spec["vconcat"])
