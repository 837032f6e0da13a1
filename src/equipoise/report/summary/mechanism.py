"""Words on what would have to be true: the lead of its part, and the short form for the summary."""

from __future__ import annotations

import math
from collections.abc import Iterator

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.drug_checks import DrugCheck
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import (
    checks_by_target,
    digits,
    digits_interval,
    hazard_ratio,
    held_out,
    odds_ratio,
    patients_words,
    printed_text,
    rival_name,
    share,
    span_of,
)
from equipoise.report.number_text import counted, joined, number, ratio, spelled, with_interval
from equipoise.report.summary.sentences import Item, Sentence

NEARLY_ALL = 0.9
"""Share of a rival's draws from which a printed interval is said to reject almost nothing of it."""

HEADING = "Why it could work: simulated, not observed"


def mechanism_sentences(dossier: Dossier) -> Iterator[Sentence]:
    """Tell what each rival predicts, how they are weighed, and what the model cannot tell."""
    found = dossier.mechanism
    if found is None:
        return
    yield _model(found)
    if found.effects:
        yield _predictions(found)
    yield _verdict(found)
    for checks in checks_by_target(found).values():
        yield _printed(checks, found)
    if found.iso.needed:
        yield _needed(found)
    yield from _held_out(found)
    yield from _cannot(found)


def mechanism_summary(dossier: Dossier) -> Iterator[Sentence]:
    """Tell in two sentences what the model says, for the summary."""
    found = dossier.mechanism
    if found is None or not found.effects:
        return
    ratios = [one for one in map(odds_ratio, found.effects) if math.isfinite(one.median)]
    if not ratios:
        return
    low, high = min(one.median for one in ratios), max(one.median for one in ratios)
    spread = ratio(low) if ratio(low) == ratio(high) else f"{ratio(low)} to {ratio(high)}"
    ids = tuple(f"rival-{effect.rival}" for effect in found.effects)
    yield Sentence(
        f"Simulated, not observed: under {counted(len(found.effects), 'rival mechanism')}, adding "
        f"{found.drug} to {found.backbone} would give a median odds ratio of complete response of "
        f"{spread}. Most of what sets it is assumed.",
        ids,
    )
    yield _verdict(found)


def _model(found: CaseMechanism) -> Sentence:
    count = found.summary
    return Sentence(
        "Nothing in this part was observed. A model of the disease under treatment, with "
        f"{count.parameters} parameters ({count.printed} printed, {count.derived} derived, "
        f"{count.fitted} fitted, {count.assumed} assumed), was fitted to trials of other "
        f"treatments and then asked what {found.drug} would add to {found.backbone}."
    )


def _predictions(found: CaseMechanism) -> Sentence:
    items = tuple(
        Item(
            rival_name(found, effect.rival),
            f"rival-{effect.rival}",
            f"odds ratio {odds_ratio(effect).text}, hazard ratio {hazard_ratio(effect).text}",
        )
        for effect in found.effects
    )
    return Sentence(
        f"Simulated odds ratio of complete response ({found.definition}) and hazard ratio of "
        f"recurrence, {found.drug} against none; median and central 95 % under each rival:",
        items=items,
    )


def _verdict(found: CaseMechanism) -> Sentence:
    """Say whether the window trials tell the rivals apart, and whether one study decides that."""
    weights = found.weights
    factor = f"Bayes factor {number(weights.bayes_factor)} of {weights.best} over {weights.second}"
    text = f"Window trials leave the rivals {weights.verdict} ({factor}; 3 would be needed)"
    if weights.verdict != "not distinguished":
        text = f"Window trials favour a rival: {weights.verdict} ({factor}; 3 was needed)"
    others = [row for row in weights.left_out if row.verdict != weights.verdict]
    if weights.left_out and not others:
        text += ", whichever study is left out"
    elif others:
        changed = joined([f"{row.study} ({row.verdict})" for row in others])
        text += f"; left out, these change it: {changed}"
    alike = [joined(list(group)) for group in weights.alike]
    if alike:
        text += f". {'; '.join(alike)} predict the same of every readout, so none tells them apart"
    return Sentence(f"{text}.")


