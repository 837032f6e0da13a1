"""The same matrix from CSV, TSV and Parquet, whole and in blocks; and files that are wrong."""

from __future__ import annotations

import gzip
import tracemalloc

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.biomarkers.pathways.conftest import drawn, sets_of

from equipoise.biomarkers.pathways import (
    expression_blocks,
    expression_reading,
    pathway_activity,
    read_expression,
)
from equipoise.errors import InputError

SETS = sets_of(few=["G1", "G7", "G20"], many=[f"G{i}" for i in range(3, 36, 2)])
CSV = "gene,A,B\nG1,1.5,2\nG2,3,4\nG3,0,7\n"


def parquet(frame: pd.DataFrame, path, index: str) -> None:
    table = frame.rename_axis(index).reset_index()
    with duckdb.connect() as connection:
        connection.register("table_", table)
        connection.execute(f"COPY table_ TO '{path}' (FORMAT parquet)")


@pytest.fixture
def matrix():
    return drawn(1, samples=7)


@pytest.fixture
def frame(matrix):
    return pd.DataFrame(matrix.values.T, index=matrix.genes, columns=matrix.samples)


@pytest.mark.parametrize("samples_in", ["columns", "rows"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "parquet"])
def test_every_format_and_both_ways_give_the_matrix(tmp_path, matrix, frame, ending, samples_in):
    path = tmp_path / f"x.{ending}"
    table = frame if samples_in == "columns" else frame.T
    if ending == "parquet":
        parquet(table, path, "name")
    else:
        table.to_csv(path, sep="\t" if ending == "tsv" else ",")
    found = read_expression(path, samples_in=samples_in)
    assert (found.genes, found.samples) == (matrix.genes, matrix.samples)
    np.testing.assert_array_equal(found.values, matrix.values)


@pytest.mark.parametrize("samples_in", ["columns", "rows"])
def test_blocks_score_as_the_whole(tmp_path, monkeypatch, matrix, frame, samples_in):
    for name, size in (("COLUMNS_AT_ONCE", 3), ("ROWS_AT_ONCE", 2), ("GENES_AT_ONCE", 9)):
        monkeypatch.setattr(expression_reading, name, size)
    path = tmp_path / "x.parquet"
    parquet(frame if samples_in == "columns" else frame.T, path, "name")
    blocks = list(expression_blocks(path, samples_in=samples_in))
    assert len(blocks) == (3 if samples_in == "columns" else 4)
    found = pathway_activity(iter(blocks), SETS)
    assert found.samples == matrix.samples
    np.testing.assert_array_equal(found.scores, pathway_activity(matrix, SETS).scores)


def test_several_files_are_one_cohort(tmp_path, matrix, frame):
    paths = [tmp_path / "a.parquet", tmp_path / "b.csv"]
    parquet(frame.iloc[:, :4], paths[0], "gene")
    frame.iloc[:, 4:].to_csv(paths[1])
    found = pathway_activity(expression_blocks(paths), SETS)
    np.testing.assert_array_equal(found.scores, pathway_activity(matrix, SETS).scores)
    frame.iloc[::-1, 4:].to_csv(paths[1])
    with pytest.raises(InputError, match="same genes in the same order"):
        pathway_activity(expression_blocks(paths), SETS)
    with pytest.raises(InputError, match=r"samples.*each once"):
        pathway_activity(expression_blocks([paths[0], paths[0]]), SETS)


def test_names_that_differ_only_in_case_stay_apart(tmp_path, frame):
    table = frame.iloc[:, :2].set_axis(["s1", "S1"], axis=1)
    path = tmp_path / "x.csv"
    table.to_csv(path)
    assert read_expression(path).samples == ("s1", "S1")


def test_a_single_sample_is_scored(tmp_path, matrix, frame):
    path = tmp_path / "one.csv"
    frame.iloc[:, [2]].to_csv(path)
    found = pathway_activity(read_expression(path), SETS)
    np.testing.assert_array_equal(found.scores[0], pathway_activity(matrix, SETS).scores[2])


