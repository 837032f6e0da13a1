from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.errors import ComputationError
from equipoise.mechanism.rivals import Rival, WindowTrials, predicted_effects, predicted_readouts


def test_rivals_see_the_same_draws(trials: WindowTrials, rivals: tuple[Rival, ...]) -> None:
    effects = predicted_effects(trials, rivals, draws=20, seed=4)
    assert effects.by_row.shape == (5, 20, 6)
    assert [a.shape for a in effects.by_arm] == [(5, 20, 2), (5, 20, 2), (5, 20, 4)]
    row = np.append(effects.values[7], list(rivals[3].switches.values()))
    alone = trials.log_ratios([*effects.ranges.names, *rivals[3].switches], row[None, :])
    assert np.array_equal(effects.by_row[3, 7], alone[0])


def test_without_an_edge_nothing_moves(trials: WindowTrials, rivals: tuple[Rival, ...]) -> None:
    effects = predicted_effects(trials, rivals, draws=20)
    none, direct, far, both, _ = effects.by_row
    assert np.abs(none[:, [0, 1, 2, 3, 5]]).max() < 1e-9
    assert (none[:, 4] < 0).all()  # fat falls whatever the edges
    assert (direct[:, 2] > 0).all()
    assert (far[:, 0] < far[:, 1]).all()  # the far edge acts by the index
    assert np.abs(direct[:, 0] - direct[:, 1]).max() < 1e-9
    assert both[:, 0] == pytest.approx(direct[:, 0] + far[:, 0], abs=1e-5)  # edges multiply here


def test_rivals_that_no_readout_tells_apart_are_named(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    blind = replace(trials, arms=tuple(replace(a, readouts=a.readouts[:-1]) for a in trials.arms))
    effects = predicted_effects(blind, rivals, draws=5)
    assert effects.alike == (("N", "H"),)
    assert np.array_equal(effects.by_row[0], effects.by_row[4])
    assert predicted_effects(trials, rivals, draws=5).alike == ()  # Host is a readout there


def test_a_draw_that_fails_under_one_rival_is_left_out_of_all(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    wild = [*rivals[:2], replace(rivals[2], switches={**rivals[2].switches, "s_far": 8.0})]
    effects = predicted_effects(trials, wild, draws=60)
    assert 0 < effects.failed < 60
    assert len(effects.values) == effects.by_row.shape[1] == 60 - effects.failed
    assert np.isfinite(effects.by_row).all()
    wild[2] = replace(rivals[2], switches={**rivals[2].switches, "s_far": 1e4})
    with pytest.raises(ComputationError, match="No draw"):
        predicted_effects(trials, wild, draws=10)


def test_the_summary_holds_every_readout_of_every_arm(
    trials: WindowTrials, rivals: tuple[Rival, ...]
) -> None:
    effects = predicted_effects(trials, rivals, draws=30)
    rows = predicted_readouts(effects)
    assert len(rows) == 5 * (2 + 2 + 4)
    found = next(r for r in rows if (r.rival, r.regimen, r.readout) == ("H", "half", "Host"))
    assert found.day == 6.0
    assert 1.0 < found.low < found.median < found.high
    ratios = np.exp(effects.by_arm[2][4, :, 3])
    assert found.median == pytest.approx(np.median(ratios), rel=1e-6)
