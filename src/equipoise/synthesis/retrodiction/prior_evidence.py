"""What was known before: the stratum, everybody else and the whole, put together over trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.errors import ComputationError
from equipoise.estimate import Estimate, Measure
from equipoise.synthesis.interactions import subtract
from equipoise.synthesis.pooling import pool
from equipoise.synthesis.retrodiction.case_effects import (
    CaseEffect,
    effect_of,
    odds_ratio_of,
)
from equipoise.synthesis.retrodiction.case_file import CaseRow, PastCase
from equipoise.synthesis.retrodiction.measures import WHOLE, is_later, stratum_key

FEW = 3
"""Trials from which the between-trial variance is estimated; with fewer it is assumed."""


@dataclass(frozen=True)
class Known:
    """An effect from one or several earlier trials.

    `value` and `se` on the analysis scale (`se` NaN: the direction only), `trials` their number,
    `tau` the between-trial standard deviation (NaN: not estimable from so few).
    """

    value: float
    se: float
    trials: int
    tau: float = math.nan

    @property
    def is_sure(self) -> bool:
        """Whether both effect and error are known."""
        return math.isfinite(self.value) and math.isfinite(self.se)


@dataclass(frozen=True)
class PriorEvidence:
    """The evidence before the cutoff, seen from the later result.

    Attributes
    ----------
    target : CaseEffect
        The later result.
    row : CaseRow
        Its row, as printed.
    stratum : Known or None
        Earlier effect in the target's stratum; that of the whole if the target is a whole.
    rest : Known or None
        Earlier effect in everybody else (None when the target is a whole).
    whole : Known or None
        Earlier effect in whole trials.
    dropped : int
        Earlier rows left out because they came after the cutoff.
    notes : tuple of str
    """

    target: CaseEffect
    row: CaseRow
    stratum: Known | None
    rest: Known | None
    whole: Known | None
    dropped: int
    notes: tuple[str, ...]


def prior_evidence(case: PastCase) -> PriorEvidence | None:
    """Gather what was known before the later result of a case; None without a later row.

    The target is the first later row whose stratum is named in `earlier`, else the first later
    row. Of each trial the printed effect in everybody else is taken, the other strata combined,
    if there are any and they do not overlap; else it is derived from the whole by subtraction.
    Randomised evidence is never mixed with observational: the latter counts only where there
    is none of the former.
    """
    kept = [row for row in case.earlier if not _after(row, case.evidence_cutoff)]
    dropped = len(case.earlier) - len(kept)
    row = _target(case.later, kept)
    if row is None:
        return None
    target, found, notes = _effects(row, kept, case.effect_measure)
    effects = _comparable(found, target, notes)
    key = _claimed(target, effects, notes)
    trials = sorted({effect.trial.casefold() for effect in effects})
    by_trial = [[e for e in effects if e.trial.casefold() == trial] for trial in trials]
    parts = [_trial(_single(some, target.measure, notes), key) for some in by_trial]
    notes += [note for part in parts for note in part.notes]
    stratum = _combined([p.stratum for p in parts], notes)
    rest = _combined([p.rest for p in parts], notes)
    whole = _combined([p.whole for p in parts], notes)
    if key == WHOLE:
        stratum, rest = whole, None
    return PriorEvidence(target, row, stratum, rest, whole, dropped, tuple(dict.fromkeys(notes)))


def _after(row: CaseRow, cutoff: str) -> bool:
    return row.after_cutoff or is_later(row.date, cutoff)


def _target(later: Sequence[CaseRow], earlier: Sequence[CaseRow]) -> CaseRow | None:
    named = {stratum_key(row.stratum) for row in earlier}
    matching = [row for row in later if stratum_key(row.stratum) in named]
    return next(iter([*matching, *later]), None)


def _effects(
    row: CaseRow, earlier: Sequence[CaseRow], measure: str
) -> tuple[CaseEffect, list[CaseEffect], list[str]]:
    """Effects of the later row and of the earlier ones.

    Where the later effect is no ratio, and counts by arm are there for it and for an earlier
    row, the odds ratio takes its place: the one model is of ratios.
    """
    target = effect_of(row, measure)
    effects = [effect_of(r, measure) for r in earlier]
    if not target.is_log:
        odds = odds_ratio_of(row)
        from_counts = [e for e in map(odds_ratio_of, earlier) if e is not None]
        if odds is not None and from_counts:
            return odds, from_counts, ["odds ratios from counts stand for the printed measure"]
    return target, effects, [f"later result: {target.note}"] if target.note else []


def _comparable(
    effects: list[CaseEffect], target: CaseEffect, notes: list[str]
) -> list[CaseEffect]:
    """Keep effects on the target's scale; ratios of another kind are taken as they are."""
    if not target.is_log:
        same = [e for e in effects if not e.is_log and e.measure == target.measure]
    else:
        same = [e for e in effects if e.is_log]
    known = [e for e in same if math.isfinite(e.value)]
    if len(known) < len(effects):
        count = len(effects) - len(known)
        notes.append(f"{count} earlier row(s) without an effect on the scale of the later result")
    others = sorted({e.measure for e in known} - {target.measure})
    if others:
        notes.append(f"{', '.join(others)} taken as if {target.measure}")
    return known


