"""Where each cell of the gap map stands, and how each kind of cell looks."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.evidence.gap_map import Cell, GapMap
from equipoise.evidence.question import Axis, Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.report.figures.theme import BLUE, INK, LINE, MUTED, ORANGE, PAPER, SAND, SKY


@dataclass(frozen=True)
class Look:
    """How one kind of cell is drawn: words, sign, ground and colour of the sign."""

    label: str
    sign: str
    ground: str
    ink: str


LOOKS = {
    "contrast": Look("reported, arms compared as randomised", "●", BLUE, PAPER),
    "enrolled": Look("reported, because only these patients were enrolled", "◆", BLUE, PAPER),
    "other": Look("reported, but not as a randomised contrast", "○", SKY, INK),
    "derived": Look("not printed, worked out here", "◇", PAPER, BLUE),
    "analysed_not_reported": Look("determined, result not reported", "▲", ORANGE, PAPER),
    "stored_samples": Look("stored samples could tell", "△", SAND, INK),
    "not_collectable": Look("cannot be known any more", "✗", LINE, PAPER),
    "unknown": Look("unknown", "?", "#eef1f4", MUTED),
    "not_enrolled": Look("such patients were not enrolled", "–", PAPER, MUTED),
}
"""From most to least known; sign and ground both tell, so that a grey print still reads."""

CELL_HEIGHT = 17
LABEL_WIDTH = 190
GAP = 4
"""Room between the cells of two outcomes."""


def look_of(cell: Cell) -> str:
    """Key in `LOOKS` of a cell."""
    if cell.state == "reported":
        if cell.by_enrolment:
            return "enrolled"
        return "contrast" if cell.randomised_contrast else "other"
    return "derived" if cell.derived_rows else cell.state


NARROWEST = 15.0
"""Width of a cell that still holds its sign and its count."""


@dataclass(frozen=True)
class GapLayout:
    """The map with the order of its rows and columns and the width of a cell, in pixels."""

    gaps: GapMap
    evidence: EvidenceBase
    question: Question
    axis: Axis
    trials: tuple[str, ...]
    outcomes: tuple[str, ...]
    cell_width: float

    @property
    def width(self) -> int:
        """Width of the grid."""
        return round(len(self.outcomes) * self._step)

    @property
    def height(self) -> int:
        """Height of the grid."""
        return len(self.trials) * CELL_HEIGHT

    @property
    def outside(self) -> frozenset[str]:
        """Trials that do not count towards the headline."""
        return frozenset(cell.trial_id for cell in self.gaps.cells if not cell.in_scope)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Cells of the outcomes that are drawn."""
        return tuple(cell for cell in self.gaps.cells if cell.outcome in self.outcomes)

    @property
    def hidden(self) -> int:
        """Number of outcomes for which there is no room."""
        return len({cell.outcome for cell in self.gaps.cells}) - len(self.outcomes)

    @property
    def _step(self) -> float:
        return self.cell_width * len(self.axis.levels) + GAP

    def left(self, outcome: str, level: str) -> float:
        """Left edge of a column."""
        levels = [entry.name for entry in self.axis.levels]
        place = self.outcomes.index(outcome) * self._step
        return place + levels.index(level) * self.cell_width

    def top(self, trial_id: str) -> int:
        """Top edge of a row."""
        return self.trials.index(trial_id) * CELL_HEIGHT


def lay_out(gaps: GapMap, evidence: EvidenceBase, question: Question, width: int) -> GapLayout:
    """Order rows and columns and fit the cells into `width` pixels, but no narrower than read."""
    axis = question.axis(gaps.axis)
    room = max(width - LABEL_WIDTH - 60, 200)
    most = int(room / (NARROWEST * len(axis.levels) + GAP))
    outcomes = _outcomes_in_order(gaps, question, most)
    cell_width = (room / max(len(outcomes), 1) - GAP) / len(axis.levels)
    return GapLayout(
        gaps,
        evidence,
        question,
        axis,
        _trials_in_order(gaps),
        outcomes,
        round(min(26.0, max(NARROWEST, cell_width)), 2),
    )


def _trials_in_order(gaps: GapMap) -> tuple[str, ...]:
    """Put trials in scope first, those that report most before others."""
    trials = list(dict.fromkeys(cell.trial_id for cell in gaps.cells))
    reported = {margin.key: margin.count("reported") for margin in gaps.by_trial}
    outside = {cell.trial_id for cell in gaps.cells if not cell.in_scope}
    return tuple(sorted(trials, key=lambda t: (t in outside, -reported[t], trials.index(t))))


def _outcomes_in_order(gaps: GapMap, question: Question, most: int) -> tuple[str, ...]:
    """Keep the outcomes that most trials report or looked at, in the order of the question."""
    present = [o.name for o in question.outcomes if any(c.outcome == o.name for c in gaps.cells)]

    def weight(name: str) -> tuple[int, int]:
        here = [cell for cell in gaps.cells if cell.outcome == name]
        reporting = {cell.trial_id for cell in here if cell.state == "reported"}
        return len(reporting), len({cell.trial_id for cell in here})

    kept = set(sorted(present, key=weight, reverse=True)[:most])
    return tuple(name for name in present if name in kept)
