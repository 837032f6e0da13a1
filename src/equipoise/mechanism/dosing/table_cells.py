"""Cells of a dosing table as numbers and words, or what is wrong with them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

from equipoise.errors import Problem
from equipoise.evidence.csv_text import decode, parse_rows, read_bytes


def rows_of(
    file: Traversable, columns: Sequence[str], required: Sequence[str], problems: list[Problem]
) -> Iterator[Row]:
    """Yield the rows of a CSV file, stripped; report what cannot be read."""
    data = read_bytes(file.name, file, problems)
    text = decode(file.name, data, problems) if data is not None else None
    if text is None:
        return
    for line, cells in parse_rows(file.name, text, columns, required, problems):
        yield Row(file.name, line, {k: v.strip() for k, v in cells.items()}, problems)


class Row:
    """One row that is being read; what is wrong with it is added to the problems of its file."""

    def __init__(
        self, file: str, line: int, cells: Mapping[str, str], problems: list[Problem]
    ) -> None:
        self.file, self.where, self.cells, self.problems = file, f"line {line}", cells, problems

    def refuse(self, field: str, allowed: str, action: str) -> None:
        """Report the value of a field."""
        value = self.cells.get(field, "")
        self.problems.append(Problem(self.file, self.where, field, value, allowed, action))

    def text(self, field: str) -> str:
        """Return a cell as it stands; blank if the table has no such column."""
        return self.cells.get(field, "")

    def word(self, field: str) -> str:
        """Return a cell that must not be blank."""
        found = self.text(field)
        if not found:
            self.refuse(field, "a name", "Fill it in.")
        return found

    def one_of(self, field: str, allowed: Iterable[str]) -> str:
        """Return a cell that is one of some words; near misses are shown."""
        found, known = self.text(field), list(allowed)
        if found not in known:
            shown = ", ".join(word or "(blank)" for word in known)
            self.refuse(field, shown, near_words(found, known) or "Use one of these.")
        return found

    def number(
        self,
        field: str,
        *,
        blank: float | None = None,
        least: float = 0.0,
        above: bool = False,
        whole: bool = False,
    ) -> float:
        """Return a finite number of at least `least` (or above it); `blank` if nothing stands."""
        text = self.text(field)
        if not text and blank is not None:
            return blank
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        fits = math.isfinite(value) and (value > least if above else value >= least)
        if fits and (not whole or value.is_integer()):
            return value
        kind = "a whole number" if whole else "a number"
        bound = f"above {least:g}" if above else f"of {least:g} or more"
        self.refuse(field, f"{kind} {bound}", "Correct the number.")
        return math.nan


def near_words(word: str, known: Iterable[str]) -> str:
    """Return the question whether a near match is meant, or nothing."""
    by_lower = {name.lower(): name for name in known if name}
    near = difflib.get_close_matches(word.lower(), by_lower, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(by_lower[name] for name in near)}?" if near else ""