WRONG = {
    "two cells, named with line and column": (
        CSV.replace("2", "2x").replace("G3,0", "G3,low"),
        r"2 problems[\s\S]*line 2, B: found '2x'[\s\S]*line 4, A: found 'low'",
    ),
    "decimal commas": (CSV.replace("1.5", '"1,5"'), r"'1,5'.*decimals with a point"),
    "semicolons": (CSV.replace(",", ";"), r"semicolons are not read"),
    "a short row": (CSV.replace("G2,3,4", "G2,3"), r"line 3: found '2 cells'"),
    "a missing value": (CSV.replace("2", "NA"), r"1 missing or infinite.*genes \(G1\).*\(B\)"),
    "an infinite value": (CSV.replace("2", "inf"), r"1 missing or infinite"),
    "a sample of zeros": ("gene,A,B\nG1,0,2\nG2,0,4\n", r"A, values: found '0 for every gene'"),
    "a gene twice": (CSV.replace("G3", "G1"), r"1 genes more than once: G1.*duplicates=\"mean\""),
    "a gene without a name": (CSV.replace("G3", ""), r"genes: found 'a blank name'"),
    "a sample twice": (CSV.replace("A,B", "A,A"), r"A, samples: found '2 times'"),
    "no number at all": ("gene\nG1\n", r"a column of names and columns of numbers"),
    "nothing": ("", r"a column of names and columns of numbers"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_wrong_text_is_refused(tmp_path, text, message):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_expression(path)


def test_other_files_are_refused(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="an existing file"):
        read_expression(tmp_path / "none.csv")
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(InputError, match=r"'.xlsx'.*\.parquet"):
        read_expression(path)
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="a Parquet file"):
        read_expression(path)
    path = tmp_path / "latin.csv"
    path.write_bytes("gène,A\nG1,2\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_expression(path)
    path = tmp_path / "a*.csv"
    path.write_text(CSV)
    with pytest.raises(InputError, match="without"):
        read_expression(path)
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode() * 50)[:40])
    with pytest.raises(InputError):
        read_expression(path)
    monkeypatch.setattr("equipoise.biomarkers.pathways.table_source.MAX_TEXT_BYTES", 10)
    path = tmp_path / "x.csv"
    path.write_text(CSV)
    with pytest.raises(InputError, match="Write it as Parquet"):
        read_expression(path)


def test_parquet_with_columns_that_are_no_numbers_is_refused(tmp_path, frame):
    path = tmp_path / "x.parquet"
    parquet(frame.assign(note="text"), path, "gene")
    with pytest.raises(InputError, match=r"found 'note'.*columns of numbers"):
        read_expression(path)
    parquet(frame.assign(row=1.5).set_index("row"), path, "row")
    with pytest.raises(InputError, match=r"row: found 'DOUBLE'.*a column of names"):
        read_expression(path)


def test_genes_and_samples_can_be_left_out(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("gene,A,B,Z\nG1,1.5,NA,0\nG2,3,4,0\nG3,1,7,0\n")
    found = read_expression(path, without_genes={"G1"}, without_samples={"Z"})
    assert (found.genes, found.samples) == (("G2", "G3"), ("A", "B"))
    np.testing.assert_array_equal(found.values, [[3, 1], [4, 7]])


def test_the_mean_of_rows_of_one_gene_is_said(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("gene,A,B\nG1,1,2\nG2,9,4\nG1,5,0\n")
    found = read_expression(path, duplicates="mean")
    np.testing.assert_array_equal(found.values, [[3, 9], [1, 4]])
    assert found.remarks == ("1 genes stood in several rows; their mean was taken.",)


def test_options_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(CSV)
    for option in ("samples_in", "scale", "duplicates"):
        with pytest.raises(InputError, match=f"{option}: found"):
            read_expression(path, **{option: "other"})


@pytest.mark.parametrize("samples_in", ["columns", "rows"])
def test_memory_is_that_of_a_block(tmp_path, monkeypatch, samples_in):
    monkeypatch.setattr(expression_reading, "COLUMNS_AT_ONCE", 128)
    genes, samples = (1000, 1280) if samples_in == "columns" else (100, 20_480)
    path = tmp_path / "x.parquet"
    rows, columns = (genes, samples) if samples_in == "columns" else (samples, genes)
    drawn_columns = ", ".join(f"CAST(random() AS FLOAT) AS C{i}" for i in range(columns))
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"COPY (SELECT 'R' || i AS name, {drawn_columns} FROM range({rows}) t(i)) "
            f"TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)"
        )
    letter = "R" if samples_in == "columns" else "C"
    sets = sets_of(a=[f"{letter}{i}" for i in range(80)])
    next(expression_blocks(path, samples_in=samples_in))
    tracemalloc.start()
    try:
        found = pathway_activity(expression_blocks(path, samples_in=samples_in), sets)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found.samples) == samples
    # A block is a tenth of the matrix; two of them, one as read and the masks are held at most.
    assert peak < genes * samples * 8 / 2
    assert len(set(found.samples)) == samples


def test_the_contents_of_a_parquet_file_are_kept_between_blocks(frame, tmp_path, monkeypatch):
    """Else a wide file in many groups of rows is mostly read again and again at its end."""
    opened = []
    connect = duckdb.connect

    def remember(**given):
        opened.append(connect(**given))
        return opened[-1]

    parquet(frame.T, tmp_path / "m.parquet", "sample")
    monkeypatch.setattr(duckdb, "connect", remember)
    blocks = expression_blocks(tmp_path / "m.parquet", samples_in="rows")
    next(blocks)
    (connection,) = opened
    kept = connection.execute("SELECT current_setting('parquet_metadata_cache')").fetchone()
    assert kept == (True,)
    blocks.close()
