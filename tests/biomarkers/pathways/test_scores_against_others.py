"""Scores against GSVA, gseapy and decoupler; the recipe is validation/biomarkers/pathways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.biomarkers.pathways import (
    gene_reference,
    normalise,
    pathway_activity,
    score_reference,
)

BOTH = pytest.mark.parametrize("name", ["expression", "tied"])


@pytest.fixture(scope="module")
def pinned(recipe):
    table = pd.concat([pd.read_csv(recipe / "gsva.csv"), pd.read_csv(recipe / "python.csv")])

    def of(name, method, like):
        rows = table[(table["matrix"] == name) & (table["method"] == method)]
        wide = rows.pivot_table(index="sample", columns="set", values="score")
        assert wide.size == len(rows) == 72
        return wide.loc[list(like.index), list(like.columns)].to_numpy()

    return of


def close(ours, theirs, relative):
    assert np.abs(ours / theirs - 1).max() < relative


@BOTH
def test_ssgsea_is_that_of_gsva(name, recipe_matrices, recipe_sets, pinned):
    raw = pathway_activity(recipe_matrices[name], recipe_sets)
    close(raw.scores, pinned(name, "ssgsea", raw.to_frame()), 1e-11)
    steep = pathway_activity(recipe_matrices[name], recipe_sets, alpha=1.0)
    close(steep.scores, pinned(name, "ssgsea alpha 1", raw.to_frame()), 1e-10)


@BOTH
def test_divided_by_the_range_of_the_cohort_it_is_that_of_gsva(
    name, recipe_matrices, recipe_sets, pinned
):
    raw = pathway_activity(recipe_matrices[name], recipe_sets)
    ranged = normalise(raw, score_reference(raw, "the cohort itself"), by="range")
    assert ranged.normalised == "the cohort itself (range)"
    close(ranged.scores, pinned(name, "ssgsea by range", raw.to_frame()), 1e-11)


def test_ssgsea_is_that_of_gseapy_without_ties(recipe_matrices, recipe_sets, pinned):
    raw = pathway_activity(recipe_matrices["expression"], recipe_sets)
    close(raw.scores, pinned("expression", "gseapy ssgsea", raw.to_frame()), 1e-10)


@BOTH
def test_ulm_is_that_of_decoupler(name, recipe_matrices, recipe_weights, recipe_sets, pinned):
    weighted = pathway_activity(recipe_matrices[name], recipe_weights, "ulm")
    close(weighted.scores, pinned(name, "decoupler ulm", weighted.to_frame()), 1e-9)
    plain = pathway_activity(recipe_matrices[name], recipe_sets, "ulm")
    close(plain.scores, pinned(name, "decoupler ulm unweighted", plain.to_frame()), 1e-9)


def test_mean_z_is_the_combined_z_of_gsva_over_the_root_of_the_size(
    recipe_matrices, recipe_sets, pinned
):
    matrix = recipe_matrices["expression"]
    reference = gene_reference(matrix, "the cohort itself")
    ours = pathway_activity(matrix, recipe_sets, "mean_z", reference=reference)
    roots = np.sqrt([entry.present for entry in ours.coverage])
    close(ours.scores * roots, pinned("expression", "zscore", ours.to_frame()), 1e-10)
