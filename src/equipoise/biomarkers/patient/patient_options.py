"""The words of a command line become a patient, or one error that names everything wrong."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from equipoise.biomarkers.patient.baseline_table import BaselineRow, matching
from equipoise.biomarkers.patient.patient_plan import Measured, PatientPlan
from equipoise.errors import InputError, Problem
from equipoise.evidence.question import Axis, Question
from equipoise.synthesis.phenotype_plan import Comparison

PLACE = "command line"
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
MINUS = str.maketrans("\u2212\u2013", "--")
"""A minus sign and a dash, as copied from a report, are a minus."""


@dataclass(frozen=True)
class PatientOption:
    """One thing a patient can be told by.

    Attributes
    ----------
    name, label : str
    role : str
        ``effect`` (the phenotype of the comparison), ``baseline`` or ``marker``.
    levels : tuple of (str, str)
        Name and label of each value.
    words : mapping of str to str
        Every accepted word to the name of its level; upper and lower case are the same.
    measured : Measured, optional
        For a number: its cut and limits; then `above` and `below` are the levels.
    only : tuple of str
        Levels of the comparison's phenotype in which a marker was studied.
    """

    name: str
    label: str
    role: str
    levels: tuple[tuple[str, str], ...]
    words: Mapping[str, str]
    measured: Measured | None = None
    above: str = ""
    below: str = ""
    only: tuple[str, ...] = ()

    def level_of(self, word: str) -> str | None:
        """Level that a word stands for; None for a word that is not known."""
        plain = word.translate(MINUS).casefold()
        return next((lv for w, lv in self.words.items() if w.casefold() == plain), None)

    def allowed(self) -> str:
        """Values that are understood, in words."""
        shown = []
        for name, _ in self.levels:
            others = [w for w, level in self.words.items() if name == level != w]
            shown.append(name + (f" (or {', '.join(others)})" if others else ""))
        if self.measured is None:
            return "; ".join(shown)
        m = self.measured
        unit = f" {m.unit}" if m.unit else ""
        return f"a number from {m.lowest:g} to {m.highest:g}{unit}, cut at {m.cut:g}"


@dataclass(frozen=True)
class Patient:
    """One patient in the words of the case.

    Attributes
    ----------
    levels : mapping of str to str
        Option to level.
    typed : mapping of str to str
        Option to the word as it was given.
    """

    levels: Mapping[str, str]
    typed: Mapping[str, str] = field(default_factory=dict)


def options_of(
    plan: PatientPlan, question: Question, asked: Comparison
) -> tuple[PatientOption, ...]:
    """List what a patient of this case can be told by."""
    found = [
        PatientOption(
            axis.name,
            axis.label,
            "effect" if axis.name == asked.axis else "baseline",
            tuple((level.name, level.label) for level in axis.levels),
            _axis_words(axis),
        )
        for axis in question.axes
        if axis.kind == "phenotype"
    ]
    for factor in plan.factors:
        words = {w: v.name for v in factor.levels for w in (v.name, *v.accepted)}
        levels = tuple((v.name, v.label) for v in factor.levels)
        found.append(PatientOption(factor.name, factor.label, "baseline", levels, words))
    for marker in plan.markers:
        axis = question.axis(marker.axis)
        told = (marker.level, marker.rest)
        spelled = {w: s.level for s in marker.spellings for w in s.accepted}
        words = {w: name for w, name in (_axis_words(axis) | spelled).items() if name in told}
        levels = tuple((name, axis.level(name).label) for name in told)
        found.append(
            PatientOption(
                *(axis.name, axis.label, "marker", levels, words),
                *(marker.measured, marker.level, marker.rest, marker.only),
            )
        )
    return tuple(found)


def _axis_words(axis: Axis) -> dict[str, str]:
    return {
        word: level.name for level in axis.levels for word in (level.name, level.symbol) if word
    }


def read_patient(
    words: Sequence[str],
    options: Sequence[PatientOption],
    asked: Comparison,
    baselines: Sequence[BaselineRow],
) -> Patient:
    """Read ``--name=value`` or ``--name value`` words.

    Parameters
    ----------
    words : sequence of str
    options : sequence of PatientOption
        Of `options_of`.
    asked : Comparison
        Its phenotype must be given.
    baselines : sequence of BaselineRow
        At least one of the outcome must fit the patient.

    Raises
    ------
    InputError
        Every unknown option, value or combination at once.
    """
    problems: list[Problem] = []
    known = {option.name: option for option in options}
    levels: dict[str, str] = {}
    typed: dict[str, str] = {}
    for name, value in _pairs(words, problems):
        if name not in known:
            near = difflib.get_close_matches(name.casefold(), known, n=1)
            hint = f"Did you mean --{near[0]}?" if near else "Leave it out."
            allowed = ", ".join(f"--{option}" for option in known)
            problems.append(Problem(PLACE, "", f"--{name}", value, allowed, hint))
            continue
        level = _level(known[name], value, problems)
        if name in typed and level != levels.get(name):
            shown = f"{typed[name]} and {value}"
            problems.append(
                Problem(PLACE, "", f"--{name}", shown, "one value", "Give the right one only.")
            )
        typed[name] = value
        if level is not None:
            levels[name] = level
    problems += _outside(levels, typed, known, asked)
    if not problems:
        problems += _without_baseline(levels, known, asked, baselines)
    if problems:
        raise InputError(problems)
    return Patient(levels, typed)


def _pairs(words: Sequence[str], problems: list[Problem]) -> Iterator[tuple[str, str]]:
    """Yield name and value of each option."""
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        name, sign, value = word.partition("=")
        if not name.startswith("--") or len(name) < 3:
            allowed = "options such as --name=value"
            problems.append(Problem(PLACE, "", "", word, allowed, "Write the name before it."))
            continue
        if not sign:
            if not waiting or waiting[0].startswith("--"):
                action = f"Write {name}=VALUE."
                problems.append(Problem(PLACE, "", name, "", "a value", action))
                continue
            value = waiting.pop(0)
        yield name.removeprefix("--"), value.strip()


def _level(option: PatientOption, value: str, problems: list[Problem]) -> str | None:
    """Level of a value: a word is looked up, a number is cut."""
    found = option.level_of(value)
    if found is not None:
        return found
    name = f"--{option.name}"
    leave = f"Choose one of these, or leave {name} out if it is not known."
    action = "Choose one of these: the effect depends on it." if option.role == "effect" else leave
    if option.measured is not None:
        limits, plain = option.measured, value.translate(MINUS)
        number = float(plain) if NUMBER.fullmatch(plain) else math.nan
        if limits.lowest <= number <= limits.highest:
            return option.above if number > limits.cut else option.below
        action = "Write a plain number with a decimal point, inside the limits of the evidence."
    problems.append(Problem(PLACE, "", name, value, option.allowed(), action))
    return None


def _outside(
    levels: Mapping[str, str],
    typed: Mapping[str, str],
    known: Mapping[str, PatientOption],
    asked: Comparison,
) -> Iterator[Problem]:
    """Yield what the evidence on the effect does not reach."""
    compared = (asked.level, asked.reference)
    given = levels.get(asked.axis)
    if asked.axis not in typed:
        action = "Give it: the effect depends on it."
        yield Problem(PLACE, "", f"--{asked.axis}", "", known[asked.axis].allowed(), action)
    elif given is not None and given not in compared:
        allowed = " or ".join(compared)
        action = "The comparison says nothing about other levels."
        yield Problem(PLACE, "", f"--{asked.axis}", typed[asked.axis], allowed, action)
    for name in levels:
        only = known[name].only
        if only and given is not None and given not in only:
            allowed = f"only with --{asked.axis}={' or '.join(only)}, where it was studied"
            action = f"Leave --{name} out, or correct --{asked.axis}."
            yield Problem(PLACE, "", f"--{name}", typed[name], allowed, action)


def _without_baseline(
    levels: Mapping[str, str],
    known: Mapping[str, PatientOption],
    asked: Comparison,
    baselines: Sequence[BaselineRow],
) -> Iterator[Problem]:
    """Yield a problem when no row of the outcome is used for these levels."""
    rows = [row for row in baselines if row.outcome == asked.outcome]
    if matching(rows, levels):
        return
    names = [name for name, option in known.items() if option.role != "marker"]
    shown = " ".join(f"--{n}={levels[n]}" for n in names if n in levels)
    allowed = "; ".join(dict.fromkeys(row.cells() for row in rows))
    missing = [f"--{n}" for n in names if n not in levels]
    action = "Change the values to one of these rows: no risk was read for any other patient."
    if missing:
        action += f" Not given: {', '.join(missing)}."
    yield Problem(PLACE, "", "baseline risk", shown, allowed or "no row at all", action)
