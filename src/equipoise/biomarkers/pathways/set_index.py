"""The genes of the sets found among the genes of a matrix, as flat arrays for the kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.activity import SetCoverage
from equipoise.biomarkers.pathways.gene_axis import kind_of_id
from equipoise.biomarkers.pathways.gene_sets import GeneSet, GeneSets, content_hash
from equipoise.errors import InputError, Problem

LEAST_COVERAGE = 0.5
"""Below half of its genes a score answers for another set than its name says."""
LEAST_GENES = 2
"""One gene is that gene, not a set."""

Thin = Literal["refuse", "leave out"]


@dataclass(frozen=True)
class SetIndex:
    """Where the sets' genes stand in the matrix.

    Attributes
    ----------
    starts : array of int, (sets + 1,)
    members : array of int
        Gene columns; those of set j are ``members[starts[j]:starts[j + 1]]``, ascending.
    weights : array, same shape as `members`
    coverage : tuple of SetCoverage
        One a set that is scored.
    genes : tuple of str
        The genes of the matrix the index is for.
    sets_sha256 : str
    remarks : tuple of str
    """

    starts: NDArray[np.int64]
    members: NDArray[np.int64]
    weights: NDArray[np.float64]
    coverage: tuple[SetCoverage, ...]
    genes: tuple[str, ...]
    sets_sha256: str
    remarks: tuple[str, ...]

    def of_sign(self, sign: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return starts and members of the genes whose weight has this sign."""
        keep = np.sign(self.weights) == sign
        before = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
        return before[self.starts], self.members[keep]


def index_sets(
    gene_sets: GeneSets,
    genes: Sequence[str],
    *,
    thin_sets: Thin = "refuse",
    least_coverage: float = LEAST_COVERAGE,
    file: str = "expression",
) -> SetIndex:
    """Find the sets' genes among `genes`.

    Parameters
    ----------
    thin_sets : {"refuse", "leave out"}
        What to do with a set of which less than `least_coverage`, or fewer than two genes, are in
        the matrix, or which is the whole matrix: an error that names them all, or to leave them
        out with a remark.

    Raises
    ------
    InputError
        If sets are too thin, or none is left; says so when the matrix has Ensembl ids or numbers
        where the sets have symbols.
    """
    place = {gene: column for column, gene in enumerate(genes)}
    found = [[place[gene] for gene in s.genes if gene in place] for s in gene_sets.sets]
    entries = [
        SetCoverage(s, len(columns)) for s, columns in zip(gene_sets.sets, found, strict=True)
    ]
    thin = [e for e in entries if _is_thin(e, least_coverage, len(genes))]
    _refuse_other_ids(gene_sets, genes, entries, file)
    if thin and (thin_sets != "leave out" or len(thin) == len(entries)):
        raise InputError(_thin_problem(entry, least_coverage, file) for entry in thin)
    kept = [j for j, entry in enumerate(entries) if entry not in thin]
    orders = [np.argsort(found[j], kind="stable") for j in kept]
    columns = [np.array(found[j], dtype=np.int64)[o] for j, o in zip(kept, orders, strict=True)]
    weights = [
        np.array(_weights(gene_sets.sets[j], place))[o] for j, o in zip(kept, orders, strict=True)
    ]
    names = ", ".join(entry.gene_set.name for entry in thin)
    return SetIndex(
        np.concatenate([[0], np.cumsum([c.size for c in columns])]).astype(np.int64),
        np.concatenate(columns),
        np.concatenate(weights),
        tuple(entries[j] for j in kept),
        tuple(genes),
        content_hash(gene_sets.sets[j] for j in kept),
        (f"{len(thin)} sets left out for want of genes: {names}.",) if thin else (),
    )


def _weights(gene_set: GeneSet, place: dict[str, int]) -> list[float]:
    pairs = zip(gene_set.genes, gene_set.weights, strict=True)
    return [weight for gene, weight in pairs if gene in place]


def _is_thin(entry: SetCoverage, least: float, genes: int) -> bool:
    return entry.share < least or not LEAST_GENES <= entry.present < genes


def _thin_problem(entry: SetCoverage, least: float, file: str) -> Problem:
    return Problem(
        file,
        entry.gene_set.name,
        "genes",
        f"{entry.present} of {entry.listed} genes in the matrix",
        f"a share of {least:g}, two genes at least, and a gene outside the set",
        'Leave the set out (thin_sets="leave out") or bring the missing genes.',
    )


def _refuse_other_ids(
    gene_sets: GeneSets, genes: Sequence[str], entries: list[SetCoverage], file: str
) -> None:
    if not entries:
        problem = Problem(gene_sets.name, "", "sets", "none", "one set", "Choose sets to score.")
        raise InputError([problem])
    if sum(entry.present for entry in entries) > 0:
        return
    of_matrix = kind_of_id(genes)
    of_sets = kind_of_id([gene for s in gene_sets.sets for gene in s.genes])
    shown = f"{of_matrix} such as {genes[0]}, and sets of {of_sets} such as " + next(
        (gene for s in gene_sets.sets for gene in s.genes), "none"
    )
    action = f"Not one gene of any set is in the matrix: it has {shown}. Translate one of them."
    raise InputError([Problem(file, "", "genes", of_matrix, of_sets, action)])
