"""Everything known of one number: where it was read, and what was made of it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from equipoise.errors import UsageError
from equipoise.estimate import Result
from equipoise.evidence.check import Finding
from equipoise.evidence.schema import CohortRow, Report, ResultRow, Trial
from equipoise.report.dossier import Dossier


@dataclass(frozen=True)
class Trace:
    """One id followed both ways.

    Attributes
    ----------
    id : str
        Row or result id.
    row : ResultRow, CohortRow or None
        The evidence row, when the id is one.
    result : Result or None
        The result, when the id is one.
    trial, reports
        The trial of the row and its reports.
    inputs : tuple of (ResultRow or CohortRow)
        Evidence rows a result rests on.
    used_by : tuple of Result
        Results that rest on it.
    left_out : tuple of (str, str)
        Pools that did not use the row, each with the reason.
    versions : tuple of (ResultRow or CohortRow)
        Other versions of the same number, printed elsewhere.
    findings : tuple of Finding
        Alarms of the arithmetic rules that name it.
    """

    id: str
    row: ResultRow | CohortRow | None
    result: Result | None
    trial: Trial | None
    reports: tuple[Report, ...]
    inputs: tuple[ResultRow | CohortRow, ...]
    used_by: tuple[Result, ...]
    left_out: tuple[tuple[str, str], ...]
    versions: tuple[ResultRow | CohortRow, ...]
    findings: tuple[Finding, ...]


def rows_by_id(dossier: Dossier) -> dict[str, ResultRow | CohortRow]:
    """Return every evidence row that holds a number, by id."""
    rows: dict[str, ResultRow | CohortRow] = {r.result_id: r for r in dossier.evidence.results}
    rows |= {row.cohort_id: row for row in dossier.evidence.cohorts}
    return rows


def trace(dossier: Dossier, identifier: str) -> Trace:
    """Follow one id to its source and to everything that rests on it.

    Raises
    ------
    UsageError
        When neither a row nor a result has that id; near misses are named.
    """
    rows = rows_by_id(dossier)
    results = {result.id: result for result in dossier.results}
    row, result = rows.get(identifier), results.get(identifier)
    if row is None and result is None:
        near = difflib.get_close_matches(identifier, [*rows, *results], n=3, cutoff=0.4)
        hint = f" Near: {', '.join(near)}." if near else ""
        raise UsageError(
            f"no row or result {identifier!r} in the case {dossier.provenance.case!r}.{hint}"
        )
    trial_id = row.trial_id if isinstance(row, ResultRow) else ""
    inputs = tuple(rows[i] for i in result.inputs if i in rows) if result else ()
    return Trace(
        identifier,
        row,
        result,
        next((t for t in dossier.evidence.trials if t.trial_id == trial_id), None),
        tuple(r for r in dossier.evidence.reports if r.trial_id == trial_id and trial_id),
        inputs,
        tuple(r for r in dossier.results if identifier in r.inputs and r.id != identifier),
        _left_out(dossier, identifier),
        _versions(rows, row),
        tuple(f for f in dossier.findings if identifier in f.rows),
    )


def _left_out(dossier: Dossier, identifier: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (outcome.pool.id, exclusion.reason)
        for outcome in dossier.synthesis.outcomes
        for exclusion in outcome.exclusions
        if exclusion.row_id == identifier
    )


def _versions(
    rows: dict[str, ResultRow | CohortRow], row: ResultRow | CohortRow | None
) -> tuple[ResultRow | CohortRow, ...]:
    if row is None or not row.group:
        return ()
    same = (other for other in rows.values() if other.group == row.group)
    return tuple(other for other in same if other is not row)
