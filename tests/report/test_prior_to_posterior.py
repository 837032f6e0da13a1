"""Belief before and after the data: what is drawn, and that it calls itself prior-driven."""

from __future__ import annotations

import importlib.util
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.belief_words import chance, lines_of, no_effect_text
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.prior_to_posterior import prior_to_posterior_figure
from equipoise.report.figures.theme import spec_of
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis


def _sibling(name: str) -> Any:
    """Load a module that stands beside this one; test folders are not packages."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(dossier: Dossier) -> PhenotypeSynthesis:
    return _sibling("drugx_comparison").compare(dossier)


def drawn(found: PhenotypeSynthesis, dossier: Dossier, width: int = 860) -> Figure:
    options = dossier.options.model_copy(update={"figure_width": width})
    return prior_to_posterior_figure(found, dossier.question, options)


def layers(panel: dict, mark: str) -> list[dict]:
    return [layer for layer in panel["layer"] if layer["mark"]["type"] == mark]


def area_under(records: list[dict]) -> float:
    """Trapezium rule over the logarithm of the ratio, the scale of the densities."""
    x, y = (np.array([record[key] for record in records]) for key in "xy")
    return float(np.trapezoid(y, np.log(x)))


def test_a_panel_for_each_belief_in_order(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    figure = drawn(found, dossier)
    assert (figure.id, figure.section) == ("prior-os-by-m", "believe")
    titles = [panel["title"]["text"][0] for panel in spec_of(figure.chart)["vconcat"]]
    assert [title.partition(":")[0] for title in titles] == ["Sceptic", "Reference", "Enthusiast"]
    assert titles[0].endswith("any difference 5\u00a0% before the data, 13\u00a0% after")
    assert [name for name, _ in figure.rows] == ["Sceptic", "Reference", "Enthusiast"]


def test_every_curve_encloses_one(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    """Worked out from what is written into the drawing, cut tails included."""
    for panel in spec_of(drawn(found, dossier).chart)["vconcat"]:
        (posterior,) = layers(panel, "area")
        lines = [layer for layer in layers(panel, "line") if "color" in layer["mark"]]
        assert len(lines) == 2
        for layer in (posterior, *lines):
            assert area_under(layer["data"]["values"]) == pytest.approx(1.0, abs=0.01)


def test_the_data_alone_peak_at_the_estimate(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    panel = spec_of(drawn(found, dossier).chart)["vconcat"][1]
    tall = [max(layer["data"]["values"], key=lambda r: r["y"])["x"]
            for layer in layers(panel, "line") if "color" in layer["mark"]]  # fmt: skip
    prior, data = tall
    assert prior == pytest.approx(1.0, abs=0.02)
    assert data == pytest.approx(0.64, abs=0.02)


def test_numbers_in_words_are_those_of_the_belief(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    figure = drawn(found, dossier)
    reference = found.belief.named[1]
    median, mean = (math.exp(x) for x in (reference.positive.median, reference.positive.mean))
    below = round(100 * reference.positive.probability_below)
    for text in (dict(figure.rows)["Reference"], figure.alt):
        assert f"HR median {median:.2f} (" in text
        assert f"exp(mean) {mean:.2f}" in text
        assert f"P(HR\u00a0<\u00a01) {below}\u00a0%" in text
    assert "marker-positive 0.64 (0.43–0.95) and marker-negative 1.09" in figure.caption


def test_it_says_that_a_prior_is_in_it(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    """In the caption and in the picture itself, which may travel alone."""
    figure = drawn(found, dossier)
    assert figure.caption.startswith("Prior-driven: no posterior here was observed.")
    legends = json.dumps(spec_of(figure.chart))
    assert "posterior: prior-driven, not observed" in legends


def with_curves(found: PhenotypeSynthesis, **change: object) -> PhenotypeSynthesis:
    belief = found.belief
    named = tuple(replace(one, curves=replace(one.curves, **change)) for one in belief.named)
    return replace(found, belief=replace(belief, named=named))


def test_atoms_are_drawn_with_their_probability(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    spiked = with_curves(found, prior_atoms=((0.0, 0.8),), posterior_atoms=((0.0, 0.25),))
    figure = drawn(spiked, dossier)
    assert "probability of exactly that value" in figure.caption
    assert "exactly that value" not in drawn(found, dossier).caption
    for panel in spec_of(figure.chart)["vconcat"]:
        top = panel["layer"][0]["encoding"]["y"]["scale"]["domain"][1] / 1.06
        bars = [layer for layer in layers(panel, "rule") if layer["mark"].get("strokeWidth") == 2.5]
        records = bars[0]["data"]["values"]
        assert [(r["x"], r["text"]) for r in records] == [(1.0, "80\u00a0%"), (1.0, "25\u00a0%")]
        heights = [r["y"] / top for r in records]
        assert heights == pytest.approx([0.8, 0.25], rel=1e-4)


def test_a_curve_that_is_not_there_is_not_drawn(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    """A flat prior has no density; nothing of it may reach the page as NaN."""
    nothing = np.full_like(found.belief.named[0].curves.x, math.nan)
    spec = spec_of(drawn(with_curves(found, prior=nothing), dossier).chart, validate=True)
    for panel in spec["vconcat"]:
        assert len([x for x in layers(panel, "line") if "color" in x["mark"]]) == 1
    assert "NaN" not in json.dumps(spec)


def test_without_a_belief_there_is_no_figure(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    with pytest.raises(ValueError, match="os-by-m: no trial gives both levels"):
        drawn(replace(found, belief=None), dossier)


@pytest.mark.parametrize("width", [320, 640, 860, 1600])
def test_every_allowed_width_draws(found: PhenotypeSynthesis, dossier: Dossier, width: int) -> None:
    """At six pixels a letter no line of words is wider than the drawing."""
    figure = drawn(found, dossier, width)
    spec = spec_of(figure.chart, validate=True)
    for panel in spec["vconcat"]:
        assert panel["width"] <= width
        for line in (*panel["title"]["text"], *panel["title"]["subtitle"]):
            assert 6.0 * len(line) <= panel["width"]
    text = json.dumps(spec)
    for word in ('"expr"', "calculate", '"params"', "labelExpr", '"url"', "signal"):
        assert word not in text


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "0\u00a0%"), (0.001, "<1\u00a0%"), (0.4, "40\u00a0%"), (0.999, ">99\u00a0%"),
     (1.0, "100\u00a0%")],
)  # fmt: skip
def test_a_probability_is_certain_only_where_it_is(probability: float, shown: str) -> None:
    assert chance(probability) == shown


def test_the_side_of_no_effect_depends_on_the_measure() -> None:
    assert no_effect_text("HR") == "HR\u00a0<\u00a01"
    assert no_effect_text("MD") == "MD\u00a0<\u00a00"


def test_lines_hold_every_word() -> None:
    text = "any difference 5 % before the data, 13 % after"
    assert " ".join(lines_of(text, 100)) == text
    assert all(len(line) <= 16 for line in lines_of(text, 100))
