r"""From integrals of drives to cells at surgery and the chance of a complete response.

With `J_k` the integral of drive k up to surgery, `kappa_k` its coefficient, `z` the patient's
standard score of sensitivity for the family f of k, `omega_f` its spread and `s_f` the shift of
the patient's stratum `x` (0 or 1),

    ln S = ln S_0 + J_growth - sum_f exp(omega_f z_f - s_f x) sum_{k in f} kappa_k J_k,

and the same for resistant cells with the factor of their family. A kill that is escaped carries
`A = exp(-r E)`, `E` the integral of the drive of escape, so that `J_k` depends on the rate `r`:
between two days `E` is taken as linear, and the mean of `A` there is exact,
`(exp(-r E_0) - exp(-r E_1)) / (r (E_1 - E_0))`. A complete response is that no clonogenic cell is
left: `exp(-N / N_c)`, the Poisson model of tumour control (Zaider and Minerbo, Phys Med Biol
2000;45:279, doi 10.1088/0031-9155/45/2/303).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from equipoise.mechanism.calibration.kill_plan import KillPlan
from equipoise.synthesis.arrays import Array
from equipoise.synthesis.compiled import kernel

MAX_EXPONENT = 700.0
"""exp() of more is infinite in double precision."""
STRAIGHT = 1e-9
"""Below this much escape in a step its mean is taken at the middle."""


@dataclass(frozen=True, eq=False)
class KillIntegrals:
    """What one regimen does to each virtual patient, whatever the coefficients.

    Attributes
    ----------
    totals : (n, k) array
        Integral of each term at surgery, 0 for a term that is escaped.
    steps : (n, b, e) array
        Growth of each escaped integral from day to day, without escape, in the order of the plan.
    escape : (n, b + 1) array
        Integral of the drive of escape at the days, 0 first.
    growth : (n,) array
        Integral of growth at surgery.
    cells, resistant_share : (n,) arrays
        Cells before treatment, and the share of them that is resistant.
    scores : (n, f) array
        Standard normal scores of the sensitivities, by family.
    """

    totals: Array
    steps: Array
    escape: Array
    growth: Array
    cells: Array
    resistant_share: Array
    scores: Array

    def kept(self) -> KillIntegrals:
        """Leave out patients whose solution failed: any integral is not a number."""
        good = np.isfinite(self.totals).all(axis=1) & np.isfinite(self.escape).all(axis=1)
        good &= np.isfinite(self.steps).all(axis=(1, 2)) & np.isfinite(self.growth)
        return KillIntegrals(*(getattr(self, field.name)[good] for field in fields(self)))


def kill_integrals(
    plan: KillPlan,
    outputs: Mapping[str, Array],
    cells: Array,
    resistant_share: Array,
    scores: Array,
) -> KillIntegrals:
    """Arrange integrals that were simulated with the rate of escape at 0.

    Parameters
    ----------
    plan : KillPlan
    outputs : mapping of str to (n, days) array
        Each state of `plan.states` at the days, the last of which is surgery.
    cells, resistant_share : (n,) arrays
    scores : (n, f) array
        By family, in the order of the plan.
    """
    n, days = outputs[plan.escape_integral].shape
    totals = np.zeros((n, len(plan.terms)))
    escaped = [term.integral for term in plan.terms if term.escaped]
    steps = np.zeros((n, days, len(escaped)))
    for e, integral in enumerate(escaped):
        steps[:, :, e] = np.diff(outputs[integral], axis=1, prepend=0.0)
    for k, term in enumerate(plan.terms):
        if not term.escaped:
            totals[:, k] = outputs[term.integral][:, -1]
    escape = np.hstack([np.zeros((n, 1)), outputs[plan.escape_integral]])
    grown = outputs[plan.growth][:, -1]
    return KillIntegrals(totals, steps, escape, grown, cells, resistant_share, scores)


def log_cells(
    plan: KillPlan, arm: KillIntegrals, theta: Mapping[str, float]
) -> tuple[Array, Array]:
    """Natural logarithm of sensitive and of resistant cells at surgery.

    Parameters
    ----------
    plan : KillPlan
    arm : KillIntegrals
    theta : mapping of str to float
        Every coefficient, spread, shift and factor that `plan` names.

    Returns
    -------
    (2, n) arrays
        The first row for stratum 0, the second for stratum 1.
    """
    families = [family.name for family in plan.families]
    return _log_cells(
        arm.totals,
        arm.steps,
        arm.escape,
        arm.growth,
        np.log(arm.cells * (1 - arm.resistant_share)),
        np.log(arm.cells * arm.resistant_share),
        arm.scores,
        np.array([theta[term.coefficient] for term in plan.terms]),
        np.array([families.index(term.family) for term in plan.terms]),
        np.array([k for k, term in enumerate(plan.terms) if term.escaped], dtype=np.int64),
        np.array([theta[family.spread] for family in plan.families]),
        np.array([theta[family.shift] for family in plan.families]),
        np.array([theta[f.resistant] if f.resistant else 1.0 for f in plan.families]),
        theta[plan.escape_rate],
    )


@kernel
def _log_cells(
    totals: Array,
    steps: Array,
    escape: Array,
    growth: Array,
    log_sensitive: Array,
    log_resistant: Array,
    scores: Array,
    coefficients: Array,
    family_of: Array,
    escaped: Array,
    spreads: Array,
    shifts: Array,
    resistant_factors: Array,
    rate: float,
) -> tuple[Array, Array]:
    n, terms = totals.shape
    families = len(spreads)
    sensitive = np.empty((2, n))
    resistant = np.empty((2, n))
    integral = np.empty(terms)
    kill = np.empty(families)
    for i in range(n):
        for k in range(terms):
            integral[k] = totals[i, k]
        begin = 1.0
        for b in range(steps.shape[1]):
            end = math.exp(-rate * escape[i, b + 1])
            gap = rate * (escape[i, b + 1] - escape[i, b])
            left = 0.5 * (begin + end) if gap < STRAIGHT else (begin - end) / gap
            for e in range(len(escaped)):
                integral[escaped[e]] += steps[i, b, e] * left
            begin = end
        for f in range(families):
            kill[f] = 0.0
        for k in range(terms):
            kill[family_of[k]] += coefficients[k] * integral[k]
        for stratum in range(2):
            s = log_sensitive[i] + growth[i]
            r = log_resistant[i] + growth[i]
            for f in range(families):
                amount = kill[f] * math.exp(spreads[f] * scores[i, f] - shifts[f] * stratum)
                s -= amount
                r -= resistant_factors[f] * amount
            sensitive[stratum, i] = s
            resistant[stratum, i] = r
    return sensitive, resistant


def log_burden(plan: KillPlan, arm: KillIntegrals, theta: Mapping[str, float]) -> Array:
    """Natural logarithm of all living cells at surgery, (2, n) by stratum."""
    total: Array = np.logaddexp(*log_cells(plan, arm, theta))
    return total


def complete_response(
    plan: KillPlan, log_cells_left: Array, theta: Mapping[str, float], definition: str
) -> Array:
    """Chance of a complete response under a definition, in the shape of `log_cells_left`."""
    shift = sum(theta[name] for name in plan.definitions[definition])
    exponent = log_cells_left + shift * np.log(10.0) - np.log(theta[plan.clonogenic])
    chance: Array = np.exp(-np.exp(np.minimum(exponent, MAX_EXPONENT)))
    return chance


def response_rates(
    plan: KillPlan, arm: KillIntegrals, theta: Mapping[str, float], definition: str
) -> Array:
    """Share with a complete response in stratum 0 and in stratum 1, (2,)."""
    left = log_burden(plan, arm, theta)
    rates: Array = complete_response(plan, left, theta, definition).mean(axis=1)
    return rates


def mixed_rate(rates: Array, stratum_share: float) -> float:
    """Share with a complete response where `stratum_share` of the patients are of stratum 1."""
    return float(rates[0] * (1 - stratum_share) + rates[1] * stratum_share)
