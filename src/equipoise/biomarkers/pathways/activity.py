"""What a pathway score returns: raw numbers, how much of each set was there, and the cautions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.gene_sets import GeneSet
from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SetCoverage:
    """How many genes of a set the matrix has: `present` of `listed`."""

    gene_set: GeneSet
    present: int

    @property
    def listed(self) -> int:
        """Genes the set names."""
        return len(self.gene_set.genes)

    @property
    def share(self) -> float:
        """Share of the set's genes that the matrix has."""
        return self.present / self.listed


@dataclass(frozen=True)
class PathwayActivity:
    """Scores of samples for gene sets.

    Attributes
    ----------
    method : str
        Name of the score, for instance ``ssgsea``.
    parameters : tuple of (str, value)
        What the method was told.
    samples : tuple of str
    scores : array, (samples, sets)
        On the method's own scale; comparable between samples of one set, not between sets.
    coverage : tuple of SetCoverage
        One a column of `scores`.
    genes : int
        Number of genes ranked or correlated (the background).
    sets_sha256 : str
        `content_hash` of the sets that were scored.
    normalised : str
        Empty for raw scores, else the name of the stored reference.
    remarks : tuple of str
    cites : tuple of str
    """

    method: str
    parameters: tuple[tuple[str, float | str], ...]
    samples: tuple[str, ...]
    scores: Array
    coverage: tuple[SetCoverage, ...]
    genes: int
    sets_sha256: str
    normalised: str = ""
    remarks: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()

    @property
    def sets(self) -> tuple[str, ...]:
        """Names of the sets, one a column of `scores`."""
        return tuple(entry.gene_set.name for entry in self.coverage)

    def to_frame(self) -> pd.DataFrame:
        """One row a sample, one column a set."""
        return pd.DataFrame(
            self.scores, index=pd.Index(self.samples, name="sample"), columns=list(self.sets)
        )

    def sets_frame(self) -> pd.DataFrame:
        """One row a set: pathway, genes present and listed, standing, caution."""
        columns = ["set", "pathway", "present", "listed", "coverage", "standing", "caution"]
        rows = [
            (
                entry.gene_set.name,
                entry.gene_set.pathway,
                entry.present,
                entry.listed,
                entry.share,
                entry.gene_set.standing,
                entry.gene_set.caution,
            )
            for entry in self.coverage
        ]
        return pd.DataFrame(rows, columns=columns)


def join_samples(parts: Sequence[PathwayActivity]) -> PathwayActivity:
    """Join the scores of several blocks of samples that were scored alike.

    Raises
    ------
    InputError
        If there is no block, or a sample comes in two of them.
    """
    samples = tuple(name for part in parts for name in part.samples)
    if not samples:
        problem = Problem("expression", "", "samples", "", "one at least", "Pass a matrix.")
        raise InputError([problem])
    if len(set(samples)) < len(samples):
        twice = [name for name, count in Counter(samples).items() if count > 1]
        shown = ", ".join(twice[:5])
        problem = Problem("expression", "", "samples", shown, "each once", "Rename the samples.")
        raise InputError([problem])
    remarks = tuple(dict.fromkeys(remark for part in parts for remark in part.remarks))
    scores = np.concatenate([part.scores for part in parts])
    return replace(parts[0], samples=samples, scores=scores, remarks=remarks)
