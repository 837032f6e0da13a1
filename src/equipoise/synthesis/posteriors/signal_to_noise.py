"""A second view of one estimate without a prior of one's own: shrinkage by signal to noise."""

from __future__ import annotations

import numpy as np

from equipoise.synthesis.arrays import broadcast, require
from equipoise.synthesis.posteriors.mixture import Posterior, PriorDescription, Scale

METHOD_CITES = {"signal to noise": ("vanzwet2021",)}
COCHRANE_WEIGHTS = (0.32, 0.31, 0.30, 0.07)
COCHRANE_SDS = (0.61, 1.42, 2.16, 5.64)
"""Mixture of the signal-to-noise ratio of trials in the Cochrane database (vanzwet2021)."""
DESCRIPTION = PriorDescription(
    "signal-to-noise ratio of Cochrane trials",
    "true effect over standard error is a mixture of normals with mean 0, weights 0.32, 0.31, "
    "0.30, 0.07 and standard deviations 0.61, 1.42, 2.16, 5.64",
    "doi:10.1002/sim.9173",
)
CAVEAT = (
    "It shrinks the estimate as one drawn at random from all trials of the Cochrane database; it "
    "ignores how the stratum was picked, so that an estimate chosen because it stood out is "
    "shrunk too little."
)


def shrink_signal_to_noise(
    estimate: float, se: float, *, name: str = "effect", scale: Scale = "log"
) -> Posterior:
    r"""Answer what an estimate is worth if it is a trial result like any other.

    With `z = b / s` and the signal-to-noise ratio `SNR ~ sum_c w_c N(0, sigma_c^2)` over all
    trials of the Cochrane database, the true effect `s SNR` is a mixture of normals with
    weights proportional to `w_c N(z; 0, 1 + sigma_c^2)`, means `b sigma_c^2 / (1 + sigma_c^2)` and
    variances `s^2 sigma_c^2 / (1 + sigma_c^2)` (van Zwet, Schwab and Senn 2021,
    10.1002/sim.9173). The same z shrinks by the same factor whatever the units.

    Parameters
    ----------
    estimate, se : float
        `b` and its standard error `s`, on the analysis scale.
    name : str
        Name of the effect in the result.
    scale : {"log", "identity"}

    Returns
    -------
    Posterior
        Exact, of one effect; `message` says what it leaves out.

    Raises
    ------
    ArrayError
        For an estimate that is not finite or a standard error not above 0.

    Notes
    -----
    Made for the primary efficacy result of a trial. It knows nothing of the question at hand:
    neither the drug nor how many strata were looked at.

    Examples
    --------
    >>> import math
    >>> shrunk = shrink_signal_to_noise(math.log(0.64), 0.2022)
    >>> round(math.exp(shrunk.mean("effect")), 3)
    0.745
    """
    data = broadcast(estimate=estimate, se=se)
    require(data, ("estimate",), np.isfinite, "a finite number")
    require(data, ("se",), lambda s: np.isfinite(s) & (s > 0.0), "above 0, finite")
    z = estimate / se
    signal = np.square(COCHRANE_SDS)
    logs = np.log(COCHRANE_WEIGHTS) - 0.5 * (np.log1p(signal) + z * z / (1.0 + signal))
    weights = np.exp(logs - logs.max())
    keep = signal / (1.0 + signal)
    return Posterior(
        (name,),
        weights / weights.sum(),
        (estimate * keep)[:, None],
        (se * se * keep)[:, None, None],
        scale,
        (DESCRIPTION,),
        message=CAVEAT,
    )
