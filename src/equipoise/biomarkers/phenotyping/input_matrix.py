"""Expression laid against the genes of a classifier: names, scale, gaps and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.expression_scale import (
    Scale,
    on_log_scale,
    scale_problems,
)
from equipoise.biomarkers.pathways.gene_axis import ENSEMBL, gene_axis, kind_of_id
from equipoise.biomarkers.pathways.value_checks import sample_name_problems
from equipoise.biomarkers.phenotyping.classifier_file import CentroidClassifier
from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]

FEWEST_FOR_COUNTS = 5000
"""Genes a table of counts must hold before a sample's sum says anything of its depth."""


@dataclass(frozen=True)
class ClassifierInput:
    """Expression of a classifier's genes.

    Attributes
    ----------
    samples : tuple of str, length n
    values : array, shape (n, g)
        Log scale, not centred; NaN where a gene was not measured.
    coverage : array, shape (n,)
        Share of the classifier's genes each sample has.
    remarks : tuple of str
        What was put in order on the way in.
    """

    samples: tuple[str, ...]
    values: Array
    coverage: Array
    remarks: tuple[str, ...]


def classifier_input(
    classifier: CentroidClassifier,
    expression: pd.DataFrame,
    scale: Scale,
    name: str = "expression",
) -> ClassifierInput:
    """Lay a table of expression against the genes of a classifier.

    Ensembl ids (with or without a version) and older symbols are taken as the classifier's
    symbols; a gene in several rows is their mean on the log scale (missing where one of them is);
    both leave a remark. Missing values stay missing. Counts are made counts per million, which
    needs the whole transcriptome.

    Parameters
    ----------
    classifier : CentroidClassifier
    expression : DataFrame, (genes, samples)
        Genes in the index.
    scale : {"log", "linear", "counts"}
        What the numbers are; "unknown" is refused.
    name : str
        File name for messages.

    Raises
    ------
    InputError
        Samples without a measurement or with one value for all genes, infinite values, a scale
        that is unknown or contradicted, fewer of the genes than the classifier's least share,
        the table lying on its side: all at once.
    """
    samples = tuple(str(sample).strip() for sample in expression.columns)
    symbols = [_symbol(str(gene).strip(), classifier) for gene in expression.index]
    problems = list(_lies_on_its_side(classifier, expression, symbols, samples, name))
    if problems:
        raise InputError(problems)
    table = _numbers(expression, name)
    problems = [*sample_name_problems(samples, name), *_value_problems(table, samples, name)]
    problems += _scale_problems(table, scale, samples, name) if not problems else []
    if problems:
        raise InputError(problems)
    logs, said = _logs(table, scale, name)
    axis = gene_axis(symbols, "mean", (), name)
    merged, place = axis.apply(logs), {gene: i for i, gene in enumerate(axis.genes)}
    values = np.full((len(samples), len(classifier.genes)), np.nan)
    for j, gene in enumerate(classifier.genes):
        if gene in place:
            values[:, j] = merged[:, place[gene]]
    coverage = np.asarray((~np.isnan(values)).mean(axis=1))
    problems = list(_too_few(classifier, place, coverage, samples, name))
    if problems:
        raise InputError(problems)
    remarks = (*said, *_remarks(classifier, expression, symbols, values))
    return ClassifierInput(samples, values, coverage, remarks)


def _symbol(name: str, classifier: CentroidClassifier) -> str:
    bare = name.split(".", maxsplit=1)[0] if ENSEMBL.fullmatch(name) else name
    return classifier.aliases.get(bare, bare)


def _lies_on_its_side(
    classifier: CentroidClassifier,
    expression: pd.DataFrame,
    symbols: list[str],
    samples: tuple[str, ...],
    name: str,
) -> Iterator[Problem]:
    known = set(classifier.genes)
    rows = len(known & set(symbols))
    columns = len(known & {_symbol(sample, classifier) for sample in samples})
    if columns > rows:
        shown = f"{columns} genes of the classifier in the columns, {rows} in the rows"
        action = "Pass the transpose of the table."
        yield Problem(name, "", "genes", shown, "genes in the rows", action)
    elif expression.shape[1] == 0:
        yield Problem(name, "", "samples", "none", "at least one sample", "Add the samples.")


