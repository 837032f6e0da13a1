"""Read a case's evidence files: every problem reported at once, nothing guessed.

Each row becomes a typed record; after that the records are checked against each other and
against the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import ValidationError

from equipoise.errors import InputError, Problem
from equipoise.evidence.cross_check import cross_check
from equipoise.evidence.csv_text import decode, parse_rows, read_bytes
from equipoise.evidence.question import Question
from equipoise.evidence.schema import (
    Arm,
    CohortRow,
    EvidenceBase,
    KnownFinding,
    PhenotypeRecord,
    Record,
    Report,
    ResultRow,
    Trial,
)

REQUIRED = ("trials.csv", "results.csv")
OPTIONAL = ("arms.csv", "reports.csv", "phenotypes.csv", "cohorts.csv", "known_findings.csv")
LEDGER = "ledger.csv"
"""Accounts for every collected row of a case; kept for readers and tests, not for the rooms."""

ENROLLED = "enrolled_"
R = TypeVar("R", bound=Record)


def _allowed(kind: str, context: dict[str, object]) -> str:
    """Put pydantic's constraint into words."""
    words = {
        "literal_error": "one of {expected}",
        "int_parsing": "a whole number",
        "int_from_float": "a whole number",
        "float_parsing": "a number with a decimal point",
        "finite_number": "a finite number",
        "greater_than_equal": "at least {ge}",
        "greater_than": "above {gt}",
        "less_than_equal": "at most {le}",
        "less_than": "below {lt}",
        "string_too_long": "at most {max_length} characters",
        "string_pattern_mismatch": "text matching {pattern}",
        "missing": "a value",
        "string_type": "text, in quotes",
        "tuple_type": "a list, in square brackets",
        "too_short": "at least {min_length}",
        "extra_forbidden": "a key that is known here",
        "bool_parsing": "true or false",
        "bool_type": "true or false",
        "model_type": "a table, in curly braces",
        "value_error": "{error}",
    }
    return words.get(kind, kind.replace("_", " ")).format_map(context)


def problems_of(name: str, row: str, error: ValidationError) -> list[Problem]:
    """One `Problem` for each field pydantic refused."""
    found = []
    for item in error.errors(include_url=False):
        field = ".".join(str(part) for part in item["loc"])
        value = "" if item["type"] == "missing" else str(item["input"])
        allowed = _allowed(item["type"], dict(item.get("ctx", {})))
        action = f"Correct {field!r}."
        if item["type"] == "extra_forbidden":
            action = f"Remove or rename {field!r}; docs/case.md lists the keys."
        elif item["type"] == "missing":
            action = f"Add {field!r}."
        elif name.endswith(".csv"):
            action = f"Correct {field!r}, or leave it blank if it was not printed."
        found.append(Problem(name, row, field, value, allowed, action))
    return found


def read_records(
    name: str,
    file: Traversable,
    model: type[R],
    problems: list[Problem],
    axes: Sequence[str] | None = (),
) -> tuple[R, ...]:
    """Read one CSV file into records.

    `axes` name the ``enrolled_`` columns that must be there; None takes those that are.
    """
    data = read_bytes(name, file, problems)
    text = decode(name, data, problems) if data is not None else None
    if text is None:
        return ()
    if axes is None:
        header = text.split("\n", 1)[0].strip().split(",")
        axes = [h.strip().removeprefix(ENROLLED) for h in header if h.strip().startswith(ENROLLED)]
    extra = [ENROLLED + axis for axis in axes]
    fields = [field for field in model.model_fields if field != "enrolled"]
    required = [f for f in fields if model.model_fields[f].is_required()] + extra
    records = []
    for line, row in parse_rows(name, text, [*fields, *extra], required, problems):
        values: dict[str, object] = {
            key: cell
            for key, cell in row.items()
            if key not in extra and (cell.strip() or key in required)
        }
        if extra:
            values["enrolled"] = {key.removeprefix(ENROLLED): row[key].strip() for key in extra}
        try:
            records.append(model.model_validate(values))
        except ValidationError as error:
            problems += problems_of(name, f"line {line} ({_row_id(row)})", error)
    return tuple(records)


def _row_id(row: dict[str, str]) -> str:
    ids = [value for key, value in row.items() if key.endswith("_id")] or list(row.values())
    return ids[0].strip()[:80]


def _stray_files(folder: Traversable) -> list[Problem]:
    """CSV files nobody reads: a misspelt name must not lose its rows in silence."""
    if not folder.is_dir():
        return []
    known = (*REQUIRED, *OPTIONAL, LEDGER)
    problems: list[Problem] = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        name = f"evidence/{file.name}"
        if file.name == LEDGER or (file.name in OPTIONAL and not file.is_file()):
            read_bytes(name, file, problems)
        elif file.name.lower().endswith(".csv") and file.name not in known:
            action = "Rename the file or move it away."
            problems.append(Problem(name, "", "", "", ", ".join(known), action))
    return problems


def read_evidence(folder: Traversable, question: Question | None) -> EvidenceBase:
    """Read and cross-check the evidence folder of a case.

    Parameters
    ----------
    folder : Traversable
        Holds trials.csv and results.csv, and where there is something to say arms.csv,
        reports.csv, phenotypes.csv, cohorts.csv and known_findings.csv.
    question : Question or None
        Names the axes, levels, outcomes, settings and scopes the rows may use; None when it
        could not be read, to find what is wrong with the rows all the same.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    axes = None
    if question is not None:
        axes = [axis.name for axis in question.axes if axis.kind == "phenotype"]

    def read(file: str, model: type[R], axes: Sequence[str] | None = ()) -> tuple[R, ...]:
        path = folder / file
        if file in OPTIONAL and not path.is_file():
            return ()
        return read_records(f"evidence/{file}", path, model, problems, axes)

    problems += _stray_files(folder)
    evidence = EvidenceBase(
        trials=read("trials.csv", Trial, axes),
        arms=read("arms.csv", Arm),
        reports=read("reports.csv", Report),
        phenotypes=read("phenotypes.csv", PhenotypeRecord),
        results=read("results.csv", ResultRow),
        cohorts=read("cohorts.csv", CohortRow),
        known_findings=read("known_findings.csv", KnownFinding),
    )
    if question is not None:
        problems += cross_check(evidence, question, complete=not problems)
    if problems:
        raise InputError(problems)
    return evidence
