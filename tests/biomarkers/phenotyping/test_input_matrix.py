from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.biomarkers.phenotyping import classifier_input, read_classifier, subtypes
from equipoise.errors import InputError


@pytest.fixture(scope="module")
def classifier(root):
    return read_classifier(next((root / "src" / "equipoise" / "cases").glob("*/biomarkers/pam50")))


@pytest.fixture(scope="module")
def table(root):
    file = root / "tests" / "data" / "pam50" / "pam50_testdata.tsv"
    return pd.read_csv(file, sep="\t", index_col=0).dropna(axis=1).iloc[:, :12]


def problems(classifier, table, scale="log"):
    with pytest.raises(InputError) as caught:
        classifier_input(classifier, table, scale)
    return caught.value.problems


def test_the_order_of_the_genes_and_others_beside_them_do_not_matter(classifier, table):
    plain = classifier_input(classifier, table, "log")
    more = pd.concat([table.iloc[::-1], pd.DataFrame(1.5, ["OTHER"], table.columns)])
    np.testing.assert_array_equal(classifier_input(classifier, more, "log").values, plain.values)


def test_ensembl_ids_are_taken_as_symbols_and_said(classifier, table):
    ids = {s: e for e, s in classifier.aliases.items() if e.startswith("ENSG")}
    renamed = table.rename(index=lambda g: f"{ids[g]}.7")
    found = classifier_input(classifier, renamed, "log")
    np.testing.assert_array_equal(found.values, classifier_input(classifier, table, "log").values)
    assert found.remarks[0].startswith("50 genes were taken by another name: ENSG")


def test_old_symbols_are_taken_and_said(classifier, table):
    old = {new: name for name, new in classifier.text.aliases.items()}
    found = classifier_input(classifier, table.rename(index=old), "log")
    assert found.remarks[0].startswith("3 genes were taken by another name")


def test_ids_that_are_not_known_are_refused_by_their_kind(classifier, table):
    ids = {gene: f"ENSG{i:011d}" for i, gene in enumerate(table.index, 1)}
    (problem,) = problems(classifier, table.rename(index=ids))
    assert (problem.value, problem.field) == ("0 of 50", "genes")
    assert "Ensembl ids" in problem.action


def test_a_gene_in_several_rows_is_their_mean_and_said(classifier, table):
    twice = pd.concat([table, table.iloc[[0]] + 2.0])
    found = classifier_input(classifier, twice, "log")
    gene = classifier.genes.index(table.index[0])
    np.testing.assert_allclose(found.values[:, gene], table.iloc[0] + 1.0)
    assert f"their mean was taken: {table.index[0]}." in found.remarks[0]


def test_the_mean_of_linear_values_is_taken_on_the_log_scale(classifier, table):
    linear = 2.0**table + 0.0
    twice = pd.concat([linear, 3.0 * linear.iloc[[0]]])
    found = classifier_input(classifier, twice, "linear")
    gene = classifier.genes.index(table.index[0])
    one, three = np.log2(linear.iloc[0] + 1), np.log2(3 * linear.iloc[0] + 1)
    np.testing.assert_allclose(found.values[:, gene], (one + three) / 2)


def test_gaps_stay_gaps_and_too_many_are_refused_by_sample(classifier, table):
    gaps = table.copy()
    gaps.iloc[:10, 0] = np.nan
    assert classifier_input(classifier, gaps, "log").coverage[0] == 0.8
    gaps.iloc[:11, 3] = np.nan
    (problem,) = problems(classifier, gaps)
    assert (problem.row, problem.value) == (table.columns[3], "39 of 50")


def test_too_few_genes_are_refused_once(classifier, table):
    (problem,) = problems(classifier, table.iloc[:39])
    assert problem.value == "39 of 50"
    assert classifier_input(classifier, table.iloc[:40], "log").coverage.max() == 0.8


def test_samples_that_hold_nothing_are_all_named(classifier, table):
    bad = table.copy()
    bad.iloc[:, 0] = 0.0
    bad.iloc[:, 1] = np.nan
    bad.iloc[4, 2] = np.inf
    bad = bad.rename(columns={bad.columns[5]: bad.columns[6]})
    found = [(p.row, p.value) for p in problems(classifier, bad)]
    names = table.columns
    assert found == [
        (names[6], "2 times"),
        (names[0], "0 for every gene"),
        (names[1], "nothing"),
        (names[2], "an infinite value"),
    ]


@pytest.mark.parametrize(
    ("change", "scale", "shown"),
    [
        (lambda t: t, "unknown", "log, linear or counts"),
        (lambda t: 100.0 * t.abs(), "log", "at most 40 on a log scale"),
        (lambda t: t, "linear", "at least 0"),
        (lambda t: t.abs().fillna(1.0) + 0.5, "counts", "whole numbers of reads"),
        (lambda t: t.abs().fillna(1.0).round(), "counts", "at least 5000 genes"),
        (lambda t: t, "ln", "unknown, log, linear, counts"),
    ],
)
def test_the_scale_must_be_said_and_fit(classifier, table, change, scale, shown):
    assert any(shown in p.allowed for p in problems(classifier, change(table), scale))


def test_counts_of_a_transcriptome_become_counts_per_million(classifier, table):
    rng = np.random.default_rng(4)
    genes = [*table.index, *(f"G{i}" for i in range(5000))]
    counts = pd.DataFrame(rng.poisson(50, (len(genes), 3)), genes, ["a", "b", "c"])
    found = classifier_input(classifier, counts, "counts")
    plain = np.log2(1e6 * counts.iloc[0] / counts.sum() + 1)
    gene = classifier.genes.index(table.index[0])
    np.testing.assert_allclose(found.values[:, gene], plain)
    assert "counts per million" in found.remarks[0]


def test_a_table_on_its_side_is_noticed(classifier, table):
    (problem,) = problems(classifier, table.T)
    assert problem.action == "Pass the transpose of the table."


def test_words_and_an_empty_table_are_refused(classifier, table):
    words = table.astype(object)
    words.iloc[0, 0] = "1,5"
    assert problems(classifier, words)[0].allowed == "numbers in every cell"
    assert problems(classifier, table.iloc[:, :0])[0].value == "none"


def test_remarks_reach_the_calls(classifier, table):
    found = subtypes(classifier, classifier_input(classifier, 2.0**table, "linear"))
    assert found.remarks[0] == "Linear values were taken as log2(x + 1)."
