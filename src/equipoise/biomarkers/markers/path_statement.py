"""What the PATH statement asks of an analysis of who benefits, with answers and reasons.

The questions follow the criteria of Kent and others 2020 (10.7326/M18-3667), in our own words:
first those under which baseline risk should be looked at, then those under which an effect
modifier may be believed. Facts are declared by people or come from data; what nobody says stays
"unclear".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError

METHOD_CITES = {"path": ("kent2020",)}

Answer = Literal["yes", "no", "unclear"]

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("overall-effect", "risk", "Is there an effect in all patients together?"),
    (
        "harm-traded",
        "risk",
        "Does the treatment have harms or costs, so that sparing some matters?",
    ),
    ("risk-varies", "risk", "Does baseline risk differ widely between patients?"),
    ("outside-risk-model", "risk", "Does the risk score come from other data than these?"),
    ("blind-to-arm", "risk", "Was the risk score made without looking at the treatment?"),
    ("both-scales", "risk", "Are effects given as ratios and as absolute differences?"),
    ("few-modifiers", "effect", "Were few modifiers named before the data were seen?"),
    ("earlier-evidence", "effect", "Is there earlier evidence that the modifier is one?"),
    ("enough-patients", "effect", "Are there enough patients to find an interaction of note?"),
    ("shrunken", "effect", "Are the interactions shrunken, rather than picked by significance?"),
    ("validated", "effect", "Was the benefit predicted checked in other patients or corrected?"),
    ("benefit-calibrated", "effect", "Was predicted benefit compared with observed benefit?"),
)
"""Id, approach and wording of each question."""


class PathItem(NamedTuple):
    """One question with its answer, why, and whether ``data`` or a ``declaration`` says so."""

    id: str
    approach: str
    question: str
    answer: Answer
    reason: str
    answered_by: Literal["data", "declaration", "nobody"]


@dataclass(frozen=True)
class PathRecord:
    """Answers to all questions, and a sentence for each approach.

    Attributes
    ----------
    items : tuple of PathItem
    unanswered : tuple of str
    message : str
        How far each approach is supported; a judgement stays with people.
    """

    items: tuple[PathItem, ...]
    unanswered: tuple[str, ...]
    message: str


def path_record(
    declared: Mapping[str, tuple[Answer, str]],
    found: Mapping[str, tuple[Answer, str]] | None = None,
) -> PathRecord:
    """Put answers and reasons beside the questions.

    Parameters
    ----------
    declared : mapping of question id to (answer, reason)
        What people say; an answer without a reason is refused.
    found : mapping, optional
        The same from data (`sample_answer` gives one); it overrides a declaration.

    Raises
    ------
    ArrayError
        Every unknown question, unknown answer and missing reason at once.

    Examples
    --------
    >>> record = path_record({"overall-effect": ("no", "The pooled ratio is 1.01 (0.89-1.15).")})
    >>> len(record.items), len(record.unanswered)
    (12, 11)
    """
    data = dict(found or {})
    problems = [*_problems(declared), *_problems(data)]
    if problems:
        raise ArrayError(problems)
    items = tuple(_item(question, declared, data) for question in QUESTIONS)
    unanswered = tuple(item.id for item in items if item.answered_by == "nobody")
    return PathRecord(items, unanswered, _message(items))


def sample_answer(se: float, notable: float) -> tuple[Answer, str]:
    """Answer from data whether there are enough patients to find an interaction of note.

    Enough is a power of 0.8 at two-sided 0.05: `notable / se >= 1.96 + 0.84`.

    Parameters
    ----------
    se : float
        Standard error of the interaction on the analysis scale.
    notable : float
        Smallest interaction worth finding, on that scale; above 0.
    """
    times = notable / se
    enough = times >= 1.959964 + 0.841621
    reason = f"An interaction of {notable:.3g} is {times:.2g} standard errors; 2.8 are needed."
    return ("yes" if enough else "no"), reason


def _problems(answers: Mapping[str, tuple[Answer, str]]) -> list[Problem]:
    known = tuple(question[0] for question in QUESTIONS)
    problems = []
    for key, (answer, reason) in answers.items():
        if key not in known:
            problems.append(
                Problem("", key, "question", key, ", ".join(known), "Use one of these.")
            )
        if answer not in ("yes", "no", "unclear"):
            allowed = "yes, no, unclear"
            problems.append(Problem("", key, "answer", repr(answer), allowed, "Choose one."))
        if not reason.strip():
            problems.append(Problem("", key, "reason", "", "a sentence", "Say why."))
    return problems


def _item(
    question: tuple[str, str, str],
    declared: Mapping[str, tuple[Answer, str]],
    data: Mapping[str, tuple[Answer, str]],
) -> PathItem:
    key = question[0]
    if key in data:
        return PathItem(*question, *data[key], "data")
    if key in declared:
        return PathItem(*question, *declared[key], "declaration")
    return PathItem(*question, "unclear", "Nobody has said.", "nobody")


def _message(items: tuple[PathItem, ...]) -> str:
    parts = []
    for approach, name in (("risk", "by baseline risk"), ("effect", "by modifiers")):
        asked = [item for item in items if item.approach == approach]
        yes, no = (sum(item.answer == a for item in asked) for a in ("yes", "no"))
        parts.append(
            f"Predicting benefit {name}: {yes} of {len(asked)} conditions met, {no} not met, "
            f"{len(asked) - yes - no} unclear."
        )
    return " ".join(parts)
