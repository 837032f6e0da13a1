"""What the data and the declared facts answer of the credibility of an effect modification.

Follows the items and cut-offs of ICEMAN (Schandelmaier and others 2020, 10.1503/cmaj.200077), in
our own words. Judgement stays with people: the result holds answers with reasons and an upper
bound, never a score.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError, not_among
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.subgroups.trial_interactions import Interaction

METHOD_CITES = {"iceman": ("schandelmaier2020",)}

Answer = Literal[
    "definitely reduced",
    "probably reduced or unclear",
    "probably increased",
    "definitely increased",
    "not applicable",
]
"""The four answers of the tool, said as what they do to credibility."""

LOWEST: Answer = "definitely reduced"
LOW: Answer = "probably reduced or unclear"
HIGH: Answer = "probably increased"
HIGHEST: Answer = "definitely increased"
NONE: Answer = "not applicable"

CHANCE = ((0.005, HIGHEST), (0.01, HIGH), (0.05, LOW))
"""P of the interaction up to which an answer holds; above the last it is `LOWEST`."""

MANY, FEW_FACTORS = 10, 3
"""More factors than the first are many; as many as the second, or fewer, are few."""

SCOPE = 0.1
"""The tool is for interactions that are suggested at all, P below this."""

DIRECTIONS = ("protocol", "stated", "vague", "unknown", "opposite", "post hoc")
EVIDENCE = ("strong", "some", "little", "unknown", "inconsistent")
CUT_POINTS = ("not continuous", "continuum", "pre-specified", "unknown", "exploratory")


class CredibilityItem(NamedTuple):
    """One question: its id, an answer, why, and whether the ``data`` or a ``declaration`` says so.

    `answered_by` is ``nobody`` when neither does; the answer is then "unclear".
    """

    id: str
    answer: Answer
    reason: str
    answered_by: Literal["data", "declaration", "nobody"]


@dataclass(frozen=True)
class Credibility:
    """Answers, what nobody answered, and the most that they allow.

    Attributes
    ----------
    items : tuple of CredibilityItem
    unanswered : tuple of str
        Ids of items that neither data nor declarations answer.
    at_most : str
        ``very low``, ``low``, ``moderate`` or ``high``: an upper bound, not a rating.
    message : str
        The bound in a sentence, and whether the tool applies at all.
    """

    items: tuple[CredibilityItem, ...]
    unanswered: tuple[str, ...]
    at_most: str
    message: str


def iceman(
    result: Interaction,
    *,
    direction: str = "unknown",
    prior_evidence: str = "unknown",
    protocol: bool | None = None,
    factors: int | None = None,
    multiplicity_considered: bool = False,
    cut_point: str = "unknown",
) -> Credibility:
    """Answer what can be answered: five items for one trial, eight for several.

    Parameters
    ----------
    result : Interaction
        Its trials decide which form is used; its P, method and trials' contrasts are the data.
    direction : str
        Was the direction foretold: ``protocol`` (in one, correctly), ``stated`` (correctly, no
        protocol seen), ``vague``, ``unknown``, ``opposite`` or ``post hoc``.
    prior_evidence : str
        ``strong``, ``some``, ``little``, ``unknown`` or ``inconsistent``; one trial only.
    protocol : bool, optional
        Whether a protocol shows how many factors were planned.
    factors : int, optional
        Factors examined; None when nobody knows.
    multiplicity_considered : bool
        Whether the analysis allows for their number (`sidak_p` does, for known `factors`).
    cut_point : str
        ``not continuous``, ``continuum``, ``pre-specified``, ``unknown``, ``exploratory``.

    Raises
    ------
    ArrayError
        A declaration that is not one of these.
    """
    problems = [
        *not_among("direction", direction, DIRECTIONS),
        *not_among("prior_evidence", prior_evidence, EVIDENCE),
        *not_among("cut_point", cut_point, CUT_POINTS),
    ]
    if factors is not None and factors < 1:
        allowed = "1 or more, or None"
        problems.append(Problem("", "", "factors", repr(factors), allowed, "Count them."))
    if problems:
        raise ArrayError(problems)
    shared = (_direction(direction), _chance(result.joint_p))
    tail = (_factors(factors, protocol, multiplicity_considered), _cut_point(cut_point))
    items: tuple[CredibilityItem, ...]
    if result.within.k == 1:
        items = (shared[0], _prior(prior_evidence), shared[1], *tail)
    else:
        own = (_within(result), _similar(result), _number())
        items = (*own, *shared, tail[0], _random_effects(result), tail[1])
    unanswered = tuple(item.id for item in items if item.answered_by == "nobody")
    at_most = _bound(items)
    return Credibility(items, unanswered, at_most, _message(at_most, result.joint_p, unanswered))


def _bound(items: tuple[CredibilityItem, ...]) -> str:
    """One definite minus caps at low, one probable minus or unknown at moderate."""
    answers = [item.answer for item in items if item.answer != NONE]
    if all(a in {LOWEST, LOW} for a in answers):
        return "very low"
    if LOWEST in answers:
        return "low"
    return "moderate" if LOW in answers else "high"


def _message(at_most: str, p_value: float, unanswered: tuple[str, ...]) -> str:
    out = [f"At most {at_most} credibility; how much less is for people to judge."]
    if not p_value < SCOPE:
        out.append(f"The tool is meant for interactions with P below {SCOPE:g}.")
    if unanswered:
        out.append(f"Nobody has answered: {', '.join(unanswered)}.")
    return " ".join(out)


def _direction(declared: str) -> CredibilityItem:
    answers: dict[str, tuple[Answer, str]] = {
        "protocol": (HIGHEST, "A protocol foretold the direction that was found."),
        "stated": (HIGH, "The direction is said to have been foretold; no protocol was seen."),
        "vague": (LOW, "A difference was expected, but not its direction."),
        "unknown": (LOW, "Nobody has said whether the direction was foretold."),
        "opposite": (LOWEST, "The opposite direction was foretold."),
        "post hoc": (LOWEST, "The question was asked after the data were seen."),
    }
    return _declared("direction-foretold", answers, declared)


def _prior(declared: str) -> CredibilityItem:
    answers: dict[str, tuple[Answer, str]] = {
        "strong": (HIGHEST, "Earlier evidence supports it strongly, such as another trial."),
        "some": (HIGH, "Earlier evidence of limited or indirect kind supports it."),
        "little": (LOW, "Little or no earlier evidence."),
        "unknown": (LOW, "Nobody has said what earlier evidence there is."),
        "inconsistent": (LOWEST, "Earlier evidence points the other way."),
    }
    return _declared("earlier-evidence", answers, declared)


def _cut_point(declared: str) -> CredibilityItem:
    answers: dict[str, tuple[Answer, str]] = {
        "not continuous": (NONE, "The factor has categories of its own."),
        "continuum": (HIGHEST, "The factor was analysed on its whole range."),
        "pre-specified": (HIGH, "The cut point was fixed beforehand."),
        "unknown": (LOW, "Nobody has said where the cut point comes from."),
        "exploratory": (LOWEST, "The cut point was chosen by looking at the results."),
    }
    return _declared("cut-point", answers, declared)


def _declared(item: str, answers: dict[str, tuple[Answer, str]], declared: str) -> CredibilityItem:
    answer, reason = answers[declared]
    return CredibilityItem(
        item, answer, reason, "nobody" if declared == "unknown" else "declaration"
    )


def _chance(p_value: float) -> CredibilityItem:
    if math.isnan(p_value):
        reason = "There is no test of the interaction."
        return CredibilityItem("chance", LOW, reason, "nobody")
    answer = next((a for bound, a in CHANCE if p_value <= bound), LOWEST)
    shown = f"{p_value:.3f}" if p_value >= 0.001 else f"{p_value:.1e}"
    reason = f"The interaction has P = {shown}; the limits are 0.05, 0.01 and 0.005."
    return CredibilityItem("chance", answer, reason, "data")


def _factors(count: int | None, protocol: bool | None, considered: bool) -> CredibilityItem:
    item = "factors-examined"
    if considered and count is not None:
        reason = f"The analysis allows for the {count} factors examined."
        answer = HIGHEST if protocol else HIGH
        return CredibilityItem(item, answer, reason, "declaration")
    if count is None:
        reason = "Nobody has said how many factors were examined."
        return CredibilityItem(item, LOW, reason, "nobody")
    if count <= FEW_FACTORS:
        answer = HIGHEST if protocol else HIGH
        reason = f"{count} examined" + (", as a protocol shows." if protocol else ", it is said.")
    else:
        answer = LOWEST if count > MANY else LOW
        reason = f"{count} examined, and the analysis does not allow for it."
    return CredibilityItem(item, answer, reason, "declaration")


def _within(result: Interaction) -> CredibilityItem:
    item = "within-trials"
    if result.within.k == 0:
        reason = "No trial gives two strata, so any comparison is between trials."
        return CredibilityItem(item, LOWEST, reason, "data")
    reason = f"Only differences within trials are pooled, from {result.within.k} of them."
    return CredibilityItem(item, HIGHEST, reason, "data")


def _similar(result: Interaction) -> CredibilityItem:
    """Compare the trials' own interactions with the pooled one, by sign and by Q."""
    item, mean = "similar-between-trials", result.within.estimate
    own = [
        c for c in result.trials if c.level == result.levels[1] and c.against == result.levels[0]
    ]
    if len(own) < 2:
        reason = "Fewer than two trials show it, so it cannot be compared between trials."
        return CredibilityItem(item, LOW, reason, "data")
    y, v = np.array([c.estimate for c in own]), np.array([c.variance for c in own])
    same = np.sign(y) == np.sign(mean)
    share = float((1.0 / v)[same].sum() / (1.0 / v).sum())
    q = float(((y - (y / v).sum() / (1.0 / v).sum()) ** 2 / v).sum())
    p_value = float(chdtrc(y.size - 1, q))
    counted = f"{int(same.sum())} of {y.size} trials point the same way"
    reason = f"{counted}, with {100 * share:.0f} % of the weight; heterogeneity P = {p_value:.2f}."
    if bool((~same & (np.abs(y) / np.sqrt(v) > critical_value(0.95))).any()):
        reason += " One points the other way beyond chance."
        return CredibilityItem(item, LOWEST, reason, "data")
    if same.all() and p_value > SCOPE:
        return CredibilityItem(item, HIGHEST, reason, "data")
    return CredibilityItem(item, HIGH if share >= 2.0 / 3.0 else LOW, reason, "data")


def _number() -> CredibilityItem:
    reason = "Asked of comparisons between trials only; none is used."
    return CredibilityItem("number-of-trials", NONE, reason, "data")


def _random_effects(result: Interaction) -> CredibilityItem:
    random = result.within.method not in {"EE", "FE"}
    reason = f"Pooled by {result.within.method}, which "
    reason += "lets it vary between trials." if random else "takes it as the same in all trials."
    return CredibilityItem("random-effects", HIGHEST if random else LOWEST, reason, "data")
