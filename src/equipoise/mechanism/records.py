"""Read a table of a case into frozen records, with every problem at once."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, parse_rows, read_bytes
from equipoise.evidence.fields import Record
from equipoise.evidence.read import problems_of

R = TypeVar("R", bound=Record)


def read_records(
    file: Traversable | Path, kind: type[R], name: str, key: str = ""
) -> tuple[R, ...]:
    """Read a CSV file whose columns are the fields of `kind`.

    Parameters
    ----------
    file : Traversable or Path
    kind : subclass of Record
        A blank cell takes the default of its field.
    name : str
        File name as the user knows it.
    key : str
        Field that must not repeat, if any.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    problems: list[Problem] = []
    data = read_bytes(name, file, problems)
    text = decode(name, data, problems) if data is not None else None
    required = [field for field, info in kind.model_fields.items() if info.is_required()]
    rows: list[R] = []
    for line, cells in parse_rows(name, text or "", [*kind.model_fields], required, problems):
        values = {k: v for k, v in cells.items() if v.strip() or k in required}
        try:
            rows.append(kind.model_validate(values))
        except ValidationError as error:
            where = f"line {line}" + (f" ({cells[key]})" if key and cells.get(key) else "")
            problems += problems_of(name, where, error)
    if key:
        ids = [str(getattr(row, key)) for row in rows]
        problems += [
            Problem(name, "", key, value, "each value once", "Rename one of them.")
            for value in sorted({i for i in ids if ids.count(i) > 1})
        ]
    if problems:
        raise InputError(problems)
    return tuple(rows)
