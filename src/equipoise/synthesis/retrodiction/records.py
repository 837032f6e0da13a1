"""What a retrodiction holds: predictions of single cases, scores over cases, and their reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Usable = Literal["full", "direction only", "none"]
"""What of a prediction can be scored: density and direction, the direction, or nothing."""

IN_STRATUM, ELSE, WHOLE_TRIALS = "in the stratum", "everybody else", "whole trials"
"""Of whom an earlier effect is."""


@dataclass(frozen=True)
class CasePrediction:
    """What one rule said of one later result, and what came out.

    Numbers are on the analysis scale (log for ratios); NaN where there is none.

    Attributes
    ----------
    case_id, rule : str
    mean, sd : float
        Of the predictive distribution of the later *estimate*.
    low, high : float
        Its central 95 % interval.
    tau : float
        Between-trial standard deviation in `sd`; 0 for the naive rules.
    later : float
        The later estimate.
    covered, sign_right : bool or None
        Whether it lies within the interval; whether its direction was right. None: cannot be
        said.
    log_score : float
        Logarithm of the predictive density at the later estimate; larger is better.
    mixture_log_score : float
        The same with the whole mixture in place of the normal of its mean and variance.
    usable : {"full", "direction only", "none"}
    reason : str
        Why not all of it, or why not more; empty when ``full``.
    """

    case_id: str
    rule: str
    mean: float
    sd: float
    low: float
    high: float
    tau: float
    later: float
    covered: bool | None
    sign_right: bool | None
    log_score: float
    mixture_log_score: float
    usable: Usable
    reason: str


@dataclass(frozen=True)
class EarlierEffect:
    """What was known before the cutoff, pooled over `trials`, on the analysis scale.

    `where` is ``in the stratum``, ``everybody else`` or ``whole trials``; `se` is NaN where only
    the direction is known.
    """

    where: str
    value: float
    se: float
    trials: int


@dataclass(frozen=True)
class CaseSummary:
    """One past question as it was understood.

    `measure` is that of the later result, `is_log` whether numbers are logarithms; `usable` and
    `reason` are those of the rule ``equipoise``; `dropped` counts earlier rows left out because
    they came after the cutoff; `notes` are the readings a critic should check; `earlier` is what
    the predictions rest on.
    """

    case_id: str
    question: str
    outcome: str
    measure: str
    is_log: bool
    target_trial: str
    target_stratum: str
    later: float
    later_se: float
    dropped: int
    tau: float
    tau_source: str
    usable: Usable
    reason: str
    comparability: str
    notes: tuple[str, ...]
    earlier: tuple[EarlierEffect, ...] = ()


@dataclass(frozen=True)
class Share:
    """A proportion of cases with its Wilson interval; NaN without cases."""

    value: float
    low: float
    high: float
    count: int
    n: int


@dataclass(frozen=True)
class Mean:
    """A mean over cases with its standard error and Student interval; NaN where undefined."""

    value: float
    se: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class RetrodictionScore:
    """How one rule did over the cases.

    `coverage` and `log_score` over the cases scored in full, `sign` over those with a direction.
    """

    rule: str
    coverage: Share
    sign: Share
    log_score: Mean
    mixture_log_score: Mean


@dataclass(frozen=True)
class RuleComparison:
    """Log score of a rule minus that of another, over the cases both could be scored in full."""

    rule: str
    against: str
    difference: Mean


@dataclass(frozen=True)
class Retrodiction:
    """Would the method have known? Answers of `retrodict`.

    Attributes
    ----------
    cases : tuple of CaseSummary
    predictions : tuple of CasePrediction
        Each rule on each case.
    scores : tuple of RetrodictionScore
        One a rule.
    comparisons : tuple of RuleComparison
        The rule ``equipoise`` against each naive one.
    sensitivity : tuple of RetrodictionScore
        ``equipoise`` without between-trial variation and with twice as much.
    level : float
        Of every interval.
    message : str
        How to read it; with few cases, that it proves nothing.
    sha256 : str
        Of the file, empty if the cases did not come from one.
    """

    cases: tuple[CaseSummary, ...]
    predictions: tuple[CasePrediction, ...]
    scores: tuple[RetrodictionScore, ...]
    comparisons: tuple[RuleComparison, ...]
    sensitivity: tuple[RetrodictionScore, ...]
    level: float
    message: str
    sha256: str = ""
