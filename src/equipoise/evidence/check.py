"""Does the arithmetic of the printed numbers hold? Every rule, on every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from equipoise.evidence import (
    rules_counts,
    rules_denominators,
    rules_estimates,
    rules_p_values,
    rules_subgroups,
    rules_trials,
)
from equipoise.evidence.finding import SEVERITIES, Finding, Rule, Severity
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase, KnownFinding

STALE = "stale-explanation"
"""Name under which an explanation without its finding is reported."""

RULES: tuple[Rule, ...] = (
    *rules_counts.RULES,
    *rules_p_values.RULES,
    *rules_estimates.RULES,
    *rules_denominators.RULES,
    *rules_subgroups.RULES,
    *rules_trials.RULES,
)
"""Every rule, in the order of docs/rules.md."""

__all__ = ["RULES", "STALE", "Finding", "Rule", "Severity", "check"]

Key = tuple[str, frozenset[str]]


def _key(known: KnownFinding) -> Key:
    return known.rule, frozenset(part.strip() for part in known.rows.split(";") if part.strip())


def _stale(known: Sequence[KnownFinding], seen: set[Key]) -> Iterator[Finding]:
    for one in known:
        if _key(one) not in seen:
            rows = tuple(sorted(_key(one)[1]))
            yield Finding(
                STALE,
                "note",
                rows,
                "",
                f"{'; '.join(rows)}: the explained finding {one.rule!r} no longer occurs.",
                "0 findings of that rule on these rows",
                one.explanation,
            )


def check(
    evidence: EvidenceBase, question: Question, known: Sequence[KnownFinding] | None = None
) -> tuple[Finding, ...]:
    """List what the arithmetic rules find in the evidence.

    Every rule runs on every row, chosen or not; no rule reads a note or a reason. An explained
    finding keeps its severity and gains its explanation. An explanation whose finding no longer
    occurs is itself reported, so that explanations cannot outlive the numbers they explain.

    Parameters
    ----------
    evidence : EvidenceBase
        The rows of a case.
    question : Question
        Tells which outcomes are times to an event and which axes cover every patient.
    known : sequence of KnownFinding, optional
        Findings somebody looked at; those of the evidence when left out.

    Returns
    -------
    tuple of Finding
        Sorted by severity, rule and rows.
    """
    known = evidence.known_findings if known is None else known
    explanations = {_key(one): one.explanation for one in known}
    found = [finding for rule in RULES for finding in rule.find(evidence, question)]
    seen: set[Key] = {(finding.rule, frozenset(finding.rows)) for finding in found}
    explained = [
        replace(one, explanation=explanations.get((one.rule, frozenset(one.rows)), ""))
        for one in found
    ]
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    return tuple(
        sorted(
            [*explained, *_stale(known, seen)],
            key=lambda one: (order[one.severity], one.rule, one.rows),
        )
    )
