"""The genes of a matrix: names in order, each once, and a word where they look wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import Problem

Array = NDArray[np.float64]
Duplicates = Literal["refuse", "mean"]

ENSEMBL = re.compile(r"ENS[A-Z]{0,4}G\d{11}(?:\.\d+)?")
DATE = re.compile(r"(?:\d{1,2}-(?:Mar|Sep|Dec|Oct|Feb)|(?:Mar|Sep|Dec|Oct|Feb)-\d{1,2})", re.I)
"""What a spreadsheet makes of SEPTIN2 or MARCHF1 under their old symbols."""


@dataclass(frozen=True)
class GeneAxis:
    """Genes as they will be scored, and which columns of the table they come from.

    Attributes
    ----------
    genes : tuple of str
    columns : array of int
        Columns of the table that stay, those of one gene side by side.
    starts : array of int
        Where the columns of each gene begin in `columns`.
    problems : tuple of Problem
    remarks : tuple of str
    """

    genes: tuple[str, ...]
    columns: NDArray[np.int64]
    starts: NDArray[np.int64]
    width: int
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...]

    def apply(self, table: Array) -> Array:
        """Return `table` with one column a gene: the mean of its columns where it has several."""
        if np.array_equal(self.columns, np.arange(self.width)) and self.starts.size == self.width:
            return table
        taken = table[:, self.columns]
        if self.starts.size in (self.columns.size, 0):
            return taken
        counts = np.diff(np.append(self.starts, self.columns.size))
        return np.asarray(np.add.reduceat(taken, self.starts, axis=1) / counts)


def gene_axis(
    names: Sequence[str], duplicates: Duplicates, without: Collection[str], file: str
) -> GeneAxis:
    """Put the gene names of a table in order.

    Blank names and, unless `duplicates` is "mean", names given twice are problems. A version
    after an Ensembl id (the ``.7`` of ``ENSG00000139618.7``) is taken off, so that two versions
    of one gene are that gene twice.
    """
    clean = [_without_version(str(name).strip()) for name in names]
    left_out = set(without)
    places: dict[str, list[int]] = {}
    for column, name in enumerate(clean):
        if name not in left_out and names[column] not in left_out:
            places.setdefault(name, []).append(column)
    genes = tuple(places)
    columns = np.array([c for place in places.values() for c in place], dtype=np.int64)
    sizes = [len(place) for place in places.values()]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if sizes else columns
    twice = [gene for gene, place in places.items() if len(place) > 1]
    return GeneAxis(
        genes,
        columns,
        starts,
        len(names),
        tuple(_problems(genes, twice, duplicates, file)),
        tuple(_remarks(genes, twice, duplicates)),
    )


def kind_of_id(genes: Sequence[str]) -> str:
    """Say what most gene names are: "Ensembl ids", "numbers" (Entrez) or "symbols"."""
    kinds = Counter(
        "Ensembl ids" if ENSEMBL.fullmatch(g) else "numbers" if g.isdecimal() else "symbols"
        for g in genes
    )
    return kinds.most_common(1)[0][0] if kinds else "symbols"


def _without_version(name: str) -> str:
    return name.split(".", maxsplit=1)[0] if ENSEMBL.fullmatch(name) else name


def _problems(
    genes: tuple[str, ...], twice: list[str], duplicates: Duplicates, file: str
) -> list[Problem]:
    found = []
    if len(genes) < 2:
        found.append(
            Problem(file, "", "genes", str(len(genes)), "two at least", "Check which way it lies.")
        )
    if "" in genes:
        found.append(
            Problem(file, "", "genes", "a blank name", "a name for each gene", "Name or drop it.")
        )
    if duplicates not in ("refuse", "mean"):
        found.append(Problem(file, "", "duplicates", duplicates, "refuse, mean", "Choose one."))
    elif twice and duplicates == "refuse":
        shown = f"{len(twice)} genes more than once: {', '.join(twice[:5])}"
        action = 'Keep one row of each, or ask for their mean with duplicates="mean".'
        found.append(Problem(file, "", "genes", shown, "each gene once", action))
    return found


def _remarks(genes: tuple[str, ...], twice: list[str], duplicates: Duplicates) -> list[str]:
    said = []
    if twice and duplicates == "mean":
        said.append(f"{len(twice)} genes stood in several rows; their mean was taken.")
    dates = [gene for gene in genes if DATE.fullmatch(gene)]
    if dates:
        said.append(
            f"{len(dates)} gene names look like dates a spreadsheet made ({', '.join(dates[:3])})."
        )
    return said
