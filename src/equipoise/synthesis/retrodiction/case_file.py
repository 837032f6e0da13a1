"""The file of past questions: what was known before a cutoff, and what came out later.

One JSON object, `{"cases": [...]}`. Fields that are not known here are ignored and any field
may be null; what is there must make sense. All problems are reported together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from equipoise.errors import InputError, Problem, UsageError
from equipoise.evidence.csv_text import decode
from equipoise.evidence.fields import MAX_TEXT, Name, Text
from equipoise.evidence.read import problems_of
from equipoise.synthesis.retrodiction.measures import is_ratio

MAX_BYTES = 5_000_000
"""Largest file read, from its size on disk: a case is a few kilobytes."""

MAX_CASES = 1_000
MAX_ROWS = 500
"""Most cases of a file, and most rows in each of the two lists of a case."""

SHOWN = 200
"""Characters of a refused value that are repeated to the user."""


def _text(value: Any) -> Any:
    """Read null as nothing said."""
    return "" if value is None else value


def _rows(value: Any) -> Any:
    """Read null as no rows; refuse what is no list, or too long a one."""
    if value is not None and not isinstance(value, list | tuple):
        raise ValueError("a list of rows, or null")
    if value is not None and len(value) > MAX_ROWS:
        raise ValueError(f"at most {MAX_ROWS} rows")
    return [row for row in value or [] if row is not None]


def _flag(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: Any) -> Any:
    """Refuse what JSON has and a number is not; a number in quotes is accepted."""
    if isinstance(value, bool | list | dict) or (isinstance(value, str) and "_" in value):
        raise ValueError("a number or null")
    return None if isinstance(value, str) and not value.strip() else value


def _p_value(value: Any) -> Any:
    """Take "<0.001" and "NS" as not known: they say too little to find an error from."""
    if isinstance(value, str) and value.strip()[:1].casefold() in {"<", ">", "≤", "≥", "n"}:
        return None
    return _number(value)


def _level(value: Any) -> Any:
    """Bring a level in per cent to a proportion."""
    value = _number(value)
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
        try:
            value = float(value)
        except ValueError as error:
            raise ValueError("a level such as 95 or 0.95, or null") from error
    return value / 100.0 if value is not None and value > 1 else value


Words = Annotated[Text, BeforeValidator(_text)]
Number = Annotated[
    Annotated[float, Field(ge=-1e100, le=1e100, allow_inf_nan=False)] | None,
    BeforeValidator(_number),
]
Count = Annotated[
    Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None, BeforeValidator(_number)
]
Probability = Annotated[Annotated[float, Field(ge=0, le=1)] | None, BeforeValidator(_p_value)]
Level = Annotated[Annotated[float, Field(ge=0.5, le=0.9999)] | None, BeforeValidator(_level)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]


class _Record(BaseModel):
    """A frozen record that ignores what it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        str_strip_whitespace=True,
        str_max_length=MAX_TEXT,
        coerce_numbers_to_str=True,
        use_attribute_docstrings=True,
    )


class CaseRow(_Record):
    """One result of one trial in one stratum, as printed (natural scale)."""

    trial: Words = ""
    """Name of the trial or study; rows of one trial are of the same patients."""
    design: Words = ""
    """For instance "randomised" or "cohort"."""
    stratum: Words = ""
    """Who: a phenotype, or "all" (also when empty) for the whole trial."""
    measure: Words = ""
    """Measure; empty: that of the case."""
    estimate: Number = None
    ci_low: Number = None
    ci_high: Number = None
    ci_level: Level = None
    """Level of the interval, 95 or 0.95; null: 95 %."""
    n: Count = None
    events_treatment: Count = None
    events_control: Count = None
    n_treatment: Count = None
    n_control: Count = None
    p_value: Probability = None
    """Two-sided; an inequality counts as null."""
    date: Words = ""
    """Day, month or year of publication, `2014-07-15`, `2014-07` or `2014`."""
    after_cutoff: Flag = None
    """Whether an earlier row became known only after the cutoff; such rows are dropped. Null: its
    date decides."""


Rows = Annotated[tuple[CaseRow, ...], BeforeValidator(_rows)]


class PastCase(_Record):
    """One past question."""

    id: Name
    question: Words = ""
    effect_measure: Words = ""
    outcome: Words = ""
    evidence_cutoff: Words = ""
    comparability: Words = ""
    """In what the later result differs from the earlier ones, in words."""
    earlier: Rows = ()
    later: Rows = ()


@dataclass(frozen=True)
class CaseFile:
    """Past questions as read, with the name of the file and its SHA-256."""

    cases: tuple[PastCase, ...]
    name: str
    sha256: str


