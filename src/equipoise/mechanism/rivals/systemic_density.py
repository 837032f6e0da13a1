"""The log likelihood of printed systemic ratios as a function of parameters, for profiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals.evidence_density import LOWEST
from equipoise.mechanism.rivals.parameter_draws import held_density
from equipoise.mechanism.rivals.window_trial import WindowArm
from equipoise.synthesis.arrays import Array


def systemic_log_density(
    model: MechanismModel,
    arm: WindowArm,
    ratios: Sequence[float],
    log_se: float,
    names: Sequence[str],
    held: Sequence[str] = (),
) -> Callable[[Array], float]:
    """Return the log likelihood of ratios at the logarithms of parameters, (q,).

    `-sum ((ln r - ln r_printed) / s)^2 / 2`, r the model's ratios with the drug over without.

    Parameters
    ----------
    model : MechanismModel
    arm : WindowArm
        From `systemic_arm`.
    ratios : sequence of float
        Printed, one for each readout of the arm.
    log_se : float
        Standard error of their logarithms: assumed where no interval is printed.
    names : sequence of str, length q
        Positive parameters; the others are those of the arm's patient.
    held : sequence of str
        Those of `names` whose range in the table counts as a normal prior.
    """
    printed = np.log(ratios)
    prior = held_density(model, names, held)

    def log_density(working: Array) -> float:
        found = arm.log_ratios(model, names, np.exp(working)[None, :])[0]
        if not np.isfinite(found).all():
            return LOWEST
        return -0.5 * float((((found - printed) / log_se) ** 2).sum()) + prior(working)

    return log_density
