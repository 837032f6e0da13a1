"""Read the markers of a case: every problem of the file at once, nothing guessed."""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from equipoise.biomarkers.markers.marker import Claim, Marker
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.read import problems_of
from equipoise.evidence.schema import EvidenceBase
from equipoise.synthesis.arrays import not_among
from equipoise.synthesis.row_effects import effect_of
from equipoise.synthesis.subgroups.credibility import DIRECTIONS, EVIDENCE

FILE = "biomarkers/markers.toml"
FORMS = "level_row with against_row, level_row with whole_rows, or interaction_row"


def read_markers(
    file: Traversable | Path, evidence: EvidenceBase, name: str = FILE
) -> tuple[Marker, ...]:
    """Return the markers of a TOML file with one ``[[marker]]`` table each.

    Parameters
    ----------
    file : Traversable or Path
    evidence : EvidenceBase
        Its rows are what the claims name.
    name : str
        File name as the user knows it.

    Raises
    ------
    InputError
        Every unreadable field, unknown row, unusable row and doubled id at once.
    """
    problems: list[Problem] = []
    data = read_bytes(name, file, problems)
    text = decode(name, data, problems) if data is not None else None
    tables = _tables(name, text, problems) if text is not None else []
    markers = []
    for number, table in enumerate(tables, 1):
        row = f"marker {number}"
        if isinstance(table, dict) and table.get("id"):
            row = f"marker {table['id']}"
        try:
            markers.append(Marker.model_validate(table))
        except ValidationError as error:
            problems += problems_of(name, row, error)
    problems += list(_doubled(name, markers))
    for marker in markers:
        for claim in marker.claims:
            problems += _claim_problems(name, marker, claim, evidence)
    if problems:
        raise InputError(problems)
    return tuple(markers)


def _tables(name: str, text: str, problems: list[Problem]) -> list[Any]:
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(name, "", "", str(error), "TOML", "Correct the file at that line."))
        return []
    unknown = sorted(parsed.keys() - {"marker"})
    for key in unknown:
        problems.append(Problem(name, "", key, "", "[[marker]] tables", f"Remove {key!r}."))
    tables = parsed.get("marker", [])
    if not isinstance(tables, list):
        action = "Write [[marker]] with two brackets."
        problems.append(Problem(name, "", "marker", "one table", "[[marker]] tables", action))
        return []
    return tables


def _doubled(name: str, markers: list[Marker]) -> Iterator[Problem]:
    ids = [marker.id for marker in markers]
    ids += [claim.id for marker in markers for claim in marker.claims]
    for text, count in Counter(ids).items():
        if count > 1:
            allowed, action = "one marker or claim of a name", "Rename all but one."
            yield Problem(name, "", "id", text, allowed, action)


def _claim_problems(
    name: str, marker: Marker, claim: Claim, evidence: EvidenceBase
) -> Iterator[Problem]:
    """Yield what is wrong with a claim's rows and words."""
    where = f"marker {marker.id}, claim {claim.id}"
    if claim.form == "none":
        rows = ", ".join(claim.rows) or "no row"
        yield Problem(name, where, "rows", rows, FORMS, "Give one of the three forms.")
    for problem in (
        *not_among("direction", claim.direction, DIRECTIONS),
        *not_among("prior_evidence", claim.prior_evidence, EVIDENCE),
    ):
        yield Problem(name, where, problem.field, problem.value, problem.allowed, problem.action)
    known = {row.result_id: row for row in evidence.results}
    for row_id in claim.rows:
        if row_id not in known:
            close = difflib.get_close_matches(row_id, known, 3)
            hint = f"Correct the id; near it: {', '.join(close)}." if close else "Correct the id."
            yield Problem(name, where, "rows", row_id, "a result_id of results.csv", hint)
            continue
        found = effect_of(known[row_id], claim.measure)
        if isinstance(found, str):
            allowed = f"a row that gives {claim.measure} with its error"
            yield Problem(name, where, "rows", row_id, allowed, f"Name another row: {found}.")
        yield from _same_question(name, where, claim, row_id, known[row_id].outcome)


def _same_question(
    name: str, where: str, claim: Claim, row_id: str, outcome: str
) -> Iterator[Problem]:
    if outcome != claim.outcome:
        action = f"Row {row_id} is about {outcome}; name another row."
        yield Problem(name, where, "outcome", claim.outcome, outcome, action)
