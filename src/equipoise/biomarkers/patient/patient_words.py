"""One patient's answer in words for a terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence

from equipoise.biomarkers.patient.case_effects import Harm, ModifierData
from equipoise.biomarkers.patient.patient_benefits import (
    NamedBenefit,
    PatientBenefit,
    Spread,
    ratio_of,
)
from equipoise.biomarkers.patient.patient_json import RESEARCH_USE
from equipoise.biomarkers.patient.patient_options import PatientOption
from equipoise.biomarkers.patient.patient_plan import PatientPlan
from equipoise.estimate import MEASURE_NAMES
from equipoise.evidence.question import Question
from equipoise.synthesis.posteriors import INTERACTION_PRIORS

WIDTH = 92
RESEARCH = RESEARCH_USE[:1].lower() + RESEARCH_USE[1:-1]
PERCENT = "\u00a0%"
SIZE_WORDS = {"HR": "events", "OR": "patients"}


def patient_text(
    found: PatientBenefit,
    plan: PatientPlan,
    question: Question,
    options: Sequence[PatientOption],
) -> str:
    """Tell the answer: what it is, what it rests on, harms, and what would change it."""
    sections = (
        ("", [f"{question.title}: one patient", RESEARCH_USE]),
        ("Patient", [_patient(found, options)]),
        ("In short", _in_short(found, plan)),
        ("Under three beliefs", _table(found, plan)),
        ("Where the uncertainty comes from", [_variance(found.headline)]),
        (f"Risk without it ({RESEARCH})", list(_baseline(found, plan, options))),
        ("Effect", list(_effect(found, question))),
        ("Harm, beside the benefit and not added to it", [_harm(harm) for harm in found.harms]),
        (f"A hundred patients like this one ({RESEARCH})", list(_icons(found))),
        ("What result would change this", list(_would_change(found, plan))),
        ("To be kept in mind", [*plan.notes, RESEARCH_USE]),
    )
    parts = []
    for title, lines in sections:
        if lines:
            body = [wrapped(line, "  " if title else "") for line in lines]
            parts.append("\n".join([title, *body] if title else body))
    return "\n\n".join(parts)


def wrapped(line: str, indent: str) -> str:
    """Fill a paragraph; a line that begins with a blank is a drawing and stays as it is."""
    if line.startswith(" "):
        return indent + line.strip("\n")
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _patient(found: PatientBenefit, options: Sequence[PatientOption]) -> str:
    parts = []
    for option in options:
        level = found.patient.levels.get(option.name)
        if level is not None:
            typed = found.patient.typed.get(option.name, level)
            shown = "" if typed.casefold() == level.casefold() else f", given as {typed}"
            parts.append(f"{option.label}: {dict(option.levels)[level]}{shown}")
    return "; ".join(parts) + "."


def _percent(share: float) -> str:
    """Whole percents, with a decimal where they would round to none or all."""
    close = abs(share) < 0.01 or abs(share - 1.0) < 0.01
    return f"{100 * share:.{1 if close else 0}f}{PERCENT}"


def _hundred(share: float) -> str:
    return f"{100 * share:.1f}"


def _signed(gain: float, better: str) -> str:
    """Say a benefit as fewer or more events of a hundred."""
    fewer = (gain >= 0.0) == (better == "lower")
    return f"{_hundred(abs(gain))} {'fewer' if fewer else 'more'}"


def _event(found: PatientBenefit) -> str:
    label = found.outcome.label
    label = label[:1].lower() + label[1:] if label[1:2].islower() else label
    return f"an event ({label})" if found.outcome.better == "lower" else label


def _by(found: PatientBenefit) -> str:
    years = found.row.horizon_years
    return f" within {years:g} years" if years else ""


def _in_short(found: PatientBenefit, plan: PatientPlan) -> list[str]:
    one, better, gain = found.headline, found.outcome.better, found.headline.gain
    limits = f"{_signed(gain.low, better)} to {_signed(gain.high, better)}"
    worthwhile = plan.smallest_worthwhile
    lines = [
        f"Of 100 patients like this one, {_hundred(found.baseline.mean)} are expected to have "
        f"{_event(found)}{_by(found)} without the drug and {_hundred(one.risk_with)} with it: "
        f"{_signed(one.mean_gain, better)} (expected; {_percent(found.level)} interval {limits}).",
        f"The chance of any benefit is {_percent(one.any_benefit)}; of one above the smallest "
        f"worthwhile difference, {_hundred(worthwhile.value)} of 100 ({worthwhile.source}), "
        f"{_percent(one.worthwhile)}.",
    ]
    return [*lines, _prior_share(found)]


def _prior_share(found: PatientBenefit) -> str:
    name, share = found.headline.prior, found.headline.prior_share
    flat = f"a {MEASURE_NAMES[found.outcome.measure]} of {ratio_of(found.flat):.2f}"
    if share is None:
        return (
            f"Prior share: \u2013. Taken alone the data give {flat}, so near to the prior's centre "
            "of 1 that a share cannot be told."
        )
    if share < 0.0:
        said = f"the '{name}' prior and the other stratum make the effect larger"
    elif share > 1.0:
        said = f"the '{name}' prior and the other strata turn its direction"
    else:
        said = f"the '{name}' prior takes {_percent(share)} of that effect (its logarithm) away"
    return f"Prior share {_percent(share)}: taken alone the data give {flat}; {said}."


def _table(found: PatientBenefit, plan: PatientPlan) -> list[str]:
    """One line a prior, in columns of fixed width."""
    better = found.outcome.better
    heads = ("prior", found.outcome.measure, "of 100", "any benefit", "worthwhile", "prior share")
    rows: list[tuple[str, ...]] = [heads]
    for one in found.named:
        share = "\u2013" if one.prior_share is None else _percent(one.prior_share)
        gain = f"{_signed(one.mean_gain, better)} ({_range(one.gain, better)})"
        ratio = f"{one.ratio.median:.2f} ({one.ratio.low:.2f} to {one.ratio.high:.2f})"
        chances = (_percent(one.any_benefit), _percent(one.worthwhile))
        rows.append((one.prior, ratio, gain, *chances, share))
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    lines = [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [
        *lines,
        f"{MEASURE_NAMES[found.outcome.measure]}: median; of 100: expected; "
        f"{_percent(found.level)} intervals. {RESEARCH_USE}",
    ]


def _range(gain: Spread, better: str) -> str:
    return f"{_signed(gain.low, better)} to {_signed(gain.high, better)}"


def _variance(one: NamedBenefit) -> str:
    shares = one.variance.shares()
    if shares is None:
        return "Nothing varies."
    baseline, effect, modifier = (_percent(share) for share in shares)
    return (
        f"Variance of the difference: {baseline} from the risk without the drug, {effect} from "
        f"the effect in the stratum, {modifier} from the modifiers (law of total variance, taken "
        "apart in this order; another order shares it out differently)."
    )


def _baseline(
    found: PatientBenefit, plan: PatientPlan, options: Sequence[PatientOption]
) -> Iterator[str]:
    row, spread = found.row, plan.baseline_spread
    tail = 0.5 * (1.0 - found.level)
    low, high = (_percent(found.baseline.quantile(p)) for p in (tail, 1.0 - tail))
    printed = ""
    if row.low is not None and row.high is not None:
        printed = f" ({100 * row.low:.1f} to {100 * row.high:.1f}{PERCENT})"
    yield f"{row.study}: {100 * row.risk:.1f}{PERCENT}{printed}{_by(found)}, {row.standing}."
    yield f'"{row.quote}" {row.source_url} (confidence: {row.confidence})'
    if row.fit == "assumed":
        yield f"Assumed to fit this patient. {row.fit_note}"
    followed = plan.horizon_years
    if row.horizon_years and row.horizon_years > followed.value:
        yield (
            f"It is counted to {row.horizon_years:g} years; the effect is assumed to hold beyond "
            f"{followed.value:g} ({followed.source})."
        )
    names = [o.label for o in options if row.used_for.get(o.name, ("",))[0] == "not_stated"]
    if names:
        yield f"The source does not tell the risk apart by: {', '.join(names)}."
    if not printed:
        yield "The source prints no interval; only the spread between populations is counted."
    yield (
        f"With a spread of {spread.value:g} on the log odds ({spread.source}) it may be {low} to "
        f"{high}."
    )
    for other in found.beside:
        when = f" at {other.horizon_years:g} years" if other.horizon_years else ""
        yield (
            f"Also read, not used: {other.outcome}{when}, {100 * other.risk:.1f}{PERCENT}, "
            f"{other.study} ({other.row_id})."
        )


def _effect(found: PatientBenefit, question: Question) -> Iterator[str]:
    measure = MEASURE_NAMES[found.outcome.measure]
    rows = ", ".join(found.stratum.row_ids)
    yield (
        f"In the patient's stratum the trials alone give a {measure} of "
        f"{ratio_of(found.stratum.flat):.2f} (rows {rows}; 'equipoise show ROW' tells of each)."
    )
    for modifier in found.modifiers:
        yield _modifier(modifier, question, found.headline.prior)


def _modifier(modifier: ModifierData, question: Question, prior: str) -> str:
    level = question.level_label(modifier.axis, modifier.level)
    if modifier.estimate is None:
        return f"{level}: {modifier.note or 'nothing is printed; what is believed is the prior.'}"
    shrunken = modifier.difference(INTERACTION_PRIORS[prior]).mean
    return (
        f"{level}: the printed levels differ by a ratio of ratios of "
        f"{ratio_of(modifier.estimate):.2f} (log standard error {modifier.se:.2f}); the '{prior}' "
        f"prior shrinks that to {ratio_of(shrunken):.2f}. {modifier.note}".strip()
    )


def _harm(harm: Harm) -> str:
    found = harm.difference
    if found is None:
        return f"{harm.label}: no number. {harm.note}".strip()
    fewer = found.estimate < 0.0
    of = "one trial" if found.k == 1 else f"{found.k} trials"
    return (
        f"{harm.label}: {abs(found.estimate):.1f} {'fewer' if fewer else 'more'} of 100 "
        f"({_more(found.ci_low)} to {_more(found.ci_high)}), {of}."
    )


def _more(points: float) -> str:
    return f"{abs(points):.1f} {'more' if points >= 0.0 else 'fewer'}"


def _icons(found: PatientBenefit) -> Iterator[str]:
    for row in found.icons.rows():
        yield "  " + row
    signs = dict(zip(found.icons.kinds, found.icons.counts, strict=True))
    letters = ("x", "+" if found.headline.mean_gain >= 0.0 else "-", ".")
    told = zip(letters, signs.items(), strict=True)
    yield "; ".join(f"{letter} {kind}: {count}" for letter, (kind, count) in told) + "."


def _would_change(found: PatientBenefit, plan: PatientPlan) -> Iterator[str]:
    one, measure = found.headline, found.outcome.measure
    ratio, lower = MEASURE_NAMES[measure], found.outcome.better == "lower"
    more = one.worthwhile < 0.5
    side = "or below" if lower == more else "or above"
    aim = "reach" if more else "fall to"
    yield (
        f"The chance of a worthwhile benefit is {_percent(one.worthwhile)}. For it to {aim} "
        f"50{PERCENT}, another trial in patients like this one would have to find:"
    )
    for trial in found.trials:
        what = f"{trial.size} {SIZE_WORDS[measure]}"
        if trial.log_effect is None:
            yield f"with {what}: no result would do it."
        else:
            yield f"with {what}: a {ratio} of {ratio_of(trial.log_effect):.2f} {side}."
    if ratio_of(found.limit) not in {0.0, math.inf}:
        yield (
            f"However large the trial, {ratio_of(found.limit):.2f} is where a difference of "
            f"{_hundred(plan.smallest_worthwhile.value)} of 100 begins at this risk."
        )
