"""What one trial adds: its effect in the stratum, in everybody else, and in the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.errors import ComputationError
from equipoise.estimate import Estimate, Measure
from equipoise.synthesis.interactions import subtract
from equipoise.synthesis.retrodiction.case_effects import CaseEffect
from equipoise.synthesis.retrodiction.measures import WHOLE


def one_effect_a_stratum(
    effects: list[CaseEffect], measure: str, notes: list[str]
) -> dict[str, CaseEffect]:
    """One effect for each stratum of a trial.

    With an error before without, in the measure asked for, the latest, the most exact; what is
    still undecided goes to the smaller effect.
    """

    def rank(e: CaseEffect) -> tuple[bool, bool, str, float, float, float, float]:
        n = -1.0 if math.isnan(e.n) else e.n
        error = -e.se if e.is_sure else 0.0
        return e.is_sure, e.measure == measure, e.date, error, n, -abs(e.value), e.value

    best: dict[str, CaseEffect] = {}
    for effect in sorted(effects, key=rank):
        best[effect.stratum] = effect
    if len(best) < len(effects):
        notes.append(f"{len(effects) - len(best)} further row(s) of the same trial and stratum")
    notes += [f"{e.trial or 'a trial'}: {e.note}" for e in best.values() if e.note]
    return best


@dataclass(frozen=True)
class TrialPart:
    """What one trial adds."""

    stratum: CaseEffect | None
    rest: CaseEffect | None
    whole: CaseEffect | None
    notes: tuple[str, ...] = ()


def trial_part(effects: dict[str, CaseEffect], key: str) -> TrialPart:
    """Stratum, everybody else and whole of one trial, derived where they are not printed."""
    whole, stratum = effects.get(WHOLE), effects.get(key) if key != WHOLE else None
    others = [effects[name] for name in sorted(effects) if name not in {WHOLE, key}]
    if whole is None and len([*others, *([stratum] if stratum else [])]) > 1:
        every = [*others, *([stratum] if stratum else [])]
        whole = _together(every)
        name = every[0].trial or "a trial"
        notes: tuple[str, ...] = (f"{name}: the whole is taken as its strata together",)
    else:
        notes = ()
    if key == WHOLE:
        return TrialPart(None, None, whole, notes)
    if stratum is None:
        rest = whole or (_together(others) if others else None)
        if rest is not None:
            name = rest.trial or "a trial"
            notes = (*notes, f"{name}: no result in the stratum; counted for everybody else")
        return TrialPart(None, rest, whole, notes)
    rest, how = _rest(stratum, others, whole)
    return TrialPart(stratum, rest, whole, (*notes, *([how] if how else [])))


def _rest(
    stratum: CaseEffect, others: list[CaseEffect], whole: CaseEffect | None
) -> tuple[CaseEffect | None, str]:
    """Effect in everybody else: printed if that can be, else by subtraction; and how."""
    name = stratum.trial or "a trial"
    printed = _together(others) if others else None
    if printed is not None and (whole is None or not _overlap(stratum, printed, whole)):
        return printed, ""
    if whole is None or not (stratum.is_sure and whole.is_sure):
        return None, f"{name}: no effect given or derivable for everybody else"
    try:
        rest, _ = subtract(_estimate(stratum), _estimate(whole))
    except ComputationError:
        return None, f"{name}: no complement, the whole is not more precise than its part"
    return (
        replace(stratum, stratum="rest", value=rest.value, se=rest.se, route="subtraction"),
        f"{name}: everybody else by subtraction from the whole",
    )


def _overlap(stratum: CaseEffect, printed: CaseEffect, whole: CaseEffect) -> bool:
    """Say whether the stratum's patients are counted among the others too.

    Information adds up over parts. Together with the stratum the others hold that of the whole,
    or less where patients of unknown phenotype are in neither. If they overlap, the stratum's is
    there twice; the border is half of it, so that neither rounding nor adjustment decides.
    """
    if not (stratum.is_sure and printed.is_sure and whole.is_sure):
        return False
    return 0.5 * stratum.se**-2 + printed.se**-2 > whole.se**-2


def _estimate(effect: CaseEffect) -> Estimate:
    measure: Measure = "HR"  # only equality of measures matters to the subtraction
    return Estimate(effect.value, effect.se, measure, (effect.trial,))


def _together(effects: Sequence[CaseEffect]) -> CaseEffect:
    """Disjoint strata of one trial as one effect, by inverse variance."""
    sure = [e for e in effects if e.is_sure]
    if len(sure) < len(effects):
        agreed = len({math.copysign(1.0, e.value) for e in effects}) == 1
        value = sum(e.value for e in effects) / len(effects) if agreed else math.nan
        return replace(effects[0], stratum="rest", value=value, se=math.nan)
    total = sum(e.se**-2 for e in sure)
    value = sum(e.value * e.se**-2 for e in sure) / total
    return replace(effects[0], stratum="rest", value=value, se=total**-0.5)
