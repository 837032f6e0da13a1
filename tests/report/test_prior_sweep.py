"""The answer under every prior: each cell is the sweep's, and the verdict is counted."""

from __future__ import annotations

import importlib.util
import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.prior_sweep import prior_sweep_figure
from equipoise.report.figures.theme import INK, spec_of
from equipoise.synthesis.by_phenotype import PhenotypeSynthesis
from equipoise.synthesis.posteriors.prior_sweep import PROBABILITIES, SDS


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
    return prior_sweep_figure(found, dossier.question, options)


def maps(figure: Figure) -> list[dict]:
    spec = spec_of(figure.chart, validate=True)
    return spec.get("hconcat") or spec["vconcat"]


def cells(part: dict) -> list[dict]:
    return part["layer"][0]["data"]["values"]


def with_rows(found: PhenotypeSynthesis, change: Any) -> PhenotypeSynthesis:
    """The comparison with every row of its sweep changed, or dropped where None comes back."""
    belief = found.belief
    rows = tuple(row for row in map(change, belief.sweep.rows) if row is not None)
    return replace(found, belief=replace(belief, sweep=replace(belief.sweep, rows=rows)))


def test_every_cell_is_the_answer_of_its_prior(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    median, below = maps(drawn(found, dossier))
    grid = [row for row in found.belief.sweep.rows if row.prior == "grid"]
    assert len(cells(median)) == len(PROBABILITIES) * len(SDS) == len(grid)
    for row, one, two in zip(grid, cells(median), cells(below), strict=True):
        assert one["p"] == f"{100 * row.prior_probability:g}\u00a0%"
        assert float(one["sd"]) == row.prior_sd
        assert float(one["text"]) == pytest.approx(math.exp(row.median), abs=0.005001)
        assert float(two["text"].rstrip("\u00a0%")) == pytest.approx(
            100 * row.probability_below, abs=0.5001
        )


def test_the_named_priors_are_outlined_and_told(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    figure = drawn(found, dossier)
    for part in maps(figure):
        (outlined,) = [layer for layer in part["layer"] if layer["mark"].get("stroke") == INK]
        marked = {r["letter"]: (r["p"], r["sd"]) for r in outlined["data"]["values"]}
        assert marked == {
            "S": ("5\u00a0%", "0.20"),
            "R": ("20\u00a0%", "0.35"),
            "E": ("35\u00a0%", "0.35"),
        }
    reference = next(row for row in found.belief.sweep.rows if row.prior == "reference")
    told = f"R reference (20\u00a0%, SD 0.35): median {math.exp(reference.median):.2f}, P("
    assert "Outlined: S sceptic (5\u00a0%, SD 0.20): " in figure.caption
    assert told in figure.caption
    assert dict(figure.rows)["Reference (20\u00a0%, SD 0.35)"].startswith("HR median 0.91 (")


def test_a_named_prior_off_the_grid_is_not_called_outlined(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    moved = with_rows(
        found, lambda row: replace(row, prior_sd=0.27) if row.prior == "sceptic" else row
    )
    figure = drawn(moved, dossier)
    assert "Not among these cells: S sceptic (5\u00a0%, SD 0.27)" in figure.caption
    assert "Outlined: R reference" in figure.caption
    assert sorted({r["letter"] for r in cells(maps(figure)[0])}) == ["", "E", "R"]


def test_bold_is_where_the_interval_excludes_no_effect(
    found: PhenotypeSynthesis, dossier: Dossier
) -> None:
    grid = [row for row in found.belief.sweep.rows if row.prior == "grid"]
    decided = [row for row in grid if row.high < 0 or row.low > 0]
    assert 0 < len(decided) < len(grid)
    figure = drawn(found, dossier)
    for part in maps(figure):
        assert [r["bold"] for r in cells(part)] == [row in decided for row in grid]
    assert f"excludes 1, under {len(decided)} of {len(grid)} priors" in figure.caption
    assert {row.prior_probability for row in decided} == {1.0}
    assert figure.caption.endswith("which all hold a difference to be certain.")


def test_nothing_bold_is_said_in_words(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    wide = with_rows(found, lambda row: replace(row, low=-1.0, high=1.0))
    figure = drawn(wide, dossier)
    assert not any(r["bold"] for r in cells(maps(figure)[0]))
    assert figure.caption.endswith(
        "Under none of these 40 priors does the 95\u00a0% interval exclude 1."
    )


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_grey_print_keeps_the_order(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    """On each side of no effect the farther cell is the darker, and ink can be read on all."""
    grid = [row for row in found.belief.sweep.rows if row.prior == "grid"]
    grounds = [r["ground"] for r in cells(maps(drawn(found, dossier))[0])]
    for sign in (-1, 1):
        side = sorted(
            (abs(row.median), lightness(ground))
            for row, ground in zip(grid, grounds, strict=True)
            if row.median * sign > 0
        )
        shades = [shade for _, shade in side]
        assert len(shades) > 1
        assert all(a >= b - 0.5 for a, b in itertools.pairwise(shades))
    assert min(map(lightness, grounds)) > 140


def test_it_says_that_a_prior_is_in_it(found: PhenotypeSynthesis, dossier: Dossier) -> None:
    figure = drawn(found, dossier)
    assert (figure.id, figure.section) == ("sweep-os-by-m", "believe")
    assert figure.caption.startswith("Prior-driven: ")
    assert "prior-driven, not observed" in json.dumps(spec_of(figure.chart))


@pytest.mark.parametrize("empty", ["belief", "grid"])
def test_without_a_sweep_there_is_no_figure(
    found: PhenotypeSynthesis, dossier: Dossier, empty: str
) -> None:
    bare = (
        replace(found, belief=None)
        if empty == "belief"
        else with_rows(found, lambda row: None if row.prior == "grid" else row)
    )
    with pytest.raises(ValueError, match="os-by-m: no priors were swept"):
        drawn(bare, dossier)


@pytest.mark.parametrize("width", [320, 640, 860, 1600])
def test_every_allowed_width_draws(found: PhenotypeSynthesis, dossier: Dossier, width: int) -> None:
    """At seven pixels a letter a number fits its cell, the letter of a prior beside it."""
    figure = drawn(found, dossier, width)
    parts = maps(figure)
    wide = "hconcat" in spec_of(figure.chart)
    assert wide is (width >= 700)
    assert max(part["width"] for part in parts) + 64 <= (width / 2 if wide else width)
    for part in parts:
        cell = part["width"] / len(SDS)
        longest = max(len(record["text"]) for record in cells(part))
        assert cell >= 7 * longest + 2 * 8
    text = json.dumps(spec_of(figure.chart))
    for word in ('"expr"', "calculate", '"params"', "labelExpr", '"url"', "signal"):
        assert word not in text
