"""Words for an estimate: chosen from the estimate, its interval and what would be worth having."""

from __future__ import annotations

import math
from typing import Literal

from equipoise.estimate import scale_of, to_natural
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.dossier import Dossier
from equipoise.report.number_text import amount, counted, interval, number
from equipoise.report.pool_numbers import (
    effect_text,
    pool_numbers,
    prediction_numbers,
)
from equipoise.report.summary.doubts import absolute_doubt, questioned, rows_of
from equipoise.report.words import measure_name
from equipoise.synthesis.absolute import AbsoluteDifference
from equipoise.synthesis.by_outcome import OutcomeSynthesis

Verdict = Literal[
    "better", "worse", "too_small", "open", "no_target", "unsteady", "no_side", "no_interval"
]

HEADINGS: dict[Verdict, str] = {
    "better": "Interval wholly in favour of the treatment:",
    "worse": "Interval wholly against the treatment:",
    "too_small": (
        "Interval that includes no effect and leaves out the smallest benefit called worthwhile:"
    ),
    "open": (
        "Interval that includes both no effect and a worthwhile benefit, so that nothing is "
        "settled:"
    ),
    "no_target": "Interval that includes no effect:",
    "unsteady": (
        "Few trials, and another customary interval would lead to another conclusion, so that "
        "nothing is settled:"
    ),
    "no_side": "Neither direction counts as better:",
    "no_interval": "No interval can be given, so that the number carries no conclusion:",
}
"""Every verdict with the words under which its answers are listed, in the order of telling."""

FRAGILE = 5
"""Below this number of trials a random-effects interval is known to be unsteady."""


def no_effect(measure: str) -> float:
    """Value of a measure that means no difference."""
    return 1.0 if scale_of(measure) == "ratio" else 0.0


def verdict(result: OutcomeSynthesis) -> Verdict:
    """Judge an answer by its interval, in the patient's terms.

    Where trials are few the interval depends on the method; if the alternatives shown beside it
    would be judged otherwise, the answer is ``unsteady``.
    """
    _, low, high = pool_numbers(result)
    first = _judge(result, low, high)
    for other in result.alternatives if first not in ("no_interval", "no_side") else ():
        other_low, other_high = (
            to_natural(result.measure, x) for x in (other.ci_low, other.ci_high)
        )
        if _judge(result, other_low, other_high) != first:
            return "unsteady"
    return first


def _judge(result: OutcomeSynthesis, low: float, high: float) -> Verdict:
    """Judge one interval on the natural scale."""
    outcome = result.outcome
    if not (math.isfinite(low) and math.isfinite(high)):
        return "no_interval"
    if outcome.better == "neither":
        return "no_side"
    null = no_effect(result.measure)
    if low > null or high < null:
        return "better" if (high < null) == (outcome.better == "lower") else "worse"
    target = target_of(result)
    if target is None:
        return "no_target"
    reaches = low <= target if outcome.better == "lower" else high >= target
    return "open" if reaches else "too_small"


def target_of(result: OutcomeSynthesis) -> float | None:
    """Smallest effect worth having, where it is set on the measure that was pooled."""
    same = result.measure == result.outcome.measure
    return result.outcome.smallest_worthwhile if same else None


def answer(result: OutcomeSynthesis, dossier: Dossier, doubt: str = "") -> str:
    """Tell the numbers of an answer after its label: measure, interval, trials, caveats."""
    numbers, decimals = pool_numbers(result), dossier.options.decimals
    name = measure_name(result.measure, result.unit)
    shown = effect_text(result.measure, numbers, decimals)
    parts = [f"{name} {shown}", basis(result, dossier.evidence)]
    ends = prediction_numbers(result.measure, result.pooled)
    null, k = no_effect(result.measure), result.pooled.k
    settled = all(map(math.isfinite, numbers)) and not numbers[1] <= null <= numbers[2]
    if settled and k >= 3 and all(map(math.isfinite, ends)) and ends[0] < null < ends[1]:
        spread = interval(*ends, scale_of(result.measure), decimals)
        parts.append(f"a further trial could still land on either side ({spread})")
    caveats = (doubt, worked_out(result), questioned(rows_of(result), dossier.findings))
    return "; ".join(filter(None, (*parts, *caveats)))


def worked_out(result: OutcomeSynthesis) -> str:
    """Say how many inputs of an answer were not printed but worked out; empty if none."""
    worked = sum(c.estimate.standing != "printed" for c in result.contributions)
    if worked == 1 == len(result.contributions):
        return "worked out, not printed"
    return f"{counted(worked, 'input')} worked out, not printed" if worked else ""


def basis(result: OutcomeSynthesis, evidence: EvidenceBase) -> str:
    """Say how many trials an answer rests on, and whether it is a subgroup of one."""
    if len(result.contributions) != 1:
        return counted(result.pooled.k, "trial")
    return "a subgroup of one trial" if is_subgroup(result, evidence) else "one trial"


def is_subgroup(result: OutcomeSynthesis, evidence: EvidenceBase) -> bool:
    """Say whether an answer of one trial was computed in fewer patients than it enrolled."""
    if len(result.contributions) != 1:
        return False
    entry = result.contributions[0]
    enrolled = evidence.trial(entry.trial_id).enrolled
    pairs = (part.partition("=") for part in entry.analysed.split(";") if part)
    return any(enrolled.get(axis.strip()) != level.strip() for axis, _, level in pairs)


def target_words(result: OutcomeSynthesis) -> str:
    """Write the smallest worthwhile effect, empty where none is set."""
    target = target_of(result)
    if target is None:
        return ""
    return f"{measure_name(result.measure)} {amount(target, scale_of(result.measure))}"


def more_or_fewer(value: float) -> str:
    """Write a difference per 100 patients without a sign: ``3.4 more``."""
    if abs(value) < 0.05:
        return "no difference"
    return f"{number(abs(value), 1)} {'more' if value > 0 else 'fewer'}"


def absolute_answer(absolute: AbsoluteDifference, *caveats: str) -> str:
    """Tell a risk difference in patients out of a hundred, after its label, doubts included."""
    words = f"{more_or_fewer(absolute.estimate)} per 100 patients"
    low, high = absolute.ci_low, absolute.ci_high
    spread = f" (from {more_or_fewer(low)} to {more_or_fewer(high)})"
    if not (math.isfinite(low) and math.isfinite(high)):
        spread = " (no interval)"
    known = (words + spread, counted(absolute.k, "trial"), absolute_doubt(absolute))
    return "; ".join(filter(None, (*known, *caveats)))
