"""Effects under every rival, for the same draws of what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.errors import ComputationError
from equipoise.mechanism.rivals.parameter_draws import (
    ParameterRanges,
    names_behind,
    parameter_ranges,
    uncertain_behind,
)
from equipoise.mechanism.rivals.rival import Rival
from equipoise.mechanism.rivals.window_trial import WindowTrials
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class PredictedEffects:
    """Log ratios of readouts, with the drug over without.

    Attributes
    ----------
    trials : WindowTrials
    rivals : tuple of Rival, length r
    ranges : ParameterRanges
        Priors of what was drawn.
    values : (n, q) array
        The draws, those that failed left out.
    by_arm : tuple of (r, n, readouts) arrays
        One for each arm of `trials`.
    by_row : (r, n, k) array
    alike : tuple of tuple of str
        Rivals that differ in no switch on which any readout depends: no readout can tell them
        apart.
    failed : int
        Draws left out because a simulation failed, or a readout was not positive, under a rival.
    seed : int
    """

    trials: WindowTrials
    rivals: tuple[Rival, ...]
    ranges: ParameterRanges
    values: Array
    by_arm: tuple[Array, ...]
    by_row: Array
    alike: tuple[tuple[str, ...], ...]
    failed: int
    seed: int


@dataclass(frozen=True)
class PredictedReadout:
    """What one rival says of one readout: median and central 95 % of the ratio."""

    rival: str
    regimen: str
    day: float
    stratum: str
    readout: str
    median: float
    low: float
    high: float


def predicted_effects(
    trials: WindowTrials,
    rivals: Sequence[Rival],
    *,
    draws: int = 1000,
    seed: int = 1,
    workers: int = 1,
) -> PredictedEffects:
    """Predict every row of evidence under every rival.

    Drawn is whatever has a range and stands behind a readout. Rivals see the same draws, so their
    differences are not blurred by chance; rivals that no readout tells apart are simulated once.

    Parameters
    ----------
    trials : WindowTrials
    rivals : sequence of Rival
    draws, seed, workers : int

    Raises
    ------
    ComputationError
        No draw could be simulated under every rival.
    """
    model = trials.model
    behind = names_behind(model, trials.readouts)
    ranges = parameter_ranges(model, uncertain_behind(model, trials.readouts))
    values = ranges.draw(draws, np.random.default_rng(seed))
    told = [tuple(v for name, v in r.switches.items() if name in behind) for r in rivals]
    distinct = list(dict.fromkeys(told))
    names = [*ranges.names, *rivals[0].switches]
    first = [rivals[told.index(key)] for key in distinct]
    stacked = np.vstack([_with_switches(values, rival) for rival in first])
    place = [distinct.index(key) for key in told]
    by_arm = [
        arm.log_ratios(model, names, stacked, workers).reshape(len(first), draws, -1)[place]
        for arm in trials.arms
    ]
    good = np.all([np.isfinite(found).all(axis=(0, 2)) for found in by_arm], axis=0)
    if not good.any():
        raise ComputationError("No draw of the parameters could be simulated under every rival.")
    kept = tuple(found[:, good] for found in by_arm)
    alike = [
        tuple(rival.id for rival, k in zip(rivals, told, strict=True) if k == key)
        for key in distinct
    ]
    return PredictedEffects(
        trials=trials,
        rivals=tuple(rivals),
        ranges=ranges,
        values=values[good],
        by_arm=kept,
        by_row=trials.of_rows(kept),
        alike=tuple(group for group in alike if len(group) > 1),
        failed=int((~good).sum()),
        seed=seed,
    )


def _with_switches(values: Array, rival: Rival) -> Array:
    switches = np.tile(np.array(list(rival.switches.values())), (len(values), 1))
    return np.hstack([values, switches])


def predicted_readouts(effects: PredictedEffects) -> tuple[PredictedReadout, ...]:
    """Summarise what each rival says of each readout of each arm."""
    found = []
    for r, rival in enumerate(effects.rivals):
        for arm, ratios in zip(effects.trials.arms, effects.by_arm, strict=True):
            for k, readout in enumerate(arm.readouts):
                middle, low, high = ratio_summary(ratios[r, :, k])
                found.append(
                    PredictedReadout(
                        rival=rival.id,
                        regimen=arm.regimen,
                        day=arm.day,
                        stratum=arm.stratum,
                        readout=readout,
                        median=middle,
                        low=low,
                        high=high,
                    )
                )
    return tuple(found)


def ratio_summary(log_ratios: Array) -> tuple[float, float, float]:
    """Return median and central 95 % of ratios from draws of their logarithm."""
    middle, low, high = np.exp(np.percentile(log_ratios, (50.0, 2.5, 97.5)))
    return float(middle), float(low), float(high)
