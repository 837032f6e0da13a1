r"""How likely a window trial is, given the effect that a rival predicts.

With `mu` the predicted log ratio of a readout and `b` what a single arm sees without any drug,

- a ratio `y` with standard error `s` (from its interval): `y ~ N(mu + b, s^2)`;
- a sign `d` (1 or -1) with two-sided `P`, its size not printed:
  `Pr(sign = d) = Phi(z d (mu + b) / e)`, `z = Phi^-1(1 - P/2)`, `e` the size that the unseen effect
  is assumed to have had, so that its standard error is `e / z`. A predicted effect of size `e` in
  the right direction gives `1 - P/2`, none gives 1/2: only the direction counts, so one sign is
  never worth a Bayes factor above 2 against no effect;
- no change in `n` patients: `0 ~ N(mu + b, c^2 / n)`, `c` the assumed standard deviation of a
  patient's log ratio.

In a randomised trial `b = 0`. In a single arm `b ~ N(m, t^2)`: regression to the mean and whatever
else changes between two samples of one tumour. The rows of a study share it: they are the same
patients and the same pairs of samples, and are counted once. The normal rows integrate exactly
over `b`; the signs by Gauss-Hermite quadrature over what those leave of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from equipoise.mechanism.rivals.rival_evidence import RivalEvidence
from equipoise.synthesis.arrays import Array

NODES = 64
"""Of the quadrature: off by less than 1e-9 where a sign is ten times sharper than `b` is wide."""


@dataclass(frozen=True)
class WindowAssumptions:
    """What no window trial printed.

    Attributes
    ----------
    drift_mean, drift_sd : float
        Log ratio that a single arm shows without any drug: 95 % within a fall of 25 % and a rise
        of 34 %, in neither direction rather than the other.
    sign_size : float
        Size of a log ratio of which only sign and P are printed: ln 1.2.
    change_sd : float
        Standard deviation of a patient's log ratio between two samples.
    """

    drift_mean: float = 0.0
    drift_sd: float = 0.15
    sign_size: float = 0.1823215567939546
    change_sd: float = 0.6


ASSUMED = WindowAssumptions()


def study_log_likelihood(
    rows: Sequence[RivalEvidence], log_ratios: Array, assumed: WindowAssumptions = ASSUMED
) -> Array:
    """Return the log likelihood of the rows of one study.

    Parameters
    ----------
    rows : sequence of RivalEvidence, length k
        Of one study, so of one design.
    log_ratios : (..., k) array
        Predicted effects.
    assumed : WindowAssumptions

    Returns
    -------
    (...) array
    """
    single = rows[0].single_arm
    mean, variance = (assumed.drift_mean, assumed.drift_sd**2) if single else (0.0, 0.0)
    sharp = np.array([row.kind != "sign" for row in rows])
    normal = [row for row in rows if row.kind != "sign"]
    signs = [row for row in rows if row.kind == "sign"]
    total, centre, width = _normal_part(
        normal, log_ratios[..., sharp] + mean, variance, assumed.change_sd
    )
    if not signs:
        return total
    left = log_ratios[..., ~sharp] + (mean + centre)[..., None]
    return total + _sign_part(signs, left, width, assumed.sign_size)


def _normal_part(
    rows: Sequence[RivalEvidence], expected: Array, variance: float, change_sd: float
) -> tuple[Array, Array, float]:
    r"""Log likelihood of rows that are normal, and mean and sd of `b` after them.

    With residuals `r_i`, precisions `w_i`, `q = sum w_i r_i` and `v = t^2 / (1 + t^2 sum w_i)`:
    `ln L = sum (ln(w_i / 2 pi) - w_i r_i^2) / 2 + v q^2 / 2 - ln(1 + t^2 sum w_i) / 2`;
    `b` is left with mean `v q` and variance `v`.
    """
    precision = np.array([1.0 / standard_error(row, change_sd) ** 2 for row in rows])
    residual = np.array([row.log_ratio for row in rows]) - expected
    pull = residual @ precision if rows else np.zeros(expected.shape[:-1])
    stretch = 1.0 + variance * float(precision.sum())
    left = variance / stretch
    total = 0.5 * float(np.log(precision / (2 * math.pi)).sum()) - 0.5 * math.log(stretch)
    spread = (residual**2) @ precision if rows else 0.0
    return total - 0.5 * spread + 0.5 * left * pull**2, left * pull, math.sqrt(left)


def _sign_part(
    rows: Sequence[RivalEvidence], expected: Array, width: float, sign_size: float
) -> Array:
    """Log of the mean over `b ~ N(0, width^2)` of the product of the signs' probabilities."""
    steep = np.array([z_of(row) * float(row.value or 0.0) for row in rows]) / sign_size
    if width == 0.0:
        alone: Array = special.log_ndtr(steep * expected).sum(axis=-1)
        return alone
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    at = steep * (expected[..., None, :] + width * nodes[:, None])
    each = special.log_ndtr(at).sum(axis=-1)
    found: Array = special.logsumexp(each, axis=-1, b=weights / math.sqrt(2 * math.pi))
    return found


def standard_error(row: RivalEvidence, change_sd: float) -> float:
    """Return that of a log ratio: from the printed interval, else `change_sd / sqrt(n)`."""
    return row.log_se if row.kind == "ratio" else change_sd / math.sqrt(row.n or 1)


def z_of(row: RivalEvidence) -> float:
    """Return `Phi^-1(1 - P/2)` of the printed two-sided P."""
    return -float(special.ndtri((row.p_value or 1.0) / 2))


def studies_of(rows: Sequence[RivalEvidence]) -> dict[str, tuple[int, ...]]:
    """Return the places of each study's rows."""
    found: dict[str, tuple[int, ...]] = {}
    for k, row in enumerate(rows):
        found[row.study] = (*found.get(row.study, ()), k)
    return found


def log_likelihood_by_study(
    rows: Sequence[RivalEvidence], log_ratios: Array, assumed: WindowAssumptions = ASSUMED
) -> Array:
    """Return the log likelihood of each study, shape (..., studies); see `study_log_likelihood`."""
    return np.stack(
        [
            study_log_likelihood([rows[k] for k in places], log_ratios[..., list(places)], assumed)
            for places in studies_of(rows).values()
        ],
        axis=-1,
    )
