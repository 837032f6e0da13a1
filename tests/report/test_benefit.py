"""Who could benefit, in the dossier: pictures, tables, words and methods, from the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from equipoise.biomarkers import CaseBiomarkers, NullGap, null_models
from equipoise.checkpoints import from_plain, to_plain
from equipoise.report.answers import plain
from equipoise.report.biomarker_words import cut_words, raw, under_normal, under_spike
from equipoise.report.dossier import Dossier
from equipoise.report.figures.benefit import benefit_figures
from equipoise.report.figures.figure import Figure
from equipoise.report.figures.theme import spec_of
from equipoise.report.links import LinkMap
from equipoise.report.methods_biomarkers import biomarker_paragraphs
from equipoise.report.render import BENEFIT, Drawn, render_html
from equipoise.report.summary.benefit import benefit_sentences
from equipoise.report.summary.passages import summarise
from equipoise.report.tables.predictors import (
    eligible_table,
    null_models_table,
    predictors_table,
)


def values(spec: object) -> list[dict[str, Any]]:
    if isinstance(spec, list):
        return [record for part in spec for record in values(part)]
    if not isinstance(spec, dict):
        return []
    own = spec["data"]["values"] if "data" in spec else []
    return own + [record for key, part in spec.items() if key != "data" for record in values(part)]


@pytest.fixture
def found(dossier: Dossier) -> CaseBiomarkers:
    assert dossier.biomarkers is not None
    return dossier.biomarkers


def telling(dossier: Dossier, **changes: Any) -> Dossier:
    assert dossier.biomarkers is not None
    return replace(dossier, biomarkers=replace(dossier.biomarkers, **changes))


def text_of(dossier: Dossier) -> str:
    return "\n".join(
        line
        for sentence in benefit_sentences(dossier)
        for line in (sentence.text, *(f"{i.label}: {i.text}" for i in sentence.items))
    )


def drawn(dossier: Dossier) -> dict[str, Figure]:
    assert dossier.biomarkers is not None
    made = benefit_figures(dossier.biomarkers, dossier.question, dossier.options)
    return {figure.id: figure for figure in made}


def page_of(dossier: Dossier) -> str:
    made = (predictors_table(dossier), eligible_table(dossier), null_models_table(dossier))
    return render_html(dossier, {t.id: t for t in made}, Drawn((), {}, {}, b""))


def test_without_markers_nothing_is_said(dossier: Dossier) -> None:
    silent = replace(dossier, biomarkers=None)
    assert not list(benefit_sentences(silent))
    assert not list(biomarker_paragraphs(silent))
    assert "Who could benefit" not in {passage.heading for passage in summarise(silent)}
    tables = (predictors_table(silent), eligible_table(silent), null_models_table(silent))
    assert {table.id for table in tables} == set(BENEFIT)
    assert not any(table.records for table in tables)
    assert 'id="benefit"' not in page_of(silent)
    assert 'id="benefit"' in page_of(dossier)


def test_the_raw_ratio_is_that_of_the_rows_and_the_shrunken_one_by_hand(
    found: CaseBiomarkers,
) -> None:
    one = next(c for c in found.claims if c.claim.id == "m-cure")
    a, b, c, d = 19, 10, 17, 12
    e, f, g, h = 9, 31, 6, 35
    log_ratio = math.log(a * d / (b * c)) - math.log(e * h / (f * g))
    variance = sum(1 / n for n in (a, b, c, d, e, f, g, h))
    share = (1 / variance) / (1 / variance + 1 / 0.354**2)
    assert raw(one).value == pytest.approx(math.exp(log_ratio))
    assert under_normal(one).value == pytest.approx(math.exp(share * log_ratio))
    slab = variance + 0.35**2
    near = 0.8 * math.exp(-0.5 * log_ratio**2 / variance) / math.sqrt(variance)
    far = 0.2 * math.exp(-0.5 * log_ratio**2 / slab) / math.sqrt(slab)
    mean = far / (near + far) * log_ratio * 0.35**2 / slab
    assert under_spike(one).value == pytest.approx(math.exp(mean))


def test_every_claim_is_a_filled_mark_with_two_open_ones(
    dossier: Dossier, found: CaseBiomarkers
) -> None:
    figure = drawn(dossier)["claim-shrinkage"]
    marks = [r for r in values(spec_of(figure.chart)) if "shape" in r and "x" in r]
    own = {(r["href"], r["shape"]): r for r in marks}
    for one in found.claims:
        filled = own[f"#claim-{one.claim.id}", "square"]
        assert filled["fill"] == filled["tone"]
        assert filled["x"] == pytest.approx(raw(one).value, rel=1e-6)
        for shape, shown in (("circle", under_normal(one)), ("diamond", under_spike(one))):
            mark = own[f"#claim-{one.claim.id}", shape]
            assert mark["fill"] != mark["tone"]
            assert mark["x"] == pytest.approx(shown.value, rel=1e-6)
    assert len(figure.rows) == 3 * len(found.claims)


def test_the_warning_tells_promise_from_observation(
    dossier: Dossier, found: CaseBiomarkers
) -> None:
    figure = drawn(dossier)["null-models"]
    marks = [r for r in values(spec_of(figure.chart)) if "shape" in r and "x" in r]
    promised = sorted({r["x"] for r in marks if r["fill"] != r["tone"]})
    observed = sorted({r["x"] for r in marks if r["fill"] == r["tone"]})
    assert promised == pytest.approx(sorted(100 * g.predicted for g in found.null_gaps), rel=1e-5)
    assert observed == pytest.approx(sorted(100 * g.upper for g in found.null_gaps), rel=1e-5)
    assert "8 trials a size" in figure.caption
    assert "seed 7" in figure.caption
    assert "null-models" not in drawn(telling(dossier, null_gaps=()))


def test_the_warning_is_seeded_and_finds_benefit_only_where_it_was_fitted(
    found: CaseBiomarkers,
) -> None:
    assert null_models(7, sizes=(40,), trials=8) == found.null_gaps[:2]
    naive, unseen = null_models(7, sizes=(60,), trials=60)
    assert naive.upper > 3 * naive.upper_mcse
    assert naive.predicted > 3 * naive.predicted_mcse
    assert unseen.predicted > 3 * unseen.predicted_mcse
    assert abs(unseen.upper) < 3 * unseen.upper_mcse


def test_the_predictors_hold_source_status_and_bound(
    dossier: Dossier, found: CaseBiomarkers
) -> None:
    records = predictors_table(dossier).records
    assert [r["claim"] for r in records] == ["m-os", "m-cure", "", ""]
    first = records[0]
    assert first["raw_value"] == raw(found.claims[0]).value
    assert first["sidak_p"] == pytest.approx(1 - (1 - first["p_value"]) ** 4)
    assert first["rows"] == "delta_os_pos delta_os_high delta_os_low"
    assert first["credibility_at_most"] == found.claims[0].credibility.at_most
    assert math.isnan(records[1]["sidak_p"]), "nobody knows how many factors"
    assert math.isnan(records[2]["raw_value"])
    html = predictors_table(dossier).html
    assert "no claim recorded" in html
    assert "Cut: any B (categories of its own)" in html
    assert "not found" in html
    assert f"at most {first['credibility_at_most']}" in html
    assert 'href="#row-delta_os_pos"' in html
    assert "<script>" not in html
    assert cut_words(found.markers[0]) == "not known how chosen"


def test_only_the_phenotype_is_eligible_and_shares_multiply(dossier: Dossier) -> None:
    records = {(r["marker"], r["level"]): r for r in eligible_table(dossier).records}
    assert ("m", "negative") not in records
    assert records["m", "positive"]["screened_for_100"] == 500
    assert records["gene", "any_B"]["share_of_all"] == pytest.approx(0.06)
    assert records["gene", "any_B"]["screened_for_100"] == 1667
    assert records["gene", "AA"]["share"] == pytest.approx(0.7)
    assert math.isnan(records["other", "AA"]["screened_for_100"])
    note = eligible_table(dossier).note
    assert dossier.design is not None
    ranked = dossier.design.studies.evaluations
    best = next(one.study.label for one in ranked if one.study.kind != "nothing")
    assert f"The first study of the ranking, {best}, takes" in note


def test_the_summary_counts_and_warns(dossier: Dossier, found: CaseBiomarkers) -> None:
    text = text_of(dossier)
    assert text.startswith("Three markers may change the effect, with two claims by number")
    assert "none of them is confirmed" in text
    assert raw(found.claims[0]).text in text
    assert under_spike(found.claims[0]).text in text
    assert "simulated trials of 40 and 60 patients where the treatment does nothing" in text
    assert "Research use only" in text
    silent = telling(dossier, claims=(), null_gaps=())
    assert "nobody has printed a number for any" in text_of(silent)
    assert len(list(benefit_sentences(silent))) == 1
    assert "responder" not in page_of(dossier).lower()


def test_links_lead_to_the_claims(dossier: Dossier) -> None:
    assert LinkMap(dossier).link("claim-m-os", "it") == '<a href="#claim-m-os">it</a>'
    assert 'id="claim-m-os"' in predictors_table(dossier).html


def test_the_methods_cite_what_ran_and_only_that(dossier: Dossier) -> None:
    def cited(told: Dossier) -> set[str]:
        return {key for paragraph in biomarker_paragraphs(told) for key in paragraph.cites}

    warning = {"kunzel2019", "kent2020", "yadlowsky2025"}
    assert cited(dossier) >= warning | {"schandelmaier2020", "sidak1967", "mitchell1988"}
    assert not cited(telling(dossier, null_gaps=())) & warning
    assert cited(telling(dossier, claims=())) == warning


def test_a_kept_result_tells_the_same(dossier: Dossier, found: CaseBiomarkers) -> None:
    kept = json.loads(json.dumps(to_plain(found)))
    back = from_plain(CaseBiomarkers, kept)
    assert json.dumps(to_plain(back)) == json.dumps(kept)
    again = replace(dossier, biomarkers=back)
    assert text_of(again) == text_of(dossier)
    for build in (predictors_table, eligible_table, null_models_table):
        assert plain(build(again).records) == plain(build(dossier).records)
    gaps = from_plain(tuple[NullGap, ...], json.loads(json.dumps(to_plain(found.null_gaps))))
    assert gaps == found.null_gaps
