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
    "phenotype-os-by-m": ["vconcat", "phenotype"],
    "movement-os-by-m": ["vconcat", "phenotype"],
    "phenotype-silent": ["layer", "phenotype"],
    "complement-delta-os": ["vconcat", "believe"],
    "multiplicity": ["layer", "believe"],
    "prior-os-by-m": ["vconcat", "believe"],
    "sweep-os-by-m": ["hconcat", "believe"],
    "retrodiction": ["vconcat", "retrodiction"],
    "mirage": ["layer", "mirage"],
    "claim-shrinkage": ["layer", "benefit"],
    "null-models": ["layer", "benefit"],
    "needed-gain": ["hconcat", "mechanism"],
    "mechanism-response": ["layer", "mechanism"],
    "mechanism-recurrence": ["layer", "mechanism"],
    "mechanism-arms": ["layer", "mechanism"],
    "study-ranking": ["layer", "next-study"],
    "study-conclusions": ["hconcat", "next-study"],
    "assurance-events": ["layer", "next-study"],
    "stored-samples": ["layer", "next-study"],
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
    kinds = ("vconcat", "hconcat", "layer")
    made = {
        f.id: [next(kind for kind in kinds if kind in spec_of(f.chart)), f.section]
        for f in build_figures(dossier)
    }
    assert made == SKELETON
    assert list(made) == list(SKELETON)


def test_every_figure_has_words_for_those_who_cannot_see_it(dossier: Dossier) -> None:
    for figure in build_figures(dossier):
        assert len(figure.alt) > 40
        assert figure.caption.endswith(".")
        assert ".." not in figure.caption
        assert figure.title[:1].isupper()


def test_no_two_figures_share_a_title(dossier: Dossier) -> None:
    cure, nausea = dossier.synthesis.outcomes[0], dossier.synthesis.outcomes[2]
    single = replace(nausea, outcome=cure.outcome, pool=cure.pool, absolute=None)
    both = replace(dossier, synthesis=replace(dossier.synthesis, outcomes=(single, nausea)))
    titles = [figure.title for figure in build_figures(both)]
    assert {"Answers that rest on one trial, benefit", "Answers that rest on one trial, harm"} <= {
        *titles
    }
    assert len(set(titles)) == len(titles)


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
        "Ratio of hazard ratios, P\u00a0=\u00a00.015",
    }
    assert marks["Marker-positive"]["shown"] == "0.64 (0.43–0.95)"


def test_the_gap_map_tells_by_sign_as_well_as_by_colour(dossier: Dossier) -> None:
    records = [r for r in values(spec_named(dossier, "gap-map")) if "state" in r]
    looks = {r["state"]: (r["sign"], r["ground"]) for r in records}
    signs = [sign for sign, _ in looks.values()]
    assert len(set(signs)) == len(signs) >= 5


def test_the_mirage_shows_every_group_and_the_trials(dossier: Dossier) -> None:
    texts = [r["text"] for r in values(spec_named(dossier, "mirage")) if "text" in r]
    headings = ["Naive ever/never", "Time-varying", "New users", "Randomised trials"]
    assert [t for t in texts if t in headings] == headings
    assert "1.12 (0.98–1.28)" in texts
    assert {"n / trials", "two trials"} <= set(texts)


def test_randomised_marks_look_like_no_group(dossier: Dossier) -> None:
    """A pool is a wide diamond from end to end; no group of cohorts is drawn as diamonds."""
    records = values(spec_named(dossier, "mirage"))
    marks = [r for r in records if r.get("href", "").startswith("#row-")]
    wide = [r for r in records if r.get("label") == "Overall survival" and "bottom" in r]
    assert len(wide) == 3, "the corners of one wide diamond"
    looks = {(r["shape"], r["tone"]) for r in marks}
    assert len(looks) == 3, "each of the three groups has a look of its own"
    assert "diamond" not in {shape for shape, _ in looks}


def test_the_mirage_explains_its_groups(dossier: Dossier) -> None:
    caption = next(f.caption for f in build_figures(dossier) if f.id == "mirage")
    for words in ("Naive ever/never (orange squares): time before counts.",
                  "New users (green circles): starts.",
                  "patients with the same disease who did not take it"):  # fmt: skip
        assert words in caption
    assert "non-users" not in caption


def recast(dossier: Dossier, **change: object) -> Dossier:
    """The dossier with the row of its first cohort estimate changed."""
    panel = dossier.synthesis.cohorts
    first = panel.groups[0].estimates[0]
    row = first.row.model_copy(update=change)
    group = replace(panel.groups[0], estimates=(replace(first, row=row),))
    groups = (group, *panel.groups[1:])
    return replace(
        dossier, synthesis=replace(dossier.synthesis, cohorts=replace(panel, groups=groups))
    )


