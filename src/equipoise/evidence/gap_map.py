"""What is known of each phenotype level, trial by trial and outcome by outcome, and what is not.

A cell is one trial, one outcome and one level of a phenotype axis. An empty cell is not one
thing: the number may exist unprinted, stored samples could still tell, or nobody could ever know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from equipoise.evidence.question import Axis, Outcome, Question
from equipoise.evidence.schema import EvidenceBase, ResultRow, Trial, has_number, phenotype_of

if TYPE_CHECKING:
    import pandas as pd

State = Literal[
    "reported",
    "analysed_not_reported",
    "stored_samples",
    "not_collectable",
    "unknown",
    "not_enrolled",
]
STATES: tuple[State, ...] = (
    "reported",
    "analysed_not_reported",
    "stored_samples",
    "not_collectable",
    "unknown",
    "not_enrolled",
)
"""From most to least known; ``not_enrolled`` is no gap, the trial left these patients out."""

NOT_ONE_LEVEL = frozenset({"any", "not_stated", ""})
"""Words for trials that did not enrol by level, or did not say."""


@dataclass(frozen=True)
class Cell:
    """One trial, one outcome, one level.

    Attributes
    ----------
    trial_id, outcome, level : str
        What the cell is about.
    state : str
        One of `STATES`.
    rows : tuple of str
        Printed rows behind ``reported``.
    by_enrolment : bool
        The trial enrolled only this level, so its whole result speaks for it.
    randomised_contrast : bool
        At least one of the rows compares the arms as randomised; without it the level is
        reported only within an arm or by values after treatment.
    derived_rows : tuple of str
        Rows in this level that were worked out, not printed; they do not make it reported.
    in_scope : bool
        The trial counts towards the headline.
    """

    trial_id: str
    outcome: str
    level: str
    state: State
    rows: tuple[str, ...] = ()
    by_enrolment: bool = False
    randomised_contrast: bool = False
    derived_rows: tuple[str, ...] = ()
    in_scope: bool = True


@dataclass(frozen=True)
class Margin:
    """Number of cells in each state for one level, trial or outcome; order as in `STATES`."""

    key: str
    counts: tuple[int, ...]

    def count(self, state: State) -> int:
        """Return the number of cells in that state."""
        return self.counts[STATES.index(state)]


@dataclass(frozen=True)
class Headline:
    """How many of the trials in scope say anything by level, as ids so that it can be checked.

    Attributes
    ----------
    trials : tuple of str
        The denominator: every trial in scope.
    reporting : tuple of str
        Trials with at least one printed result specific to a level.
    by_enrolment : tuple of str
        Those among them that do so only by having enrolled one level.
    within_trial : tuple of str
        Those that print a result in a level although they enrolled more than one.
    comparing : tuple of str
        Those that print the same outcome in two levels or more.
    comparing_with_derived : tuple of str
        The same when worked-out rows count as well.
    """

    trials: tuple[str, ...]
    reporting: tuple[str, ...]
    by_enrolment: tuple[str, ...]
    within_trial: tuple[str, ...]
    comparing: tuple[str, ...]
    comparing_with_derived: tuple[str, ...]


@dataclass(frozen=True)
class GapMap:
    """The map with its margins and its headline; empty when the case declares no axis."""

    axis: str
    levels: tuple[str, ...]
    cells: tuple[Cell, ...]
    by_level: tuple[Margin, ...]
    by_trial: tuple[Margin, ...]
    by_outcome: tuple[Margin, ...]
    headline: Headline

    def to_frame(self) -> pd.DataFrame:
        """Return the cells as a table, one row a cell."""
        import pandas as pd  # noqa: PLC0415  # keeps `check` and `--help` quick

        columns = list(Cell.__dataclass_fields__)
        rows = [
            {name: _flat(getattr(cell, name)) for name in columns} | {"axis": self.axis}
            for cell in self.cells
        ]
        return pd.DataFrame(rows, columns=["axis", *columns])


def _flat(value: object) -> object:
    return ";".join(value) if isinstance(value, tuple) else value


def _outcomes_of(trial: Trial, rows: Sequence[ResultRow], outcomes: Sequence[Outcome]) -> set[str]:
    """Names of the outcomes a trial has any row on, or declared as primary."""
    names = {row.outcome for row in rows}
    primary = f" {trial.primary_outcome.casefold()} "
    for outcome in outcomes:
        words = {outcome.name.casefold(), outcome.label.casefold()}
        if any(_contains_word(primary, word) for word in words):
            names.add(outcome.name)
    return names


def _contains_word(text: str, word: str) -> bool:
    start = text.find(word)
    while word and start >= 0:
        around = text[start - 1 : start] + text[start + len(word) : start + len(word) + 1]
        if not any(character.isalnum() for character in around):
            return True
        start = text.find(word, start + 1)
    return False


def _recorded(evidence: EvidenceBase, trial: Trial, axis: str, level: str) -> State:
    """State of a cell without a result: what is known of the phenotype in the trial.

    A phenotype that is itself reported, for instance in the baseline table, was determined
    patient by patient, so the result by level exists and was not reported.
    """
    records = [r for r in evidence.phenotypes if r.trial_id == trial.trial_id and r.axis == axis]
    exact = [r for r in records if r.level == level] or [r for r in records if not r.level]
    if not exact:
        return "unknown"
    recorded = exact[0].recorded
    return "analysed_not_reported" if recorded == "reported" else recorded


def _cell(
    evidence: EvidenceBase, trial: Trial, outcome: str, axis: str, level: str, *, in_scope: bool
) -> Cell:
    rows = [r for r in evidence.results if (r.trial_id, r.outcome) == (trial.trial_id, outcome)]
    enrolled = trial.enrolled.get(axis, "")
    only = enrolled == level
    here = [
        row
        for row in rows
        if phenotype_of(row).get(axis) == level or (only and axis not in phenotype_of(row))
    ]
    printed = [row for row in here if row.standing == "printed"]
    derived = tuple(row.result_id for row in here if row.standing != "printed")
    if printed:
        return Cell(
            trial.trial_id,
            outcome,
            level,
            "reported",
            tuple(row.result_id for row in printed),
            only,
            any(row.kind == "randomised" and has_number(row) for row in printed),
            derived,
            in_scope,
        )
    excluded = enrolled not in NOT_ONE_LEVEL and not only
    state = "not_enrolled" if excluded else _recorded(evidence, trial, axis, level)
    return Cell(trial.trial_id, outcome, level, state, derived_rows=derived, in_scope=in_scope)


def _cells(
    evidence: EvidenceBase, question: Question, axis: Axis, outcomes: Sequence[Outcome]
) -> Iterator[Cell]:
    for trial in evidence.trials:
        rows = [row for row in evidence.results if row.trial_id == trial.trial_id]
        known = _outcomes_of(trial, rows, outcomes)
        in_scope = trial.scope in question.contrast.scopes
        for outcome in outcomes:
            if outcome.name in known:
                for level in axis.levels:
                    yield _cell(
                        evidence, trial, outcome.name, axis.name, level.name, in_scope=in_scope
                    )


def _margin(keys: Sequence[str], states: Sequence[State]) -> tuple[Margin, ...]:
    tally = Counter(zip(keys, states, strict=True))
    return tuple(
        Margin(key, tuple(tally[key, state] for state in STATES)) for key in dict.fromkeys(keys)
    )


def _trials_with(cells: Sequence[Cell], at_least: int, derived: bool) -> tuple[str, ...]:
    """Trials with one outcome reported (or, if asked, derived) in that many levels."""
    levels: Counter[tuple[str, str]] = Counter(
        (cell.trial_id, cell.outcome)
        for cell in cells
        if cell.state == "reported" or (derived and cell.derived_rows)
    )
    return tuple(dict.fromkeys(trial for (trial, _), n in levels.items() if n >= at_least))


def _headline(evidence: EvidenceBase, question: Question, cells: Sequence[Cell]) -> Headline:
    inside = [cell for cell in cells if cell.in_scope]
    reported = [cell for cell in inside if cell.state == "reported"]
    within = tuple(dict.fromkeys(c.trial_id for c in reported if not c.by_enrolment))
    reporting = tuple(dict.fromkeys(c.trial_id for c in reported))
    return Headline(
        trials=tuple(t.trial_id for t in evidence.trials if t.scope in question.contrast.scopes),
        reporting=reporting,
        by_enrolment=tuple(trial for trial in reporting if trial not in within),
        within_trial=within,
        comparing=_trials_with(inside, 2, derived=False),
        comparing_with_derived=_trials_with(inside, 2, derived=True),
    )


def gap_map(
    evidence: EvidenceBase,
    question: Question,
    outcomes: Sequence[str] | None = None,
    axis: str | None = None,
) -> GapMap:
    """Map what each trial says of each level of a phenotype axis.

    Only outcomes a trial has any row on, or named as its primary outcome, give cells: a trial
    owes nobody a result it never looked for. A level counts as reported when a printed row was
    computed in it, or when the trial enrolled nobody else; a worked-out row does not count.

    Parameters
    ----------
    evidence, question : EvidenceBase, Question
        The rows of a case; its outcomes, axes and the scopes that count towards the headline.
    outcomes : sequence of str, optional
        Names of the outcomes to map; all of the question when left out.
    axis : str, optional
        Name of the axis; that of the question's focus when left out.

    Returns
    -------
    GapMap
        Cells in the order of trials, outcomes and levels.
    """
    name = axis if axis is not None else question.focus.axis if question.focus else ""
    chosen = [o for o in question.outcomes if outcomes is None or o.name in set(outcomes)]
    if not name:
        return GapMap("", (), (), (), (), (), _headline(evidence, question, ()))
    along = question.axis(name)
    cells = tuple(_cells(evidence, question, along, chosen))
    states = [cell.state for cell in cells]
    return GapMap(
        axis=name,
        levels=tuple(level.name for level in along.levels),
        cells=cells,
        by_level=_margin([cell.level for cell in cells], states),
        by_trial=_margin([cell.trial_id for cell in cells], states),
        by_outcome=_margin([cell.outcome for cell in cells], states),
        headline=_headline(evidence, question, cells),
    )
