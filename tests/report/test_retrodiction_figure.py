"""Past questions as a figure: every prediction as scored, and what could not be scored says so."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Any

import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.retrodiction import retrodiction_figure
from equipoise.report.figures.theme import ORANGE, spec_of
from equipoise.report.options import ReportOptions
from equipoise.synthesis.retrodiction import Retrodiction, parse_cases, retrodict

RULES = ["equipoise, this method", "subgroup as printed", "whole trials", "subgroup, a third off"]


def row(trial: str, stratum: str, estimate: float | None, low: float | None, high: float | None,
        measure: str = "HR") -> dict[str, Any]:  # fmt: skip
    return {"trial": trial, "stratum": stratum, "measure": measure, "estimate": estimate,
            "ci_low": low, "ci_high": high}  # fmt: skip


@pytest.fixture(scope="module")
def past() -> Retrodiction:
    """Scored in full, in full but surprised, on direction, on another scale, and not at all."""
    strata = [row("A", "positive", 0.64, 0.43, 0.95), row("A", "negative", 1.09, 0.93, 1.28)]
    cases = [
        {"id": "expected", "effect_measure": "HR", "outcome": "death", "earlier": strata,
         "later": [row("B", "positive", 0.9, 0.7, 1.16)]},
        {"id": "surprise", "effect_measure": "HR", "outcome": "death", "earlier": strata,
         "later": [row("C", "positive", 2.9, 2.6, 3.23)]},
        {"id": "bare", "effect_measure": "HR",
         "earlier": [row("A", "positive", 0.64, None, None), row("A", "all", 0.9, 0.8, 1.01)],
         "later": [row("D", "positive", 1.3, 1.0, 1.69)]},
        {"id": "points", "effect_measure": "MD",
         "earlier": [row("A", "positive", -3.0, -5.0, -1.0, "MD")],
         "later": [row("E", "positive", -2.0, -3.0, -1.0, "MD")]},
        {"id": "silent", "effect_measure": "HR", "earlier": strata,
         "later": [row("F", "positive", None, None, None)]},
    ]  # fmt: skip
    return retrodict(parse_cases({"cases": cases}))


def drawn(past: Retrodiction, dossier: Dossier, width: int = 860) -> Figure:
    return _drawn_once(past, dossier.options.model_copy(update={"figure_width": width}))


@cache
def _drawn_once(past: Retrodiction, options: ReportOptions) -> Figure:
    """The same figure for all tests of one width: drawing is what takes time here."""
    return retrodiction_figure(past, options)


def panels(figure: Figure) -> dict[str, list[dict]]:
    """Records of each panel by its heading."""
    found = {}
    for part in spec_of(figure.chart)["vconcat"]:
        records = [r for layer in part["layer"] for r in layer["data"]["values"]]
        heading = next(r["text"] for r in records if r.get("y") == -1.05)
        found[heading] = records
    return found


def marks(records: list[dict]) -> dict[str, dict]:
    return {r["label"]: r for r in records if r.get("marker") == "square" and "x" in r}


def test_a_panel_for_each_case_and_one_for_all(past: Retrodiction, dossier: Dossier) -> None:
    figure = drawn(past, dossier)
    assert (figure.id, figure.section) == ("retrodiction", "retrodiction")
    assert list(panels(figure)) == [
        "expected", "surprise", "bare", "points", "silent", "Over the cases",
    ]  # fmt: skip


def test_every_full_prediction_is_drawn_where_it_lies(past: Retrodiction, dossier: Dossier) -> None:
    found = panels(drawn(past, dossier))
    full = [p for p in past.predictions if p.usable == "full"]
    assert len(full) == 9, "four rules on two cases, and the whole of the bare one"
    for p in full:
        rule = {"equipoise": 0, "subgroup": 1, "whole": 2, "third": 3}[p.rule]
        label = RULES[rule][:1].upper() + RULES[rule][1:]
        mark = marks(found[p.case_id])[label]
        drawn_at = (mark["x"], mark["low"], mark["high"])
        wanted = tuple(math.exp(x) for x in (p.mean, p.low, p.high))
        assert drawn_at == pytest.approx(wanted, rel=1e-6)
        assert (mark["tone"] == ORANGE) is (p.covered is False)
    assert any(p.covered is False for p in full)
    assert any(p.covered for p in full)
    assert sum(len(marks(found[name])) for name in list(found)[:-1]) == len(full)


def test_what_came_out_is_a_line_through_its_panel(past: Retrodiction, dossier: Dossier) -> None:
    found = panels(drawn(past, dossier))
    for name, later in (("expected", 0.9), ("surprise", 2.9), ("bare", 1.3)):
        upright = [r["x"] for r in found[name] if r.get("top") == -0.6]
        assert upright == [1.0, pytest.approx(later)]
    for name in ("points", "silent"):
        assert [r["x"] for r in found[name] if r.get("top") == -0.6] == [1.0]


def test_what_cannot_be_scored_says_so_and_why(past: Retrodiction, dossier: Dossier) -> None:
    figure = drawn(past, dossier)
    found, told = panels(figure), dict(figure.rows)
    texts = {name: [r["text"] for r in records if "text" in r] for name, records in found.items()}
    assert texts["bare"].count("direction only") == 3
    assert texts["points"].count("direction only") == 3
    assert told["points: whole trials"].startswith("not scored: no earlier effect in whole trials")
    assert texts["silent"].count("not scored") == 4
    assert "no effect stated" in texts["silent"]
    assert " ".join(texts["bare"]).count("Direction only: an earlier effect without an error") == 1
    assert told["bare: subgroup as printed"] == (
        "direction wrong; HR 1.30 (1.00–1.69) came out; scored on direction only: an earlier "
        "effect without an error"
    )
    assert told["silent: whole trials"] == "not scored: the later row states no effect"
    assert told["points: subgroup as printed"].startswith("direction right; MD ")


def test_rows_tell_each_case_and_rule_and_the_scores(past: Retrodiction, dossier: Dossier) -> None:
    names = [name for name, _ in drawn(past, dossier).rows]
    assert names[:4] == [f"expected: {rule}" for rule in RULES]
    assert len(names) == len(set(names)) == 5 * 4 + 4 + 2 + 3
    told = dict(drawn(past, dossier).rows)["Over the cases: equipoise, this method"]
    own = past.scores[0]
    shares = f"{own.coverage.count}/{own.coverage.n} ({100 * own.coverage.low:.0f}–"
    assert told.startswith(f"inside {shares}{100 * own.coverage.high:.0f}\u00a0%)")
    mean = f"{own.log_score.value:.2f} ({own.log_score.low:.2f} to {own.log_score.high:.2f})"
    assert told.endswith(f"mean log score {mean}".replace("-", "\u2212"))


def test_paired_differences_are_drawn_whole(past: Retrodiction, dossier: Dossier) -> None:
    found = marks(panels(drawn(past, dossier))["Over the cases"])
    assert len(found) == len(past.comparisons) == 3
    for comparison, mark in zip(past.comparisons, found.values(), strict=True):
        mean = comparison.difference
        assert (mark["x"], mark["low"], mark["high"]) == pytest.approx(
            (mean.value, mean.low, mean.high), rel=1e-6
        )
        assert not mark["cut_low"]
        assert not mark["cut_high"]


def test_a_single_case_has_a_score_without_an_interval(dossier: Dossier) -> None:
    strata = [row("A", "positive", 0.64, 0.43, 0.95), row("A", "negative", 1.09, 0.93, 1.28)]
    case = {"id": "one", "effect_measure": "HR", "earlier": strata,
            "later": [row("B", "positive", 0.9, 0.7, 1.16)]}  # fmt: skip
    figure = drawn(retrodict(parse_cases({"cases": [case]})), dossier)
    told = dict(figure.rows)
    assert told["Log score, equipoise minus whole trials"].endswith(", one case")
    assert all("low" not in mark for mark in marks(panels(figure)["Over the cases"]).values())


def test_caption_and_alt_say_how_little_it_proves(past: Retrodiction, dossier: Dossier) -> None:
    figure = drawn(past, dossier)
    assert figure.caption.endswith(past.message)
    assert "prove nothing" in figure.caption
    assert ".." not in figure.caption
    assert figure.alt.startswith(
        "Five past questions, of which this method could be scored in full on 2, on direction "
        "only on 2, not at all on 1."
    )


@pytest.mark.parametrize("width", [320, 640, 860, 1600])
def test_every_allowed_width_draws(past: Retrodiction, dossier: Dossier, width: int) -> None:
    """Panels stand in line, and at six pixels a letter labels end before the plot."""
    figure = drawn(past, dossier, width)
    spec = spec_of(figure.chart, validate=True)
    assert len({part["width"] for part in spec["vconcat"]}) == 1
    room = 256 if width >= 700 else 190
    for part in spec["vconcat"]:
        for layer in part["layer"]:
            if layer["mark"]["type"] == "text" and layer["mark"]["align"] == "left":
                names = [r["text"] for r in layer["data"]["values"] if "←" not in r["text"]]
                assert all(6.0 * len(name) <= room for name in names)
    text = json.dumps({"vconcat": [part["layer"][0]["encoding"] for part in spec["vconcat"]]})
    for word in ('"expr"', "calculate", '"params"', "labelExpr", '"url"', "signal"):
        assert word not in text


def test_a_narrow_figure_still_says_which_direction(past: Retrodiction, dossier: Dossier) -> None:
    texts = [r["text"] for r in panels(drawn(past, dossier, 390))["bare"] if "text" in r]
    assert texts.count("direction wrong") == 3
    assert "Log score" not in texts
