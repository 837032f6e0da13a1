"""Several effects a study: nested, or one for each of several outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.arrays import Array, as_vector
from equipoise.synthesis.mixed.mixed_fit import MixedFit
from equipoise.synthesis.mixed.mixed_model import fit_mixed
from equipoise.synthesis.mixed.random_structures import (
    Correlated,
    Groups,
    Labels,
    components_of,
    listed,
)


def multilevel(
    yi: ArrayLike,
    V: ArrayLike,
    study: Labels,
    effect: Labels | None = None,
    *,
    X: Any = None,
    method: str = "REML",
    inference: str = "t",
    level: float = 0.95,
    names: Sequence[str] | None = None,
) -> MixedFit:
    """Pool effects that are nested in studies.

    `y_ij = x_ij b + u_i + w_ij + e_ij`, `u_i ~ N(0, tau2[study])` shared by all effects of a
    study, `w_ij ~ N(0, tau2[effect])`, `e ~ N(0, V)`. The two variances say how much true
    effects differ between studies and within them.

    Parameters
    ----------
    yi, V : array_like
        Effects (k,) on the analysis scale, and their variances (k,) or covariance (k, k).
    study : sequence, length k
        Study of each effect; give its blocks of `V` a covariance if effects share patients.
    effect : sequence, length k, optional
        Effect within its study; by default every row is one of its own.
    X, method, inference, level, names
        As for `fit_mixed`; ``cr2`` clusters by study.

    Returns
    -------
    MixedFit
        `parameters` are ``tau2[study]`` and ``tau2[effect]``.

    Raises
    ------
    ArrayError
        As `fit_mixed`; also if no study has two effects, for then the variances are one.

    Notes
    -----
    Konstantopoulos 2011, 10.1002/jrsm.35.

    Examples
    --------
    >>> fit = multilevel([0.1, 0.3, 0.6, 0.5], [0.02] * 4, ["a", "a", "b", "b"])
    >>> fit.parameters
    ('tau2[study]', 'tau2[effect]')
    """
    studies = listed(study, "study")
    within = list(range(len(studies))) if effect is None else listed(effect, "effect")
    inner: Any = list(zip(studies, within, strict=len(within) == len(studies)))
    return fit_mixed(
        yi,
        V,
        X,
        random=(Groups(studies, "study"), Groups(inner, "effect")),
        cluster=studies if inference == "cr2" else None,
        method=method,
        inference=inference,
        level=level,
        names=names,
    )


def multivariate(
    yi: ArrayLike,
    V: ArrayLike,
    outcome: Labels,
    study: Labels,
    *,
    structure: str = "UN",
    method: str = "REML",
    inference: str = "t",
    level: float = 0.95,
) -> MixedFit:
    """Pool several outcomes together, so that each borrows from those it is correlated with.

    `y_ij = b_j + u_ij + e_ij`: one mean for each outcome j, `u_i ~ N(0, G)` over the outcomes of
    a study, `e ~ N(0, V)`. A study that lacks an outcome still speaks to it through `G` and `V`,
    if it lacks it at random.

    Parameters
    ----------
    yi, V : array_like
        Effects (k,) in long form, and their covariance (k, k), in which the outcomes of one
        study are correlated (`block_covariance` if only guessed).
    outcome, study : sequence, length k
    structure : {"UN", "CS", "HCS", "DIAG", "ID"}
        Of `G`, see `Correlated`. ``UN`` needs studies that report each pair of outcomes.
    method, inference, level
        As for `fit_mixed`; ``cr2`` clusters by study.

    Returns
    -------
    MixedFit
        Coefficients are named after the outcomes, in sorted order; `qm` tests that all are zero
        (`contrast` compares two).

    Raises
    ------
    ArrayError
        As `fit_mixed`.

    Notes
    -----
    Berkey 1998, 10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C; Jackson
    2011, 10.1002/sim.4172.

    Examples
    --------
    >>> from equipoise.synthesis.mixed import block_covariance
    >>> V = block_covariance([0.02] * 6, [1, 1, 2, 2, 3, 3], 0.5)
    >>> outcome = ["pain", "sleep"] * 3
    >>> fit = multivariate([0.1, 0.2, 0.4, 0.6, 0.3, 0.2], V, outcome, [1, 1, 2, 2, 3, 3])
    >>> fit.names
    ('pain', 'sleep')
    """
    X, names = indicators(outcome, as_vector(yi, "yi").size)
    return fit_mixed(
        yi,
        V,
        X,
        random=(Correlated(outcome, study, structure, "outcome"),),
        cluster=study if inference == "cr2" else None,
        method=method,
        inference=inference,
        level=level,
        names=names,
    )


def indicators(labels: Labels, k: int) -> tuple[Array | None, tuple[str, ...] | None]:
    """One column of zeros and ones for every level, and their names; None if labels are bad."""
    found, problems = components_of([Correlated(labels, labels, "DIAG")], k)
    if problems:
        return None, None
    inner = found[0].inner
    return (inner[:, None] == np.arange(found[0].q)).astype(np.float64), found[0].levels
