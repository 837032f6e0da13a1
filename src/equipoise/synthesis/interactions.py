"""Interaction: is the effect in the subgroup different from that in everybody else.

A trial often prints its subgroup and its whole, but not the rest. The rest follows by
subtraction of information, on the analysis scale: with `w = 1 / se^2`, `w_rest = w_whole -
w_stratum` and `y_rest = (w_whole y_whole - w_stratum y_stratum) / w_rest`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from equipoise.errors import ComputationError
from equipoise.estimate import Estimate, Standing
from equipoise.synthesis.intervals import two_sided_p
from equipoise.synthesis.plan import Complement
from equipoise.synthesis.shrinkage import ShrunkenInteraction

METHOD_CITES = {"interaction": ("altman2003", "deft2017")}

Sensitivity = tuple[float, Estimate, Estimate, float]
"""Value of the assumption, complement, ratio (stratum minus complement), P."""


@dataclass(frozen=True)
class ComplementResult:
    """A subgroup, its complement by subtraction, and the ratio of the two effects.

    All estimates are on the analysis scale. `ratio` is stratum minus complement. `p_low` and
    `p_high` are the range of P over random roundings of the printed inputs, `p_worst_low` and
    `p_worst_high` over all of them. `correlation_sensitivity`
    and `unknown_sensitivity` repeat the derivation under other assumptions; `sidak` gives the
    P for several numbers of factors, of which `factors_examined` is the one known to have been
    looked at; `shrunken` is the ratio under each prior.
    """

    spec: Complement
    stratum: Estimate
    whole: Estimate
    complement: Estimate
    ratio: Estimate
    p_value: float
    p_low: float
    p_high: float
    level: float
    correlation_sensitivity: tuple[Sensitivity, ...]
    unknown_sensitivity: tuple[Sensitivity, ...]
    sidak: tuple[tuple[int, float], ...]
    shrunken: tuple[ShrunkenInteraction, ...]
    standing: Standing = "derived"
    p_worst_low: float = math.nan
    p_worst_high: float = math.nan
    factors_examined: int = 1


def difference(first: Estimate, second: Estimate, covariance: float = 0.0) -> Estimate:
    """Return the within-trial interaction: `first - second` on the analysis scale.

    `se^2 = v1 + v2 - 2 covariance` (Altman and Bland 2003, 10.1136/bmj.326.7382.219); for
    ratios the answer is the logarithm of a ratio of ratios. Disjoint strata of one randomised
    trial have covariance 0.
    """
    if first.measure != second.measure:
        raise ComputationError(f"cannot compare {first.measure} with {second.measure}")
    variance = first.variance + second.variance - 2.0 * covariance
    return first.derive(first.value - second.value, math.sqrt(variance), _both(first, second))


def p_of(estimate: Estimate) -> float:
    """Two-sided normal P of no effect."""
    return two_sided_p(estimate.value / estimate.se)


def subtract(
    stratum: Estimate, whole: Estimate, *, correlation: float = 0.0
) -> tuple[Estimate, Estimate]:
    """Complement of a stratum, and the ratio of stratum to complement.

    The whole is taken as the best linear combination of stratum and complement, whose errors
    have correlation `rho` (0 for an exact partition; above 0 if, say, patients are counted in
    both or both lean on one shared covariate model). With `a, b` the standard errors of stratum
    and complement and `c = rho a b`:

    `1 / v_whole = (a^2 + b^2 - 2c) / (a^2 b^2 (1 - rho^2))` is solved for `b`, and
    `y_whole = ((b^2 - c) y_stratum + (a^2 - c) y_rest) / (a^2 + b^2 - 2c)` for `y_rest`.
    At `rho = 0` this is subtraction of information.

    The P of the ratio does not depend on `rho`: an efficient whole has `Cov(y_stratum, y_whole)
    = v_whole`, so that the ratio's statistic always equals `(y_stratum - y_whole) /
    sqrt(v_stratum - v_whole)`. What moves is the size of complement and ratio.

    Parameters
    ----------
    stratum, whole : Estimate
        On the analysis scale, of the same measure.
    correlation : float
        `rho`, at least 0 and below 1.

    Returns
    -------
    tuple of Estimate
        `(complement, ratio)`, standing ``derived``.

    Raises
    ------
    ComputationError
        When the whole is not more precise than its part: nothing is left for the rest.
    """
    a, v, rho = stratum.se, whole.variance, correlation
    lead = a * a * (1.0 - rho * rho) - v
    if not 0.0 <= rho < 1.0 or lead <= 0.0:
        raise ComputationError(
            f"no complement of {', '.join(stratum.source)}: the standard error of the whole "
            f"({whole.se:.4g}) must be below that of the stratum ({a:.4g}); at correlation "
            f"{rho:g} (allowed: 0 to below 1) nothing is left for the rest"
        )
    b = a * (math.sqrt(rho * rho * v * v + lead * v) - rho * v) / lead
    c = rho * a * b
    value = (whole.value * (a * a + b * b - 2 * c) - (b * b - c) * stratum.value) / (a * a - c)
    rest = whole.derive(value, b, _both(stratum, whole))
    return rest, difference(stratum, rest, c)


def subtract_with_unknown(
    stratum: Estimate, whole: Estimate, share: float
) -> tuple[Estimate, Estimate]:
    """Complement and ratio when some patients of the whole have an unknown phenotype.

    A `share` u of the whole's information comes from patients in neither stratum nor
    complement, missing at random: their expected effect is that of the known patients together.
    The whole then estimates the known mix without bias, and with `w_known = (1 - u) w_whole`,
    `w_rest = w_known - w_stratum`:

    `y_rest = (w_known y_whole - w_stratum y_stratum) / w_rest`,
    `Var y_rest = (u^2 w_stratum + (1 - u)^2 w_rest + (1 - u)^2 u w_whole) / w_rest^2`,
    `Cov(y_rest, y_stratum) = -u / w_rest`.

    The variance follows from `y_whole` being the weighted mean of three independent parts. At
    `u = 0` this is subtraction of information, and the P is again the same for every u. If the
    unknown are not missing at random the answer is biased, by an amount the data cannot show.
    """
    u, w_whole, w_stratum = share, 1.0 / whole.variance, 1.0 / stratum.variance
    w_known = (1.0 - u) * w_whole
    w_rest = w_known - w_stratum
    if not 0.0 <= u < 1.0 or w_rest <= 0.0:
        raise ComputationError(
            f"no complement of {', '.join(stratum.source)}: with an unknown share of {u:g} "
            "(allowed: 0 to below 1) the stratum holds all the known information"
        )
    value = (w_known * whole.value - w_stratum * stratum.value) / w_rest
    variance = (u * u * w_stratum + (1 - u) ** 2 * (w_rest + u * w_whole)) / w_rest**2
    rest = whole.derive(value, math.sqrt(variance), _both(stratum, whole))
    return rest, difference(stratum, rest, -u / w_rest)


def _both(stratum: Estimate, whole: Estimate) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*stratum.source, *whole.source)))
