"""AnnData and decoupler: there and back, and what is said without the extra."""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
from tests.biomarkers.pathways.conftest import drawn, sets_of

from equipoise.biomarkers.pathways import (
    decoupler_network,
    matrix_from_anndata,
    pathway_activity,
    to_anndata,
)
from equipoise.errors import InputError, MissingExtraError

SETS = sets_of(weighted={"G1": 2.5, "G7": -1.0, "G20": 0.4}, plain=["G3", "G4"])


@pytest.fixture
def anndata():
    pytest.importorskip("anndata", reason="needs the extra expression")
    return importlib.import_module("anndata")


def test_there_and_back(anndata):
    matrix = drawn(1)
    ulm, rank = (pathway_activity(matrix, SETS, method) for method in ("ulm", "singscore"))
    made = to_anndata(matrix, ulm, rank)
    assert isinstance(made, anndata.AnnData)
    np.testing.assert_array_equal(made.obsm["score_ulm"].to_numpy(), ulm.scores)
    back = matrix_from_anndata(made, scale="log")
    assert (back.genes, back.samples) == (matrix.genes, matrix.samples)
    np.testing.assert_array_equal(back.values, matrix.values)


def test_layers_and_sparse_matrices(anndata):
    sparse = importlib.import_module("scipy.sparse")
    matrix = drawn(2, ties=True)
    made = to_anndata(matrix)
    made.layers["counts"] = sparse.csr_matrix(matrix.values)
    np.testing.assert_array_equal(matrix_from_anndata(made, layer="counts").values, matrix.values)
    with pytest.raises(InputError, match=r"layer: found 'raw'; allowed: counts"):
        matrix_from_anndata(made, layer="raw")
    made.X = None
    with pytest.raises(InputError, match="X: found 'nothing'"):
        matrix_from_anndata(made)


def test_what_does_not_fit_is_refused(anndata):
    matrix = drawn(3)
    ulm = pathway_activity(matrix, SETS, "ulm")
    with pytest.raises(InputError, match=r"method.*each once"):
        to_anndata(matrix, ulm, ulm)
    with pytest.raises(InputError, match=r"samples.*those of the matrix"):
        to_anndata(drawn(3, samples=2), ulm)
    with pytest.raises(InputError, match="an AnnData object"):
        matrix_from_anndata(matrix)


def test_the_network_is_one_row_a_gene():
    network = decoupler_network(SETS)
    assert list(network.columns) == ["source", "target", "weight"]
    assert network["weight"].tolist() == [2.5, -1.0, 0.4, 1.0, 1.0]
    assert network["source"].tolist() == ["weighted"] * 3 + ["plain"] * 2


def test_without_the_extra_the_command_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(MissingExtraError, match=r"equipoise\[expression\]"):
        to_anndata(drawn(4))
    with pytest.raises(MissingExtraError, match=r"equipoise\[expression\]"):
        matrix_from_anndata(None)
