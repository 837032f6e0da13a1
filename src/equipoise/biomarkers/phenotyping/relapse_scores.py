"""The risk-of-relapse scores that go with a centroid classifier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.biomarkers.phenotyping.classifier_file import CentroidClassifier, Risk
from equipoise.biomarkers.phenotyping.nearest_centroid import Subtypes
from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]

METHOD_CITES = {"risk of relapse": ("parker2009",)}


def recurrence_risk(
    classifier: CentroidClassifier,
    found: Subtypes,
    tumour_above_2_cm: Mapping[str, bool | None] | None = None,
) -> pd.DataFrame:
    """Return the scores and their groups, one row a sample.

    ``score = 100 (sum_k b_k x_k + shift) / span`` with x_k the correlations with the centroids,
    the proliferation score (mean of the standardised values of the proliferation genes a sample
    has) and whether the tumour is larger than 2 cm. Groups are cut on the sum: high at or above
    the upper cut point, low at or below the lower one, else medium. Research use only: the
    clinical score is another one.

    Parameters
    ----------
    classifier : CentroidClassifier
    found : Subtypes
        Of the same classifier.
    tumour_above_2_cm : mapping of str to bool or None, optional
        By sample; scores that need it are NaN, and their group is blank, where it is not known.

    Returns
    -------
    DataFrame
        Columns ``prolif_score``, and for each score its name and ``group_`` with its name.

    Raises
    ------
    InputError
        If `found` has other classes than the classifier, or sizes name unknown samples or are
        neither true, false nor None.
    """
    sizes = dict(tumour_above_2_cm or {})
    problems = []
    if found.classes != classifier.classes:
        shown, allowed = ", ".join(found.classes), ", ".join(classifier.classes)
        problems.append(Problem("", "", "classes", shown, allowed, "Pass its own subtypes."))
    for sample in sorted(set(sizes) - set(found.samples)):
        problems.append(Problem("", sample, "tumour", "", "a sample of the cohort", "Rename it."))
    for sample, large in sizes.items():
        if not (large is None or isinstance(large, bool | np.bool_)):
            allowed = "True (above 2 cm), False or None"
            problems.append(Problem("", sample, "tumour", repr(large), allowed, "Correct it."))
    if problems:
        raise InputError(problems)
    size = np.array([_number(sizes.get(sample)) for sample in found.samples])
    proliferation = _proliferation(found.standardised[:, classifier.proliferation])
    terms = {
        **dict(zip(found.classes, found.correlations.T, strict=True)),
        "prolif_score": proliferation,
        "tumor_size": size,
    }
    frame = pd.DataFrame(
        {"prolif_score": proliferation}, index=pd.Index(found.samples, name="sample")
    )
    scale = classifier.text.risk_scale
    for risk in classifier.text.risks:
        total = np.sum([b * terms[name] for name, b in risk.coefficients.items()], axis=0)
        frame[risk.name] = 100.0 * (total + scale.shift) / scale.span
        frame[f"group_{risk.name}"] = _groups(total, risk)
    return frame


def _number(large: bool | None) -> float:
    return float("nan") if large is None else float(large)


def _proliferation(values: Array) -> Array:
    there = ~np.isnan(values)
    counts = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.asarray(np.where(counts > 0, total / np.maximum(counts, 1), np.nan))


def _groups(total: Array, risk: Risk) -> list[str]:
    return [
        "" if np.isnan(t) else "high" if t >= risk.high else "low" if t <= risk.low else "medium"
        for t in total
    ]
