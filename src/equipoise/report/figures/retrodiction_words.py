"""The words of a retrodiction: what a rule said, what came out, and how the rules did."""

from __future__ import annotations

import math

from equipoise.estimate import to_natural
from equipoise.report.number_text import (
    MISSING,
    counted,
    lower_first,
    number,
    percent,
    sentence_case,
    with_interval,
)
from equipoise.report.options import ReportOptions
from equipoise.report.words import Triple, level_text
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.retrodiction.forecasts import EQUIPOISE
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    Mean,
    Retrodiction,
    RetrodictionScore,
    Share,
)

RULES = {
    EQUIPOISE: "equipoise, this method",
    "subgroup": "subgroup as printed",
    "whole": "whole trials",
    "third": "subgroup, a third off",
}
"""Rules as shown; others keep their names."""

YES = {True: "yes", False: "no", None: MISSING}
"""Whether the later estimate lies inside."""

RIGHT = {True: "right", False: "wrong", None: MISSING}
"""Whether the direction was right."""

SCORED = {"full": "in full", "direction only": "direction only", "none": "not scored"}
"""What of a prediction can be scored."""


def rule_text(rule: str) -> str:
    """Name of a rule as shown."""
    return RULES.get(rule, rule)


def natural(value: float, case: CaseSummary) -> float:
    """Bring a number of a case to the natural scale; NaN stays."""
    return to_natural("HR" if case.is_log else "MD", value) if math.isfinite(value) else math.nan


def predicted(prediction: CasePrediction, case: CaseSummary) -> Triple:
    """Centre and ends of a predictive interval, on the natural scale."""
    mean, low, high = (natural(x, case) for x in (prediction.mean, prediction.low, prediction.high))
    return mean, low, high


def came_out(case: CaseSummary, level: float) -> Triple:
    """Later estimate with its own interval, on the natural scale."""
    half = critical_value(level) * case.later_se
    mean, low, high = (natural(case.later + sign * half, case) for sign in (0.0, -1.0, 1.0))
    return natural(case.later, case) if math.isnan(mean) else mean, low, high


def scale_word(case: CaseSummary) -> str:
    """Scale of a case, as numbers are written."""
    return "ratio" if case.is_log else "difference"


def came_out_text(case: CaseSummary, level: float, decimals: int) -> str:
    """Write the later estimate with its own interval: ``HR 0.61 (0.34–1.09)``."""
    shown = with_interval(*came_out(case, level), scale_word(case), decimals)
    return "no effect stated" if shown == MISSING else f"{case.measure} {shown}".strip()


def predicted_text(prediction: CasePrediction, case: CaseSummary, decimals: int) -> str:
    """Write a prediction, or what of it can be scored instead."""
    if prediction.usable == "full":
        return with_interval(*predicted(prediction, case), scale_word(case), decimals)
    return SCORED[prediction.usable]


def proportion_text(share: Share) -> str:
    """Write a proportion with its interval: ``2/3 (21–94 %)``."""
    if share.n == 0:
        return MISSING
    return f"{share.count}/{share.n} ({number(100 * share.low, 0)}–{percent(100 * share.high)})"


def log_score_text(mean: Mean) -> str:
    """Write a mean log score, or difference, with its interval where two cases give one."""
    if not math.isfinite(mean.value):
        return MISSING
    if mean.n < 2:
        return f"{number(mean.value)}, one case"
    return f"{number(mean.value)} ({number(mean.low)} to {number(mean.high)})"


def reasons(predictions: list[CasePrediction]) -> list[str]:
    """Say why predictions of a case were not scored in full, each reason once."""
    told = [
        f"{sentence_case(SCORED[p.usable])}: {p.reason}" for p in predictions if p.usable != "full"
    ]
    return list(dict.fromkeys(told))


def retrodiction_rows(
    retrodiction: Retrodiction, options: ReportOptions
) -> tuple[tuple[str, str], ...]:
    """Tell each case and rule, then each rule over the cases, then the paired differences."""
    cases = {case.case_id: case for case in retrodiction.cases}
    rows = [
        (
            f"{p.case_id}: {rule_text(p.rule)}",
            _row_text(p, cases[p.case_id], retrodiction.level, options.decimals),
        )
        for p in retrodiction.predictions
    ]
    rows += [
        (f"Over the cases: {rule_text(score.rule)}", score_text(score))
        for score in (*retrodiction.scores, *retrodiction.sensitivity)
    ]
    rows += [
        (f"Log score, {c.rule} minus {rule_text(c.against)}", log_score_text(c.difference))
        for c in retrodiction.comparisons
    ]
    return tuple(rows)


def _row_text(p: CasePrediction, case: CaseSummary, level: float, decimals: int) -> str:
    later = f"{came_out_text(case, level, decimals)} came out"
    if p.usable == "none":
        return f"not scored: {p.reason}"
    if p.usable != "full":
        return f"direction {RIGHT[p.sign_right]}; {later}; scored on direction only: {p.reason}"
    inside = "inside" if p.covered else "outside"
    return (
        f"predicted {predicted_text(p, case, decimals)}; {later}, {inside}; direction "
        f"{RIGHT[p.sign_right]}; log score {number(p.log_score)}"
    )


def score_text(score: RetrodictionScore) -> str:
    """Write how one rule did: coverage, direction and log score, each with its interval."""
    return (
        f"inside {proportion_text(score.coverage)}, direction right "
        f"{proportion_text(score.sign)}, mean log score {log_score_text(score.log_score)}"
    )


def retrodiction_caption(retrodiction: Retrodiction) -> str:
    """Tell how to read the panels, what the scores are, and how little they prove."""
    level = level_text(retrodiction.level)
    return (
        "For each past question, what was known before the later trial gives a predictive "
        f"interval ({level}) of that trial's estimate: square and whiskers, blue for this method, "
        "grey for three naive rules, orange where the later estimate lies outside. Dashed line "
        f"and diamond: what came out, with its own {level} interval. Log score: logarithm of the "
        "predictive density at what came out; larger is better. Shares have Wilson, means "
        f"Student intervals. {retrodiction.message}"
    )


def retrodiction_alt(retrodiction: Retrodiction) -> str:
    """Tell how many cases could be scored, and how each rule did."""
    usable = [case.usable for case in retrodiction.cases]
    told = "; ".join(
        f"{rule_text(score.rule)}: {lower_first(score_text(score))}"
        for score in retrodiction.scores
    )
    return (
        f"{sentence_case(counted(len(usable), 'past question'))}, of which this method could be "
        f"scored in full on {usable.count('full')}, on direction only on "
        f"{usable.count('direction only')}, not at all on {usable.count('none')}. {told}."
    )
