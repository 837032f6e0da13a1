"""ssGSEA and singscore: a plain walk, the bounds, and what must not move them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.biomarkers.pathways.conftest import drawn, sets_of

from equipoise.biomarkers.pathways import expression_matrix, pathway_activity
from equipoise.errors import InputError

SETS = sets_of(few=["G1", "G7", "G20"], many=[f"G{i}" for i in range(3, 36, 2)])
SIGNED = sets_of(both={"G1": 1.0, "G7": 1.0, "G20": -1.0, "G30": -1.0, "G31": -1.0})
RANKED = pytest.mark.parametrize(("method", "sets"), [("ssgsea", SETS), ("singscore", SIGNED)])


def walk(values, inside, alpha, average):
    """Walk down the ranking gene by gene and add up the gap between the two walks."""
    n = len(values)
    rank = [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]
    if not average:
        rank = [int(r) for r in rank]
    down = sorted(range(n), key=lambda g: (-rank[g], g))
    total = sum(rank[g] ** alpha for g in inside)
    hit = miss = score = 0.0
    for gene in down:
        if gene in inside:
            hit += rank[gene] ** alpha / total
        else:
            miss += 1 / (n - len(inside))
        score += hit - miss
    return score


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 0.25, 1.0])
def test_closed_form_is_the_walk(alpha, ties):
    matrix = drawn(1, ties=ties)
    scores = pathway_activity(matrix, SETS, alpha=alpha).scores
    for j, gene_set in enumerate(SETS.sets):
        inside = {matrix.genes.index(gene) for gene in gene_set.genes}
        slow = [walk(list(row), inside, alpha, average=False) for row in matrix.values]
        np.testing.assert_allclose(scores[:, j], slow, rtol=1e-10, atol=1e-10)


def test_average_ties_are_the_mean_over_orders_when_the_weight_is_flat():
    matrix = drawn(2, genes=12, samples=2, ties=True)
    sets = sets_of(three=["G1", "G5", "G9"])
    averaged = pathway_activity(matrix, sets, alpha=0.0, ties="average").scores
    rng = np.random.default_rng(3)
    total = np.zeros_like(averaged)
    for _ in range(1000):
        by = rng.permutation(12)
        shuffled = expression_matrix(
            matrix.values[:, by], [matrix.genes[i] for i in by], matrix.samples
        )
        total += pathway_activity(shuffled, sets, alpha=0.0).scores
    # A gene's place varies by 3 at most, the score by about 1: standard error 1 / sqrt(1000).
    np.testing.assert_allclose(averaged, total / 1000, atol=0.15)


@pytest.mark.parametrize("ties", [False, True])
def test_singscore_is_its_definition(ties):
    matrix = drawn(4, ties=ties)
    scores = pathway_activity(matrix, SIGNED, "singscore").scores[:, 0]
    n = len(matrix.genes)
    for row, score in zip(matrix.values, scores, strict=True):
        rank = [1 + sum(v < x for v in row) for x in row]
        up = np.mean([rank[1], rank[7]])
        down = np.mean([n + 1 - rank[i] for i in (20, 30, 31)])
        expected = (up - 1.5) / (n - 2) + (down - 2.0) / (n - 3) - 1.0
        assert score == pytest.approx(expected, abs=1e-12)


def test_singscore_reaches_its_bounds():
    genes = [f"G{i}" for i in range(10)]
    rising = expression_matrix(np.arange(10.0)[None], genes, ["one"])
    found = pathway_activity(
        rising,
        sets_of(
            top=["G8", "G9"],
            bottom=["G0", "G1", "G2"],
            both={"G9": 1.0, "G8": 1.0, "G0": -1.0, "G1": -1.0},
        ),
        "singscore",
    )
    np.testing.assert_allclose(found.scores, [[0.5, -0.5, 1.0]], atol=1e-12)


@RANKED
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), shift=st.floats(-50, 50), factor=st.floats(0.1, 10))
def test_an_increasing_transformation_changes_nothing(method, sets, seed, shift, factor):
    matrix = drawn(seed)
    moved = expression_matrix(
        np.exp(matrix.values * 0.3) * factor + shift, matrix.genes, matrix.samples
    )
    before = pathway_activity(matrix, sets, method).scores
    np.testing.assert_array_equal(pathway_activity(moved, sets, method).scores, before)


@RANKED
@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_orders_do_not_matter(method, sets, seed):
    matrix = drawn(seed)
    rng = np.random.default_rng(seed)
    by, across = rng.permutation(len(matrix.genes)), rng.permutation(len(matrix.samples))
    shuffled = expression_matrix(
        matrix.values[across][:, by],
        [matrix.genes[i] for i in by],
        [matrix.samples[i] for i in across],
    )
    before = pathway_activity(matrix, sets, method).to_frame()
    after = pathway_activity(shuffled, sets, method).to_frame()
    np.testing.assert_allclose(after.loc[before.index], before, rtol=1e-10, atol=1e-12)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_average_ties_do_not_depend_on_the_order_of_genes(seed):
    matrix = drawn(seed, ties=True)
    by = np.random.default_rng(seed).permutation(len(matrix.genes))
    shuffled = expression_matrix(
        matrix.values[:, by], [matrix.genes[i] for i in by], matrix.samples
    )
    before = pathway_activity(matrix, SETS, ties="average").scores
    after = pathway_activity(shuffled, SETS, ties="average").scores
    np.testing.assert_allclose(after, before, rtol=1e-10, atol=1e-10)


@RANKED
def test_raising_a_gene_of_the_set_raises_the_score(method, sets):
    matrix = drawn(7)
    raised = matrix.values.copy()
    raised[:, 1] = raised.max() + 1.0
    moved = expression_matrix(raised, matrix.genes, matrix.samples)
    before = pathway_activity(matrix, sets, method).scores[:, 0]
    assert (pathway_activity(moved, sets, method).scores[:, 0] > before).all()


@RANKED
def test_a_sample_scores_the_same_alone_and_in_blocks(method, sets):
    matrix = drawn(8, samples=70)
    together = pathway_activity(matrix, sets, method)
    alone = [
        expression_matrix(matrix.values[i : i + 1], matrix.genes, [matrix.samples[i]])
        for i in range(70)
    ]
    streamed = pathway_activity(iter(alone), sets, method)
    assert streamed.samples == together.samples
    np.testing.assert_array_equal(streamed.scores, together.scores)


def test_many_ties_are_said():
    said = pathway_activity(drawn(9, ties=True), SETS).remarks
    assert any('ties="average"' in remark for remark in said)
    assert pathway_activity(drawn(9, ties=True), SETS, ties="average").remarks == ()
    assert pathway_activity(drawn(9), SETS).remarks == ()


def test_ssgsea_refuses_genes_that_fall():
    with pytest.raises(InputError, match=r"both.*sets without direction.*ulm, singscore"):
        pathway_activity(drawn(1), SIGNED)


@pytest.mark.parametrize(("option", "value"), [("alpha", -1.0), ("alpha", np.nan), ("ties", "min")])
def test_options_are_refused(option, value):
    with pytest.raises(InputError, match=option):
        pathway_activity(drawn(1), SETS, **{option: value})