def read_cases(path: str | Path) -> CaseFile:
    """Read a file of past questions.

    Parameters
    ----------
    path : str or Path
        JSON in UTF-8, at most `MAX_BYTES`, `MAX_CASES` cases and `MAX_ROWS` rows a list.

    Raises
    ------
    UsageError
        When there is no such file, or it cannot be opened.
    InputError
        With every problem: file, case, field, value, what is allowed, what to do.
    """
    file = Path(path)
    try:
        if not file.is_file():
            raise UsageError(f"no file {str(path)!r}: name a JSON file of past questions")
        size = file.stat().st_size
        data = file.read_bytes() if size <= MAX_BYTES else b""
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)[:SHOWN]!r} cannot be read: {error}") from error
    if size > MAX_BYTES:
        limit = f"at most {MAX_BYTES:,} bytes"
        problem = Problem(file.name, "", "", f"{size:,} bytes", limit, "Split the file.")
        raise InputError([problem])
    digest = hashlib.sha256(data).hexdigest()
    return CaseFile(parse_cases(_document(file.name, data), file.name), file.name, digest)


def parse_cases(document: object, name: str = "cases") -> tuple[PastCase, ...]:
    """Check a parsed document, `{"cases": [...]}`, and return its cases.

    `name` is how messages call the document. Raises `InputError` with every problem.
    """
    rows = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(rows, list) or len(rows) > MAX_CASES:
        found = f"{len(rows):,} cases" if isinstance(rows, list) else ""
        allowed = f'an object {{"cases": [...]}} with at most {MAX_CASES:,} cases'
        raise InputError([Problem(name, "", "cases", found, allowed, "Correct the file.")])
    problems: list[Problem] = []
    cases: list[PastCase] = []
    for number, row in enumerate(rows, 1):
        label = row.get("id") if isinstance(row, dict) else None
        where = f"case {str(label)[:80]!r}" if label not in (None, "") else f"case number {number}"
        try:
            case = PastCase.model_validate(_with_id(row, number))
        except ValidationError as error:
            problems += [
                replace(problem, value=problem.value[:SHOWN])
                for problem in problems_of(name, where, error)
            ]
            continue
        problems += _contradictions(name, where, case)
        if any(case.id == other.id for other in cases):
            problems.append(Problem(name, where, "id", case.id, "each id once", "Rename one."))
        cases.append(case)
    if problems:
        raise InputError(problems)
    return tuple(cases)


def _with_id(row: Any, number: int) -> Any:
    """Name a case whose id is null by its place in the file; a null case says nothing at all."""
    if row is None or (isinstance(row, dict) and row.get("id", "") is None):
        return {**(row or {}), "id": f"case {number}"}
    return row


def _document(name: str, data: bytes) -> object:
    """Parse JSON strictly: no NaN, no key twice, no nesting beyond what Python can follow."""
    problems: list[Problem] = []
    text = decode(name, data, problems)
    if text is None:
        raise InputError(problems)

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant.strip('-')[:3].casefold()} where a number or null belongs")

    try:
        return json.loads(text, parse_constant=refuse, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError) as error:
        found = str(error)[:SHOWN]
        raise InputError([Problem(name, "", "", found, "valid JSON", "Mend the file.")]) from error


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise ValueError(f"the key {twice[0][:SHOWN]!r} is there twice in one object")
    return found


def _contradictions(name: str, where: str, case: PastCase) -> Iterator[Problem]:
    """Numbers of one row that cannot all be right."""
    for part in ("earlier", "later"):
        for number, row in enumerate(getattr(case, part), 1):
            at = f"{where}, {part} row {number}"
            if row.ci_low is not None and row.ci_high is not None and row.ci_low > row.ci_high:
                allowed = f"at most ci_high, {row.ci_high:g}"
                yield Problem(name, at, "ci_low", f"{row.ci_low:g}", allowed, "Correct the row.")
            if is_ratio(row.measure or case.effect_measure):
                for field in ("estimate", "ci_low", "ci_high"):
                    value = getattr(row, field)
                    if value is not None and value < 0:
                        allowed = "a ratio, not below 0 (not its logarithm)"
                        yield Problem(name, at, field, f"{value:g}", allowed, "Correct the row.")
            for arm in ("treatment", "control"):
                events, patients = getattr(row, f"events_{arm}"), getattr(row, f"n_{arm}")
                if events is not None and patients is not None and events > patients:
                    allowed = f"at most n_{arm}, {patients:g}"
                    field = f"events_{arm}"
                    yield Problem(name, at, field, f"{events:g}", allowed, "Correct the row.")
