"""A retrodiction as tables and sentences for a terminal."""

from __future__ import annotations

import math
import textwrap

from equipoise.estimate import to_natural
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.retrodiction.records import (
    CasePrediction,
    CaseSummary,
    Mean,
    Retrodiction,
    RetrodictionScore,
    Share,
)

MISSING = "-"
"""Shown where there is no number."""

WIDTH = 100
"""Columns of a line of prose."""

RULES = (
    ("equipoise", "posterior of the effect in the later stratum from the stratum and everybody"),
    ("", "else (spike and slab, prior `reference`), and variation between trials (tau)"),
    ("subgroup", "the earlier estimate in the stratum, as printed"),
    ("whole", "the earlier estimate in whole trials"),
    ("third", "two thirds of the earlier log ratio in the stratum"),
)
"""What each rule takes for the later effect."""

READING = (
    "A rule predicts the later ESTIMATE: a normal distribution with the rule's own variance plus "
    "that of the later trial. Inside: the later estimate lies in the central 95 % of it. "
    "Direction: it lies on the predicted side of no effect. Log score: logarithm of the predicted "
    "density at the later estimate (analysis scale); higher is better, and 1 more means 2.7 times "
    "the density. Intervals of earlier and later effects are rebuilt from estimate and standard "
    "error, so that a last digit may differ from print."
)


def retrodiction_text(result: Retrodiction) -> str:
    """Write how to read it, the scores by rule, the paired differences and each case."""
    blocks = [
        _wrapped(result.message),
        _wrapped(READING),
        _table(("rule", "what it takes for the later effect"), list(RULES)),
        "Scores over cases, each with its 95 % interval (one case has none)\n"
        + _table(
            ("rule", "inside 95 %", "direction right", "mean log score", "cases"),
            [_score_row(score) for score in (*result.scores, *result.sensitivity)],
        ),
        "Log score of equipoise minus that of another rule on the same cases (above 0: better)\n"
        + _table(
            ("other rule", "mean (95 % interval)", "cases"),
            [(c.against, _mean(c.difference), str(c.difference.n)) for c in result.comparisons],
        ),
    ]
    for case in result.cases:
        own = [p for p in result.predictions if p.case_id == case.case_id]
        blocks.append("\n".join(_case_lines(case, own)))
    return "\n\n".join(blocks)


def _score_row(score: RetrodictionScore) -> tuple[str, ...]:
    return (
        score.rule,
        _share(score.coverage),
        _share(score.sign),
        _mean(score.log_score),
        str(score.log_score.n),
    )


def _case_lines(case: CaseSummary, predictions: list[CasePrediction]) -> list[str]:
    """One case: what was known, what came out, what each rule said, and what to know of it."""
    title = f"{case.case_id}: {case.question}".rstrip(": ")
    if case.outcome:
        title += f" ({case.outcome})"
    lines = [_wrapped(title), *_earlier_lines(case)]
    where = ", ".join(word for word in (case.target_trial, case.target_stratum) if word)
    later = _effect(case, case.later, case.later_se) or "no effect stated"
    lines.append(f"  later    {where or MISSING}: {later}")
    if all(p.usable == "none" for p in predictions):
        lines.append(f"  not scored: {case.reason}")
    else:
        rows = [_prediction_row(p, case.is_log) for p in predictions]
        why = "why not more" if any(p.reason for p in predictions) else ""
        head = ("rule", "predicted (95 %)", "inside", "direction", "log score", why)
        lines += [f"  {line}" for line in _table(head, rows).split("\n")]
        lines.append(f"  tau (SD between trials) {_number(case.tau)}: {case.tau_source}")
    if case.dropped:
        lines.append(f"  {case.dropped} earlier row(s) after the cutoff left out")
    lines += [_wrapped(f"note: {note}", "  ") for note in case.notes]
    return lines + (
        [_wrapped(f"differs: {case.comparability}", "  ")] if case.comparability else []
    )


def _earlier_lines(case: CaseSummary) -> list[str]:
    if not case.earlier:
        return ["  earlier  no effect on the scale of the later result"]
    lines: list[str] = []
    for known in case.earlier:
        start = "  earlier  " if not lines else " " * 11
        pooled = f", {known.trials} trials pooled" if known.trials > 1 else ""
        lines.append(f"{start}{known.where}: {_effect(case, known.value, known.se)}{pooled}")
    return lines


def _effect(case: CaseSummary, value: float, se: float) -> str:
    """Measure, estimate and 95 % interval on the natural scale; empty without an estimate."""
    if not math.isfinite(value):
        return ""
    text = f"{case.measure} {_number(_shown(value, case.is_log))}".strip()
    if not math.isfinite(se):
        return f"{text} (no interval)"
    half = critical_value(0.95) * se
    low, high = (_number(_shown(x, case.is_log)) for x in (value - half, value + half))
    return f"{text} ({low} to {high})"


def _prediction_row(p: CasePrediction, is_log: bool) -> tuple[str, ...]:
    mean, low, high = (_number(_shown(x, is_log)) for x in (p.mean, p.low, p.high))
    words = {True: "yes", False: "no", None: MISSING}
    direction = {True: "right", False: "wrong", None: MISSING}
    shown = {"full": f"{mean} ({low} to {high})", "direction only": "direction only"}
    spread = shown.get(p.usable, MISSING)
    score = _number(p.log_score)
    return p.rule, spread, words[p.covered], direction[p.sign_right], score, p.reason


def _shown(value: float, is_log: bool) -> float:
    return to_natural("HR" if is_log else "MD", value) if math.isfinite(value) else value


def _wrapped(text: str, indent: str = "") -> str:
    """Lines of at most `WIDTH` columns; those after the first are set in."""
    after = indent + ("  " if indent else "")
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=after)


def _share(share: Share) -> str:
    if share.n == 0:
        return MISSING
    return f"{share.count}/{share.n} ({_number(share.low)} to {_number(share.high)})"


def _mean(mean: Mean) -> str:
    if mean.n < 2:
        return _number(mean.value)
    return f"{_number(mean.value)} ({_number(mean.low)} to {_number(mean.high)})"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return MISSING
    text = f"{value:.2f}" if abs(value) < 1e6 else f"{value:.2g}"
    return text.lstrip("-") if float(text) == 0 else text


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Columns of equal width, two spaces apart."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
