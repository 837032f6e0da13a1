"""Charts as specifications: what is in them, in small form."""

from __future__ import annotations

import json
from dataclasses import replace

import altair as alt
import pytest

from equipoise.report.dossier import Dossier
from equipoise.report.figures.all_figures import build_figures
from equipoise.report.figures.theme import CONFIG, VEGA_LITE, spec_of

SKELETON = {
    "gap-map": ["vconcat", "gap"],
    "forest-cure": ["layer", "known"],
    "forest-os": ["layer", "known"],
    "single-harm": ["layer", "harm"],
    "harm-absolute": ["layer", "harm"],
    "complement-delta-os": ["layer", "believe"],
    "multiplicity": ["layer", "believe"],
    "mirage": ["layer", "mirage"],
}
"""Every figure of the fixture, its kind of composition and the part of the page it stands in."""


def values(spec: object) -> list[dict]:
    """All records of data written into a specification, at any depth."""
    if isinstance(spec, list):
        return [record for part in spec for record in values(part)]
    if not isinstance(spec, dict):
        return []
    own = spec["data"]["values"] if "data" in spec else []
    return own + [record for key, part in spec.items() if key != "data" for record in values(part)]


def without_data(spec: object) -> object:
    if isinstance(spec, list):
        return [without_data(part) for part in spec]
    if isinstance(spec, dict):
        return {key: without_data(part) for key, part in spec.items() if key != "data"}
    return spec


def spec_named(dossier: Dossier, name: str) -> dict:
    return spec_of(next(f.chart for f in build_figures(dossier) if f.id == name))


def test_the_figures_and_their_order(dossier: Dossier) -> None:
    made = {f.id: [next(k for k in ("vconcat", "layer") if k in spec_of(f.chart)), f.section]
            for f in build_figures(dossier)}  # fmt: skip
    assert made == SKELETON
    assert list(made) == list(SKELETON)


def test_every_figure_has_words_for_those_who_cannot_see_it(dossier: Dossier) -> None:
    for figure in build_figures(dossier):
        assert len(figure.alt) > 40
        assert figure.caption.endswith((".", "."))
        assert figure.title[:1].isupper()


def test_every_specification_fits_the_grammar(dossier: Dossier) -> None:
    for figure in build_figures(dossier):
        assert spec_of(figure.chart, validate=True) == spec_of(figure.chart)


def test_no_expression_needs_eval(dossier: Dossier) -> None:
    """Nothing in a specification is code: no expressions, no parameters, no addresses."""
    for figure in build_figures(dossier):
        text = json.dumps(without_data(spec_of(figure.chart)))
        for word in ('"expr"', "calculate", '"params"', "labelExpr", '"url"', "signal"):
            assert word not in text, (figure.id, word)


def test_a_forest_holds_trials_pool_and_weights(dossier: Dossier) -> None:
    spec = spec_named(dossier, "forest-cure")
    records = values(spec)
    texts = {record["text"] for record in records if "text" in record}
    assert {"Treatment", "Control", "Weight", "19/29", "Pooled, four trials"} <= texts
    assert {"← favours control", "favours treatment →"} <= texts
    squares = [r for r in records if r.get("marker") == "square" and "x" in r]
    assert len({(r["label"], r["area"]) for r in squares}) == 4
    assert any(r.get("cut_high") for r in records), "GAMMA's interval is cut"
    assert {r["href"] for r in squares} >= {"#row-alpha_cure"}


def test_the_complement_marks_derived_numbers_by_open_symbols(dossier: Dossier) -> None:
    records = values(spec_named(dossier, "complement-delta-os"))
    marks = {r["label"]: r for r in records if r.get("marker") in ("square", "diamond")}
    open_marks = {label for label, r in marks.items() if r["fill"] != r["tone"]}
    assert open_marks == {
        "Whole, the strata above pooled",
        "Marker-negative",
        "Ratio of the two, P\u00a0=\u00a00.015",
    }
    assert marks["Marker-positive"]["shown"] == "0.64 (0.43–0.95)"


def test_the_gap_map_tells_by_sign_as_well_as_by_colour(dossier: Dossier) -> None:
    records = [r for r in values(spec_named(dossier, "gap-map")) if "state" in r]
    looks = {r["state"]: (r["sign"], r["ground"]) for r in records}
    signs = [sign for sign, _ in looks.values()]
    assert len(set(signs)) == len(signs) >= 5


def test_the_mirage_shows_every_group_and_the_trials(dossier: Dossier) -> None:
    texts = [r["text"] for r in values(spec_named(dossier, "mirage")) if "text" in r]
    assert [t for t in texts if t in ("Naive ever/never", "Time-varying", "Randomised trials")]
    assert "1.12 (0.98–1.28)" in texts


def test_another_theme_in_the_session_changes_nothing(dossier: Dossier) -> None:
    figure = build_figures(dossier)[1]
    plain = spec_of(figure.chart)
    with alt.theme.enable("dark"):
        assert spec_of(figure.chart) == plain
    assert plain["config"] == CONFIG


def test_the_grammar_is_the_one_altair_writes() -> None:
    assert alt.SCHEMA_VERSION.startswith(f"v{VEGA_LITE}")


@pytest.mark.parametrize("width", [320, 640, 860, 1600])
def test_every_allowed_width_draws(dossier: Dossier, width: int) -> None:
    options = dossier.options.model_copy(update={"figure_width": width})
    for figure in build_figures(replace(dossier, options=options)):
        assert spec_of(figure.chart, validate=True)["$schema"]
