"""Values that cannot be scored: missing, infinite, or a sample that says the same of all genes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import Problem

Array = NDArray[np.float64]


def value_problems(
    values: Array, genes: Sequence[str], samples: Sequence[str], file: str
) -> list[Problem]:
    """Return every reason why `values`, (samples, genes), cannot be scored."""
    if values.ndim != 2 or values.shape != (len(samples), len(genes)):
        allowed = f"{len(samples)} samples x {len(genes)} genes"
        return [Problem(file, "", "values", str(values.shape), allowed, "Pass names that fit.")]
    if not values.size:
        return [
            Problem(file, "", "values", "nothing", "a sample and two genes", "Pass the matrix.")
        ]
    totals = values.sum(axis=1)
    if not np.isfinite(totals).all():
        return _not_finite(values, genes, samples, file)
    same = values.max(axis=1) == values.min(axis=1)
    return [
        Problem(
            file,
            samples[int(i)],
            "values",
            f"{values[i, 0]:g} for every gene",
            "values that differ between genes",
            "Leave the sample out (without_samples); it holds no measurement.",
        )
        for i in np.flatnonzero(same)
    ]


def _not_finite(
    values: Array, genes: Sequence[str], samples: Sequence[str], file: str
) -> list[Problem]:
    bad = ~np.isfinite(values)
    by_gene, by_sample = np.flatnonzero(bad.any(axis=0)), np.flatnonzero(bad.any(axis=1))
    if not by_gene.size:
        return [Problem(file, "", "values", "sums too large", "below 1e300", "Rescale.")]
    shown = (
        f"{int(bad.sum())} missing or infinite values in {by_gene.size} genes "
        f"({', '.join(genes[i] for i in by_gene[:3])}) and {by_sample.size} samples "
        f"({', '.join(samples[i] for i in by_sample[:3])})"
    )
    # The three names are what the reader needs; the 80 characters of a value would cut them.
    return [
        Problem(
            file,
            "",
            "values",
            f"{int(bad.sum())} missing or infinite",
            "a finite number in every cell",
            f"There are {shown}. Impute before scoring, or leave out the genes (without_genes) "
            "or samples (without_samples): a gap has no rank.",
        )
    ]


def sample_name_problems(samples: Sequence[str], file: str) -> list[Problem]:
    """Return a problem for blank sample names and for names given twice."""
    counts = Counter(samples)
    found = [
        Problem(file, sample, "samples", f"{count} times", "each sample once", "Rename them.")
        for sample, count in counts.items()
        if count > 1
    ]
    if "" in counts:
        found.append(
            Problem(file, "", "samples", "a blank name", "a name for each sample", "Name it.")
        )
    return found
