"""Subtypes by the nearest centroid, centred on a reference, with what makes a call doubtful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.biomarkers.phenotyping.average_ranks import average_ranks
from equipoise.biomarkers.phenotyping.classifier_file import CentroidClassifier
from equipoise.biomarkers.phenotyping.cohort_selection import ReceptorCount, selection_problems
from equipoise.biomarkers.phenotyping.input_matrix import ClassifierInput
from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]
Centring = Literal["reference", "self"]

METHOD_CITES = {"nearest centroid": ("parker2009", "zhao2015")}

FEWEST_FOR_SELF = 30
"""Samples from which a cohort's own medians are taken as centres: with fewer the median of a gene
moves by more than a third of its standard deviation."""


@dataclass(frozen=True)
class Subtypes:
    """Nearest centroids of a cohort.

    Attributes
    ----------
    samples : tuple of str, length n
    classes : tuple of str, length c
    correlations : array, shape (n, c)
        Spearman's correlation with each centroid.
    calls : tuple of str, length n
        Class of the highest correlation.
    margins : array, shape (n,)
        Highest less second highest correlation.
    close : array of bool, shape (n,)
        Margin below the classifier's threshold: the two are hard to tell apart.
    standardised : array, shape (n, g)
        Centred values over each sample's standard deviation, NaN where missing.
    coverage : array, shape (n,)
        Share of the classifier's genes a sample has.
    centring : str
        What the genes were centred on.
    flags : tuple of str
        What is doubtful about the whole cohort.
    remarks : tuple of str
        What was put in order on the way in.
    """

    samples: tuple[str, ...]
    classes: tuple[str, ...]
    correlations: Array
    calls: tuple[str, ...]
    margins: Array
    close: NDArray[np.bool_]
    standardised: Array
    coverage: Array
    centring: str
    flags: tuple[str, ...]
    remarks: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a sample: call, margin, whether close, coverage, correlations."""
        head = {
            "call": self.calls,
            "margin": self.margins,
            "close": self.close,
            "coverage": self.coverage,
        }
        frame = pd.DataFrame(head, index=pd.Index(self.samples, name="sample"))
        return frame.join(
            pd.DataFrame(self.correlations, index=frame.index, columns=list(self.classes))
        )


def subtypes(
    classifier: CentroidClassifier,
    expression: ClassifierInput,
    centring: Centring = "reference",
    *,
    centres: Mapping[str, float] | None = None,
    receptors: Mapping[str, ReceptorCount] | None = None,
) -> Subtypes:
    """Call each sample by the centroid it correlates with best.

    A sample's values are centred gene by gene, divided by their standard deviation (which moves
    no rank), and correlated with each centroid by Spearman's coefficient over the genes it has.

    Centring on the cohort's own medians is right only if the cohort is composed as the one the
    centroids were trained in; on a cohort selected by a receptor it changes most calls (Zhao and
    others 2015, doi:10.1186/s13058-015-0520-4). So the reference is the default, and "self" is
    refused for cohorts that are small or selected, and flagged where the counts of receptors are
    not given.

    Parameters
    ----------
    classifier : CentroidClassifier
    expression : ClassifierInput
    centring : {"reference", "self"}
    centres : mapping of str to float, optional
        Median of each gene in an unselected reference on the platform of `expression`. Without
        it, those of the classifier, which are right on its platform only.
    receptors : mapping of str to ReceptorCount, optional
        How many of the cohort are positive, by the classifier's receptors.

    Raises
    ------
    InputError
        An unknown centring, centres that lack genes, self-centring of a cohort that is small or
        selected by a receptor.
    """
    problems = list(_problems(classifier, expression, centring, centres, receptors))
    if problems:
        raise InputError(problems)
    if centring == "self":
        middle, what = np.nanmedian(expression.values, axis=0), "medians of the cohort itself"
    elif centres is not None:
        middle = np.array([centres[gene] for gene in classifier.genes])
        what = "medians of the given reference"
    else:
        middle, what = classifier.centres, classifier.text.centres_of
    standardised = _standardise(expression.values - middle)
    correlations = spearman(standardised, classifier.centroids)
    ordered = np.sort(correlations, axis=1)
    margins = ordered[:, -1] - ordered[:, -2]
    return Subtypes(
        expression.samples,
        classifier.classes,
        correlations,
        tuple(classifier.classes[i] for i in correlations.argmax(axis=1)),
        margins,
        margins < classifier.text.close,
        standardised,
        expression.coverage,
        what,
        _flags(classifier, expression, centring, middle, receptors),
        expression.remarks,
    )


