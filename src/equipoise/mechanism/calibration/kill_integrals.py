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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

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
    scores : (n, f) or (1, q, f) array
        Standard normal scores of the sensitivities, by family: each patient's own, or q points
        that every patient is averaged over.
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


@dataclass(frozen=True, eq=False)
class KillNumbers:
    """The parameters of a kill plan as arrays, for t sets of them; t is 1 or the number of rows.

    Attributes
    ----------
    coefficients : (t, k) array
    spreads, shifts, factors : (t, f) arrays
        Spread of log sensitivity, shift of the stratum, kill left in resistant cells, by family.
    rates : (t,) array
        Rate of escape.
    family_of : (k,) array of int
    escaped : (e,) array of int
        Terms that are escaped.
    """

    coefficients: Array
    spreads: Array
    shifts: Array
    factors: Array
    rates: Array
    family_of: NDArray[np.int64]
    escaped: NDArray[np.int64]


def kill_numbers(plan: KillPlan, theta: Mapping[str, float | Array]) -> KillNumbers:
    """Arrange parameters by name, each a number or an array (t,), as arrays.

    `theta` holds every coefficient, spread, shift, factor and rate that `plan` names.
    """
    families = [family.name for family in plan.families]
    one = np.ones(1)

    def stacked(names: Sequence[str]) -> Array:
        columns = [theta[name] * one if name else one for name in names]
        return np.column_stack(np.broadcast_arrays(*columns))

    return KillNumbers(
        stacked([term.coefficient for term in plan.terms]),
        stacked([family.spread for family in plan.families]),
        stacked([family.shift for family in plan.families]),
        stacked([family.resistant for family in plan.families]),
        theta[plan.escape_rate] * one,
        np.array([families.index(term.family) for term in plan.terms], dtype=np.int64),
        np.array([k for k, term in enumerate(plan.terms) if term.escaped], dtype=np.int64),
    )


def log_cells(
    plan: KillPlan,
    arm: KillIntegrals,
    theta: Mapping[str, float | Array] | KillNumbers,
    cells_shift: Array | None = None,
) -> tuple[Array, Array]:
    """Natural logarithm of sensitive and of resistant cells at surgery.

    Parameters
    ----------
    plan : KillPlan
    arm : KillIntegrals
        Of n patients. Scores (n, f) are each patient's own; scores (1, q, f) are q points that
        every patient is averaged over later.
    theta : mapping of str to float or (n,) array, or KillNumbers
        The same for all patients, or one set for each.
    cells_shift : (q,) array or None
        Added to the logarithm of cells before treatment at each point.

    Returns
    -------
    (2, n, q) arrays
        The first row for stratum 0, the second for stratum 1; q is 1 for a patient's own scores.
    """
    numbers = theta if isinstance(theta, KillNumbers) else kill_numbers(plan, theta)
    scores = arm.scores if arm.scores.ndim == 3 else arm.scores[:, None, :]
    moved = np.zeros(scores.shape[1]) if cells_shift is None else cells_shift
    start = arm.growth + np.log(arm.cells)
    return _log_cells(
        *(arm.totals, arm.steps, arm.escape, start),
        *(np.log1p(-arm.resistant_share), np.log(arm.resistant_share), scores, moved),
        *(numbers.coefficients, numbers.spreads, numbers.shifts, numbers.factors, numbers.rates),
        *(numbers.family_of, numbers.escaped),
    )


@kernel
def _log_cells(
    totals: Array,
    steps: Array,
    escape: Array,
    start: Array,
    log_sensitive: Array,
    log_resistant: Array,
    scores: Array,
    moved: Array,
    coefficients: Array,
    spreads: Array,
    shifts: Array,
    factors: Array,
    rates: Array,
    family_of: NDArray[np.int64],
    escaped: NDArray[np.int64],
) -> tuple[Array, Array]:
    n, terms = totals.shape
    families, points = spreads.shape[1], scores.shape[1]
    many, own = coefficients.shape[0] > 1, scores.shape[0] > 1
    sensitive, resistant = np.empty((2, n, points)), np.empty((2, n, points))
    integral, kill = np.empty(terms), np.empty(families)
    for i in range(n):
        t, s = (i if many else 0), (i if own else 0)
        integral[:] = totals[i]
        begin, rate = 1.0, rates[t]
        for b in range(steps.shape[1]):
            end = math.exp(-rate * escape[i, b + 1])
            gap = rate * (escape[i, b + 1] - escape[i, b])
            left = 0.5 * (begin + end) if gap < STRAIGHT else (begin - end) / gap
            for e in range(escaped.size):
                integral[escaped[e]] += steps[i, b, e] * left
            begin = end
        kill[:] = 0.0
        for k in range(terms):
            kill[family_of[k]] += coefficients[t, k] * integral[k]
        for q in range(points):
            for stratum in range(2):
                whole, spared = 0.0, 0.0
                for f in range(families):
                    sensitivity = math.exp(spreads[t, f] * scores[s, q, f] - shifts[t, f] * stratum)
                    whole += kill[f] * sensitivity
                    spared += factors[t, f] * kill[f] * sensitivity
                sensitive[stratum, i, q] = start[i] + moved[q] + log_sensitive[i] - whole
                resistant[stratum, i, q] = start[i] + moved[q] + log_resistant[i] - spared
    return sensitive, resistant


def log_burden(
    plan: KillPlan,
    arm: KillIntegrals,
    theta: Mapping[str, float | Array] | KillNumbers,
    cells_shift: Array | None = None,
) -> Array:
    """Natural logarithm of all living cells at surgery, (2, n, q) by stratum; see `log_cells`."""
    total: Array = np.logaddexp(*log_cells(plan, arm, theta, cells_shift))
    return total


def complete_response(
    plan: KillPlan,
    log_cells_left: Array,
    theta: Mapping[str, float | Array],
    definition: str,
) -> Array:
    """Chance of a complete response under a definition, in the shape of `log_cells_left`.

    Parameters of `theta` are numbers, or arrays that broadcast against `log_cells_left`.
    """
    limit = np.log(theta[plan.clonogenic])
    for name in plan.definitions[definition]:
        limit = limit - theta[name] * np.log(10.0)
    chance: Array = np.exp(-np.exp(np.minimum(log_cells_left - limit, MAX_EXPONENT)))
    return chance


def response_rates(
    plan: KillPlan,
    arm: KillIntegrals,
    theta: Mapping[str, float],
    definition: str,
    numbers: KillNumbers | None = None,
) -> Array:
    """Share with a complete response in stratum 0 and in stratum 1, (2,).

    `numbers` are `kill_numbers(plan, theta)`, where the caller has them.
    """
    left = log_burden(plan, arm, theta if numbers is None else numbers)
    rates: Array = complete_response(plan, left, theta, definition).mean(axis=(1, 2))
    return rates


def mixed_rate(rates: Array, stratum_share: float) -> float:
    """Share with a complete response where `stratum_share` of the patients are of stratum 1."""
    return float(rates[0] * (1 - stratum_share) + rates[1] * stratum_share)