def test_levels_come_from_the_rows_and_odd_ones_are_marked(dossier: Dossier) -> None:
    texts = {r["text"] for r in values(spec_named(recast(dossier, ci_level=0.9), "mirage"))
             if "text" in r}  # fmt: skip
    assert "Ratio (95\u00a0% CI)" in texts
    assert "0.45 (0.40–0.50), 90\u00a0% CI" in texts
    os = dossier.synthesis.outcomes[1]
    other = replace(os, pooled=replace(os.pooled, level=0.9))
    moved = recast(dossier, ci_level=0.9)
    rows = tuple(
        replace(g, estimates=tuple(
            replace(e, row=e.row.model_copy(update={"ci_level": 0.9})) for e in g.estimates))
        for g in moved.synthesis.cohorts.groups
    )  # fmt: skip
    panel = replace(moved.synthesis.cohorts, groups=rows)
    all_ninety = replace(
        moved, synthesis=replace(moved.synthesis, cohorts=panel, outcomes=(other,))
    )
    texts = {r["text"] for r in values(spec_named(all_ninety, "mirage")) if "text" in r}
    assert "Ratio (90\u00a0% CI)" in texts
    assert not any("95" in text for text in texts)


def test_the_unit_of_exposure_is_shown(dossier: Dossier) -> None:
    records = values(spec_named(recast(dossier, exposure_unit="per year of use"), "mirage"))
    assert any("per year of use" in r.get("text", "") for r in records)


def axis_titles(spec: object) -> list[tuple[str, set[str]]]:
    """Title of each axis with the labels of the marks drawn on it."""
    found = []
    for part in spec["vconcat"]:  # type: ignore[index]
        text = json.dumps(without_data(part))
        title = next(t for t in ("Ratio of hazard ratios", "Hazard ratio") if f'"{t},' in text)
        found.append((title, {r["label"] for r in values(part) if "label" in r}))
    return found


def test_the_ratio_of_ratios_stands_on_an_axis_of_its_own(dossier: Dossier) -> None:
    spec = spec_named(dossier, "complement-delta-os")
    (first, effects), (second, contrast) = axis_titles(spec)
    assert (first, second) == ("Hazard ratio", "Ratio of hazard ratios")
    assert contrast == {"Ratio of hazard ratios, P\u00a0=\u00a00.015"}
    assert not any("atio of" in label for label in effects)
    texts = {r["text"] for r in values(spec["vconcat"][1]) if "text" in r}
    assert "← larger effect in marker-positive" in texts
    assert not any("favours" in text for text in texts)


def test_a_printed_row_of_another_level_says_so(dossier: Dossier) -> None:
    base = dossier.evidence
    rows = tuple(
        row.model_copy(update={"ci_level": 0.9}) if row.result_id == "delta_os_low" else row
        for row in base.results
    )
    moved = replace(dossier, evidence=base.model_copy(update={"results": rows}))
    texts = {r["text"] for r in values(spec_named(moved, "complement-delta-os")) if "text" in r}
    assert "1.01 (0.79–1.30), 90\u00a0% CI" in texts
    assert "1.01 (0.84–1.21)" in texts


@pytest.mark.parametrize(("standing", "hollow"), [("printed", False), ("derived", True)])
def test_harm_is_open_where_its_numbers_were_worked_out(
    dossier: Dossier, standing: str, hollow: bool
) -> None:
    nausea = dossier.synthesis.outcomes[2]
    entry = nausea.contributions[0]
    changed = replace(entry, estimate=replace(entry.estimate, standing=standing))
    synthesis = replace(dossier.synthesis, outcomes=(replace(nausea, contributions=(changed,)),))
    records = values(spec_named(replace(dossier, synthesis=synthesis), "harm-absolute"))
    mark = next(r for r in records if r.get("marker") == "square" and "x" in r)
    assert (mark["fill"] != mark["tone"]) is hollow


def words_below(spec: object) -> list[tuple[str, float]]:
    """Words under an axis with how far below it they stand."""
    if isinstance(spec, list):
        return [found for part in spec for found in words_below(part)]
    if not isinstance(spec, dict):
        return []
    mark = spec.get("mark")
    if isinstance(mark, dict) and mark.get("baseline") == "top":
        return [(spec["data"]["values"][0]["text"], mark["dy"])]
    return [found for part in spec.values() for found in words_below(part)]


def test_words_under_an_axis_do_not_run_into_each_other(dossier: Dossier) -> None:
    """At six pixels a letter, both on one line only where both fit."""
    for width, stacked in ((320, True), (1600, False)):
        options = dossier.options.model_copy(update={"figure_width": width})
        found = words_below(spec_named(replace(dossier, options=options), "harm-absolute"))
        assert [text for text, _ in found] == ["← fewer with treatment", "more with treatment →"]
        assert (found[0][1] != found[1][1]) is stacked


def test_every_row_of_a_forest_can_be_read_without_the_drawing(dossier: Dossier) -> None:
    figures = {f.id: f for f in build_figures(dossier)}
    rows = dict(figures["forest-cure"].rows)
    assert len(rows) >= 5
    assert rows["Pooled, four trials"]
    assert all(value for figure in figures.values() for _, value in figure.rows)
    assert figures["harm-absolute"].rows
    assert figures["complement-delta-os"].rows


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
