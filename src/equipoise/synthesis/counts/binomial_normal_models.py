"""Binomial-normal models: a mean odds ratio from the counts, with no normal approximation."""

from __future__ import annotations

import math
from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among
from equipoise.synthesis.counts.binomial_normal_fit import Fit, fitted
from equipoise.synthesis.counts.binomial_normal_result import BinomialNormalResult
from equipoise.synthesis.counts.binomial_normal_surfaces import (
    LAYOUTS,
    Layout,
    at_lower_end,
    at_upper_end,
    constant,
    saturated,
)
from equipoise.synthesis.counts.likelihood_search import Peak
from equipoise.synthesis.counts.tables import Tables, checked_tables, normal_interval, trials
from equipoise.synthesis.heterogeneity import q_p_value

METHOD_CITES = {
    "unconditional-fixed": ("stijnen2010", "jackson2018", "turner2000"),
    "unconditional-random": ("stijnen2010", "jackson2018", "turner2000"),
    "conditional-exact": ("stijnen2010", "vanhouwelingen1993"),
    "nodes": ("pinheiro1995", "louis1982"),
    "lrt": ("self1987",),
}
"""Keys of `equipoise.cite.REFERENCES` behind each model and what is made of it."""

DOUBLE_ZERO = ("drop", "keep")
LEAST_NODES, MOST_NODES = 21, 81
LARGEST, LARGEST_EXACT = 1e9, 1e6
"""Largest count: what a log-likelihood holds to 1e-6, and what an exact sum does in time."""

ROUGH = 1e-5
"""Change of the log-likelihood on doubling the nodes that is worth a sentence."""


def binomial_normal(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    model: str = "unconditional-fixed",
    *,
    level: float = 0.95,
    nodes: int = 21,
    heterogeneity: bool = True,
    double_zero: str = "drop",
) -> BinomialNormalResult:
    """Pool sparse tables by their own likelihood: what is the mean odds ratio, how does it vary.

    The log odds ratio of trial i is `theta_i ~ N(mu, tau2)`; the log odds of the event are
    `alpha_i + theta_i / 2` under treatment and `alpha_i - theta_i / 2` under control.

    - ``unconditional-fixed``: a free `alpha_i` for each trial, two binomials;
    - ``unconditional-random``: `alpha_i ~ N(gamma, sigma2)` independent of `theta_i`;
    - ``conditional-exact``: all margins given, the treated events noncentral hypergeometric.

    Maximum likelihood; `theta_i` (and `alpha_i`) integrated out by adaptive Gauss-Hermite
    quadrature, in two dimensions for ``unconditional-random``. Nothing is added to any cell.

    Parameters
    ----------
    a, b, c, d : array_like, shape (k,)
        Events and non-events under treatment, events and non-events under control.
    model : {"unconditional-fixed", "unconditional-random", "conditional-exact"}
        The default needs the fewest assumptions; with many trials of few events its free
        intercepts bias tau2, and ``conditional-exact`` is better.
    level : float
        Confidence level; above 0, at most 0.999999999.
    nodes : int
        Nodes in each dimension, 21 to 81; more are taken where the answer needs them.
    heterogeneity : bool
        False fits a common effect, tau2 = 0.
    double_zero : {"drop", "keep"}
        Trials in which nobody or everybody had the event say nothing in two of the models,
        whose `k` leaves them out. In ``unconditional-random`` they say how common the event is:
        ``keep`` uses them for that, ``drop`` does not.

    Returns
    -------
    BinomialNormalResult
        Status ``undefined`` with NaN when no trial says anything or no finite `mu` is best.

    Raises
    ------
    ArrayError
        Unknown option, unequal lengths, a value that is no count (for ``conditional-exact`` no
        whole number), an arm without patients; every offending index is named.

    Notes
    -----
    Maximum likelihood makes tau2 too small with few trials, and the normal interval with it.

    Sources: Stijnen, Hamza and Ozdemir 2010, 10.1002/sim.4040; Jackson and others 2018,
    10.1002/sim.7588; Turner and others 2000, for the coding by
    +-1/2, 10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L.

    Examples
    --------
    >>> fit = binomial_normal([4, 0, 2], [119, 50, 98], [11, 3, 5], [128, 47, 95])
    >>> fit.status, round(fit.estimate, 3)
    ('boundary', -1.128)
    """
    problems = _option_problems(model, nodes, double_zero)
    exact = model == "conditional-exact"
    most = LARGEST_EXACT if exact else LARGEST
    given = checked_tables(a, b, c, d, level=level, problems=problems, whole=exact, most=most)
    keep = model == "unconditional-random" and double_zero == "keep"
    tables = given if keep else given.only(~given.double_zero)
    remarks = _double_zero_remarks(int(given.double_zero.sum()), model, keep)
    empty = _no_estimate(tables, model)
    asked = _Question(model, level, tables, given)
    if empty:
        return _undefined(asked, nodes, [empty, *remarks])
    fit = fitted(model, tables, int(nodes), heterogeneity=heterogeneity)
    return _described(fit, asked, remarks)


