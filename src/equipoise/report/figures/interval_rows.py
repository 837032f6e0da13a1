"""What a picture of estimates with intervals is made of: rows, columns and the frame.

A filled mark is a printed or pooled number, an open one is derived or reconstructed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.report.figures.axis_choice import EffectAxis
from equipoise.report.figures.theme import INK

Marker = Literal["square", "circle", "triangle", "diamond", "cross", "summary", "range", "none"]

NARROWEST_PLOT = 235
"""Least width of a plot, in pixels: the words under its axis still stand apart."""

GUTTER = 10
"""Room between two columns, in pixels."""


@dataclass(frozen=True)
class TextColumn:
    """A column of text beside the plot: heading, width in pixels, and alignment."""

    title: str
    width: int
    align: Literal["left", "right", "center"] = "left"


@dataclass(frozen=True)
class IntervalRow:
    """One row of the picture.

    Attributes
    ----------
    left, right : tuple of str
        Texts of the columns left and right of the plot.
    estimate, low, high : float or None
        On the natural scale of the axis; None draws nothing.
    marker : str
        ``square``, ``circle``, ``triangle`` or ``diamond`` for an estimate, ``summary`` for a
        pooled one drawn as a wide diamond, ``cross`` for a pooled one without an interval,
        ``range`` for an interval alone, ``none`` for a line of text.
    hollow : bool
        True for derived and reconstructed numbers.
    area : float
        Area of the mark in square pixels.
    anchor : str
        Target inside the page, without ``#``; empty for no link.
    detail : str
        Shown when the pointer rests on the mark.
    space : float
        Extra room above the row, in rows.
    """

    left: tuple[str, ...]
    right: tuple[str, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    marker: Marker = "square"
    hollow: bool = False
    area: float = 55.0
    tone: str = INK
    bold: bool = False
    muted: bool = False
    anchor: str = ""
    detail: str = ""
    space: float = 0.0


@dataclass(frozen=True)
class PlotFrame:
    """Everything around the rows: axis, columns, widths and words."""

    axis: EffectAxis
    left: tuple[TextColumn, ...]
    right: tuple[TextColumn, ...]
    plot_width: int
    axis_title: str
    favours: tuple[str, str] | None = None
    reference: float | None = None

    @property
    def edges(self) -> tuple[int, int]:
        """Left and right end of the picture, in pixels from the left end of the axis."""
        left = -sum(column.width + GUTTER for column in self.left)
        return left, self.plot_width + sum(column.width + GUTTER for column in self.right)


def in_words(rows: Sequence[IntervalRow]) -> tuple[tuple[str, str], ...]:
    """Name and value of each row that has both, for a list in place of the drawing."""
    return tuple((row.left[0], row.right[0]) for row in rows if row.left and any(row.right[:1]))


def count_columns(rows: Sequence[IntervalRow]) -> tuple[TextColumn, TextColumn]:
    """Size the second and third column, events out of patients, by their longest entry."""
    texts = [row.left for row in rows if len(row.left) > 2]
    first, second = (
        max(68, round(7.6 * max((len(text[i]) for text in texts), default=0))) for i in (1, 2)
    )
    return TextColumn("Treatment", first, "right"), TextColumn("Control", second, "right")


def fitted(texts: Sequence[str], least: int, most: int) -> int:
    """Width of a column of text, in pixels, by its longest entry and within limits."""
    longest = max((len(text) for text in texts), default=0)
    return min(most, max(least, round(6.5 * longest)))
