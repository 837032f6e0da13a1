"""What a case asks about an effect in a phenotype, beyond its pools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import Question, Slice
from equipoise.evidence.schema import EvidenceBase

InsideUnit = Annotated[float, Field(gt=0, lt=1)]
Error = Annotated[float, Field(ge=0, le=0.5)]


class PatientShare(Slice):
    """Share of a trial's patients, and of its events, that is in the level asked about."""

    trial: str
    """Trial in trials.csv; empty for the share assumed where none was read."""
    patients: InsideUnit
    """Share of the patients."""
    patients_se: Error = 0.0
    """Standard error of that share."""
    events: InsideUnit | None = None
    """Share of the events, where it is printed; it is the better measure of information."""
    source: str
    """Where it was read; say so if it is assumed."""


class Comparison(Slice):
    """One outcome in a level of the phenotype against the other level."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the results and of their figures."""
    outcome: str
    """Outcome declared in the question."""
    label: str
    """Name as shown."""
    question: str = ""
    """The question it answers, as a sentence."""
    settings: tuple[str, ...] = ()
    """Settings looked at; empty for all."""
    scopes: tuple[str, ...] = ()
    """Scopes of trials; empty for those of the contrast rule."""
    exclude_trials: tuple[str, ...] = ()
    """Trials left out."""
    axis: str
    """Axis of the phenotype."""
    level: str
    """Level in which the effect is asked about."""
    reference: str
    """The other level."""
    complements: tuple[str, ...] = ()
    """Complements of this plan that stand for a level their trial does not print."""
    shares: tuple[PatientShare, ...] = ()
    """Shares of the level in trials that enrolled both; one without a trial serves the rest."""


def comparison_problems(
    comparisons: tuple[Comparison, ...],
    complements: Mapping[str, tuple[str, str]],
    question: Question,
    evidence: EvidenceBase | None,
) -> Iterator[Problem]:
    """Yield every name in the comparisons that the case does not know.

    `complements` gives outcome and trial of the plan's complements by id; `evidence` is None
    when it could not be read, and trials are then not looked up.
    """
    outcomes = [outcome.name for outcome in question.outcomes]
    axes = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
    trials = [trial.trial_id for trial in evidence.trials] if evidence else None
    for asked in comparisons:
        row = asked.id
        yield from _one_of(row, "outcome", [asked.outcome], outcomes)
        yield from _one_of(row, "settings", asked.settings, question.settings)
        yield from _one_of(row, "scopes", asked.scopes, question.scopes)
        yield from _complements(asked, complements, evidence)
        yield from _one_of(row, "axis", [asked.axis], list(axes))
        if asked.axis in axes:
            yield from _one_of(row, "level", [asked.level], axes[asked.axis])
            yield from _one_of(row, "reference", [asked.reference], axes[asked.axis])
        if asked.level == asked.reference:
            allowed = "another level than the one asked about"
            yield _problem(row, "reference", asked.reference, allowed, "Name the other level.")
        if trials is not None:
            yield from _one_of(row, "exclude_trials", asked.exclude_trials, trials)
            named = [share.trial for share in asked.shares if share.trial]
            yield from _one_of(row, "shares.trial", named, trials)


def _complements(
    asked: Comparison, complements: Mapping[str, tuple[str, str]], evidence: EvidenceBase | None
) -> Iterator[Problem]:
    """Yield complements that stand for another outcome, or a trial of another setting."""
    yield from _one_of(asked.id, "complements", asked.complements, tuple(complements))
    settings = {trial.trial_id: trial.setting for trial in evidence.trials} if evidence else {}
    for name in asked.complements:
        outcome, trial = complements.get(name, (asked.outcome, ""))
        setting = settings.get(trial, "")
        if outcome != asked.outcome or (
            setting and asked.settings and setting not in asked.settings
        ):
            allowed = "a complement of this outcome, in a trial of these settings"
            yield _problem(asked.id, "complements", name, allowed, "Leave it out here.")


def _one_of(
    row: str, field: str, values: tuple[str, ...] | list[str], names: tuple[str, ...] | list[str]
) -> Iterator[Problem]:
    allowed = "one of " + ", ".join(names) if names else "nothing: none is declared"
    for value in values:
        if value not in names:
            yield _problem(row, field, value, allowed, f"Correct {field!r} or declare the name.")


def _problem(row: str, field: str, value: str, allowed: str, action: str) -> Problem:
    where = f"[synthesis] comparison {row}"
    return Problem("case.toml", where, field, value, allowed, action)
