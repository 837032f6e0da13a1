"""Effects of a drug on the scales of trials, a value for each draw."""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from equipoise.synthesis.arrays import Array


def mean_response(response: Array, chosen: Array | None = None) -> Array:
    """Return the mean over patients (m,) of responses (m, n); failed patients (NaN) are left out.

    `chosen`, shape (m, n), weights the patients; a draw in which nobody is left is NaN.
    """
    weight = np.isfinite(response) * (1.0 if chosen is None else chosen)
    total = weight.sum(axis=1)
    value = (weight * np.nan_to_num(response)).sum(axis=1)
    mean: Array = np.divide(value, total, out=np.full(len(total), np.nan), where=total > 0)
    return mean


def log_odds_ratio(treated: Array, control: Array, chosen: Array | None = None) -> Array:
    """Return the log odds ratio of complete response, (m,), from chances (m, n) of paired arms.

    Marginal: `logit(mean treated) - logit(mean control)`, what a trial of such patients would
    estimate; it is nearer to 0 than the odds ratio of one patient. Equal arms give 0 even where
    everybody or nobody responds.
    """
    both = np.isfinite(treated) & np.isfinite(control)
    a = mean_response(np.where(both, treated, np.nan), chosen)
    b = mean_response(np.where(both, control, np.nan), chosen)
    with np.errstate(invalid="ignore"):
        difference: Array = np.where(a == b, 0.0, logit(a) - logit(b))
    return difference


def log_hazard_ratio(treated: Array, control: Array) -> Array:
    """Return the log ratio of cumulative hazards, (m,), from event-free chances (m, n)."""
    a, b = mean_response(treated), mean_response(control)
    ratio: Array = np.log(np.log(a) / np.log(b))
    return ratio