def _option_problems(model: str, nodes: int, double_zero: str) -> list[Problem]:
    """Every option that is none."""
    out = not_among("model", model, tuple(LAYOUTS))
    out += not_among("double_zero", double_zero, DOUBLE_ZERO)
    if not (isinstance(nodes, Integral) and LEAST_NODES <= nodes <= MOST_NODES):
        allowed = f"a whole number from {LEAST_NODES} to {MOST_NODES}"
        out.append(Problem("", "", "nodes", repr(nodes), allowed, "Leave it out."))
    return out


def _double_zero_remarks(count: int, model: str, keep: bool) -> list[str]:
    """Say what became of trials without events or without non-events."""
    if not count:
        return []
    who = f"{trials(count)} with no events or only events"
    if keep:
        return [f"{who} inform the distribution of the baseline, not the effect."]
    if model == "unconditional-random":
        return [f"{who} left out; double_zero='keep' would let them inform the baseline."]
    return [f"{who} left out: they add nothing to this likelihood."]


def _no_estimate(tables: Tables, model: str) -> str:
    """Say why no finite mean is best, if none is."""
    says = ~tables.double_zero
    if not says.any():
        return "No trial has both events and non-events, so that there is no odds ratio."
    told = tables.only(says)
    low, high = bool(at_lower_end(told).all()), bool(at_upper_end(told).all())
    if model == "unconditional-random":
        low = not told.a.any() or not told.d.any()
        high = not told.b.any() or not told.c.any()
    if not (low or high):
        return ""
    end = "zero" if low else "infinity"
    return (
        "Every trial points as far in one direction as its margins allow: the likelihood rises "
        f"as the odds ratio goes to {end}, and has no best value."
    )


class _Question(NamedTuple):
    """What was asked: the model, the level, the trials in the likelihood and those passed."""

    model: str
    level: float
    tables: Tables
    given: Tables

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Trials in the likelihood, trials passed, double-zero trials."""
        return self.tables.a.size, self.given.a.size, int(self.given.double_zero.sum())


def _undefined(asked: _Question, nodes: int, remarks: list[str]) -> BinomialNormalResult:
    """Return a record of NaN with the reason."""
    nan = math.nan
    return BinomialNormalResult(
        *(nan,) * 4,
        asked.level,
        *(nan,) * 11,
        *asked.numbers,
        *(nodes, nan),
        *(asked.model, "undefined", " ".join(remarks)),
    )


def _described(fit: Fit, asked: _Question, remarks: list[str]) -> BinomialNormalResult:
    """Make the record of a fit."""
    model, level, tables, _ = asked
    layout = LAYOUTS[model]
    at, extra = fit.peak.at, constant(model, tables)
    estimate, tau = float(at[layout.effect]), float(at[layout.spreads[-1]])
    se, tau_se = _errors(fit.peak, layout)
    interval = normal_interval(estimate, se, level)
    lrt = max(0.0, 2.0 * (fit.peak.value - fit.common.value))
    random = model == "unconditional-random"
    own = 2.0 * (saturated(model, tables) - fit.common.value)
    q = math.nan if random else max(0.0, own)
    return BinomialNormalResult(
        *(estimate, se, interval.low, interval.high, level, interval.p_value),
        *(tau**2, 2.0 * tau * tau_se),
        *((float(at[1]) ** 2, float(at[0])) if random else (math.nan, math.nan)),
        *(fit.peak.value + extra, fit.common.value + extra),
        *(lrt, 0.5 * float(erfc(math.sqrt(lrt / 2.0))) if lrt > 0.0 else 1.0),
        *(q, q_p_value(q, tables.a.size) if not random else math.nan),
        *asked.numbers,
        *(fit.nodes, fit.error),
        *(model, _status(fit, se, tau), " ".join([*_fit_remarks(fit, layout), *remarks])),
    )


def _errors(peak: Peak, layout: Layout) -> tuple[float, float]:
    """Return standard errors of mu and tau from the observed information, NaN if none."""
    free = [i for i in range(peak.at.size) if i not in layout.spreads or peak.at[i] > 0.0]
    information = -peak.hessian[np.ix_(free, free)]
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 0.0:
        return math.nan, math.nan
    variances = dict(zip(free, np.diag(np.linalg.inv(information)), strict=True))
    tau = variances.get(layout.spreads[-1], math.nan)
    return math.sqrt(variances[layout.effect]), math.sqrt(tau)


def _status(fit: Fit, se: float, tau: float) -> str:
    """Return the status of a fit."""
    if not fit.peak.settled or fit.at_end or math.isnan(se):
        return "not_converged"
    if fit.others:
        return "bimodal"
    return "converged" if tau > 0.0 else "boundary"


def _fit_remarks(fit: Fit, layout: Layout) -> list[str]:
    """Say what a reader should know of the fit."""
    out = []
    if fit.at_end:
        top = layout.grids[-1][-1]
        out.append(
            f"The likelihood still rises at a standard deviation of {top:g} between trials: they "
            "point in opposite directions, each as far as its counts allow."
        )
    elif not fit.peak.settled:
        out.append("The search did not settle.")
    if fit.others:
        shown = "; ".join(
            f"tau2 {peak.at[layout.spreads[-1]] ** 2:.4g}, log-likelihood lower by "
            f"{fit.peak.value - peak.value:.2g}"
            for peak in fit.others
        )
        out.append(f"The likelihood has more than one maximum (also {shown}).")
    if fit.error > ROUGH:
        out.append(f"With {fit.nodes} nodes the log-likelihood is known to {fit.error:.1g} only.")
    return out