def spearman(values: Array, centroids: Array) -> Array:
    """Return Spearman's correlation of each row of `values` with each centroid, shape (n, c).

    Ties share their mean rank. Genes a sample lacks are left out of both rankings.

    Parameters
    ----------
    values : array, shape (n, g)
        NaN where missing.
    centroids : array, shape (g, c)
    """
    found = np.empty((len(values), centroids.shape[1]))
    for i, row in enumerate(values):
        there = ~np.isnan(row)
        own = average_ranks(row[there])
        own = own - own.mean()
        for j in range(centroids.shape[1]):
            other = average_ranks(centroids[there, j])
            other = other - other.mean()
            found[i, j] = own @ other / np.sqrt((own @ own) * (other @ other))
    return found


def _standardise(centred: Array) -> Array:
    mean = np.nanmean(centred, axis=1, keepdims=True)
    return np.asarray((centred - mean) / np.nanstd(centred, axis=1, ddof=1, keepdims=True))


def _problems(
    classifier: CentroidClassifier,
    expression: ClassifierInput,
    centring: str,
    centres: Mapping[str, float] | None,
    receptors: Mapping[str, ReceptorCount] | None,
) -> list[Problem]:
    if centring not in ("reference", "self"):
        return [Problem("", "", "centring", repr(centring), "reference, self", "Choose one.")]
    found = []
    if centring == "self":
        n = len(expression.samples)
        if n < FEWEST_FOR_SELF:
            allowed = f"at least {FEWEST_FOR_SELF} samples for centring on themselves"
            action = "Centre on a reference."
            found.append(Problem("", "", "centring", f"self, {n} samples", allowed, action))
        if centres is not None:
            action = "Leave out the centres, or centre on the reference."
            found.append(Problem("", "", "centres", "given", "none with self", action))
        found += selection_problems(classifier.text.receptors, receptors or {})
    for gene in classifier.genes if centres is not None else ():
        if centres is not None and not np.isfinite(centres.get(gene, np.nan)):
            shown = str(centres.get(gene, ""))
            found.append(Problem("", gene, "centres", shown, "a finite number", "Add the median."))
    return found


def _flags(
    classifier: CentroidClassifier,
    expression: ClassifierInput,
    centring: str,
    middle: Array,
    receptors: Mapping[str, ReceptorCount] | None,
) -> tuple[str, ...]:
    flags = []
    unknown = [r.name for r in classifier.text.receptors if r.name not in (receptors or {})]
    if centring == "self" and unknown:
        flags.append(
            f"Whether the cohort was selected is not known ({', '.join(unknown)} not given): "
            "centred on itself, a selected cohort is called wrongly."
        )
    if centring == "reference" and len(expression.samples) < FEWEST_FOR_SELF:
        flags.append(
            f"With fewer than {FEWEST_FOR_SELF} samples it cannot be checked that they are on the "
            "platform of the centres: on another one every call is wrong."
        )
    if centring == "self" or len(expression.samples) < FEWEST_FOR_SELF:
        return tuple(flags)
    own = _standardise(expression.values - np.nanmedian(expression.values, axis=0))
    theirs = spearman(_standardise(expression.values - middle), classifier.centroids)
    ours = spearman(own, classifier.centroids)
    share = float((ours.argmax(axis=1) != theirs.argmax(axis=1)).mean())
    if share > classifier.text.largest_shift:
        flags.append(
            f"{share:.0%} of the calls would change if the cohort were centred on itself: it is "
            "composed otherwise than the reference (selected?), or measured on another platform."
        )
    return tuple(flags)
