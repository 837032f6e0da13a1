"""Weighted sets of a CSV file: columns set (or source), gene (or target) and weight."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from importlib.resources.abc import Traversable

from equipoise.biomarkers.pathways.gene_sets import GeneSet, GeneSets
from equipoise.biomarkers.pathways.gmt_text import MAX_BYTES, shorten, sized_bytes
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode

NAMES = {
    "set": ("set", "source", "pathway"),
    "gene": ("gene", "target"),
    "weight": ("weight", "mor"),
}
"""Columns as we write them, and under the names decoupler and PROGENy use."""


def read_weights(
    file: Traversable,
    *,
    name: str = "",
    version: str = "unversioned",
    source: str = "a file of the user",
    licence: str = "not stated",
) -> GeneSets:
    """Read weighted sets, such as the footprints of PROGENy; other columns are ignored.

    Raises
    ------
    InputError
        A missing column, a weight that is no number or 0, a gene twice in a set: all at once.
    """
    problems: list[Problem] = []
    data = sized_bytes(file, MAX_BYTES, problems)
    text = None if data is None else decode(file.name, data, problems)
    sets: dict[str, dict[str, float]] = {}
    if text is not None:
        _read_rows(file.name, text, sets, problems)
    if not sets and not problems:
        problems.append(Problem(file.name, "", "", "no row", "rows below the header", "Add rows."))
    if problems:
        raise InputError(shorten(problems, file.name))
    digest = hashlib.sha256(data or b"").hexdigest()
    made = tuple(GeneSet(key, tuple(ws), tuple(ws.values())) for key, ws in sets.items())
    return GeneSets(name or file.name, version, digest, source, licence, made)


def _read_rows(
    file: str, text: str, sets: dict[str, dict[str, float]], problems: list[Problem]
) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        at = _columns(file, header, problems)
        for cells in reader if at else ():
            if any(cell.strip() for cell in cells):
                _add(file, reader.line_num, cells, at, sets, problems)
    except csv.Error as error:
        where = f"line {reader.line_num}"
        problems.append(Problem(file, where, "", str(error), "valid CSV", "Mend the line."))


def _columns(file: str, header: list[str], problems: list[Problem]) -> dict[str, int]:
    at = {}
    for field, names in NAMES.items():
        found = [name for name in names if name in header]
        if found:
            at[field] = header.index(found[0])
        else:
            allowed = " or ".join(names)
            action = f"Add the column {field!r}."
            problems.append(Problem(file, "line 1", field, ", ".join(header), allowed, action))
    return at if len(at) == len(NAMES) else {}


def _add(
    file: str,
    number: int,
    cells: list[str],
    at: dict[str, int],
    sets: dict[str, dict[str, float]],
    problems: list[Problem],
) -> None:
    where = f"line {number}"
    if len(cells) <= max(at.values()):
        shown, allowed = f"{len(cells)} cells", "set, gene and weight"
        problems.append(Problem(file, where, "", shown, allowed, "Complete the row."))
        return
    key, gene, written = (cells[at[field]].strip() for field in ("set", "gene", "weight"))
    try:
        weight = float(written)
    except ValueError:
        weight = math.nan
    if not key or not gene:
        problems.append(Problem(file, where, "set, gene", "", "a name", "Complete the row."))
    elif not math.isfinite(weight) or weight == 0.0:
        allowed = "a number other than 0, with a decimal point"
        problems.append(Problem(file, where, "weight", written, allowed, "Correct or drop it."))
    elif gene in sets.get(key, {}):
        problems.append(Problem(file, where, "gene", gene, f"once in {key}", "Keep one row."))
    else:
        sets.setdefault(key, {})[gene] = weight
