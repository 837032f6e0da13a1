"""CSV as it comes from spreadsheets and the web: sized, decoded, and taken apart with care.

A file is refused from its size before it is opened. It must be UTF-8; a byte-order mark and CRLF
line ends, which Excel writes, are accepted; another encoding is refused with the place of the
first wrong byte.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

from equipoise.errors import Problem

MAX_BYTES = 50_000_000
"""Largest file read, from its size on disk; evidence tables are thousands of times smaller."""


def decode(name: str, data: bytes, problems: list[Problem]) -> str | None:
    """Decode UTF-8 with or without a byte-order mark; report another encoding with its place."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        table = name.endswith(".csv")
        column = _column_at(data, start, error.start) if table else ""
        problems.append(
            Problem(
                name,
                f"line {line}",
                column,
                f"byte 0x{data[error.start]:02x}",
                "UTF-8 text",
                f"Save the file as {'CSV ' * table}UTF-8 (it looks like Latin-1 or Windows-1252).",
            )
        )
        return None


def _column_at(data: bytes, line_start: int, position: int) -> str:
    """Name of the CSV column in which a byte of the current line stands."""
    before = data[line_start:position].decode("latin-1")
    header = data.split(b"\n", 1)[0].decode("latin-1").strip().lstrip("ï»¿")
    try:
        index = len(next(csv.reader([before]), [""])) - 1
        names = next(csv.reader([header]), [])
    except csv.Error:
        return ""
    return names[index] if 0 <= index < len(names) else f"column {index + 1}"


def read_bytes(name: str, file: Traversable, problems: list[Problem]) -> bytes | None:
    """Read a file unless it is missing, too large or empty; say which."""
    if not file.is_file():
        problems.append(
            Problem(name, "", "", "", "an existing file", "Add the file (header row at least).")
        )
        return None
    size = _size(file)
    if size > MAX_BYTES:
        problems.append(
            Problem(
                name,
                "",
                "",
                f"{size:,} bytes",
                f"at most {MAX_BYTES:,} bytes",
                "Split the file or remove columns that do not belong to it.",
            )
        )
        return None
    data = file.read_bytes()
    if not data.strip():
        problems.append(
            Problem(name, "", "", "an empty file", "a header row", "Add the header row.")
        )
        return None
    return data


def _size(file: Traversable) -> int:
    stat = getattr(file, "stat", None)
    return int(stat().st_size) if stat is not None else 0


def parse_rows(
    name: str, text: str, columns: Sequence[str], required: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) for each data row of a CSV text; report what cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [field.strip() for field in next(reader)]
    except (StopIteration, csv.Error):
        problems.append(Problem(name, "line 1", "", "", "a header row", "Add the header row."))
        return
    if not _header_fits(name, header, columns, required, problems):
        return
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                problems.append(
                    Problem(
                        name,
                        f"line {reader.line_num}",
                        "",
                        f"{len(cells)} cells",
                        f"{len(header)} cells as in the header",
                        "Quote cells that hold a comma, or add the missing cells.",
                    )
                )
                continue
            yield reader.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        problems.append(
            Problem(name, f"line {reader.line_num}", "", str(error), "valid CSV", "Mend the line.")
        )


def _header_fits(
    name: str,
    header: list[str],
    columns: Sequence[str],
    required: Sequence[str],
    problems: list[Problem],
) -> bool:
    before = len(problems)
    for column in required:
        if column not in header:
            problems.append(
                Problem(name, "line 1", column, "", "this column", f"Add the column {column!r}.")
            )
    for column in sorted(set(header)):
        if header.count(column) > 1:
            problems.append(
                Problem(name, "line 1", column, "", "each column once", "Remove one of them.")
            )
        elif column not in columns:
            problems.append(
                Problem(
                    name,
                    "line 1",
                    column or "(blank)",
                    column,
                    ", ".join(columns),
                    "Rename or remove the column.",
                )
            )
    return len(problems) == before
