"""Profiles of what carries the answer: what the window trials can place, and what they cannot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equipoise.mechanism.plan import ProfilePlan
from equipoise.mechanism.rivals import (
    Profile,
    Rival,
    WindowTrials,
    evidence_log_density,
    profile,
)


def profiles(
    plans: Sequence[ProfilePlan], trials: WindowTrials, rivals: Sequence[Rival]
) -> tuple[Profile, ...]:
    """Profile each parameter of the plan under its rival; `tied` parameters move with it.

    A parameter that is tied to another keeps its ratio to it: the profile of one along such a ridge
    is flat where only the ratio can be learnt.
    """
    by_id = {rival.id: rival for rival in rivals}
    found = []
    for plan in plans:
        names = (plan.parameter, *plan.free)
        tied = [plan.tied, *([] for _ in plan.free)]
        density = evidence_log_density(trials, by_id[plan.rival], names, tied=tied, held=plan.free)
        model = trials.model
        start = {name: float(np.log(model.values[model.index(name)])) for name in names}
        grid = np.log(np.geomspace(plan.low, plan.high, plan.points))
        found.append(profile(density, names, start, plan.parameter, grid.tolist()))
    return tuple(found)
