from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.biomarkers.phenotyping import circular_label
from equipoise.errors import InputError


def test_the_area_is_that_of_proc(root):
    file = root / "tests" / "data" / "pam50" / "pam50_testdata.tsv"
    table = pd.read_csv(file, sep="\t", index_col=0)
    cut = table.loc["FOXC1"]
    with (root / "validation" / "biomarkers" / "phenotyping" / "mixture.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    for row in rows:
        values = table.loc[row["gene"]].dropna()
        known = cut[values.index]
        label = [None if np.isnan(v) else bool(v > known.median()) for v in known]
        found = circular_label(values, label)
        assert found.auc == pytest.approx(float(row["auc"]), abs=1e-9)
        assert found.verdict == "not derived"


def test_a_label_cut_from_its_gene_raises_the_alarm():
    x = np.random.default_rng(1).normal(size=300)
    found = circular_label(x, [bool(v > 1.0) for v in x])
    assert (found.auc, found.verdict) == (1.0, "derived")
    assert "do not validate one by the other" in str(found)
    assert circular_label(-x, [bool(v > 1.0) for v in x]).verdict == "derived"


def test_an_honest_assay_does_not():
    rng = np.random.default_rng(2)
    label = rng.random(400) < 0.2
    found = circular_label(rng.normal(size=400) + 2.5 * label, [bool(v) for v in label])
    assert 0.9 < found.auc < 0.99
    assert found.verdict == "not derived"


@pytest.mark.parametrize(("n1", "verdict"), [(19, "too few"), (20, "derived")])
def test_twenty_in_each_class_are_needed(n1, verdict):
    x = np.arange(100.0)
    assert circular_label(x, [i >= 100 - n1 for i in range(100)]).verdict == verdict


def test_an_empty_class_and_unknown_labels_are_no_alarm():
    found = circular_label([1.0, 2.0, np.nan, 4.0], [True, None, True, True])
    assert (found.positive, found.negative, found.verdict) == (2, 0, "too few")
    assert np.isnan(found.auc)


def test_labels_and_lengths_are_checked_together():
    with pytest.raises(InputError) as caught:
        circular_label([1.0, 2.0], ["yes", True, None])
    assert [p.value for p in caught.value.problems] == ["expression 2, positive 3", "yes"]


@given(
    positive=st.lists(st.integers(0, 6), min_size=1, max_size=12),
    negative=st.lists(st.integers(0, 6), min_size=1, max_size=12),
)
def test_the_area_is_the_share_of_pairs_in_order(positive, negative):
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    values = np.array(positive + negative, dtype=float)
    label = [True] * len(positive) + [False] * len(negative)
    assert circular_label(values, label).auc == pytest.approx(np.mean(pairs))
    assert circular_label(np.exp(values), label).auc == pytest.approx(np.mean(pairs))