def _claimed(target: CaseEffect, effects: list[CaseEffect], notes: list[str]) -> str:
    """Stratum whose earlier effect the later result tests.

    That of the target; when no earlier row has it, the one stratum that was claimed.
    """
    named = {effect.stratum for effect in effects}
    if target.stratum in named or target.stratum == WHOLE:
        return target.stratum
    strata = sorted(named - {WHOLE})
    if len(strata) == 1:
        notes.append(f"the later stratum {target.stratum!r} is taken as the earlier {strata[0]!r}")
        return strata[0]
    notes.append(f"no earlier result in the stratum {target.stratum!r}")
    return target.stratum


def _single(effects: list[CaseEffect], measure: str, notes: list[str]) -> dict[str, CaseEffect]:
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
class _Part:
    """What one trial adds."""

    stratum: CaseEffect | None
    rest: CaseEffect | None
    whole: CaseEffect | None
    notes: tuple[str, ...] = ()


def _trial(effects: dict[str, CaseEffect], key: str) -> _Part:
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
        return _Part(None, None, whole, notes)
    if stratum is None:
        rest = whole or (_together(others) if others else None)
        added = (
            ()
            if rest is None
            else (
                f"{rest.trial or 'a trial'}: no result in the stratum; counted for everybody else",
            )
        )
        return _Part(None, rest, whole, (*notes, *added))
    rest, how = _rest(stratum, others, whole)
    return _Part(stratum, rest, whole, (*notes, *([how] if how else [])))


def _rest(
    stratum: CaseEffect, others: list[CaseEffect], whole: CaseEffect | None
) -> tuple[CaseEffect | None, str]:
    """Effect in everybody else: printed if that can be, else by subtraction; and how."""
    name = stratum.trial or "a trial"
    printed = _together(others) if others else None
    if printed is not None and (whole is None or not _overlap(stratum, printed, whole)):
        return printed, ""
    if whole is None or not (stratum.is_sure and whole.is_sure):
        return None, f"{name}: nothing on everybody else"
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


def _combined(effects: Sequence[CaseEffect | None], notes: list[str]) -> Known | None:
    """Pool one effect a trial: randomised before observational, those with an error before others.

    Two trials are pooled as if they had one effect, `FEW` and more by REML with a Wald error.
    """
    found = [e for e in effects if e is not None and math.isfinite(e.value)]
    randomised = [e for e in found if not e.observational]
    if randomised and len(randomised) < len(found):
        notes.append("observational evidence left out where there is randomised evidence")
    elif found and not randomised:
        notes.append("rests on observational evidence, whose bias no interval here contains")
    found = randomised or found
    sure = [e for e in found if e.is_sure]
    if not sure:
        if len({math.copysign(1.0, e.value) for e in found}) != 1:
            return None
        return Known(sum(e.value for e in found) / len(found), math.nan, len(found))
    if len(sure) < len(found):
        notes.append(f"{len(found) - len(sure)} trial(s) without an error left out")
    if len(sure) == 1:
        return Known(sure[0].value, sure[0].se, 1)
    method = "REML" if len(sure) >= FEW else "EE"
    pooled = pool([e.value for e in sure], [e.se**2 for e in sure], method=method, ci="wald")
    tau = math.sqrt(pooled.tau2) if len(sure) >= FEW else math.nan
    return Known(pooled.estimate, pooled.se, len(sure), tau)
