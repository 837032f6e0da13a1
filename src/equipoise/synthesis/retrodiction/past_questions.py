"""Retrodiction: were earlier subgroup claims borne out later, and would the method have known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.retrodiction.case_file import CaseFile, PastCase
from equipoise.synthesis.retrodiction.forecasts import (
    EQUIPOISE,
    NAIVE,
    Forecast,
    equipoise_forecasts,
    naive_forecast,
    tau_of,
)
from equipoise.synthesis.retrodiction.measures import WHOLE
from equipoise.synthesis.retrodiction.prior_evidence import PriorEvidence, prior_evidence
from equipoise.synthesis.retrodiction.records import (
    ELSE,
    IN_STRATUM,
    WHOLE_TRIALS,
    CasePrediction,
    CaseSummary,
    EarlierEffect,
    Retrodiction,
    Usable,
)
from equipoise.synthesis.retrodiction.scoring import (
    LEVEL,
    compare_rules,
    mixture_log_density,
    normal_log_density,
    score_rule,
)

METHOD_CITES = {"retrodiction": ("wallach2017",)}
"""Keys of `equipoise.cite.REFERENCES` behind the question."""

WITHOUT, DOUBLED = "equipoise, no tau", "equipoise, tau doubled"
"""Names of the sensitivity to the between-trial variation."""

ENOUGH = 20
"""Cases below which the message warns: at 20 a coverage of 0.95 has a Wilson interval of 0.76 to
0.99, too wide to call a method calibrated."""


def retrodict(cases: CaseFile | Iterable[PastCase]) -> Retrodiction:
    """Score what the method, and three naive rules, would have said of later results.

    For each case the evidence before the cutoff gives a predictive distribution of the later
    *estimate*; `forecasts` has the formulas. Scored are the coverage of the central 95 % interval
    (Wilson interval over cases), the direction (likewise), and the log score (mean with its
    Student interval, and paired differences to each naive rule). The scored density of
    ``equipoise`` is the normal with the mean and variance of its mixture; the score of the
    mixture itself stands beside it.

    Parameters
    ----------
    cases : CaseFile or iterable of PastCase
        As `read_cases` or `parse_cases` return them. Their order does not matter to any score.

    Returns
    -------
    Retrodiction
        A case that can be scored in direction only, or not at all, is kept and says why.

    Raises
    ------
    ArrayError
        If two cases have the same id.

    Notes
    -----
    Cases picked after the event are no sample of questions: few subgroup claims are ever tested
    again (Wallach 2017, 10.1001/jamainternmed.2016.9125), and those that are looked promising.
    The scores compare rules on the same cases; they are not the rates to expect of a next
    question.

    Examples
    --------
    >>> from equipoise.synthesis.retrodiction.case_file import parse_cases
    >>> row = {"measure": "HR", "ci_low": 0.5, "ci_high": 0.9, "estimate": 0.67}
    >>> earlier = [{"trial": "A", "stratum": "positive", **row}]
    >>> later = [{"trial": "B", "stratum": "positive", **row, "estimate": 0.7, "ci_high": 0.98}]
    >>> case = {"id": "one", "effect_measure": "HR", "earlier": earlier, "later": later}
    >>> scored = retrodict(parse_cases({"cases": [case]}))
    >>> scored.scores[0].rule, scored.scores[0].coverage.count
    ('equipoise', 1)
    """
    questions = tuple(cases.cases if isinstance(cases, CaseFile) else cases)
    ids = [case.id for case in questions]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ArrayError(
            [Problem("", f"case {n!r}", "id", n, "each id once", "Rename one.") for n in twice]
        )
    summaries: list[CaseSummary] = []
    predictions: list[CasePrediction] = []
    others: list[CasePrediction] = []
    for case in questions:
        summary, own, moved = _one(case)
        summaries.append(summary)
        predictions += own
        others += moved
    rules = (EQUIPOISE, *NAIVE)
    return Retrodiction(
        tuple(summaries),
        tuple(predictions),
        tuple(score_rule(rule, predictions) for rule in rules),
        tuple(compare_rules(EQUIPOISE, rule, predictions) for rule in NAIVE),
        tuple(score_rule(rule, others) for rule in (WITHOUT, DOUBLED)),
        LEVEL,
        _message(summaries, predictions),
        cases.sha256 if isinstance(cases, CaseFile) else "",
    )


def _one(case: PastCase) -> tuple[CaseSummary, list[CasePrediction], list[CasePrediction]]:
    """One case: how it was understood, each rule's prediction, and those with another tau."""
    evidence = prior_evidence(case)
    if evidence is None:
        reason = "no later result"
        empty = [_unscored(case.id, rule, reason) for rule in (EQUIPOISE, *NAIVE)]
        return _summary(case, None, math.nan, "", empty[0]), empty, []
    tau, source = tau_of(evidence)
    own, *others = equipoise_forecasts(evidence, [tau, 0.0, 2.0 * tau])
    naive = [naive_forecast(rule, evidence) for rule in NAIVE]
    predictions = [_scored(case.id, found.rule, found, evidence) for found in (own, *naive)]
    moved = [
        _scored(case.id, name, found, evidence)
        for name, found in zip((WITHOUT, DOUBLED), others, strict=True)
    ]
    return _summary(case, evidence, tau, source, predictions[0]), predictions, moved