def _printed(checks: list[DrugCheck], found: CaseMechanism) -> Sentence:
    """Set a printed effect of the drug beside the predictions and say what it rejects."""
    first = checks[0]
    held = [check.inside for check in checks if math.isfinite(check.inside)]
    lead = f"Beside it, as printed: {first.trial}, {printed_text(first)}."
    if not held:
        return Sentence(lead)
    if min(held) >= NEARLY_ALL:
        said = (
            f"Its interval holds {span_of(held)} of the draws of every rival: it rejects almost "
            "nothing."
        )
    else:
        parts = [f"{check.rival} {share(check.inside)}" for check in checks]
        said = (
            f"Its interval holds these shares of the rivals' draws: {joined(parts)}. An effect of "
            "that size is more than the model allows most rivals; chance, another setting and a "
            "wrong model are all open."
        )
    note = f" {first.note}" if first.note and min(held) < NEARLY_ALL else ""
    return Sentence(f"{lead} {said}{note}")


def _needed(found: CaseMechanism) -> Sentence:
    """Tell the gain that an effect needs where patients stand, and the model's own."""
    term = found.iso.bands[-1].term
    odds = _asked(found)
    by_end = {
        row.end: row.gain for row in found.iso.needed if row.term == term and row.odds_ratio == odds
    }
    gain = found.gain
    return Sentence(
        f"For an odds ratio of {ratio(odds)}, the log odds would have to rise by "
        f"{digits(by_end['middle'], 2)} for each unit of drive at the middle of the patients' "
        f"band, by {digits(by_end['high'], 2)} at its high end and by "
        f"{digits(by_end['low'], 2)} at its low end; the model's own gain is "
        f"{digits_interval(gain.median, gain.low, gain.high)}, simulated."
    )


def _asked(found: CaseMechanism) -> float:
    """Odds ratio of the lines that is nearest to the first one printed; the middle one if none."""
    lines = sorted({row.odds_ratio for row in found.iso.needed})
    printed = [c.observed for c in found.checks if c.measure == "odds_ratio" and c.observed > 0]
    if not printed:
        return lines[len(lines) // 2]
    return min(lines, key=lambda line: abs(math.log(line / printed[0])))


def _held_out(found: CaseMechanism) -> Iterator[Sentence]:
    arms = held_out(found)
    if arms:
        covered, inside = sum(a.covered for a in arms), sum(a.inside for a in arms)
        yield Sentence(
            f"Tried on {counted(len(arms), 'arm')} that it never saw: {spelled(covered)} printed a "
            "share inside the predictive interval, and for "
            f"{spelled(inside)} the predicted median lies inside the printed interval."
        )
    check = found.recurrence
    if check.target:
        printed = with_interval(check.observed, check.low, check.high, "ratio")
        shown = with_interval(check.predicted, check.predicted_low, check.predicted_high, "ratio")
        verdict = "holds" if check.covered else "does not hold"
        yield Sentence(
            f"Recurrence in responders against others, never fitted: predicted hazard ratio {shown}"
            f", printed {printed}; the printed interval {verdict} the predicted median, so hazard "
            f"ratios here deserve {'some' if check.covered else 'little'} trust."
        )


def _cannot(found: CaseMechanism) -> Iterator[Sentence]:
    """Say what the model cannot tell."""
    told = ["whether the drug works", "what it would do for one patient"]
    pairs = list(zip(found.profiles, found.sources.profiles, strict=True))
    ridge = [about for one, about in pairs if about.tied and one.shape == "flat"]
    text = f"It cannot tell {joined(told, 'or')}."
    if ridge:
        names = joined([_quoted(found, about.parameter) for about in ridge])
        text += (
            f" Not identifiable by itself: {names}; only its ratio to the concentrations at half "
            "effect counts."
        )
    flat = [about for one, about in pairs if not about.tied and one.shape == "flat"]
    if flat:
        names = joined([_quoted(found, about.parameter) for about in flat])
        text += f" The window trials place no limit on {names}."
    top = [row for row in found.carriers.rank.factors[:1] if math.isfinite(row.total)]
    if top:
        text += (
            f" Whether it is large or small rests most on {_quoted(found, top[0].name)}: "
            f"{share(max(0.0, top[0].total))} of the variance of its rank, interactions included."
        )
    best = found.splits.best
    if best:
        needed = patients_words(found.splits.harmonic_patients[best])
        text += f" The marker that separates the rivals best would need {needed} patients."
    elif found.splits.effects:
        text += " No marker separates the rivals, at any number of patients."
    yield Sentence(text)


def _quoted(found: CaseMechanism, symbol: str) -> str:
    """Name a parameter within a sentence: its label in quotes, then its symbol."""
    label = found.sources.labels.get(symbol, "")
    return f"“{label}” ({symbol})" if label else f"“{symbol}”"
