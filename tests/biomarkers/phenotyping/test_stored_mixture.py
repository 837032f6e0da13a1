from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.biomarkers.phenotyping import expression_status, fit_mixture, read_mixtures
from equipoise.errors import InputError


@pytest.fixture(scope="module")
def file(root):
    return next(
        (root / "src" / "equipoise" / "cases").glob("*/biomarkers/expression_references.toml")
    )


@pytest.fixture(scope="module")
def references(file):
    return read_mixtures(file)


@pytest.fixture(scope="module")
def ratio(references):
    return next(r for r in references.values() if "log ratio" in r.platform)


@pytest.fixture(scope="module")
def values(root, ratio):
    file = root / "tests" / "data" / "pam50" / "pam50_testdata.tsv"
    return pd.read_csv(file, sep="\t", index_col=0).loc[ratio.gene]


def test_the_stored_parameters_are_the_fit(ratio, values):
    fit = fit_mixture(values)
    assert ratio.n == fit.n
    assert ratio.means == pytest.approx(fit.means, abs=5e-5)
    assert ratio.sds == pytest.approx(fit.sds, abs=5e-5)
    assert ratio.weight == pytest.approx(fit.weight, abs=5e-5)
    assert (ratio.lowest, ratio.highest) == (values.min(), values.max())


def test_every_reference_is_separated_and_has_a_source(references):
    assert len(references) == 3
    assert all(r.mixture.separation > 2.0 and r.source for r in references.values())


def test_a_cohort_of_positives_only_is_called_positive(ratio, values):
    """A mixture fitted on the cohort itself would halve it; the stored reference does not."""
    chosen = values[values > 5.5]
    found = expression_status(ratio, chosen)
    assert len(chosen) > 10
    assert (found.probability > 0.8).all()
    assert found.flags == ()


def test_a_single_sample_and_a_gap(ratio):
    found = expression_status(ratio, pd.Series({"a": 6.2, "b": np.nan}), prevalence=0.2)
    assert found.probability["a"] > 0.99
    assert np.isnan(found.probability["b"])
    assert found.prevalence == 0.2
    assert found.flags == ("1 samples have no value and no probability.",)


def test_one_value_outside_is_flagged_and_many_are_refused(ratio, values):
    with_one = pd.concat([values.dropna(), pd.Series({"odd": 30.0})])
    assert expression_status(ratio, with_one).flags[0].startswith("1 samples lie outside")
    with pytest.raises(InputError, match="use a reference of their platform"):
        expression_status(ratio, 2.0 ** (values + 5.0))


def test_values_that_are_none_are_all_named(ratio):
    odd = pd.Series(["6,2", "high", 1.0, np.inf], index=["a", "b", "c", "d"])
    with pytest.raises(InputError) as caught:
        expression_status(ratio, odd)
    assert [p.row for p in caught.value.problems] == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("means = [1.8300, 6.0620]", "means = [6.0620, 1.8300]", "means"),
        ("highest = 6.932", "highest = 5.0", "lowest"),
        ("weight = 0.1112", "weight = 1.2", "references.2.weight"),
        ("n = 199", "n = 12", "references.2.n"),
    ],
)
def test_a_wrong_file_is_named(file, tmp_path, old, new, field):
    text = file.read_text()
    assert old in text
    path = tmp_path / "references.toml"
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_mixtures(path)
    assert field in [p.field for p in caught.value.problems]
