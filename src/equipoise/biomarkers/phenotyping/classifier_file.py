"""A nearest-centroid classifier as data: centroids, genes, centres and risk scores."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.fields import Id, Name
from equipoise.evidence.read import problems_of

Array = NDArray[np.float64]
CLASSIFIER_FILE = "classifier.toml"
GENE_COLUMNS = ("gene_name", "gene_id", "proliferative")
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Receptor(_Part):
    """A receptor by which a cohort may have been selected, and its share in unselected ones."""

    name: Id
    gene: Id
    lowest: Share
    highest: Share
    source: Name


class Risk(_Part):
    """One score: coefficients of correlations, covariates and ``prolif_score``; its cut points."""

    name: Id
    low: float
    high: float
    coefficients: dict[str, float]


class RiskScale(_Part):
    """A score is ``100 (sum + shift) / span``."""

    shift: float
    span: Annotated[float, Field(gt=0.0)]


class ClassifierText(_Part):
    """The whole of ``classifier.toml``."""

    id: Id
    title: Name
    version: Name
    centroids: Name
    genes: Name
    centres: Name
    centres_of: Name
    least_coverage: Share
    close: Share
    largest_shift: Share
    aliases: dict[str, Id] = {}
    risk_scale: RiskScale
    receptors: tuple[Receptor, ...] = ()
    risks: tuple[Risk, ...] = ()


@dataclass(frozen=True)
class CentroidClassifier:
    """What `subtypes` and `risk_of_recurrence` need.

    Attributes
    ----------
    text : ClassifierText
        Names, thresholds, receptors and risk scores.
    classes : tuple of str, length c
    genes : tuple of str, length g
    centroids : array, shape (g, c)
    proliferation : array of bool, shape (g,)
        Genes whose mean is the proliferation score.
    centres : array, shape (g,)
        Median of each gene in the reference.
    aliases : mapping of str to str
        Ensembl ids and older symbols to the symbols of `genes`.
    """

    text: ClassifierText
    classes: tuple[str, ...]
    genes: tuple[str, ...]
    centroids: Array
    proliferation: NDArray[np.bool_]
    centres: Array
    aliases: Mapping[str, str]


def read_classifier(folder: Traversable) -> CentroidClassifier:
    """Read ``classifier.toml`` and the tables it names.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    text = _head(folder, problems)
    if text is None:
        raise InputError(problems)
    centroids = _table(text.centroids, folder, problems)
    annotation = _table(text.genes, folder, problems)
    centres = _table(text.centres, folder, problems)
    if problems:
        raise InputError(problems)
    genes, classes, values = _numbers(text.centroids, centroids, problems)
    middle_genes, _, middle = _numbers(text.centres, centres, problems)
    problems += list(_same_genes(text.centres, middle_genes, genes))
    columns = annotation[0] if annotation else []
    if not set(GENE_COLUMNS) <= set(columns):
        allowed = ", ".join(GENE_COLUMNS)
        problems.append(
            Problem(text.genes, "line 1", "", ", ".join(columns), allowed, "Add the columns.")
        )
        raise InputError(problems)
    rows = [dict(zip(columns, cells, strict=False)) for cells in annotation[1:]]
    problems += list(_same_genes(text.genes, tuple(row["gene_name"] for row in rows), genes))
    problems += list(_risk_terms(text, classes))
    if problems:
        raise InputError(problems)
    grows = {row["gene_name"] for row in rows if row["proliferative"] == "1"}
    place = {gene: i for i, gene in enumerate(middle_genes)}
    return CentroidClassifier(
        text,
        classes,
        genes,
        values,
        np.array([gene in grows for gene in genes]),
        middle[[place[gene] for gene in genes], 0],
        {**{row["gene_id"]: row["gene_name"] for row in rows}, **text.aliases},
    )


def _head(folder: Traversable, problems: list[Problem]) -> ClassifierText | None:
    data = read_bytes(CLASSIFIER_FILE, folder / CLASSIFIER_FILE, problems)
    text = decode(CLASSIFIER_FILE, data, problems) if data is not None else None
    if text is None:
        return None
    try:
        return ClassifierText.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problems += problems_of(CLASSIFIER_FILE, "", error)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(CLASSIFIER_FILE, "", "", str(error), "valid TOML", "Mend it."))
    return None


def _table(name: str, folder: Traversable, problems: list[Problem]) -> list[list[str]]:
    data = read_bytes(name, folder / name, problems)
    text = decode(name, data, problems) if data is not None else None
    if text is None:
        return []
    between = "\t" if name.endswith(".tsv") else ","
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=between) if row]
    wide = {len(row) for row in rows}
    if len(rows) < 2 or len(wide) != 1:
        shown = f"{len(rows)} rows of {', '.join(map(str, sorted(wide)))} cells"
        problems.append(Problem(name, "", "", shown, "a header and rows as wide", "Mend it."))
    return rows


def _numbers(
    name: str, rows: list[list[str]], problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    genes = tuple(row[0] for row in rows[1:])
    values = np.full((len(genes), len(rows[0]) - 1), np.nan)
    for i, row in enumerate(rows[1:]):
        for j, cell in enumerate(row[1:]):
            try:
                values[i, j] = float(cell)
            except ValueError:
                values[i, j] = np.nan
            if not np.isfinite(values[i, j]):
                column = rows[0][j + 1]
                problems.append(
                    Problem(name, row[0], column, cell, "a finite number", "Correct it.")
                )
    for gene in sorted({g for g in genes if genes.count(g) > 1}):
        problems.append(Problem(name, gene, "gene", gene, "each gene once", "Remove one."))
    return genes, tuple(rows[0][1:]), values


def _same_genes(name: str, found: tuple[str, ...], genes: tuple[str, ...]) -> Iterator[Problem]:
    different = sorted(set(found) ^ set(genes))
    if different or len(found) != len(set(found)):
        shown = ", ".join(different[:5]) or "a gene twice"
        yield Problem(name, "", "gene", shown, "the genes of the centroids", "Make them the same.")


def _risk_terms(text: ClassifierText, classes: tuple[str, ...]) -> Iterator[Problem]:
    allowed = {*classes, "prolif_score", "tumor_size"}
    for risk in text.risks:
        for term in sorted(set(risk.coefficients) - allowed):
            shown = ", ".join(sorted(allowed))
            yield Problem(CLASSIFIER_FILE, risk.name, "coefficients", term, shown, "Rename it.")
        if not risk.low < risk.high:
            shown = f"{risk.low} to {risk.high}"
            yield Problem(
                CLASSIFIER_FILE, risk.name, "high", shown, "low below high", "Correct them."
            )
