"""Subgroups of studies: does the effect differ between kinds of study."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, as_vector
from equipoise.synthesis.mixed.coefficient_inference import ContrastEstimate
from equipoise.synthesis.mixed.dependent_effects import indicators
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.mixed_model import fit_mixed
from equipoise.synthesis.mixed.random_structures import Correlated, Groups, Labels

METHOD_CITES = {"subgroups": ("borenstein2013",)}
"""Keys of `equipoise.cite.REFERENCES`."""


@dataclass(frozen=True)
class SubgroupSynthesis:
    """Mean effects of subgroups of studies, on the analysis scale.

    Attributes
    ----------
    names : tuple of str
        Subgroups, in sorted order.
    estimate, se, ci_low, ci_high, p_value, tau2 : array, shape (g,)
        `tau2` repeats the common value if it is one.
    k : tuple of int
        Studies in each.
    common_tau2 : bool
    difference_statistic, difference_df1, difference_df2, difference_p_value : float
        Test that all means are equal: chi-square (`df2` inf) or F; NaN for one subgroup.
    status, message : str
        The worst status of the fit, and what to know.
    fit : MixedFit
        The model with a column for each subgroup.
    """

    names: tuple[str, ...]
    estimate: Array
    se: Array
    ci_low: Array
    ci_high: Array
    p_value: Array
    tau2: Array
    k: tuple[int, ...]
    common_tau2: bool
    difference_statistic: float
    difference_df1: int
    difference_df2: float
    difference_p_value: float
    status: str
    message: str
    fit: MixedFit = field(repr=False)

    def difference(self, first: str, second: str) -> ContrastEstimate:
        """Mean of subgroup `first` minus that of `second`, with error, interval and P."""
        unknown = [name for name in (first, second) if name not in self.names]
        if unknown:
            allowed = ", ".join(self.names)
            raise ArrayError(
                [Problem("", "", "subgroup", repr(n), allowed, "Choose one.") for n in unknown]
            )
        weights = [float(name == first) - float(name == second) for name in self.names]
        return self.fit.contrast(weights)


def subgroup_synthesis(
    yi: ArrayLike,
    vi: ArrayLike,
    subgroup: Labels,
    *,
    tau2: str = "common",
    method: str = "REML",
    inference: str = "wald",
    level: float = 0.95,
) -> SubgroupSynthesis:
    """Pool studies by subgroup, and test whether the subgroups differ.

    `yi ~ N(b_g(i), vi + tau2_g(i))`: one mean for each subgroup of *studies*. With ``common``
    all have one tau2, which few studies a subgroup make the only sensible choice; with
    ``separate`` each its own, and each subgroup's Wald numbers are those of pooling it alone.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Independent effects on the analysis scale and their sampling variances.
    subgroup : sequence, length k
        Label of each study.
    tau2 : {"common", "separate"}
    method : {"REML", "ML", "FE"}
        ``FE`` sets every tau2 to zero.
    inference : {"wald", "t", "hksj", "hksj-adhoc"}
        Over the whole model, with k - g degrees of freedom.
    level : float

    Returns
    -------
    SubgroupSynthesis

    Raises
    ------
    ArrayError
        As `fit_mixed`; also a subgroup of one study with ``separate``, in which no tau2 shows.

    Notes
    -----
    For strata of patients *within* trials use the within-trial interaction instead: here a
    difference between subgroups of studies may be any other difference between those studies.

    Source: Borenstein and Higgins 2013, 10.1007/s11121-013-0377-7.

    Examples
    --------
    >>> yi, vi = [0.1, 0.2, 0.3, 0.8, 0.9, 1.0], [0.02] * 6
    >>> result = subgroup_synthesis(yi, vi, ["a", "a", "a", "b", "b", "b"])
    >>> [round(float(x), 2) for x in result.estimate]
    [0.2, 0.9]
    >>> round(result.difference("b", "a").estimate, 2)
    0.7
    """
    y = as_vector(yi, "yi")
    k = y.size
    X, names = indicators(subgroup, k)
    if tau2 not in ("common", "separate"):
        raise ArrayError(
            [Problem("", "", "tau2", repr(tau2), "common, separate", "Choose one of these.")]
        )
    rows = range(k)
    random: tuple[Groups | Correlated, ...] = (Groups(subgroup, "subgroup"),) if X is None else ()
    if method != "FE" and X is not None:
        separate = tau2 == "separate"
        _enough(X, names or (), separate=separate)
        own = Correlated(subgroup, rows, "DIAG", "study")
        random = (own if separate else Groups(rows, "study"),)
    fit = fit_mixed(
        y, vi, X, random=random, method=method, inference=inference, level=level, names=names
    )
    return _summary(fit, np.asarray(fit.X), common=tau2 == "common")


def _enough(X: Array, names: tuple[str, ...], *, separate: bool) -> None:
    """Refuse a subgroup of one study that is to have a tau2 of its own."""
    alone = [name for name, count in zip(names, X.sum(axis=0), strict=True) if count < 2]
    if separate and alone:
        action = "Use tau2 common, or leave that subgroup out."
        raise ArrayError(
            [Problem("", "", "subgroup", repr(n), "two studies or more", action) for n in alone]
        )


def _summary(fit: MixedFit, X: Array, *, common: bool) -> SubgroupSynthesis:
    """Means, variances and the test of their equality."""
    groups = len(fit.names)
    values = fit.parameter_values if fit.parameters else np.zeros(1)
    test = fit.compare_all()
    return SubgroupSynthesis(
        *(fit.names, fit.estimate, fit.se, fit.ci_low, fit.ci_high, fit.p_value),
        tau2=np.broadcast_to(values, (groups,)).copy(),
        k=tuple(int(n) for n in X.sum(axis=0)),
        common_tau2=common,
        difference_statistic=test.statistic,
        difference_df1=test.df1,
        difference_df2=test.df2,
        difference_p_value=test.p_value,
        status=fit.status,
        message=fit.message,
        fit=fit,
    )
