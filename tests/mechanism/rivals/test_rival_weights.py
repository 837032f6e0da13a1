from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from equipoise.checkpoints import from_plain, to_plain
from equipoise.errors import InputError
from equipoise.mechanism.rivals import (
    PredictedEffects,
    Rival,
    RivalWeights,
    WindowTrials,
    predicted_effects,
    study_log_likelihood,
    weigh_rivals,
)


@pytest.fixture(scope="module")
def effects(trials: WindowTrials, rivals: tuple[Rival, ...]) -> PredictedEffects:
    blind = replace(trials, arms=tuple(replace(a, readouts=a.readouts[:-1]) for a in trials.arms))
    return predicted_effects(blind, rivals, draws=100)


@pytest.fixture(scope="module")
def weights(effects: PredictedEffects) -> RivalWeights:
    return weigh_rivals(effects, "N")


def test_weights_are_those_of_a_plain_sum(effects: PredictedEffects, weights: RivalWeights) -> None:
    rows = effects.trials.rows
    studies = [[0, 1], [2, 3, 4], [5]]
    marginals = []
    for ratios in effects.by_row:
        total = 0.0
        for draw in ratios:
            log_likelihood = 0.0
            for places in studies:
                part = study_log_likelihood([rows[k] for k in places], draw[places])
                log_likelihood += float(part)
            total += math.exp(log_likelihood)
        marginals.append(total / len(ratios))
    for found, marginal in zip(weights.rivals, marginals, strict=True):
        assert found.weight == pytest.approx(marginal / sum(marginals), rel=1e-10)
        assert found.log_marginal == pytest.approx(math.log(marginal), abs=1e-10)
        assert found.bayes_factor == pytest.approx(marginal / marginals[0], rel=1e-10)


def test_evidence_that_fell_in_both_strata_tells_for_the_edges(weights: RivalWeights) -> None:
    assert sum(weights.weight.values()) == pytest.approx(1.0)
    assert weights.best in ("D", "B")
    assert weights.weight["D"] > weights.weight["N"]
    assert weights.weight["N"] == weights.weight["H"]
    assert weights.alike == (("N", "H"),)
    assert weights.rivals[0].bayes_factor == 1.0
    assert weights.rivals[0].log_bayes_factor_error == 0.0
    ordered = sorted(weights.rivals, key=lambda row: -row.weight)
    assert weights.bayes_factor == pytest.approx(ordered[0].weight / ordered[1].weight)


def test_rivals_that_predict_alike_are_not_distinguished(effects: PredictedEffects) -> None:
    only = replace(effects, rivals=effects.rivals[::4], by_row=effects.by_row[::4], by_arm=())
    found = weigh_rivals(only, "N")
    assert found.bayes_factor == 1.0
    assert found.verdict == "not distinguished"
    assert found.weight == {"N": 0.5, "H": 0.5}


def test_a_bayes_factor_above_three_over_every_other_distinguishes(
    effects: PredictedEffects,
) -> None:
    far = replace(effects, by_row=effects.by_row + np.array([0, 0, 9.0, 0, 0])[:, None, None])
    near = replace(effects, by_row=np.zeros_like(effects.by_row))
    near.by_row[1, :, 0], near.by_row[1, :, 1] = math.log(0.6), math.log(0.8)
    assert weigh_rivals(near, "N").verdict == "D distinguished"
    assert weigh_rivals(near, "N").best == "D"
    assert weigh_rivals(far, "N").weight["F"] < 1e-6


def test_each_study_is_left_out_in_turn(effects: PredictedEffects, weights: RivalWeights) -> None:
    assert [row.study for row in weights.left_out] == ["One", "Two", "Three"]
    rows = effects.trials.rows
    kept = replace(effects.trials, rows=rows[:5], places=effects.trials.places[:5])
    without = weigh_rivals(replace(effects, trials=kept, by_row=effects.by_row[:, :, :5]), "N")
    last = weights.left_out[2]
    assert last.weights == pytest.approx(list(without.weight.values()), rel=1e-10)
    assert (last.best, last.second, last.verdict) == (without.best, without.second, without.verdict)
    assert last.bayes_factor == pytest.approx(without.bayes_factor, rel=1e-10)


def test_every_row_stands_beside_every_rival(
    effects: PredictedEffects, weights: RivalWeights
) -> None:
    assert len(weights.rows) == 6 * 5
    sign = next(row for row in weights.rows if (row.row, row.rival) == ("sig_up", "D"))
    assert sign.low > 1.0
    assert 1.5 < sign.bayes_factor < 2.0  # a sign is never worth more than 2 against no effect
    fat = [row for row in weights.rows if row.row == "fat_down"]
    assert [row.bayes_factor for row in fat] == pytest.approx([1.0] * 5, abs=1e-3)  # all share it
    assert sign.predicted == pytest.approx(np.exp(np.median(effects.by_row[1, :, 2])))


def test_the_record_survives_a_checkpoint(weights: RivalWeights) -> None:
    text = json.dumps(to_plain(weights))
    assert from_plain(RivalWeights, json.loads(text)) == weights


def test_an_unknown_reference_is_a_problem(effects: PredictedEffects) -> None:
    with pytest.raises(InputError, match="N, D, F, B, H"):
        weigh_rivals(effects, "none")
