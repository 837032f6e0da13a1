"""ULM and mean z: a plain regression, what moves them and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.biomarkers.pathways.conftest import drawn, sets_of

from equipoise.biomarkers.pathways import (
    expression_matrix,
    gene_reference,
    pathway_activity,
)
from equipoise.errors import InputError

SETS = sets_of(
    weighted={"G1": 2.5, "G7": -1.0, "G20": 0.4, "G33": -3.0},
    plain=[f"G{i}" for i in range(5, 25)],
)


def slope_t(y, x):
    """T value of the slope from the sums of squares of a line fitted to n points."""
    n = len(y)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    rest = y - y.mean() - slope * (x - x.mean())
    return slope / np.sqrt((rest**2).sum() / (n - 2) / ((x - x.mean()) ** 2).sum())


def test_ulm_is_the_t_of_a_line():
    matrix = drawn(1)
    scores = pathway_activity(matrix, SETS, "ulm").scores
    for j, gene_set in enumerate(SETS.sets):
        known = dict(zip(gene_set.genes, gene_set.weights, strict=True))
        x = np.array([known.get(gene, 0.0) for gene in matrix.genes])
        slow = [slope_t(row, x) for row in matrix.values]
        np.testing.assert_allclose(scores[:, j], slow, rtol=1e-10)


def test_mean_z_is_its_definition():
    cohort, matrix = drawn(2, samples=30), drawn(3)
    reference = gene_reference(cohort, "cohort")
    found = pathway_activity(matrix, SETS, "mean_z", reference=reference)
    z = (matrix.values - cohort.values.mean(axis=0)) / cohort.values.std(axis=0, ddof=1)
    expected = (2.5 * z[:, 1] - z[:, 7] + 0.4 * z[:, 20] - 3 * z[:, 33]) / 6.9
    np.testing.assert_allclose(found.scores[:, 0], expected, rtol=1e-10)
    np.testing.assert_allclose(found.scores[:, 1], z[:, 5:25].mean(axis=1), rtol=1e-10)
    assert found.normalised == "cohort"


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), shift=st.floats(-10, 10), factor=st.floats(0.1, 2))
def test_ulm_does_not_see_shift_and_scale(seed, shift, factor):
    matrix = drawn(seed)
    moved = expression_matrix(
        matrix.values * factor + shift, matrix.genes, matrix.samples, scale="log"
    )
    before = pathway_activity(matrix, SETS, "ulm").scores
    np.testing.assert_allclose(pathway_activity(moved, SETS, "ulm").scores, before, rtol=1e-7)


def test_ulm_does_not_see_the_size_of_the_weights_but_their_sign():
    matrix = drawn(4)
    genes = dict(zip(SETS.sets[0].genes, SETS.sets[0].weights, strict=True))
    thrice = sets_of(weighted={gene: 3 * weight for gene, weight in genes.items()})
    turned = sets_of(weighted={gene: -weight for gene, weight in genes.items()})
    before = pathway_activity(matrix, SETS, "ulm").scores[:, 0]
    np.testing.assert_allclose(pathway_activity(matrix, thrice, "ulm").scores[:, 0], before)
    np.testing.assert_allclose(pathway_activity(matrix, turned, "ulm").scores[:, 0], -before)


def test_adding_a_constant_to_a_sample_moves_mean_z_by_the_mean_of_the_inverse_deviations():
    cohort, matrix = drawn(5, samples=30), drawn(6)
    reference = gene_reference(cohort, "cohort")
    moved = expression_matrix(matrix.values + 1.5, matrix.genes, matrix.samples, scale="log")
    before = pathway_activity(matrix, SETS, "mean_z", reference=reference).scores[:, 1]
    after = pathway_activity(moved, SETS, "mean_z", reference=reference).scores[:, 1]
    by = 1.5 * np.mean(1 / cohort.values.std(axis=0, ddof=1)[5:25])
    np.testing.assert_allclose(after - before, by)


def test_a_sample_that_is_the_weights_has_a_finite_score():
    weights = np.zeros(40)
    weights[[1, 7, 20, 33]] = 2.5, -1.0, 0.4, -3.0
    matrix = expression_matrix(weights[None], drawn(1).genes, ["itself"], scale="log")
    score = pathway_activity(matrix, SETS, "ulm").scores[0, 0]
    assert np.isfinite(score)
    assert score > 1e6


@pytest.mark.parametrize("method", ["ulm", "mean_z"])
def test_the_scale_must_be_known(method):
    known = drawn(7, samples=20)
    unknown = expression_matrix(known.values, known.genes, known.samples)
    reference = gene_reference(known, "cohort")
    with pytest.raises(InputError, match=r"scale.*unknown.*log, linear or counts.*logarithms"):
        pathway_activity(unknown, SETS, method, reference=reference)


def test_linear_values_and_counts_are_taken_to_logarithms():
    rng = np.random.default_rng(8)
    counts = rng.poisson(200, (3, 40)).astype(float)
    genes, samples = drawn(1).genes, ["a", "b", "c"]
    by_counts = pathway_activity(
        expression_matrix(counts, genes, samples, scale="counts"), SETS, "ulm"
    )
    millions = np.log2(counts / counts.sum(axis=1, keepdims=True) * 1e6 + 1)
    logs = pathway_activity(expression_matrix(millions, genes, samples, scale="log"), SETS, "ulm")
    np.testing.assert_allclose(by_counts.scores, logs.scores)
    assert by_counts.remarks == ("Counts were taken as log2(counts per million + 1).",)
    linear = pathway_activity(
        expression_matrix(counts, genes, samples, scale="linear"), SETS, "ulm"
    )
    plain = np.log2(counts + 1)
    logs = pathway_activity(expression_matrix(plain, genes, samples, scale="log"), SETS, "ulm")
    np.testing.assert_allclose(linear.scores, logs.scores)


def test_mean_z_needs_a_reference_of_its_genes_and_scale():
    matrix = drawn(9, samples=20)
    with pytest.raises(InputError, match="a stored reference of gene means"):
        pathway_activity(matrix, SETS, "mean_z")
    short = expression_matrix(matrix.values[:, :30], matrix.genes[:30], matrix.samples, scale="log")
    with pytest.raises(InputError, match=r"1 genes: G33"):
        pathway_activity(matrix, SETS, "mean_z", reference=gene_reference(short, "short"))
    still = matrix.values.copy()
    still[:, 7] = 1.0
    flat = gene_reference(
        expression_matrix(still, matrix.genes, matrix.samples, scale="log"), "flat"
    )
    with pytest.raises(InputError, match=r"G7.*genes that vary"):
        pathway_activity(matrix, SETS, "mean_z", reference=flat)
    raw = expression_matrix(np.exp(matrix.values), matrix.genes, matrix.samples, scale="linear")
    with pytest.raises(InputError, match=r"scale.*'linear'.*log"):
        pathway_activity(matrix, SETS, "mean_z", reference=gene_reference(raw, "linear"))
