"""Matrices and sets drawn or read for the tests of the pathway scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.biomarkers.pathways import (
    ExpressionMatrix,
    GeneSet,
    GeneSets,
    expression_matrix,
    matrix_from_frame,
    read_gmt,
    read_weights,
)


def sets_of(**genes: list[str] | dict[str, float]) -> GeneSets:
    made = tuple(
        GeneSet(name, tuple(g), tuple(g.values()) if isinstance(g, dict) else (1.0,) * len(g))
        for name, g in genes.items()
    )
    return GeneSets("test", "1", "0" * 64, "invented", "none", made)


def drawn(seed: int, genes: int = 40, samples: int = 5, ties: bool = False) -> ExpressionMatrix:
    rng = np.random.default_rng(seed)
    values = rng.normal(6, 2, (samples, genes))
    if ties:
        values = np.floor(values / 2)
    names = [f"G{i}" for i in range(genes)]
    return expression_matrix(values, names, [f"S{i}" for i in range(samples)], scale="log")


@pytest.fixture(scope="session")
def recipe(root: Path) -> Path:
    return root / "validation" / "biomarkers" / "pathways"


@pytest.fixture(scope="session")
def recipe_matrices(recipe: Path) -> dict[str, ExpressionMatrix]:
    return {
        name: matrix_from_frame(pd.read_csv(recipe / f"{name}.csv", index_col=0), scale="log")
        for name in ("expression", "tied")
    }


@pytest.fixture(scope="session")
def recipe_sets(recipe: Path) -> GeneSets:
    return read_gmt(recipe / "sets.gmt")


@pytest.fixture(scope="session")
def recipe_weights(recipe: Path) -> GeneSets:
    return read_weights(recipe / "weights.csv")
