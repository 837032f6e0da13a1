"""Whether a label is its own gene cut in two: an alarm before anyone validates one by the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from equipoise.biomarkers.phenotyping.average_ranks import average_ranks
from equipoise.errors import InputError, Problem

METHOD_CITES = {"circularity": ("hanley1982",)}

TOO_GOOD = 0.99
"""Area under the curve that no independent assay of a receptor reaches against its own messenger
RNA: two readers of one slide agree less well."""

FEWEST = 20
"""Fewest in each class: with fewer, an area above `TOO_GOOD` also comes about by chance."""


@dataclass(frozen=True)
class Circularity:
    """How well a gene separates a label, and whether that is too well.

    Attributes
    ----------
    auc : float
        Probability that a positive exceeds a negative, ties half; NaN if a class is empty.
    positive, negative : int
        Samples in each class.
    verdict : {"derived", "not derived", "too few"}
        "derived": above 0.99 (or below 0.01) with at least 20 in each class. "too few": at least
        one class is smaller, nothing is said.
    """

    auc: float
    positive: int
    negative: int
    verdict: Literal["derived", "not derived", "too few"]

    def __str__(self) -> str:
        shown = f"AUC {self.auc:.4f} in {self.positive} positive and {self.negative} negative"
        return {
            "derived": f"{shown}: the label was made from this gene; do not validate one by the "
            "other.",
            "not derived": f"{shown}: no sign that the label was made from this gene.",
            "too few": f"{shown}: fewer than {FEWEST} in a class, not judged.",
        }[self.verdict]


def circular_label(expression: ArrayLike, positive: Sequence[bool | None]) -> Circularity:
    """Judge whether a label was derived from the expression of a gene.

    The area under the receiver operating characteristic is ``(R - n1 (n1 + 1) / 2) / (n1 n0)``
    with R the sum of the ranks of the n1 positives among all n1 + n0 (Hanley and McNeil 1982,
    doi:10.1148/radiology.143.1.7063747).

    Parameters
    ----------
    expression : array_like, shape (n,)
        The gene's expression, on any scale. NaN is left out.
    positive : sequence of bool or None, length n
        The label; None where it is not known, which is left out.

    Raises
    ------
    InputError
        If the two differ in length, or a label is neither true, false nor None.
    """
    x = np.asarray(expression, dtype=np.float64).ravel()
    problems = []
    if len(positive) != x.size:
        shown = f"expression {x.size}, positive {len(positive)}"
        problems.append(Problem("", "", "positive", shown, "equal lengths", "Pass one a sample."))
    odd = sorted({str(v) for v in positive if not (v is None or isinstance(v, bool | np.bool_))})
    if odd:
        action = "Turn the labels into true, false and None."
        problems.append(Problem("", "", "positive", ", ".join(odd), "True, False, None", action))
    if problems:
        raise InputError(problems)
    known = np.array([v is not None for v in positive], dtype=bool) & ~np.isnan(x)
    label = np.array([bool(v) for v in positive], dtype=bool)[known]
    n1, n0 = int(label.sum()), int((~label).sum())
    if not n1 or not n0:
        return Circularity(float("nan"), n1, n0, "too few")
    ranks = average_ranks(x[known])
    auc = float((ranks[label].sum() - n1 * (n1 + 1) / 2.0) / (n1 * n0))
    if min(n1, n0) < FEWEST:
        return Circularity(auc, n1, n0, "too few")
    derived = max(auc, 1.0 - auc) > TOO_GOOD
    return Circularity(auc, n1, n0, "derived" if derived else "not derived")