def _numbers(expression: pd.DataFrame, name: str) -> Array:
    try:
        return expression.T.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        action = "Turn decimal commas into points, and leave gaps blank."
        raise InputError(
            [Problem(name, "", "values", str(error), "numbers in every cell", action)]
        ) from error


def _value_problems(table: Array, samples: tuple[str, ...], name: str) -> Iterator[Problem]:
    for sample, values in zip(samples, table, strict=True):
        there = values[~np.isnan(values)]
        if not there.size:
            shown, allowed = "nothing", "a measurement"
        elif not np.isfinite(there).all():
            shown, allowed = "an infinite value", "finite values"
        elif there.min() == there.max():
            shown, allowed = f"{there[0]:g} for every gene", "values that differ between genes"
        else:
            continue
        yield Problem(name, sample, "values", shown, allowed, "Correct or leave out the sample.")


def _scale_problems(
    table: Array, scale: Scale, samples: tuple[str, ...], name: str
) -> list[Problem]:
    if scale == "unknown":
        action = "Say what they are with scale=...; a small table of them looks all the same."
        return [Problem(name, "", "scale", scale, "log, linear or counts", action)]
    found = scale_problems(np.where(np.isnan(table), np.nanmin(table), table), scale, samples, name)
    if scale == "counts" and table.shape[1] < FEWEST_FOR_COUNTS:
        allowed = f"at least {FEWEST_FOR_COUNTS} genes with counts"
        action = "Pass the whole transcriptome, or TPM with scale='linear'."
        found.append(Problem(name, "", "genes", str(table.shape[1]), allowed, action))
    return found


def _logs(table: Array, scale: Scale, name: str) -> tuple[Array, tuple[str, ...]]:
    """Return the table on a log scale; a gap counts as no reads and stays a gap."""
    gaps = np.isnan(table)
    logs, said = on_log_scale(np.where(gaps, 0.0, table), scale, "centroids", name)
    return np.where(gaps, np.nan, logs), said


def _too_few(
    classifier: CentroidClassifier,
    place: Mapping[str, int],
    coverage: Array,
    samples: tuple[str, ...],
    name: str,
) -> Iterator[Problem]:
    least, total = classifier.text.least_coverage, len(classifier.genes)
    allowed = f"at least {least:.0%} of the {total} genes of {classifier.text.id}"
    missing = [gene for gene in classifier.genes if gene not in place]
    if total - len(missing) < least * total:
        kind = kind_of_id(tuple(place))
        action = f"Most names are {kind}. Missing are {', '.join(missing[:5])}."
        yield Problem(name, "", "genes", f"{total - len(missing)} of {total}", allowed, action)
        return
    for i in np.flatnonzero(coverage < least):
        shown = f"{coverage[i] * total:.0f} of {total}"
        yield Problem(name, samples[i], "genes", shown, allowed, "Leave the sample out.")


def _remarks(
    classifier: CentroidClassifier, expression: pd.DataFrame, symbols: list[str], values: Array
) -> Iterator[str]:
    known = set(classifier.genes)
    written = [str(gene).strip() for gene in expression.index]
    renamed = [(w, s) for w, s in zip(written, symbols, strict=True) if w != s and s in known]
    if renamed:
        shown = ", ".join(f"{old} as {new}" for old, new in renamed[:3])
        yield f"{len(renamed)} genes were taken by another name: {shown}."
    counts = Counter(symbol for symbol in symbols if symbol in known)
    doubled = [gene for gene, count in counts.items() if count > 1]
    if doubled:
        shown = ", ".join(doubled[:5])
        yield f"{len(doubled)} genes stood in several rows, their mean was taken: {shown}."
    absent = [gene for gene in classifier.genes if gene not in counts]
    if absent:
        yield f"{len(absent)} genes of the classifier are not there: {', '.join(absent[:5])}."
    gaps = int(np.isnan(values).sum()) - len(absent) * len(values)
    if gaps:
        yield f"{gaps} values are missing; ranks are those of the genes a sample has."
