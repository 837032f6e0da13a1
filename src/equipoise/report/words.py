"""Names of measures, phenotypes and directions, as the report writes them."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.estimate import MEASURE_NAMES, scale_of
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.number_text import joined
from equipoise.synthesis.plan import Pool

Triple = tuple[float, float, float]
"""Estimate, lower and upper end of its interval."""

METHOD_NAMES = {
    "EE": "common effect",
    "DL": "random effects, DerSimonian-Laird",
    "REML": "random effects, REML",
    "PM": "random effects, Paule-Mandel",
}

INTERVAL_NAMES = {
    "wald": "normal interval",
    "t": "Student interval",
    "hksj": "Hartung-Knapp interval",
    "hksj-adhoc": "Hartung-Knapp interval, never narrower than normal",
}

"""Intervals in words."""

ANALYSIS_SETS = {
    "itt": "intention to treat",
    "per_protocol": "per protocol",
    "evaluable": "evaluable patients",
    "safety": "safety set",
    "genotyped": "genotyped patients",
    "subset": "a subset",
    "not_stated": "analysis set not stated",
}
"""Analysis sets in words."""


def measure_name(measure: str, unit: str = "") -> str:
    """Name of a measure with its unit: ``mean difference (pmol/L)``."""
    name = MEASURE_NAMES.get(measure, measure)
    return f"{name} ({unit})" if unit and scale_of(measure) == "difference" else name


def phenotype_label(question: Question, analysed: str) -> str:
    """Turn ``axis=level;axis=level`` into words; empty for everybody."""
    words = []
    for part in analysed.split(";"):
        axis_name, _, level_name = (piece.strip() for piece in part.partition("="))
        if axis_name:
            words.append(question.level_label(axis_name, level_name))
    return ", ".join(words)


def outcome_label(question: Question, name: str) -> str:
    """Label of an outcome; an undeclared one keeps its name."""
    return next((o.label for o in question.outcomes if o.name == name), name)


def trial_label(evidence: EvidenceBase, trial_id: str) -> str:
    """Name of a trial; an unknown one keeps its id."""
    return next((t.name for t in evidence.trials if t.trial_id == trial_id), trial_id)


def level_text(level: float) -> str:
    """Write the level of an interval: ``95 %``, never broken over a line."""
    return f"{100 * level:g}\u00a0%"


def scopes_text(scopes: Sequence[str], last: str = "and") -> str:
    """Write scopes of trials as a sentence would."""
    return joined([scope.replace("_", " ").replace("-", " ") for scope in scopes], last)


def scopes_beyond(pool: Pool, question: Question) -> tuple[str, ...]:
    """Scopes of a pool where they are not those of the question's contrast rule, else none."""
    wide = pool.scopes and set(pool.scopes) != set(question.contrast.scopes)
    return pool.scopes if wide else ()


def sides(outcome: Outcome) -> tuple[str, str]:
    """Words for the left and the right side of the line of no effect."""
    if outcome.better == "neither":
        return "less with treatment", "more with treatment"
    words = ("favours treatment", "favours control")
    return words if outcome.better == "lower" else (words[1], words[0])
