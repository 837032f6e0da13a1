"""Random-effects synthesis as a posterior, without simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors.conditional_normal import WantedEffects
from equipoise.synthesis.posteriors.grid_mixture import mix
from equipoise.synthesis.posteriors.mixture import Posterior, Scale
from equipoise.synthesis.posteriors.model_input import (
    FLAT,
    OneEffectPrior,
    RandomTerm,
    TauPrior,
    build_model,
    read_data,
    read_mean,
    read_random,
)

METHOD_CITES = {"posterior": ("rover2020", "rover2021")}


@dataclass(frozen=True)
class LinearEffect:
    """A quantity wanted from a posterior: `a'b + l'u_new + m'(X b + Z u)`.

    Parameters
    ----------
    coefficients : sequence of float, length p
        `a`, on the regression coefficients.
    new : sequence of float, length r
        `l`, on one new draw of each random effect (a new trial's deviation). Default none.
    rows : sequence of float, length k
        `m`, on the true values of the rows of the data. Default none.

    Examples
    --------
    The effect in a new trial of the random-effects model:

    >>> LinearEffect((1.0,), new=(1.0,))
    LinearEffect(coefficients=(1.0,), new=(1.0,), rows=())
    """

    coefficients: Sequence[float]
    new: Sequence[float] = ()
    rows: Sequence[float] = ()


def posterior(
    yi: ArrayLike,
    vi: ArrayLike | None = None,
    X: ArrayLike | None = None,
    *,
    V: ArrayLike | None = None,
    tau: TauPrior = "half-normal(0.5)",
    random: Sequence[RandomTerm] | None = None,
    mean: OneEffectPrior | Sequence[OneEffectPrior] = None,
    names: Sequence[str] | None = None,
    effects: Mapping[str, LinearEffect] | None = None,
    predictive: bool = True,
    study_effects: bool = False,
    scale: Scale = "log",
    tolerance: float = 1e-6,
) -> Posterior:
    r"""Answer what to believe about a mean effect, and about the effect in a new trial.

    `y ~ N(X b, V + sum_r tau_r^2 Z_r Z_r')` with a normal (or mixture, or flat) prior of b and a
    prior of each tau. Given the taus everything is normal; over them the posterior is summed on
    a grid in `log tau` around its mode, so that the result is a finite mixture of normals
    (Röver 2020, 10.18637/jss.v093.i06, has the idea; the grid here is another).
    `grid_error` is the largest difference of any distribution function from that of a grid with
    four times the nodes; the grid is refined until it is below `tolerance`.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Estimates on the analysis scale.
    vi : array_like, shape (k,) or (k, k)
        Their variances (not standard errors), or covariance matrix.
    X : array_like, shape (k, p), optional
        Design; default a column of ones, the mean.
    V : array_like, shape (k, k), optional
        Another way to give the covariance matrix.
    tau : str, float or HeterogeneityPrior
        Prior of the spread between trials by name (`available_priors`), itself, or the known
        value of tau. With few trials it matters: the data say little about tau.
    random : sequence of (Z, prior), optional
        At most two random effects in place of `tau`: Z a matrix (k, q), or labels (k,) (rows with
        one label share the effect), or None (one effect a row).
    mean : EffectPrior, NormalPrior, sequence of them, or None
        Prior of the coefficients; None is flat.
    names : sequence of str, optional
        Names of the coefficients; default ``mean``, or ``coefficient 1`` and so on.
    effects : mapping of str to LinearEffect, optional
        What is wanted; default the coefficients and, without X, ``new trial``.
    predictive, study_effects : bool
        Whether to add ``new trial`` (without X only), and ``study 1`` and so on: the effect in
        each trial of the data, shrunk towards the others.
    scale : {"log", "identity"}
        Written on the result.
    tolerance : float
        Largest grid error; where it is not reached `status` is ``not_converged``.

    Returns
    -------
    Posterior

    Raises
    ------
    ArrayError
        For estimates that are not finite, variances that are not positive, an unknown prior,
        collinear columns under a flat prior.

    Notes
    -----
    A flat prior of the mean is fine from one trial on, as long as the prior of tau is proper
    (all here are). With one trial the posterior of tau is its prior. Do not use it with
    variances that are themselves badly known (trials with a handful of events): the normal
    likelihood is then wrong, whatever the prior.

    Examples
    --------
    >>> result = posterior([-0.5, -0.2, 0.1], [0.04, 0.02, 0.03])
    >>> [round(x, 2) for x in result.interval("mean")]
    [-0.7, 0.3]
    >>> result.grid_error < 1e-6
    True
    """
    variances = vi if V is None else V
    if variances is None or (vi is not None and V is not None):
        allowed = "vi or V, not both"
        raise ArrayError([Problem("", "", "vi", "", allowed, "Pass the variances once.")])
    data = read_data(yi, variances, X)
    k, p = data.X.shape
    designs, spreads = read_random(random, tau, k)
    means = read_mean(mean, p)
    model = build_model(data, designs, spreads, means)
    r = len(spreads)
    wanted = dict(effects or _coefficients(names, X is None, p))
    if effects is None and X is None and predictive:
        wanted["new trial"] = LinearEffect((1.0,), (1.0,) * r)
    if study_effects:
        rows = np.eye(k).tolist()
        wanted |= {f"study {i + 1}": LinearEffect((0.0,) * p, rows=rows[i]) for i in range(k)}
    mixture = mix(model, _matrices(wanted, p, r, k), tolerance)
    described = [FLAT if prior is None else prior.description() for prior in means]
    described += [prior.description() for prior in spreads]
    unit = model.unit
    return Posterior(
        tuple(wanted),
        mixture.weights,
        mixture.means * unit,
        mixture.covariances * unit * unit,
        scale,
        tuple(dict.fromkeys(described)),
        mixture.error,
        _message(mixture.error, tolerance, k, r),
        "converged" if mixture.error <= tolerance else "not_converged",
    )


def _coefficients(names: Sequence[str] | None, mean_only: bool, p: int) -> dict[str, LinearEffect]:
    """Every coefficient as a wanted effect, under its name."""
    default = ["mean"] if mean_only else [f"coefficient {i + 1}" for i in range(p)]
    chosen = default if names is None else list(names)
    if len(chosen) != p:
        allowed = f"{p} names, one a column of X"
        raise ArrayError([Problem("", "", "names", str(chosen), allowed, "Name each.")])
    return {name: LinearEffect(np.eye(p)[i].tolist()) for i, name in enumerate(chosen)}


def _matrices(wanted: Mapping[str, LinearEffect], p: int, r: int, k: int) -> WantedEffects:
    """Stack the weights of all wanted effects; what was left empty is zeros."""
    sizes = {"coefficients": p, "new": r, "rows": k}
    stacked, problems = {}, []
    for field, size in sizes.items():
        lines = [np.asarray(getattr(effect, field), dtype=np.float64) for effect in wanted.values()]
        for name, line in zip(wanted, lines, strict=True):
            if line.size not in {0, size} or not np.isfinite(line).all():
                allowed = f"{size} finite numbers, or none"
                problems.append(
                    Problem("", name, field, str(line), allowed, "Correct the wanted effect.")
                )
        stacked[field] = [line if line.size else np.zeros(size) for line in lines]
    if problems:
        raise ArrayError(problems)
    A, L, M = (np.array(rows).reshape(len(wanted), sizes[field]) for field, rows in stacked.items())
    return WantedEffects(A, L, M)


def _message(error: float, tolerance: float, k: int, r: int) -> str:
    """Say what the reader must know about the integration and the data."""
    parts = []
    if not error <= tolerance:
        parts.append(
            f"The integration over the spread did not reach {tolerance:g}: distribution functions "
            f"may be off by {error:.1e}. The data may contradict the prior by very many standard "
            "errors."
        )
    if k == 1 and r:
        parts.append("One trial says nothing about the spread between trials: that is the prior's.")
    return " ".join(parts)
