"""What a command answers: plain JSON objects, and the same in words for a terminal.

Every object begins with ``schema_version`` and ``command``; numbers are on the natural scale;
a missing number is null. The schemas ship in ``report/schemas/``.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from equipoise.checkpoints import to_plain
from equipoise.estimate import Result
from equipoise.evidence.finding import SEVERITIES, Finding
from equipoise.evidence.schema import CohortRow, ResultRow
from equipoise.report.dossier import SCHEMA_VERSION, Dossier
from equipoise.report.number_text import with_interval
from equipoise.report.trace import Trace


def without_nan(value: Any) -> Any:
    """Replace every number that is not finite by None, at any depth."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return value


def plain(value: object) -> Any:
    """Bring a frozen record to plain JSON values, missing numbers as null."""
    return without_nan(to_plain(value))


def to_json(command: str, answer: dict[str, Any]) -> str:
    """Write one answer; `schema_version` comes first, then `command`, then the sorted rest."""
    document = {"schema_version": SCHEMA_VERSION, "command": command}
    document |= {key: answer[key] for key in sorted(answer)}
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


def findings_answer(findings: Sequence[Finding]) -> dict[str, Any]:
    """Answer of ``check``: counts by severity and every finding."""
    counts = Counter(finding.severity for finding in findings)
    return {
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "findings": [plain(finding) for finding in findings],
    }


def findings_text(findings: Sequence[Finding]) -> str:
    """Write findings as paragraphs, worst first, with their arithmetic and explanation."""
    counts = Counter(finding.severity for finding in findings)
    head = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES)
    lines = [f"Findings: {head}"]
    for finding in findings:
        lines += ["", f"{finding.severity} [{finding.rule}] {'; '.join(finding.rows)}"]
        lines += [f"  {finding.message}", f"  {finding.arithmetic}"]
        if finding.explanation:
            lines.append(f"  Looked at: {finding.explanation}")
    return "\n".join(lines)


def dossier_answer(dossier: Dossier, folder: Path) -> dict[str, Any]:
    """Answer of ``run``: where the files are, the results, and the findings by severity."""
    return {
        "case": dossier.provenance.case,
        "dossier": str(folder / "dossier.html"),
        "counts": findings_answer(dossier.findings)["counts"],
        "results": [plain(result) for result in dossier.results],
    }


def trace_answer(found: Trace) -> dict[str, Any]:
    """Answer of ``show``: the trace, with its results in the one result format."""
    answer: dict[str, Any] = plain(found)
    answer["left_out"] = [{"pool": pool, "reason": why} for pool, why in found.left_out]
    return answer


def trace_text(found: Trace) -> str:
    """Put a trace into words."""
    lines = [found.id]
    if found.result is not None:
        lines += _result_lines(found.result)
    if found.row is not None:
        lines += _row_lines(found.row)
    if found.trial is not None:
        lines.append(f"  trial: {found.trial.name or found.trial.trial_id} ({found.trial.scope})")
    for report in found.reports:
        reference = report.doi or report.pmid or report.registry_id or report.source_url
        lines.append(f"  report: {report.first_author} {report.year or ''} {reference}".rstrip())
    lines += [f"  rests on: {_line(row)}" for row in found.inputs]
    lines += [f"  used by: {_result_line(result)}" for result in found.used_by]
    lines += [f"  not used in {pool}: {reason}" for pool, reason in found.left_out]
    lines += [f"  other version: {_line(row)}" for row in found.versions]
    lines += [f"  {f.severity} [{f.rule}]: {f.message}" for f in found.findings]
    return "\n".join(lines)


def _result_line(result: Result) -> str:
    numbers = with_interval(result.estimate, result.ci_low, result.ci_high, result.scale)
    return f"{result.id}: {result.measure} {numbers} [{result.standing}]"


def _result_lines(result: Result) -> list[str]:
    lines = [f"  {result.question}", f"  {_result_line(result)}, k = {result.k}"]
    lines.append(f"  method: {result.method}; status: {result.status}")
    return lines + ([f"  {result.note}"] if result.note else [])


def _line(row: ResultRow | CohortRow) -> str:
    name = row.result_id if isinstance(row, ResultRow) else row.cohort_id
    quote = f'"{row.quote}"' if row.quote else "(no quote)"
    return f"{name}: {quote} {row.source_url}"


def _row_lines(row: ResultRow | CohortRow) -> list[str]:
    skip = {"quote", "source_url", "note"}
    filled = {
        key: value
        for key, value in row.model_dump(exclude_defaults=True).items()
        if key not in skip
    }
    lines = [f"  {key}: {value}" for key, value in filled.items()]
    lines += [f'  quote: "{row.quote}"', f"  read at: {row.source_url}"]
    return lines + ([f"  note: {row.note}"] if row.note else [])
