"""Names of measures, phenotypes and directions, as the report writes them."""

from __future__ import annotations

from statistics import NormalDist

from equipoise.estimate import Estimate, scale_of
from equipoise.evidence.question import Outcome, Question
from equipoise.evidence.schema import CohortRow, EvidenceBase, ResultRow

MEASURE_NAMES = {
    "HR": "hazard ratio",
    "OR": "odds ratio",
    "RR": "risk ratio",
    "ROM": "ratio of means",
    "RD": "risk difference",
    "MD": "mean difference",
    "SMD": "standardised mean difference",
    "PCT": "difference in percentage change",
    "BETA": "regression coefficient",
}

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
            words.append(level_label(question, axis_name, level_name))
    return ", ".join(words)


def level_label(question: Question, axis_name: str, level_name: str) -> str:
    """Name of one level of one axis; undeclared names are shown as they are."""
    for axis in question.axes:
        if axis.name == axis_name:
            for level in axis.levels:
                if level.name == level_name:
                    joined = axis.label.casefold() in level.label.casefold()
                    return level.label if joined else f"{axis.label} {level.label}"
            return f"{axis.label} {level_name}".strip()
    return f"{axis_name} {level_name}".strip()


def outcome_label(question: Question, name: str) -> str:
    """Label of an outcome; an undeclared one keeps its name."""
    return next((o.label for o in question.outcomes if o.name == name), name)


def trial_label(evidence: EvidenceBase, trial_id: str) -> str:
    """Name of a trial; an unknown one keeps its id."""
    return next((t.name for t in evidence.trials if t.trial_id == trial_id), trial_id)


def sides(outcome: Outcome) -> tuple[str, str]:
    """Words for the left and the right side of the line of no effect."""
    if outcome.better == "neither":
        return "less with treatment", "more with treatment"
    words = ("favours treatment", "favours control")
    return words if outcome.better == "lower" else (words[1], words[0])


def natural_interval(estimate: Estimate, level: float) -> tuple[float, float, float]:
    """Estimate and normal interval on the natural scale, `value -+ z se` brought back."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    low, high = estimate.value - z * estimate.se, estimate.value + z * estimate.se
    return estimate.natural(estimate.value), estimate.natural(low), estimate.natural(high)


def shown_interval(
    estimate: Estimate, level: float, row: ResultRow | CohortRow | None
) -> tuple[float, float, float]:
    """Interval as printed where the row prints the same number, else the normal one.

    Rounding makes the interval worked back from a standard error differ from the printed one in
    the last digit; a reader who compares with the paper should find the paper's.
    """
    value, low, high = natural_interval(estimate, level)
    if row is None or row.estimate is None or row.ci_low is None or row.ci_high is None:
        return value, low, high
    same = abs(row.estimate - value) <= 0.006 * max(1.0, abs(value))
    if same and row.measure == estimate.measure and abs(row.ci_level - level) < 1e-9:
        return row.estimate, row.ci_low, row.ci_high
    return value, low, high
