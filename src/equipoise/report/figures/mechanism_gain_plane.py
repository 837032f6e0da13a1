"""The plane of drive and gain: ranges of its axes, and what stands on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from equipoise.mechanism.sensitivity import CellMark, DriveBand, IsoEffects

PLOT_HEIGHT = 270
DECADES = 4.0
"""Most decades of gain that are drawn."""


@dataclass(frozen=True)
class Plane:
    """Ranges of both axes of a panel, and its width."""

    x: tuple[float, float]
    y: tuple[float, float]
    width: int

    def place(self, gain: float) -> float:
        """Pixel of a gain, from the top."""
        low, high = (math.log10(end) for end in self.y)
        at = min(max(math.log10(gain), low), high)
        return PLOT_HEIGHT * (high - at) / (high - low)


def gain_range(iso: IsoEffects) -> tuple[float, float]:
    """Whole decades of gain, from the least that any line needs where anything stands."""
    least = min(row.gain for row in iso.needed if row.gain > 0)
    low = math.floor(math.log10(least * 0.999))
    most = max(row.gain for row in iso.needed if math.isfinite(row.gain))
    return 10.0**low, 10.0 ** min(low + DECADES, math.ceil(math.log10(most)))


def drive_range(iso: IsoEffects, band: DriveBand) -> tuple[float, float]:
    """Whole decades of x that hold the patients and the experiments."""
    marks = [mark for mark in iso.marks if mark.term == band.term] or list(
        marks_of(iso.marks, band, iso)
    )
    low = min([band.x[0], *(mark.x_low for mark in marks)])
    high = max([band.x[2], *(mark.x_high for mark in marks)])
    return 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high))


def marks_of(marks: Sequence[CellMark], band: DriveBand, iso: IsoEffects) -> tuple[CellMark, ...]:
    """Return marks of a term; those of the first term for all together, whose axis it is."""
    own = tuple(mark for mark in marks if mark.term == band.term)
    return own or tuple(mark for mark in marks if mark.term == iso.bands[0].term)


def drive_axis(plane: Plane, *, title: str | None, labels: bool) -> alt.X:
    """Return the axis of drive, with as many ticks as have room."""
    decades = round(math.log10(plane.x[1] / plane.x[0]))
    step = max(1, math.ceil(decades * 30 / plane.width))
    first = round(math.log10(plane.x[0]))
    return alt.X(
        "x:Q",
        scale=alt.Scale(type="log", domain=list(plane.x), nice=False),
        title=title,
        axis=alt.Axis(
            values=[10.0**k for k in range(first, first + decades + 1, step)],
            format="~g",
            labels=labels,
            ticks=labels,
            labelFlush=False,
        ),
    )


def seven(value: float) -> float:
    """Seven digits: more than a pixel, and the same text on every machine."""
    return float(f"{value:.7g}")
