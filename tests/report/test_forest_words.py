"""What stands under a forest plot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from equipoise.report.dossier import Dossier
from equipoise.report.figures.forest_plot import forest
from equipoise.report.figures.forest_words import forest_caption, tau2_text
from equipoise.report.tables.all_tables import build_tables
from equipoise.synthesis.by_outcome import OutcomeSynthesis
from equipoise.synthesis.pooling import pool


def caption(dossier: Dossier, outcome: OutcomeSynthesis) -> str:
    return forest_caption(outcome, dossier.question, dossier.options.decimals)


def pooled_as(outcome: OutcomeSynthesis, *values: float, ci: str = "hksj") -> OutcomeSynthesis:
    """The outcome with as many trials of these effects."""
    y, v = np.array(values), np.full(len(values), 0.04)
    entries = (outcome.contributions * len(values))[: len(values)]
    return replace(
        outcome,
        contributions=entries,
        pooled=pool(y, v, ci=ci),
        alternatives=(pool(y, v, ci="wald"),),
    )


def with_pool(outcome: OutcomeSynthesis, **change: object) -> OutcomeSynthesis:
    return replace(outcome, pool=outcome.pool.model_copy(update=change))


def pool_row(dossier: Dossier, outcome: OutcomeSynthesis) -> tuple[str, dict]:
    changed = replace(dossier, synthesis=replace(dossier.synthesis, outcomes=(outcome,)))
    table = build_tables(changed)["pools"]
    return str(table.html), table.records[0]


def test_a_pool_that_widens_the_scopes_says_so(dossier: Dossier) -> None:
    cure = dossier.synthesis.outcomes[0]
    wide = with_pool(cure, scopes=("eligible", "other-kind"), note="Mind the gap.")
    for words in (caption(dossier, wide), pool_row(dossier, wide)[0]):
        assert "Trials of scope eligible and other kind." in words
        assert "Mind the gap." in words
    same = with_pool(cure, scopes=dossier.question.contrast.scopes)
    assert "scope" not in caption(dossier, same)
    assert "scope" not in caption(dossier, cure)


def test_a_prediction_interval_that_says_nothing_is_not_drawn(dossier: Dossier) -> None:
    alike = pooled_as(dossier.synthesis.outcomes[1], -0.1, 0.0, 0.1)
    assert alike.pooled.tau2 == 0
    assert "equals the interval, because τ² was estimated as zero" in caption(dossier, alike)
    figure = forest(alike, dossier.evidence, dossier.question, dossier.options)
    assert not any("prediction" in name for name, _ in figure.rows)
    assert "equals the interval" in pool_row(dossier, alike)[0]
    apart = pooled_as(dossier.synthesis.outcomes[1], -1.0, 0.0, 1.5)
    figure = forest(apart, dossier.evidence, dossier.question, dossier.options)
    assert any("prediction" in name for name, _ in figure.rows)
    assert "equals the interval" not in caption(dossier, apart)


def test_two_trials_have_no_prediction_interval_anywhere(dossier: Dossier) -> None:
    two = pooled_as(dossier.synthesis.outcomes[1], -1.0, 1.5)
    html, record = pool_row(dossier, two)
    assert np.isnan(record["prediction_low"])
    assert np.isnan(record["prediction_high"])
    figure = forest(two, dossier.evidence, dossier.question, dossier.options)
    assert not any("prediction" in name for name, _ in figure.rows)
    three = pool_row(dossier, pooled_as(two, -1.0, 0.3, 1.5))[1]
    assert three["prediction_low"] < three["ci_low"]
    assert html


def test_other_intervals_are_named_in_words(dossier: Dossier) -> None:
    few = pooled_as(dossier.synthesis.outcomes[1], -0.3, 0.4)
    words = caption(dossier, few)
    assert "The same data under other rules: normal interval " in words
    assert "hksj" not in words
    assert "wald" not in words


def test_between_trial_variance_claims_no_more_than_it_knows(dossier: Dossier) -> None:
    pooled = replace(
        dossier.synthesis.outcomes[0].pooled, tau2=0.3751, tau2_low=0.0, tau2_high=9.128
    )
    assert tau2_text(pooled) == "0.38 (0–9.1)"
    assert tau2_text(replace(pooled, tau2=0.0, tau2_high=float("inf"))) == "0 (0–∞)"
    assert tau2_text(replace(pooled, tau2_low=float("nan"))) == "0.38"


def test_risk_differences_are_shown_in_percentage_points(dossier: Dossier) -> None:
    nausea = dossier.synthesis.outcomes[2]
    y, v = np.array([0.181]), np.array([0.0031])
    entry = nausea.contributions[0]
    estimate = replace(entry.estimate, value=0.181, se=0.0557, measure="RD")
    risk = replace(
        nausea,
        measure="RD",
        contributions=(replace(entry, estimate=estimate),),
        pooled=pool(y, v, ci="wald"),
        alternatives=(),
        absolute=None,
    )
    html, record = pool_row(dossier, risk)
    assert "RD 18.1 (7.2–29.0) points" in html
    assert abs(record["estimate"] - 0.181) < 1e-12, "files stay on the natural scale"
    figure = forest(risk, dossier.evidence, dossier.question, dossier.options)
    assert figure.rows[0][1] == "18.1 (7.2–29.0)"


def test_a_unit_stands_with_its_pool_and_not_among_the_remarks(dossier: Dossier) -> None:
    nausea = dossier.synthesis.outcomes[2]
    html, _ = pool_row(dossier, replace(nausea, measure="MD", unit="mU/L", absolute=None))
    assert "mean difference (mU/L)" in html
    remarks = html.rpartition("<td")[2]
    assert "mU/L" not in remarks
