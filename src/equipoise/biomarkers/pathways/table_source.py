"""A matrix in a file as DuckDB sees it: which column holds names, which hold numbers.

Text is declared column by column, so that nothing is guessed from its first lines; the schema of
a Parquet file is read, not its data.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import duckdb

from equipoise.errors import InputError, Problem

MAX_TEXT_BYTES = 2_000_000_000
"""Text is read whole; a larger matrix belongs into Parquet, which is read in blocks."""
DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
PANDAS_INDEX = "__index_level_0__"
NUMBERS = {"FLOAT", "DOUBLE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT"}
NUMBERS |= {"UINTEGER", "UBIGINT", "HUGEINT"}
UNREADABLE = (UnicodeDecodeError, OSError, EOFError, zlib.error, csv.Error)
MISSING = ("", "NA", "NaN", "nan", "N/A", "null", "NULL")


@dataclass(frozen=True)
class TableSource:
    """One file.

    Attributes
    ----------
    path : Path
    relation : str
        SQL of the table; its one parameter is the path.
    names : str
        SQL name of the column that names the rows.
    columns : tuple of str
        SQL names of the columns of numbers.
    labels : tuple of str
        What the file calls them.
    parquet : bool
    """

    path: Path
    relation: str
    names: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    parquet: bool


def table_source(path: Path, connection: duckdb.DuckDBPyConnection) -> TableSource:
    """Look at the head of a CSV, TSV (also ``.gz``) or Parquet file.

    Raises
    ------
    InputError
        A file that is missing, of another kind, too large for text, or without numbers.
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = next((s for s in reversed(suffixes) if s != ".gz"), "")
    if not path.is_file():
        raise _refusal(path, "", "", "an existing file", "Check the path.")
    if set(str(path)) & set("*?["):
        raise _refusal(path, "", str(path), "a path without * ? [", "Rename the file.")
    if kind == ".parquet":
        return _parquet(path, connection)
    if kind not in DELIMITERS:
        allowed = ".csv, .tsv, .txt (tabs), each also .gz, or .parquet"
        raise _refusal(path, "", kind, allowed, "Convert the file.")
    if path.stat().st_size > MAX_TEXT_BYTES:
        shown, allowed = f"{path.stat().st_size:,} bytes", f"{MAX_TEXT_BYTES:,} bytes of text"
        raise _refusal(path, "", shown, allowed, "Write it as Parquet, which is read in blocks.")
    return _text(path, DELIMITERS[kind])


def bad_cells(source: TableSource, most: int = 10) -> Iterator[Problem]:
    """Walk through a text file for the first cells that are no numbers and rows of other length."""
    width = len(source.labels) + 1
    try:
        with open_text(source.path) as stream:
            reader = csv.reader(stream, delimiter=_delimiter(source.path), strict=True)
            next(reader)
            for cells in reader:
                if most <= 0:
                    return
                found = [] if not cells else _bad_in_row(source, reader.line_num, cells, width)
                yield from found[:most]
                most -= len(found)
    except UNREADABLE as error:
        shown, action = str(error), "Save the file anew; it may be cut off."
        yield Problem(source.path.name, "", "", shown, "whole text in UTF-8", action)


def open_text(path: Path) -> TextIO:
    """Open a text file, compressed or not, as UTF-8."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def quoted(name: str) -> str:
    """Return a column name as SQL wants it."""
    return '"' + name.replace('"', '""') + '"'


def _text(path: Path, delimiter: str) -> TableSource:
    try:
        with open_text(path) as stream:
            header = next(csv.reader(stream, delimiter=delimiter, strict=True), [])
    except UNREADABLE as error:
        raise _refusal(path, "line 1", str(error), "a header in UTF-8", "Save as UTF-8.") from error
    labels = tuple(cell.strip() for cell in header[1:])
    if not labels:
        shown = header[0][:60] if header else "nothing"
        what = "tabs" if delimiter == "\t" else "commas"
        action = f"Separate the columns by {what}; semicolons are not read."
        raise _refusal(path, "line 1", shown, "a column of names and columns of numbers", action)
    columns = tuple(f"c{i}" for i in range(1, len(header)))
    declared = ", ".join(["'c0': 'VARCHAR'", *(f"'{name}': 'DOUBLE'" for name in columns)])
    missing = ", ".join(f"'{word}'" for word in MISSING)
    separator = "\\t" if delimiter == "\t" else delimiter
    relation = (
        f"read_csv(?, header=true, auto_detect=false, delim='{separator}', quote='\"', "
        f"escape='\"', nullstr=[{missing}], columns={{{declared}}})"
    )
    return TableSource(path, relation, "c0", columns, labels, parquet=False)


def _parquet(path: Path, connection: duckdb.DuckDBPyConnection) -> TableSource:
    relation = "read_parquet(?)"
    try:
        query = "SELECT name FROM parquet_schema(?) WHERE coalesce(num_children, 0) = 0"
        labels = [str(row[0]) for row in connection.execute(query, [str(path)]).fetchall()]
        described = connection.execute(f"DESCRIBE SELECT * FROM {relation}", [str(path)])  # noqa: S608
        columns = [(str(row[0]), str(row[1])) for row in described.fetchall()]
    except duckdb.Error as error:
        shown = str(error).splitlines()[0][:80]
        raise _refusal(path, "", shown, "a Parquet file", "Write it again.") from error
    if len(labels) != len(columns):
        raise _refusal(path, "", "nested columns", "plain columns", "Write one column a name.")
    at = labels.index(PANDAS_INDEX) if PANDAS_INDEX in labels else 0
    numbers = [i for i in range(len(columns)) if i != at]
    odd = [labels[i] for i in numbers if columns[i][1] not in NUMBERS]
    if columns[at][1] not in NUMBERS - {"FLOAT", "DOUBLE"} | {"VARCHAR"}:
        action = "Write the names as the first column, or as the index of a data frame."
        raise _refusal(path, labels[at], columns[at][1], "a column of names", action)
    if odd or not numbers:
        shown = ", ".join(odd[:5]) or "no further column"
        raise _refusal(path, "", shown, "columns of numbers", "Leave out other columns.")
    return TableSource(
        path,
        relation,
        quoted(columns[at][0]),
        tuple(quoted(columns[i][0]) for i in numbers),
        tuple(labels[i].strip() for i in numbers),
        parquet=True,
    )


def _bad_in_row(source: TableSource, line: int, cells: list[str], width: int) -> list[Problem]:
    name, where = source.path.name, f"line {line}"
    if len(cells) != width:
        shown, allowed = f"{len(cells)} cells", f"{width} cells as in the header"
        return [Problem(name, where, "", shown, allowed, "Complete or quote the row.")]
    found = []
    for label, cell in zip(source.labels, cells[1:], strict=True):
        if cell.strip() not in MISSING and not _is_number(cell):
            comma = _is_number(cell.replace(",", "."))
            action = (
                "Write decimals with a point." if comma else "Correct the cell or leave it empty."
            )
            found.append(Problem(name, where, label, cell, "a number", action))
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _delimiter(path: Path) -> str:
    kinds = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return DELIMITERS[kinds[-1]]


def _refusal(path: Path, where: str, found: str, allowed: str, action: str) -> InputError:
    return InputError([Problem(path.name, where, "", found, allowed, action)])
