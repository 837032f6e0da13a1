"""The record that fitting a binomial-normal model gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BinomialNormalResult:
    """A mean log odds ratio, with the likelihood of the counts themselves.

    Attributes
    ----------
    estimate, se, ci_low, ci_high, level, p_value : float
        Mean log odds ratio, standard error from the observed information of all parameters
        together, normal interval, two-sided P.
    tau2, tau2_se : float
        Variance of true log odds ratios between trials, and its standard error (NaN where
        tau2 is zero).
    sigma2, baseline : float
        ``unconditional-random``: variance and mean between trials of the log odds midway
        between the arms. NaN for the other models.
    loglik : float
        Log-likelihood at the estimate, binomial coefficients included; not comparable between
        models.
    loglik_common : float
        The same at its highest with tau2 = 0.
    lrt, lrt_p_value : float
        `2 (loglik - loglik_common)`, and its P for tau2 = 0: tau2 is at the edge of what is
        possible, so that half the chi-square(1) tail is meant, and 1 where `lrt` is 0.
    q, q_p_value : float
        Likelihood-ratio statistic of an effect per trial against a common one, with its
        chi-square P (k - 1 degrees of freedom; rough when counts are small). NaN for
        ``unconditional-random``.
    k, k_given, k_double_zero : int
        Trials in the likelihood, trials passed, and those of them in which nobody or everybody
        had the event.
    nodes : int
        Gauss-Hermite nodes in each dimension that the estimate was made with.
    quadrature_error : float
        Change of `loglik` when they are about doubled.
    model : str
        ``unconditional-fixed``, ``unconditional-random`` or ``conditional-exact``.
    status : str
        ``converged``, ``boundary`` (tau2 is zero), ``bimodal``, ``not_converged``, ``undefined``.
    message : str
        What a reader should know before using the numbers; empty if nothing.
    """

    estimate: float
    se: float
    ci_low: float
    ci_high: float
    level: float
    p_value: float
    tau2: float
    tau2_se: float
    sigma2: float
    baseline: float
    loglik: float
    loglik_common: float
    lrt: float
    lrt_p_value: float
    q: float
    q_p_value: float
    k: int
    k_given: int
    k_double_zero: int
    nodes: int
    quadrature_error: float
    model: str
    status: str
    message: str
