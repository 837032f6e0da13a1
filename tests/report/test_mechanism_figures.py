"""Figures of the mechanism: filled marks are printed, open marks are simulated."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.dossier import Dossier
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.mechanism import mechanism_figures
from equipoise.report.figures.mechanism_gain_plane import drive_range, gain_range
from equipoise.report.figures.theme import ORANGE, PAPER, spec_of


def values(spec: object) -> list[dict[str, Any]]:
    if isinstance(spec, list):
        return [record for part in spec for record in values(part)]
    if not isinstance(spec, dict):
        return []
    own = spec["data"]["values"] if "data" in spec else []
    return own + [record for key, part in spec.items() if key != "data" for record in values(part)]


def marks(spec: object) -> list[dict[str, Any]]:
    """Every layer of a specification that draws points."""
    if isinstance(spec, list):
        return [layer for part in spec for layer in marks(part)]
    if not isinstance(spec, dict):
        return []
    own = [spec] if isinstance(spec.get("mark"), dict) and spec["mark"]["type"] == "point" else []
    return own + [layer for key, part in spec.items() if key != "data" for layer in marks(part)]


@pytest.fixture(scope="module")
def found(dossier: Dossier) -> CaseMechanism:
    assert dossier.mechanism is not None
    return dossier.mechanism


@pytest.fixture(scope="module")
def drawn(dossier: Dossier, found: CaseMechanism) -> dict[str, Figure]:
    return {figure.id: figure for figure in mechanism_figures(found, dossier.options)}


def test_printed_shares_are_filled_rebuilt_and_predicted_ones_open(
    drawn: dict[str, Figure], found: CaseMechanism
) -> None:
    spec = spec_of(drawn["mechanism-arms"].chart)
    squares = next(m for m in marks(spec) if m["mark"]["shape"] == "square")
    circles = next(m for m in marks(spec) if m["mark"]["shape"] == "circle")
    assert circles["mark"]["fill"] == PAPER
    fills = {r["name"]: r["fill"] for r in squares["data"]["values"]}
    assert {name for name, fill in fills.items() if fill == PAPER} == {"Alpha: B, m+"}
    shown = [r["expected"] for r in circles["data"]["values"]]
    assert shown == pytest.approx([100 * arm.predicted for arm in found.calibration.arms])


def test_only_fitted_arms_have_a_tick_without_them(drawn: dict[str, Figure]) -> None:
    spec = spec_of(drawn["mechanism-arms"].chart)
    ticks = {r["name"]: r["left_out"] for r in values(spec) if "left_out" in r}
    assert ticks == {"Alpha: A": 36.0, "Alpha: B, m+": 30.0}


def test_coverage_is_told_whatever_it_is(drawn: dict[str, Figure]) -> None:
    caption = drawn["mechanism-arms"].caption
    assert "The printed share of one of two held-out arms lies inside" in caption


def test_rivals_are_open_and_the_printed_ratio_is_filled(drawn: dict[str, Figure]) -> None:
    for name, printed in (("mechanism-response", 1.3), ("mechanism-recurrence", 0.6)):
        layers = marks(spec_of(drawn[name].chart))
        records = [r for layer in layers for r in layer["data"]["values"]]
        simulated = [r for r in records if r["tone"] == ORANGE]
        assert len(simulated) == 3
        assert all(r["fill"] == PAPER and r["shape"] == "circle" for r in simulated)
        (filled,) = [r for r in records if r["fill"] == r["tone"]]
        assert filled["x"] == pytest.approx(printed)


def test_lines_hold_one_odds_ratio_each(drawn: dict[str, Figure], found: CaseMechanism) -> None:
    """Every point of a line multiplies to the logarithm of its odds ratio."""
    spec = spec_of(drawn["needed-gain"].chart)
    points = [r for r in values(spec) if {"ratio", "x", "gain"} <= set(r)]
    assert {r["ratio"] for r in points} == {"1.10", "1.50", "2.00"}
    panel = spec["hconcat"][1]["vconcat"][0]
    for record in (r for r in values(panel) if "ratio" in r):
        drive = 0.1 * record["x"] / (1 + record["x"])
        assert record["gain"] * drive == pytest.approx(math.log(float(record["ratio"])), rel=0.02)


def test_cells_stand_at_their_concentrations_the_outlier_by_its_shape(
    drawn: dict[str, Figure],
) -> None:
    panel = spec_of(drawn["needed-gain"].chart)["hconcat"][0]["vconcat"][1]
    layers = {m["mark"]["shape"]: m for m in marks(panel)}
    assert set(layers) == {"triangle-up", "circle"}
    assert all(m["mark"]["filled"] for m in layers.values())
    ends = [r["x"] for r in layers["triangle-up"]["data"]["values"]]
    assert ends == pytest.approx([30 / 5000, 130 / 5000])


def test_the_model_own_gain_is_an_open_mark_in_the_last_panel(
    drawn: dict[str, Figure], found: CaseMechanism
) -> None:
    panels = spec_of(drawn["needed-gain"].chart)["hconcat"]
    diamonds = [[m for m in marks(p) if m["mark"]["shape"] == "diamond"] for p in panels]
    assert [len(one) for one in diamonds] == [0, 0, 1]
    (mark,) = diamonds[2]
    assert mark["mark"]["fill"] == PAPER
    assert mark["data"]["values"][0]["gain"] == pytest.approx(found.gain.median, rel=1e-6)


def test_a_gain_that_leaves_the_picture_ends_in_an_arrow(
    dossier: Dossier, found: CaseMechanism
) -> None:
    gain = replace(found.gain, median=-0.5, low=-1.0)
    changed = replace(found, gain=gain)
    figure = next(iter(mechanism_figures(changed, dossier.options)))
    shapes = {m["mark"]["shape"] for m in marks(spec_of(figure.chart))}
    assert "triangle-down" in shapes
    assert "diamond" not in shapes
    assert "−0.500 (−1.00 to " in figure.caption


def test_axes_hold_patients_and_cells(found: CaseMechanism) -> None:
    for band in found.iso.bands:
        low, high = drive_range(found.iso, band)
        assert low <= band.x[0] < band.x[2] <= high
        held = [m for m in found.iso.marks if m.term == band.term]
        assert all(low <= m.x_low <= m.x_high <= high for m in held)
    least, most = gain_range(found.iso)
    assert least <= min(g.gain for g in found.iso.needed)
    assert np.log10(most / least) <= 4


def test_a_narrow_picture_stacks_its_panels(dossier: Dossier, found: CaseMechanism) -> None:
    narrow = dossier.options.model_copy(update={"figure_width": 480})
    figure = next(iter(mechanism_figures(found, narrow)))
    assert len(spec_of(figure.chart)["vconcat"]) == 3
