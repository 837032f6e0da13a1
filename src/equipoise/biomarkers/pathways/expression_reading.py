"""Read expression matrices from CSV, TSV and Parquet, a block of samples at a time.

DuckDB reads, on one thread and with a bound on its memory. Of a Parquet file only the block asked
for is decoded: columns where the samples are columns, a range of rows (a few thousand genes at a
time) where they are rows. The table of contents at its end is read once and kept: with 20,000
columns in 25 groups of rows it takes four times as long to read as what is asked for. It goes with
the connection, one a file. Text is read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from equipoise.biomarkers.pathways.expression import ExpressionMatrix, expression_matrix
from equipoise.biomarkers.pathways.expression_scale import Scale
from equipoise.biomarkers.pathways.gene_axis import Duplicates
from equipoise.biomarkers.pathways.table_source import TableSource, bad_cells, table_source
from equipoise.errors import InputError, Problem

Array = NDArray[np.float64]
Block = tuple[list[str], list[str], Array]
"""Genes, samples, and values as (samples, genes)."""

COLUMNS_AT_ONCE = 512
"""Samples decoded at a time where they are columns: 80 MB of 20,000 genes."""
ROWS_AT_ONCE = 2048
"""Samples decoded at a time where they are rows: the rows of one vector of DuckDB, or a half, a
quarter ... of them where a block would hold more than `CELLS_AT_ONCE`."""
CELLS_AT_ONCE = 1024 * 20_480
"""Values of a block where samples are rows: 168 MB."""
GENES_AT_ONCE = 2000
"""Columns decoded at a time where they are genes; each costs DuckDB some 40 kB while open."""
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def expression_blocks(
    paths: Path | Iterable[Path],
    *,
    samples_in: Literal["columns", "rows"] = "columns",
    scale: Scale = "unknown",
    duplicates: Duplicates = "refuse",
    without_genes: Collection[str] = (),
    without_samples: Collection[str] = (),
) -> Iterator[ExpressionMatrix]:
    """Yield checked blocks of samples; see `expression_matrix` for the checks.

    Parameters
    ----------
    paths : Path or iterable of Path
        ``.csv``, ``.tsv`` or ``.txt`` (tabs), each also ``.gz``, or ``.parquet``; several files
        must hold the same genes in the same order. The first column names the rows (in Parquet,
        the index of a pandas frame if there is one), the header names the columns.
    samples_in : {"columns", "rows"}
    scale, duplicates, without_genes, without_samples
        Of `expression_matrix`.

    Raises
    ------
    InputError
        What is wrong with a file; of text, each cell that is no number (the first ten).
    """
    if samples_in not in ("columns", "rows"):
        problem = Problem("", "", "samples_in", repr(samples_in), "columns, rows", "Choose one.")
        raise InputError([problem])
    for path in [paths] if isinstance(paths, Path) else paths:
        with duckdb.connect(config=SETTINGS) as connection:
            connection.execute("SET parquet_metadata_cache = true")
            source = table_source(path, connection)
            for genes, samples, values in _blocks(source, connection, samples_in):
                kept = [i for i, name in enumerate(samples) if name not in without_samples]
                if samples and not kept:
                    continue
                yield expression_matrix(
                    values if len(kept) == len(samples) else values[kept],
                    genes,
                    [samples[i] for i in kept],
                    scale=scale,
                    duplicates=duplicates,
                    without_genes=without_genes,
                    name=path.name,
                )
                del values  # so that the next block is read into memory that is free


def read_expression(
    path: Path,
    *,
    samples_in: Literal["columns", "rows"] = "columns",
    scale: Scale = "unknown",
    duplicates: Duplicates = "refuse",
    without_genes: Collection[str] = (),
    without_samples: Collection[str] = (),
) -> ExpressionMatrix:
    """Read a whole file as one matrix; see `expression_blocks`."""
    blocks = list(
        expression_blocks(
            path,
            samples_in=samples_in,
            scale=scale,
            duplicates=duplicates,
            without_genes=without_genes,
            without_samples=without_samples,
        )
    )
    samples = tuple(name for block in blocks for name in block.samples)
    if not blocks or len(set(samples)) < len(samples):
        shown = "a name twice" if blocks else "none"
        action = "Rename or leave out samples."
        raise InputError([Problem(path.name, "", "samples", shown, "each sample once", action)])
    values = np.concatenate([block.values for block in blocks])
    return replace(blocks[0], samples=samples, values=values)


def _blocks(
    source: TableSource, connection: duckdb.DuckDBPyConnection, samples_in: str
) -> Iterator[Block]:
    labels = list(source.labels)
    try:
        if not source.parquet:
            yield _whole(source, connection, samples_in)
            return
        rows = _names(source, connection)
        if samples_in == "columns":
            for start in range(0, len(labels), COLUMNS_AT_ONCE):
                part = slice(start, start + COLUMNS_AT_ONCE)
                table = np.empty((len(labels[part]), len(rows)))
                _fill(table, connection, source, source.columns[part])
                yield rows, labels[part], table
            return
        step = _rows_at_once(len(labels))
        for start in range(0, len(rows), step):
            names = rows[start : start + step]
            yield labels, names, _row_range(source, connection, start, len(names))
    except duckdb.Error as error:
        problems = [] if source.parquet else list(bad_cells(source))
        shown = str(error).splitlines()[0]
        action = "Mend or convert the file."
        whole = Problem(source.path.name, "", "", shown, "a table of numbers", action)
        raise InputError(problems or [whole]) from error


def _whole(source: TableSource, connection: duckdb.DuckDBPyConnection, samples_in: str) -> Block:
    query = f"SELECT * FROM {source.relation}"  # noqa: S608
    found = connection.execute(query, [str(source.path)]).fetchnumpy()
    names = _text(found[source.names])
    table = np.stack([_floats(found[column]) for column in source.columns])
    if samples_in == "columns":
        return names, list(source.labels), table
    return list(source.labels), names, np.ascontiguousarray(table.T)


def _names(source: TableSource, connection: duckdb.DuckDBPyConnection) -> list[str]:
    query = f"SELECT CAST({source.names} AS VARCHAR) AS n FROM {source.relation}"  # noqa: S608
    return _text(connection.execute(query, [str(source.path)]).fetchnumpy()["n"])


def _rows_at_once(genes: int) -> int:
    step = ROWS_AT_ONCE
    while step > 1 and step * genes > CELLS_AT_ONCE:
        step //= 2
    return step


def _row_range(
    source: TableSource, connection: duckdb.DuckDBPyConnection, start: int, count: int
) -> Array:
    """Read a range of rows of a Parquet file, some columns at a time."""
    table = np.empty((count, len(source.columns)))
    relation = source.relation.replace("(?)", "(?, file_row_number = true)")
    within = f"WHERE file_row_number >= {start} AND file_row_number < {start + count}"
    rows = replace(source, relation=f"{relation} {within}")
    for first in range(0, len(source.columns), GENES_AT_ONCE):
        part = slice(first, first + GENES_AT_ONCE)
        _fill(table.T[part], connection, rows, source.columns[part])
    return table


def _fill(
    lines: Array,
    connection: duckdb.DuckDBPyConnection,
    source: TableSource,
    columns: tuple[str, ...],
) -> None:
    """Read columns of a Parquet file, each into a line of `lines`, (columns, rows)."""
    named = ", ".join(f"{column} AS v{i}" for i, column in enumerate(columns))
    query = f"SELECT {named} FROM {source.relation}"  # noqa: S608
    found = connection.execute(query, [str(source.path)]).fetchnumpy()
    for i in range(len(columns)):
        lines[i] = _floats(found.pop(f"v{i}"))


def _floats(column: object) -> Array:
    """Return a column as floats, NaN where it is null."""
    if isinstance(column, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(column.astype(np.float64), np.nan))
    return np.asarray(column, dtype=np.float64)


def _text(column: object) -> list[str]:
    """Return a column of names, empty where it is null."""
    filled = np.asarray(column if not isinstance(column, np.ma.MaskedArray) else column.filled(""))
    return ["" if name is None else str(name).strip() for name in filled]
