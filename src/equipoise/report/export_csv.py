"""CSV that a spreadsheet shows and never executes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""First characters a spreadsheet takes for a formula or a command."""


def inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would execute."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def cell(value: object) -> str:
    """Write one cell: numbers stay numbers, a missing one is empty, text is made inert."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else ""
    if isinstance(value, int):
        return str(value)
    return inert(str(value))


def write_csv(records: Sequence[dict[str, Any]]) -> bytes:
    """Write records of the same keys as CSV (UTF-8, line feed)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    if records:
        writer.writerow(records[0].keys())
        writer.writerows([cell(value) for value in record.values()] for record in records)
    return stream.getvalue().encode()
