"""Borrowed controls: values of R, a closed form of whole numbers, and what drift does."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, comb

from equipoise.design.borrowing.historical_controls import (
    HistoricalControls,
    binomial_probabilities,
    success_probability,
)
from equipoise.design.borrowing.normal_history import NormalHistory
from equipoise.design.evaluation.engine_comparison import compare_engines
from equipoise.design.evaluation.evaluation import evaluate
from equipoise.design.trial.look_schedule import Looks
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Arms, Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.design.trial.trial_marker import Marker
from equipoise.synthesis.arrays import ArrayError

MIXED = HistoricalControls((0.6, 0.4), (12.0, 5.0), (28.0, 6.0), robust=0.2)
MEANS = NormalHistory((1.0,), (-0.8,), (0.15,), robust=0.2, vague=(-0.8, 2.0))


@pytest.fixture(scope="module")
def known(root: Path) -> dict[str, float]:
    text = (root / "validation/design/historical_controls.csv").read_text(encoding="utf-8")
    return {row["case"]: float(row["value"]) for row in csv.DictReader(text.splitlines())}


def test_chances_and_error_are_those_of_r(known: dict[str, float]) -> None:
    chance = MIXED.chance_better((20, 30))
    for x0, x1 in ((6, 9), (2, 14), (15, 20)):
        assert chance[x0, x1] == pytest.approx(known[f"chance_{x0}_{x1}"], abs=1e-9)
    success = MIXED.succeeds((20, 30), 0.025)
    truths = {
        "type_one_no_drift": (0.3, 0.3),
        "type_one_drift_up": (0.4, 0.4),
        "type_one_drift_down": (0.2, 0.2),
        "power": (0.3, 0.65),
    }
    for name, truth in truths.items():
        assert success_probability(success, truth) == pytest.approx(known[name], abs=1e-9)


def test_means_are_those_of_r(known: dict[str, float]) -> None:
    ses = (0.25, 0.2)
    chance = MEANS.chance_higher([-0.5], [-0.1], ses)[0]
    assert chance == pytest.approx(known["mean_chance"], abs=1e-9)
    truths = {
        "mean_type_one_no_drift": (-0.8, -0.8),
        "mean_type_one_drift": (-0.3, -0.3),
        "mean_power": (-0.8, 0.0),
    }
    for name, truth in truths.items():
        found = MEANS.success_probability(*truth, ses, benefit="higher")
        assert found == pytest.approx(known[name], abs=1e-7)


@settings(max_examples=20)
@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 8), st.integers(1, 8))
def test_one_beta_against_a_sum_of_whole_numbers(n0: int, n1: int, a: int, b: int) -> None:
    chance = HistoricalControls((1.0,), (float(a),), (float(b),), robust=0.0).chance_better(
        (n0, n1)
    )
    for x0 in range(n0 + 1):
        for x1 in range(n1 + 1):
            i, miss = np.arange(1 + x1), 1 + n1 - x1
            a0, b0 = a + x0, b + n0 - x0
            terms = betaln(a0 + i, miss + b0) - np.log(miss + i) - betaln(1 + i, miss)
            assert chance[x0, x1] == pytest.approx(np.exp(terms - betaln(a0, b0)).sum(), abs=1e-11)


def test_one_beta_is_worth_its_patients_and_a_vague_share_takes_some_away() -> None:
    alone = HistoricalControls((1.0,), (30.0,), (70.0,), robust=0.0)
    assert alone.effective_patients() == pytest.approx(100.0, abs=1e-8)
    worth = [
        HistoricalControls((1.0,), (30.0,), (70.0,), robust=r).effective_patients()
        for r in (0.0, 0.2, 0.5, 0.9, 1.0)
    ]
    assert np.all(np.diff(worth) < 0.0)
    assert worth[-1] == pytest.approx(0.0, abs=1e-12)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_binomial_probabilities_are_those_of_the_formula(n: int, p: float) -> None:
    x = np.arange(n + 1.0)
    plain = comb(n, x) * p**x * (1.0 - p) ** (n - x)
    assert np.allclose(binomial_probabilities(n, p), plain, rtol=1e-9, atol=1e-300)


def test_drift_towards_benefit_costs_the_level_and_the_vague_share_bounds_it() -> None:
    def error(robust: float, drift: float) -> float:
        history = HistoricalControls((1.0,), (60.0,), (140.0,), robust=robust)
        design = Design("all-comers", BinaryEndpoint(), 200, arms=Arms((1, 3)), borrowing=history)
        found = evaluate(design, Scenario(0.3, 0.0, control_drift=drift))
        assert found.engine == "exact"
        return float(found.family_wise_error.value)

    plain = [error(0.0, d) for d in (-0.4, 0.0, 0.4, 0.8)]
    robust = [error(0.5, d) for d in (-0.4, 0.0, 0.4, 0.8)]
    assert np.all(np.diff(plain) > 0.0)
    assert plain[3] > 3.0 * robust[3]
    assert error(1.0, 0.8) < 0.03


def test_means_without_borrowing_have_the_level_whatever_the_drift() -> None:
    flat = NormalHistory((1.0,), (0.0,), (0.1,), robust=1.0, vague=(0.0, 1e4))
    for truth in (-0.5, 0.0, 2.0):
        found = flat.success_probability(truth, truth, (0.2, 0.3), benefit="higher")
        assert found == pytest.approx(0.025, abs=1e-6)


def test_patients_agree_with_the_sum_and_statistics_are_refused() -> None:
    design = Design(
        "enriched",
        BinaryEndpoint(benefit="lower"),
        150,
        marker=Marker(0.4, 0.9, 0.9),
        arms=Arms((1, 2)),
        borrowing=MIXED,
    )
    truth = Scenario(0.35, (0.0, -0.9))
    compared = compare_engines(design, truth, replicates=20_000)
    assert [g for g in compared.gaps if abs(g.errors) > 4.0] == []
    assert {g.measure for g in compared.gaps} >= {"power", "naive_bias", "patients"}
    assert "two counts" in compared.refused["statistic"]


REFUSED: list[dict[str, Any]] = [
    {"looks": Looks((0.5, 1.0))},
    {"looks": Looks(sided=2)},
    {"endpoint": BinaryEndpoint(effect="log_odds_ratio")},
    {"endpoint": TimeToEvent(), "events": 50},
    {"kind": "stratified", "marker": Marker(0.4), "combination": "fisher"},
]


@pytest.mark.parametrize("changed", REFUSED)
def test_borrowing_is_refused_where_the_result_is_not_two_counts(changed: dict[str, Any]) -> None:
    parts: dict[str, Any] = {"kind": "all-comers", "endpoint": BinaryEndpoint(), "patients": 100}
    with pytest.raises(ArrayError) as caught:
        Design(**(parts | {"borrowing": MIXED} | changed))
    assert {p.field for p in caught.value.problems} == {"borrowing"}


@pytest.mark.parametrize(
    "parts",
    [
        {"weights": (0.5, 0.4)},
        {"weights": (1.0,)},
        {"a": (0.0, 1.0)},
        {"b": (1.0, math.nan)},
        {"robust": 1.5},
        {"robust": math.nan},
    ],
)
def test_a_mixture_that_is_none_is_refused(parts: dict[str, Any]) -> None:
    whole: dict[str, Any] = {"weights": (0.5, 0.5), "a": (1.0, 2.0), "b": (3.0, 4.0)}
    with pytest.raises(ArrayError):
        HistoricalControls(**(whole | parts))
    means = {"weights": (0.5, 0.5), "means": (0.0, 1.0), "sds": (1.0, 1.0), "robust": 0.1}
    renamed = {"a": "sds", "b": "means"}
    changed = {renamed.get(name, name): value for name, value in parts.items()}
    with pytest.raises(ArrayError):
        NormalHistory(**(means | {"vague": (0.0, 2.0)} | changed))
