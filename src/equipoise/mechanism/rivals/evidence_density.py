"""The log likelihood of window trials as a function of parameters, for profiles.

A switch that is profiled is the weight of its edge: 0 is none, 1 the edge as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from equipoise.mechanism.rivals.parameter_draws import held_density
from equipoise.mechanism.rivals.rival import Rival
from equipoise.mechanism.rivals.study_likelihood import (
    ASSUMED,
    WindowAssumptions,
    log_likelihood_by_study,
)
from equipoise.mechanism.rivals.window_trial import WindowTrials
from equipoise.synthesis.arrays import Array

LOWEST = -1e6
"""Given where a simulation fails, so that a search turns back."""


def evidence_log_density(
    trials: WindowTrials,
    rival: Rival,
    names: Sequence[str],
    *,
    tied: Sequence[Sequence[str]] = (),
    held: Sequence[str] = (),
    assumed: WindowAssumptions = ASSUMED,
) -> Callable[[Array], float]:
    """Return the log likelihood of all studies at the logarithm of parameters, others as they are.

    Parameters
    ----------
    trials : WindowTrials
    rival : Rival
        Sets the switches; a switch among `names` is varied instead.
    names : sequence of str, length q
        Positive parameters; the returned function takes their logarithms, (q,).
    tied : sequence of sequence of str, length q, or empty
        Parameters that keep their ratio to each of `names`.
    held : sequence of str
        Those of `names` whose range in the table counts as a normal prior, not cut so that a
        search sees no edge; the others are held by the trials alone.
    assumed : WindowAssumptions
    """
    model = trials.model
    groups = [[n, *(tied[k] if tied else ())] for k, n in enumerate(names)]
    switches = {n: v for n, v in rival.switches.items() if not any(n in g for g in groups)}
    moved = [n for group in groups for n in group]
    base = np.array([model.values[model.index(n)] for n in moved])
    first = np.array([model.values[model.index(group[0])] for group in groups])
    prior = held_density(model, names, held)
    owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])

    def log_density(working: Array) -> float:
        values = base * (np.exp(working) / first)[owner]
        row = np.concatenate([values, list(switches.values())])[None, :]
        ratios = trials.log_ratios([*moved, *switches], row)
        if not np.isfinite(ratios).all():
            return LOWEST
        likelihood = float(log_likelihood_by_study(trials.rows, ratios, assumed).sum())
        return likelihood + prior(working)

    return log_density
