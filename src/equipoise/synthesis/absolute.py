"""The absolute difference: how many patients in a hundred, in trials with these baseline risks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.synthesis.contributions import Contribution
from equipoise.synthesis.effect_sizes import risk_difference
from equipoise.synthesis.plan import Plan
from equipoise.synthesis.pooling import FEW
from equipoise.synthesis.pooling import pool as pool_effects
from equipoise.synthesis.row_effects import one_sided


@dataclass(frozen=True)
class AbsoluteDifference:
    """Pooled risk difference, treatment minus control, in percentage points.

    `row_ids` are the evidence rows whose counts it rests on; `method` names estimator and
    interval; `status` is that of the pool. `alternatives` are the same data under other
    intervals (name, lower, upper limit), for two to four trials. `without_event` is the number
    of trials left out because neither arm had an event.
    """

    estimate: float
    ci_low: float
    ci_high: float
    level: float
    k: int
    row_ids: tuple[str, ...]
    unit: str
    method: str
    status: str
    alternatives: tuple[tuple[str, float, float], ...] = ()
    p_value: float = math.nan
    without_event: int = 0


def absolute_difference(
    contributions: Sequence[Contribution], plan: Plan, without_event: int = 0
) -> AbsoluteDifference | None:
    """Pooled risk difference of the trials with counts or with one; None where there is none.

    The rule is that of a pool on the risk difference: a table in which both arms had none or
    only events stays out. `without_event` trials were left out of the contributions already.
    """
    rows: list[str] = []
    effects: list[tuple[float, float]] = []
    for contribution in contributions:
        value, variance = _risk_difference(contribution)
        if math.isfinite(variance):
            rows += contribution.row_ids
            effects.append((100.0 * value, 1e4 * variance))
        elif contribution.counts is not None:
            without_event += contribution.counts[0] + contribution.counts[2] == 0
    if not effects:
        return None
    ci = "wald" if len(effects) == 1 else plan.ci
    yi, vi = zip(*effects, strict=True)
    pooled = pool_effects(yi, vi, method=plan.method, ci=ci, level=plan.level)
    others = [
        pool_effects(yi, vi, method=plan.method, ci=other, level=plan.level)
        for other in alternatives_to(ci, pooled.k)
    ]
    return AbsoluteDifference(
        pooled.estimate,
        pooled.ci_low,
        pooled.ci_high,
        plan.level,
        pooled.k,
        tuple(rows),
        "percentage points",
        f"risk difference, {plan.method}, {ci}" if pooled.k > 1 else "risk difference, one trial",
        pooled.status,
        tuple((other.ci, other.ci_low, other.ci_high) for other in others),
        pooled.p_value,
        without_event,
    )


def _risk_difference(contribution: Contribution) -> tuple[float, float]:
    """Risk difference and its variance as shares; a variance of NaN where there is none."""
    if contribution.estimate.measure == "RD":
        return contribution.estimate.value, contribution.estimate.variance
    if contribution.counts is None or one_sided(contribution.counts, "RD"):
        return math.nan, math.nan
    found = risk_difference(*contribution.counts, zero_cells="half")
    return float(found.yi[0]), float(found.vi[0])


def alternatives_to(ci: str, k: int) -> tuple[str, ...]:
    """Return the intervals to show beside `ci` when `k` trials are too few to settle on one."""
    if not 1 < k < FEW:
        return ()
    return tuple(other for other in ("hksj", "hksj-adhoc", "wald") if other != ci)


def without_event_sentence(trials: int) -> str:
    """Say how many trials without any event are left out; empty for none."""
    if trials == 0:
        return ""
    if trials == 1:
        return "One trial without an event in either arm is left out."
    return f"{trials} trials without an event in either arm are left out."
