"""The effect in a phenotype, from trials of which most did not report it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import HIGHEST_LEVEL, Array, ArrayError, not_among
from equipoise.synthesis.subgroups.phenotype_fit import (
    FEWEST,
    PhenotypeFit,
    Settings,
    fit_phenotype,
    tau_d_estimable,
)
from equipoise.synthesis.subgroups.phenotype_rows import (
    PhenotypeRows,
    central_share,
    read_phenotype_rows,
)
from equipoise.synthesis.subgroups.trial_movement import TrialMovement, movement_of
from equipoise.synthesis.subgroups.wald_effect import WaldEffect, wald_effect

METHODS = ("REML", "ML", "EE")


@dataclass(frozen=True)
class MissingPhenotype:
    """What all trials together say of the effect in a phenotype, and which of them said it.

    Attributes
    ----------
    positive, negative : WaldEffect
        Effect in each stratum of a population with share `q0`: `theta + (1 - q0) d` and
        `theta - q0 d`.
    theta, d : WaldEffect
        Effect at the trials' mix, and positive minus negative.
    covariance : array, shape (2, 2)
        Of (theta, d).
    stratum_covariance : array, shape (2, 2)
        Of (positive, negative).
    tau2, tau_d2 : float
        Variance between trials of theta_i and of d_i.
    q0, g_eco, g_eco_sd, level : float
        As used.
    weights : dict of array, shape (n,)
        Linear weight of every row in ``theta``, ``d``, ``positive``, ``negative``.
    movement : tuple of TrialMovement
        How much each trial moved the answer; empty when not asked for.
    k_both, k_one, k_whole : int
        Trials with both strata, with one, and with the whole only.
    loglik : float
        Log-likelihood at the estimate.
    method, d_from, status, message : str
        ``undefined`` when no trial tells the strata apart.
    """

    positive: WaldEffect
    negative: WaldEffect
    theta: WaldEffect
    d: WaldEffect
    covariance: Array
    stratum_covariance: Array
    tau2: float
    tau_d2: float
    q0: float
    g_eco: float
    g_eco_sd: float
    level: float
    weights: dict[str, Array]
    movement: tuple[TrialMovement, ...]
    k_both: int
    k_one: int
    k_whole: int
    loglik: float
    method: str
    d_from: str
    status: str
    message: str


def missing_phenotype(
    yi: ArrayLike,
    vi: ArrayLike,
    trial: Sequence[Hashable],
    stratum: Sequence[str],
    *,
    share: ArrayLike | None = None,
    share_se: ArrayLike | None = None,
    q0: float | None = None,
    g_eco: float = 0.0,
    g_eco_sd: float = 0.0,
    tau_d: float | None = None,
    method: str = "REML",
    d_from: str = "within",
    confidence: float = 0.95,
    movement: bool = True,
) -> MissingPhenotype:
    """Estimate the effect in the positive stratum from all trials, reported or not.

    With `q_i` the share of trial i's *information* in the positive stratum:

    - positive stratum: `y ~ N(theta_i + (1 - q_i) d_i, v)`;
    - negative stratum: `y ~ N(theta_i - q_i d_i, v)`;
    - whole only: `y ~ N(theta_i + (q_i - q0) g_eco, v)`;
    - `theta_i ~ N(theta, tau^2)`, `d_i ~ N(d, tau_d^2)`, independent.

    `g_eco`, what the effect of whole trials gains with their share, is an input (0 by default)
    and never estimated from, or pooled with, d: it would be a comparison between trials. With
    ``d_from="within"`` a whole-only trial adds exactly nothing to d and reaches the strata only
    through theta.

    Parameters
    ----------
    yi, vi : array_like, shape (n,)
        Effects on the analysis scale and their sampling variances.
    trial, stratum : sequence, length n
        Stratum is ``positive``, ``negative`` or ``whole``. A trial gives both strata, one, or
        the whole only; where stratum and whole are known, derive the other stratum first.
    share, share_se : array_like, shape (n,), optional
        `q_i` on each row of its trial (`information_share`), and its standard error, which adds
        `share_se^2 E(d_i^2)` to the variance of the trial's theta equation to first order
        (`share_se^2 g_eco^2` for a whole). NaN: two strata have the share of their precisions;
        a whole needs none while `g_eco` is 0.
    q0 : float, optional
        Share of the population asked about; by default the information-weighted mean of the
        trials that report a stratum.
    g_eco, g_eco_sd : float
        Ecological gradient, and the standard deviation of a normal prior on it.
    tau_d : float, optional
        Standard deviation of d between trials. By default estimated from three or more trials
        with both strata, else 0, and the message says so.
    method : {"REML", "ML", "EE"}
        EE leaves both variances at 0.
    d_from : {"within", "all"}
        ``all`` fits everything at one stroke, as an ordinary mixed model would: comparisons
        between trials then reach d. For comparison only.
    confidence : float
        Level of the (normal) intervals.
    movement : bool
        Whether to refit without each trial in turn.

    Raises
    ------
    ArrayError
        Every unusable row or option at once.

    Notes
    -----
    A whole-trial log odds or hazard ratio is not exactly the information-weighted mean of its
    strata (`non_collapsibility_example`). Do not use it when the trials that report the stratum
    do so because it was striking.

    Examples
    --------
    >>> fit = missing_phenotype(
    ...     [-0.4, 0.1, 0.0], [0.04, 0.01, 0.01], ["A", "A", "B"],
    ...     ["positive", "negative", "whole"], method="EE")
    >>> round(fit.d.estimate, 3), round(fit.theta.estimate, 3), round(fit.positive.estimate, 3)
    (-0.5, 0.0, -0.4)
    """
    problems = _option_problems((method, d_from), confidence, q0, tau_d, (g_eco, g_eco_sd))
    if problems:
        raise ArrayError(problems)
    needed = g_eco != 0.0 or g_eco_sd != 0.0
    rows = read_phenotype_rows(
        yi, vi, trial, stratum, share=share, share_se=share_se, share_needed=needed
    )
    centre = central_share(rows) if q0 is None else float(q0)
    how = Settings(
        method, d_from, centre, float(g_eco), float(g_eco_sd), math.nan if tau_d is None else tau_d
    )
    fit = fit_phenotype(rows, how)
    answer = _answer(rows, how, fit, confidence)
    if not movement:
        return answer
    return replace(answer, movement=movement_of(rows, how, fit))


def _answer(
    rows: PhenotypeRows, how: Settings, fit: PhenotypeFit, confidence: float
) -> MissingPhenotype:
    """Put a fit into words and strata."""
    to_strata = np.array([[1.0, 1.0 - how.q0], [1.0, -how.q0]])
    strata = to_strata @ fit.beta
    covariance = to_strata @ fit.covariance @ to_strata.T
    weights = np.vstack([fit.weights, to_strata @ fit.weights])
    kinds = [one.kind for one in rows.trials]
    defined = bool(np.isfinite(fit.beta).all())
    status = ("boundary" if fit.boundary else "converged") if defined else "undefined"
    variances = [*np.diag(covariance), *np.diag(fit.covariance)]
    positive, negative, theta, d = (
        wald_effect(b, v, confidence) for b, v in zip([*strata, *fit.beta], variances, strict=True)
    )
    return MissingPhenotype(
        positive=positive,
        negative=negative,
        theta=theta,
        d=d,
        covariance=fit.covariance,
        stratum_covariance=covariance,
        tau2=fit.tau2,
        tau_d2=fit.tau_d2,
        q0=how.q0,
        g_eco=how.g_eco,
        g_eco_sd=how.g_eco_sd,
        level=confidence,
        weights=dict(zip(("theta", "d", "positive", "negative"), weights, strict=True)),
        movement=(),
        k_both=kinds.count("both"),
        k_one=kinds.count("positive") + kinds.count("negative"),
        k_whole=kinds.count("whole"),
        loglik=fit.loglik,
        method=how.method,
        d_from=how.d_from,
        status=status,
        message=" ".join(_remarks(rows, how, defined)),
    )


def _remarks(rows: PhenotypeRows, how: Settings, defined: bool) -> list[str]:
    """Sentences a reader needs beside the numbers."""
    both = sum(one.kind == "both" for one in rows.trials)
    out = []
    if not rows.trials:
        return ["No row."]
    if not both and how.d_from == "within":
        out.append("No trial gives both strata: d and the effect in either stratum are undefined.")
    elif not defined:
        out.append("The rows do not tell theta and d apart.")
    elif how.method != "EE" and math.isnan(how.tau_d) and not tau_d_estimable(rows):
        count = "one trial gives" if both == 1 else f"{both} trials give"
        out.append(
            f"Only {count} both strata, fewer than {FEWEST}: tau_d is taken as 0, not "
            "estimated; sweep tau_d to see what that hides."
        )
    if how.d_from == "all":
        out.append("Comparisons between trials reach d: it may hold aggregation bias.")
    return out


def _option_problems(
    words: tuple[str, str],
    confidence: float,
    q0: float | None,
    tau_d: float | None,
    g: tuple[float, float],
) -> list[Problem]:
    out = not_among("method", words[0], METHODS)
    out += not_among("d_from", words[1], ("within", "all"))
    checks = (
        ("confidence", confidence, 0.0 < confidence <= HIGHEST_LEVEL, "above 0, below 1"),
        ("q0", q0, q0 is None or 0.0 <= q0 <= 1.0, "0 to 1"),
        ("tau_d", tau_d, tau_d is None or 0.0 <= tau_d < math.inf, "a number, 0 or above"),
        ("g_eco", g[0], math.isfinite(g[0]), "a finite number"),
        ("g_eco_sd", g[1], 0.0 <= g[1] < math.inf, "a number, 0 or above"),
    )
    for field, value, fits, allowed in checks:
        if not fits:
            out.append(Problem("", "", field, repr(value), allowed, "Correct or leave it out."))
    return out
