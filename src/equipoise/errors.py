"""What can go wrong, said once and in full.

Bad input is reported as a table of problems, all at once, each with the file, the row, the
field, the value, what is allowed and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EXIT_DONE = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_MISSING_EXTRA = 3
EXIT_BAD_INPUT = 4
EXIT_COMPUTATION = 5
EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input.

    Attributes
    ----------
    file : str
        File name as the user knows it, for instance ``evidence/results.csv``.
    row : str
        Row id, or ``line 7``, or a TOML location; empty when the whole file is meant.
    field : str
        Column or key; empty when the whole row is meant.
    value : str
        What was found there (shortened to 80 characters).
    allowed : str
        What is allowed there.
    action : str
        What to do next, as an instruction.
    """

    file: str
    row: str
    field: str
    value: str
    allowed: str
    action: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.row, self.field) if part)
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        found = f" found {shown!r};" if shown else ""
        return f"{where}:{found} allowed: {self.allowed}. {self.action}"


class EquipoiseError(Exception):
    """Base of the errors equipoise raises on purpose; `exit_code` is what the CLI returns."""

    exit_code = EXIT_COMPUTATION


class InputError(EquipoiseError):
    """The input cannot be used; `problems` holds every reason, not just the first."""

    exit_code = EXIT_BAD_INPUT

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the input"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class UsageError(EquipoiseError):
    """The command was called in a way that cannot be carried out."""

    exit_code = EXIT_USAGE


class MissingExtraError(EquipoiseError):
    """An optional dependency is needed; the message holds the pip command."""

    exit_code = EXIT_MISSING_EXTRA

    def __init__(self, extra: str, needed_for: str) -> None:
        super().__init__(f"{needed_for} needs an extra: pip install 'equipoise[{extra}]'")


class ComputationError(EquipoiseError):
    """A computation on valid input failed."""

    exit_code = EXIT_COMPUTATION
