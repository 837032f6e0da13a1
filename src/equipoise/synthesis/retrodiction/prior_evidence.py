"""What was known before: the stratum, everybody else and the whole, put together over trials."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.synthesis.pooling import pool
from equipoise.synthesis.retrodiction.case_effects import (
    CaseEffect,
    effect_of,
    odds_ratio_of,
)
from equipoise.synthesis.retrodiction.case_file import CaseRow, PastCase
from equipoise.synthesis.retrodiction.measures import WHOLE, is_later, is_named, stratum_key
from equipoise.synthesis.retrodiction.trial_evidence import one_effect_a_stratum, trial_part

DIFFERENCE = "difference"
"""Measure of a case that names none and has a negative number: it cannot be a ratio."""

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
    row. An earlier row flagged `after_cutoff` is dropped; one without a flag if it is dated after
    the cutoff. A row that names no measure has that of the case, or else the one measure that the
    other rows name; where none does and a number is negative, it is a difference.

    Of each trial the printed effect in everybody else is taken, the other strata combined, if
    there are any and they do not overlap; else it is derived from the whole by subtraction.
    Randomised evidence is never mixed with observational: the latter counts only where there
    is none of the former.
    """
    kept = [row for row in case.earlier if not _after(row, case.evidence_cutoff)]
    dropped = len(case.earlier) - len(kept)
    row = _target(case.later, kept)
    if row is None:
        return None
    target, found, notes = _effects(row, kept, _measure(case))
    effects = _comparable(found, target, notes)
    key = _claimed(target, effects, notes)
    trials = sorted({effect.trial.casefold() for effect in effects})
    by_trial = [[e for e in effects if e.trial.casefold() == trial] for trial in trials]
    parts = [
        trial_part(one_effect_a_stratum(some, target.measure, notes), key) for some in by_trial
    ]
    notes += [note for part in parts for note in part.notes]
    stratum = _combined([p.stratum for p in parts], notes)
    rest = _combined([p.rest for p in parts], notes)
    whole = _combined([p.whole for p in parts], notes)
    if key == WHOLE:
        stratum, rest = whole, None
    return PriorEvidence(target, row, stratum, rest, whole, dropped, tuple(dict.fromkeys(notes)))


def _after(row: CaseRow, cutoff: str) -> bool:
    return is_later(row.date, cutoff) if row.after_cutoff is None else row.after_cutoff


def _measure(case: PastCase) -> str:
    """Measure of the rows that name none."""
    rows = [*case.earlier, *case.later]
    named = {row.measure for row in rows if is_named(row.measure)}
    if is_named(case.effect_measure):
        return case.effect_measure
    if len(named) == 1:
        return named.pop()
    numbers = [x for row in rows for x in (row.estimate, row.ci_low, row.ci_high) if x is not None]
    return DIFFERENCE if not named and min(numbers, default=0.0) < 0 else case.effect_measure


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