def _summary(
    case: PastCase,
    evidence: PriorEvidence | None,
    tau: float,
    source: str,
    prediction: CasePrediction,
) -> CaseSummary:
    target = evidence.target if evidence else None
    return CaseSummary(
        case.id,
        case.question,
        case.outcome,
        target.measure if target else case.effect_measure,
        target.is_log if target else False,
        evidence.row.trial if evidence else "",
        (evidence.row.stratum or "all") if evidence else "",
        target.value if target else math.nan,
        target.se if target else math.nan,
        evidence.dropped if evidence else sum(bool(row.after_cutoff) for row in case.earlier),
        tau,
        source,
        prediction.usable,
        prediction.reason,
        case.comparability,
        evidence.notes if evidence else (),
        _earlier(evidence) if evidence else (),
    )


def _earlier(evidence: PriorEvidence) -> tuple[EarlierEffect, ...]:
    """Name each earlier effect that the predictions rest on."""
    is_whole = evidence.target.stratum == WHOLE
    parts = (
        (IN_STRATUM, None if is_whole else evidence.stratum),
        (ELSE, evidence.rest),
        (WHOLE_TRIALS, evidence.whole),
    )
    return tuple(
        EarlierEffect(where, known.value, known.se, known.trials)
        for where, known in parts
        if known is not None
    )


def _unscored(case_id: str, rule: str, reason: str) -> CasePrediction:
    nan = math.nan
    return CasePrediction(case_id, rule, *(nan,) * 6, None, None, nan, nan, "none", reason)


def _scored(case_id: str, rule: str, forecast: Forecast, evidence: PriorEvidence) -> CasePrediction:
    """Hold a forecast against the later estimate."""
    later, mean, sd = evidence.target.value, forecast.mean, forecast.sd
    if not math.isfinite(later):
        why = f": {evidence.target.note}" if evidence.target.note else ""
        return _unscored(case_id, rule, f"the later row states no effect{why}")
    if not math.isfinite(mean):
        return _unscored(case_id, rule, forecast.reason)
    right = None if later == 0.0 or mean == 0.0 else (later > 0.0) == (mean > 0.0)
    if not math.isfinite(sd):
        usable: Usable = "none" if right is None else "direction only"
        return CasePrediction(
            case_id,
            rule,
            *(math.nan,) * 4,
            forecast.tau,
            later,
            None,
            right,
            math.nan,
            math.nan,
            usable,
            forecast.reason,
        )
    half = critical_value(LEVEL) * sd
    return CasePrediction(
        case_id,
        rule,
        mean,
        sd,
        mean - half,
        mean + half,
        forecast.tau,
        later,
        covered=abs(later - mean) <= half,
        sign_right=right,
        log_score=normal_log_density(later, mean, sd),
        mixture_log_score=mixture_log_density(later, forecast.components),
        usable="full",
        reason="",
    )


def _message(summaries: list[CaseSummary], predictions: list[CasePrediction]) -> str:
    """How to read the scores, in sentences."""
    own = [p for p in predictions if p.rule == EQUIPOISE]
    full = sum(p.usable == "full" for p in own)
    direction = [p.case_id for p in own if p.usable == "direction only"]
    none = [p.case_id for p in own if p.usable == "none"]
    noun = "case" if len(summaries) == 1 else "cases"
    words = [f"{full} of {len(summaries)} {noun} scored in full."]
    if direction:
        words.append(f"On direction only: {', '.join(direction)}.")
    if none:
        words.append(f"Not at all: {', '.join(none)}.")
    if full < ENOUGH:
        words.append(
            f"So few cases prove nothing: with {full} the intervals, not the scores, are the "
            "answer."
        )
    words.append("Rules may be scored on different cases; the paired differences compare them.")
    words.append("Cases chosen after the event are no sample of questions.")
    return " ".join(words)
