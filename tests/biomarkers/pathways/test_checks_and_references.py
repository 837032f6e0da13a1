"""What a matrix must be, how much of a set must be there, and stored references."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.biomarkers.pathways.conftest import drawn, sets_of

from equipoise.biomarkers.pathways import (
    expression_matrix,
    gene_reference,
    index_sets,
    matrix_from_frame,
    normalise,
    pathway_activity,
    read_reference,
    score_reference,
    write_reference,
)
from equipoise.errors import InputError

SETS = sets_of(few=["G1", "G7", "G20"], many=[f"G{i}" for i in range(3, 36, 2)])


def test_ensembl_ids_for_symbols_are_said():
    genes = [f"ENSG{i:011d}.{i % 9}" for i in range(40)]
    matrix = expression_matrix(drawn(1).values, genes, drawn(1).samples)
    assert matrix.genes[3] == "ENSG00000000003"
    with pytest.raises(InputError, match=r"found 'Ensembl ids'; allowed: symbols.*Translate"):
        pathway_activity(matrix, SETS)
    numbers = expression_matrix(drawn(1).values, [str(i) for i in range(40)], drawn(1).samples)
    with pytest.raises(InputError, match=r"found 'numbers'; allowed: symbols"):
        pathway_activity(numbers, SETS)


def test_two_versions_of_an_ensembl_gene_are_that_gene_twice():
    genes = ["ENSG00000000001.1", "ENSG00000000001.2", *(f"G{i}" for i in range(38))]
    with pytest.raises(InputError, match=r"1 genes more than once: ENSG00000000001"):
        expression_matrix(drawn(1).values, genes, drawn(1).samples)


def test_names_a_spreadsheet_changed_are_said():
    genes = ["1-Mar", "2-Sep", *drawn(1).genes[2:]]
    matrix = expression_matrix(drawn(1).values, genes, drawn(1).samples)
    assert matrix.remarks == ("2 gene names look like dates a spreadsheet made (1-Mar, 2-Sep).",)
    assert pathway_activity(matrix, sets_of(a=["G3", "G4"])).remarks == matrix.remarks


def test_thin_sets_are_refused_or_left_out_with_a_word():
    sets = sets_of(fine=["G1", "G2"], thin=["G1", "G2", "X1", "X2", "X3"], single=["G5"])
    with pytest.raises(
        InputError, match=r"2 problems[\s\S]*thin, genes: found '2 of 5[\s\S]*single"
    ):
        pathway_activity(drawn(1), sets)
    found = pathway_activity(drawn(1), sets, thin_sets="leave out")
    assert found.sets == ("fine",)
    assert found.remarks == ("2 sets left out for want of genes: thin, single.",)
    found = pathway_activity(drawn(1), sets.choose(["thin"]), least_coverage=0.4)
    frame = found.sets_frame()
    assert frame.loc[0, ["present", "listed", "coverage"]].tolist() == [2, 5, 0.4]
    with pytest.raises(InputError, match="thin"):
        pathway_activity(drawn(1), sets.choose(["thin"]), thin_sets="leave out")
    with pytest.raises(InputError, match="Choose sets to score"):
        pathway_activity(drawn(1), sets.choose([]))


def test_a_set_that_is_the_whole_matrix_is_refused():
    matrix = drawn(1)
    with pytest.raises(InputError, match="a gene outside the set"):
        pathway_activity(matrix, sets_of(all=list(matrix.genes)))


SCALES = {
    "counts as log": (np.array([[5.0, 900.0]]), "log", r"found '900'.*It is no logarithm"),
    "log as counts": (np.array([[5.0, 7.5]]), "counts", r"found 'fractions'"),
    "centred as linear": (np.array([[5.0, -1.0]]), "linear", r"found '-1'.*logarithms or centred"),
}


@pytest.mark.parametrize(("values", "scale", "message"), SCALES.values(), ids=SCALES)
def test_a_scale_that_the_numbers_contradict_is_refused(values, scale, message):
    with pytest.raises(InputError, match=message):
        expression_matrix(values, ["A", "B"], ["s"], scale=scale)


def test_counts_look_like_counts():
    matrix = expression_matrix(np.array([[5.0, 900.0, 0.0]]), ["G1", "G2", "G3"], ["s"])
    with pytest.raises(InputError, match=r"they look like counts"):
        pathway_activity(matrix, sets_of(a=["G1", "G2"]), "ulm")


def test_ranks_of_raw_counts_carry_a_word():
    matrix = expression_matrix(np.arange(40.0)[None], drawn(1).genes, ["s"], scale="counts")
    assert any("long genes" in remark for remark in pathway_activity(matrix, SETS).remarks)


@pytest.mark.parametrize("method", ["ssgsea", "singscore"])
def test_ranks_of_what_looks_like_counts_carry_it_too(method):
    counts = 100.0 * np.arange(40.0)[None]
    for values, said in ((counts, True), (np.log2(counts + 1.0), False)):
        matrix = expression_matrix(values, drawn(1).genes, ["s"])
        remarks = pathway_activity(matrix, SETS, method).remarks
        assert any("look like raw counts" in remark for remark in remarks) == said


def test_all_problems_of_a_matrix_come_at_once():
    values = np.array([[1.0, np.nan, 2.0], [0.0, 1.0, 2.0]])
    with pytest.raises(InputError) as caught:
        expression_matrix(values, ["A", "A", ""], ["s", "s"])
    assert len(caught.value.problems) == 4


def test_shapes_must_fit():
    with pytest.raises(InputError, match="2 samples x 3 genes"):
        expression_matrix(np.ones((2, 2)), ["A", "B", "C"], ["s", "t"])
    with pytest.raises(InputError, match="two at least"):
        expression_matrix(np.ones((1, 1)), ["A"], ["s"])


def test_a_frame_lies_either_way():
    frame = pd.DataFrame([[1.0, 2.0], [4.0, 3.0]], index=["A", "B"], columns=["s", "t"])
    upright, lying = matrix_from_frame(frame), matrix_from_frame(frame.T, samples_in="rows")
    assert upright.samples == lying.samples == ("s", "t")
    np.testing.assert_array_equal(upright.values, lying.values)


def test_a_reference_does_not_move_with_the_cohort(tmp_path):
    cohort, patient = drawn(1, samples=30), drawn(2, samples=1)
    path = tmp_path / "reference.json"
    write_reference(score_reference(pathway_activity(cohort, SETS), "cohort"), path)
    reference = read_reference(path)
    alone = normalise(pathway_activity(patient, SETS), reference)
    raw = pathway_activity(cohort, SETS).scores
    expected = (pathway_activity(patient, SETS).scores - raw.mean(axis=0)) / raw.std(axis=0, ddof=1)
    np.testing.assert_allclose(alone.scores, expected, rtol=1e-12)
    assert alone.normalised == "cohort (z)"


def test_a_gene_reference_survives_its_file(tmp_path):
    made = gene_reference(drawn(1, samples=12), "cohort")
    write_reference(made, tmp_path / "r.json")
    assert read_reference(tmp_path / "r.json") == made


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"kind": "Other"}', '{"kind": "GeneReference"}']
)
def test_other_files_are_no_reference(tmp_path, text):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(InputError, match="written by write_reference"):
        read_reference(path)


def test_a_reference_fits_one_method_one_version_of_sets_one_size():
    cohort = drawn(1, samples=12)
    reference = score_reference(pathway_activity(cohort, SETS), "cohort")
    other = [
        pathway_activity(cohort, SETS, alpha=1.0),
        pathway_activity(cohort, SETS, "singscore"),
        pathway_activity(cohort, SETS.choose(["few"])),
        pathway_activity(drawn(1, genes=41), SETS),
    ]
    for activity, field in zip(
        other, ["parameters", "method", "sets_sha256", "genes"], strict=True
    ):
        with pytest.raises(InputError, match=f"cohort, {field}: found"):
            normalise(activity, reference)
    with pytest.raises(InputError, match="z, range"):
        normalise(pathway_activity(cohort, SETS), reference, by="rank")
    once = normalise(pathway_activity(cohort, SETS), reference)
    with pytest.raises(InputError, match="raw scores"):
        normalise(once, reference)


def test_a_reference_needs_ten_samples():
    with pytest.raises(InputError, match=r"found '9'; allowed: 10 at least"):
        gene_reference(drawn(1, samples=9), "small")
    with pytest.raises(InputError, match=r"found '1'; allowed: 10 at least"):
        score_reference(pathway_activity(drawn(1, samples=1), SETS), "one")


def test_unknown_methods_and_no_blocks_are_refused():
    with pytest.raises(InputError, match="ssgsea, singscore, ulm, mean_z"):
        pathway_activity(drawn(1), SETS, "gsva")
    with pytest.raises(InputError, match="one at least"):
        pathway_activity(iter([]), SETS)


def test_the_index_keeps_weights_beside_their_genes():
    sets = sets_of(a={"G9": -1.0, "G2": 3.0, "ABSENT": 7.0})
    index = index_sets(sets, drawn(1).genes)
    assert index.members.tolist() == [2, 9]
    assert index.weights.tolist() == [3.0, -1.0]
    starts, members = index.of_sign(-1)
    assert (starts.tolist(), members.tolist()) == ([0, 1], [9])
