r"""Which marker separates rival mechanisms: effect with and without it, under each.

Under one rival and one draw of the uncertain values, the interaction of a split is the log odds
ratio of the drug in patients with the marker minus that in those without. Two rivals are told
apart by a split whose interactions differ between them. How well:

- `standardised`: difference of the mean interactions over the square root of the sum of their
  variances across draws: what the spread of the prior leaves of it;
- `patients`: the size at which a study of interaction tells one from the other
  (`patients_for_interaction`), at the mean difference.

The best split is that with the least harmonic mean of patients over the pairs of rivals, which is
the most information a patient on average: a pair that no study tells apart adds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from equipoise.mechanism.sensitivity.effect_scales import log_odds_ratio, mean_response
from equipoise.mechanism.sensitivity.interaction_size import Chances, patients_for_interaction
from equipoise.synthesis.arrays import Array

NEGLIGIBLE = 1e-4
"""Log odds that two solutions of the same equations may be apart: less is no interaction."""

METHOD_CITES = {"split_effects": ("demidenko2008",)}


@dataclass(frozen=True, eq=False)
class RivalOutcomes:
    """Chances of response (m, n) of the same patients, with and without the drug."""

    rival: str
    treated: Array
    control: Array


@dataclass(frozen=True, eq=False)
class MarkerStatus:
    """A split: `positive`, (m, n) of 0 and 1, for each rival whose readouts may set it."""

    marker: str
    label: str
    positive: Mapping[str, Array]


@dataclass(frozen=True)
class SplitEffect:
    """Effect of the drug on both sides of a split under one rival, over draws.

    Effects are log odds ratios with a central interval of 95 %; `patients` is the size of a study
    that would find the mean interaction, infinity where there is none, and `patients_least` that
    for the end of its interval that is farther from 0: what the prior allows at best.
    """

    marker: str
    rival: str
    share_positive: float
    positive: float
    positive_low: float
    positive_high: float
    negative: float
    negative_low: float
    negative_high: float
    interaction: float
    interaction_low: float
    interaction_high: float
    interaction_sd: float
    patients: float
    patients_least: float


@dataclass(frozen=True)
class RivalSeparation:
    """How far a split tells two rivals apart."""

    marker: str
    first: str
    second: str
    difference: float
    standardised: float
    patients: float


@dataclass(frozen=True)
class MarkerSplits:
    """All splits under all rivals; `best` is the marker that separates them with fewest patients.

    `best` is empty where no split separates any two rivals.
    """

    effects: tuple[SplitEffect, ...]
    separations: tuple[RivalSeparation, ...]
    harmonic_patients: Mapping[str, float]
    best: str

    def to_frame(self) -> pd.DataFrame:
        """Return a row for every split and rival."""
        return pd.DataFrame([vars(row) for row in self.effects])


@dataclass(frozen=True, eq=False)
class _Split:
    interaction: Array
    chances: Chances
    share: float
    effect: SplitEffect


def split_effects(
    outcomes: Sequence[RivalOutcomes], markers: Sequence[MarkerStatus]
) -> MarkerSplits:
    """Return the effect on both sides of every split, and how well it separates the rivals."""
    effects: list[SplitEffect] = []
    separations: list[RivalSeparation] = []
    harmonic: dict[str, float] = {}
    for marker in markers:
        splits = {o.rival: _split(o, marker) for o in outcomes}
        effects += [split.effect for split in splits.values()]
        pairs = [
            _separation(marker.marker, a, splits[a], b, splits[b])
            for a, b in itertools.combinations(splits, 2)
        ]
        separations += pairs
        rate = float(np.mean([1.0 / pair.patients for pair in pairs])) if pairs else 0.0
        harmonic[marker.marker] = 1.0 / rate if rate > 0.0 else np.inf
    best = min(harmonic, key=lambda name: harmonic[name], default="")
    if not best or np.isinf(harmonic[best]):
        best = ""
    return MarkerSplits(tuple(effects), tuple(separations), harmonic, best)


def _split(outcome: RivalOutcomes, marker: MarkerStatus) -> _Split:
    positive = marker.positive[outcome.rival]
    sides = (positive, 1.0 - positive)
    with_it, without = (log_odds_ratio(outcome.treated, outcome.control, side) for side in sides)
    interaction = with_it - without
    chances = [
        _mean(mean_response(arm, side))
        for side in sides
        for arm in (outcome.treated, outcome.control)
    ]
    four: Chances = (chances[0], chances[1], chances[2], chances[3])
    share = float(positive.mean())
    middle = _told(_mean(interaction))
    farthest = max(_spread(interaction)[1:], key=abs)
    effect = SplitEffect(
        marker.marker,
        outcome.rival,
        share,
        *_spread(with_it),
        *_spread(without),
        *_spread(interaction),
        _sd(interaction),
        patients_for_interaction(middle, four, share),
        patients_for_interaction(_told(farthest), four, share),
    )
    return _Split(interaction, four, share, effect)


def _separation(marker: str, a: str, one: _Split, b: str, other: _Split) -> RivalSeparation:
    difference = _told(_mean(one.interaction) - _mean(other.interaction))
    spread = float(np.hypot(_sd(one.interaction), _sd(other.interaction)))
    ratio = abs(difference) / spread if spread > 0.0 else (np.inf if difference else 0.0)
    patients = max(
        patients_for_interaction(difference, split.chances, split.share) for split in (one, other)
    )
    return RivalSeparation(marker, a, b, difference, ratio, patients)


def _mean(values: Array) -> float:
    used = values[np.isfinite(values)]
    return float(used.mean()) if used.size else 0.0


def _told(difference: float) -> float:
    """Return a difference, 0 where the solver's error could be all of it."""
    return difference if abs(difference) > NEGLIGIBLE else 0.0


def _sd(values: Array) -> float:
    used = values[np.isfinite(values)]
    return float(used.std(ddof=1)) if used.size > 1 else 0.0


def _spread(values: Array) -> tuple[float, float, float]:
    used = values[np.isfinite(values)]
    if not used.size:
        return (np.nan, np.nan, np.nan)
    middle, low, high = np.percentile(used, [50.0, 2.5, 97.5]).tolist()
    return (middle, low, high)
