"""Words and units that everything told of the next study shares."""

from __future__ import annotations

import math
from collections import Counter

from equipoise.design.choice.study_evaluation import PriorValue, StudyEvaluation
from equipoise.design.ipd import StoredSamples
from equipoise.design.next_study import NextStudy
from equipoise.design.stored.finished_trial import CAN_RELEASE, Access
from equipoise.evidence.question import Question
from equipoise.report.number_text import MISSING, counted, grouped, number, percent
from equipoise.report.words import outcome_label

NOTHING = "nothing"
"""Kind of the candidate that is no study."""

HEADLINE = "reference"
"""Prior under which the studies are ranked."""

HOLDINGS: dict[Access, str] = {
    "phenotype_known": "phenotype known: ask",
    "stored_samples": "samples may be stored",
    "unknown": "samples not known of",
    "reported": "both levels printed",
    "one_level": "one level enrolled",
    "lost": "no sample can exist",
}
"""What stands between a trial and its results by phenotype, in short."""


def millions(value: float) -> str:
    """Write money in millions: one decimal, two below one million, and a plain zero."""
    amount = value / 1e6
    if not math.isfinite(amount):
        return MISSING
    text = number(amount, 1 if abs(amount) >= 1.0 else 2)
    return "0" if float(f"{amount:.2f}") == 0.0 else text


def span(low: float, high: float) -> str:
    """Write a range of money in millions."""
    return f"{millions(low)} to {millions(high)}"


def months(value: float) -> str:
    """Write a duration in whole months; events that never come have none."""
    return f"{value:.0f}" if math.isfinite(value) else "never"


def chance(probability: float) -> str:
    """Write a probability; never 0 % or 100 % unless it is exactly that, a dash for none.

    One decimal below 5 %, where the size of a test is.
    """
    if math.isnan(probability):
        return MISSING
    if 0.0 < probability < 0.005:
        return f"<{percent(1)}"
    if 0.995 < probability < 1.0:
        return f">{percent(99)}"
    return percent(100 * probability, 1 if 0.0 < probability < 0.05 else 0)


def size_words(one: StudyEvaluation) -> str:
    """Write the size, ``158 events, 3 looks``, and where a marker is cut; a dash for no study."""
    item = one.study
    if not item.size:
        return MISSING
    looks = f", {item.looks} looks" if item.looks > 1 else ""
    cut = f", cut {item.cut}" if item.cut else ""
    return f"{grouped(item.size)} {item.unit}{looks}{cut}"


def under(one: StudyEvaluation, prior: str) -> PriorValue:
    """Value of a study under one of its priors."""
    return next(value for value in one.priors if value.prior == prior)


def prior_names(found: NextStudy) -> tuple[str, ...]:
    """Names of the priors, in the order in which the design room has them."""
    return tuple(value.prior for value in found.evaluations[0].priors)


def net_range(one: StudyEvaluation) -> tuple[float, float]:
    """Smallest and largest net benefit over the priors."""
    values = [value.enbs for value in one.priors]
    return min(values), max(values)


def testing(found: NextStudy) -> tuple[StudyEvaluation, ...]:
    """Studies that end with a test, in the order of the ranking."""
    return tuple(one for one in found.evaluations if one.conclusions)


def unknown_events(one: StoredSamples) -> int:
    """Trials that could release something and whose events are not known."""
    return sum(math.isnan(r.trial.events) for r in one.releases if r.trial.access in CAN_RELEASE)


def able(one: StoredSamples) -> int:
    """Trials that would release anything."""
    return sum(r.information > 0.0 for r in one.releases)


def events_words(one: StoredSamples) -> str:
    """Write the events of the trials that could release something, as far as they are known."""
    unseen = unknown_events(one)
    gap = f" ({counted(unseen, 'trial')} unknown)" if unseen else ""
    return f"{grouped(round(one.events))} events known{gap}"


def released_words(one: StoredSamples) -> str:
    """Tell all of an outcome in a line: zero where zero, and events before any power."""
    trials = len(one.releases)
    if not able(one):
        return "nothing can be released" + (f" by any of {trials} trials" if trials > 1 else "")
    patients = f"{able(one)} of {trials} trials, {grouped(round(one.patients))} patients"
    return (
        f"{patients}, {events_words(one)}; power {chance(one.pooled.power)} to find a ratio of "
        f"{number(math.exp(one.truth.gamma))}"
    )


def why_nothing(one: StoredSamples) -> str:
    """Say what the trials of an outcome hold if they release nothing: ``: one level (2)``."""
    if able(one):
        return ""
    counts = Counter(HOLDINGS[r.trial.access] for r in one.releases)
    return ": " + ", ".join(f"{words} ({n})" for words, n in counts.most_common())


def outcome_words(one: StoredSamples, question: Question) -> str:
    """Label of the outcome of stored samples."""
    return outcome_label(question, one.outcome)
