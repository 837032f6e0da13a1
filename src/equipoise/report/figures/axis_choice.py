"""Choose the range and the ticks of an effect axis.

An axis serves the estimates first: it holds every estimate and the pooled interval, and cuts
intervals that run far beyond them (the cut end is drawn as an arrow).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_FINE = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4, 1.6, 2)
_MEDIUM = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)
_COARSE = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)
_STEPS = (1, 2, 2.5, 5, 10)

BESIDE, BESIDE_CUT = 1.05, 1.3
"""Factor left free beyond the outermost estimate of a ratio axis; where an interval is cut, wide
enough that the arrow at its end is not hidden by the mark."""


@dataclass(frozen=True)
class EffectAxis:
    """Range, ticks and kind of an effect axis, on the natural scale."""

    low: float
    high: float
    ticks: tuple[float, ...]
    logarithmic: bool
    no_effect: float

    def inside(self, value: float) -> bool:
        """Say whether a value can be drawn."""
        return self.low <= value <= self.high

    def clipped(self, value: float) -> float:
        """Bring a value to the nearest end of the axis."""
        return min(max(value, self.low), self.high)


def choose_axis(
    estimates: Sequence[float],
    ends: Iterable[float],
    *,
    logarithmic: bool,
    always: Iterable[float] = (),
) -> EffectAxis:
    """Axis for estimates, the ends of their intervals, and values it must `always` hold.

    Parameters
    ----------
    estimates : sequence of float
        Point estimates on the natural scale.
    ends : iterable of float
        Ends of the intervals; infinite and missing ones are ignored.
    logarithmic : bool
        True for ratios.
    always : iterable of float
        Further values that must lie inside, such as the ends of the pooled interval.
    """
    chosen = _ratio_axis if logarithmic else _difference_axis
    musts = [v for v in (*estimates, *always) if math.isfinite(v) and (v > 0 or not logarithmic)]
    wishes = [v for v in ends if math.isfinite(v) and (v > 0 or not logarithmic)]
    return chosen(musts, wishes)


def _ratio_axis(musts: list[float], wishes: list[float]) -> EffectAxis:
    low = min([1.0, *musts, *(max(v, 0.1) for v in wishes)])
    high = max([1.0, *musts, *(min(v, 10.0) for v in wishes)])
    low /= BESIDE_CUT if any(v < low for v in wishes) else BESIDE
    high *= BESIDE_CUT if any(v > high for v in wishes) else BESIDE
    low, high = min(low, 0.83), max(high, 1.2)
    spread = high / low
    marks = _FINE if spread < 3 else _MEDIUM if spread < 30 else _COARSE
    ticks = tuple(float(mark) for mark in marks if low <= mark <= high)
    return EffectAxis(low, high, _thinned(ticks), logarithmic=True, no_effect=1.0)


def _thinned(ticks: tuple[float, ...]) -> tuple[float, ...]:
    """Drop ticks that would crowd, keeping 1."""
    if len(ticks) <= 7:
        return ticks
    centre = ticks.index(1.0)
    return tuple(tick for place, tick in enumerate(ticks) if (place - centre) % 2 == 0)


def _difference_axis(musts: list[float], wishes: list[float]) -> EffectAxis:
    reach = max([abs(v) for v in musts] or [1.0])
    limit = 4 * reach if reach > 0 else math.inf
    kept = [*musts, 0.0, *(min(max(v, -limit), limit) for v in wishes)]
    low, high = min(kept), max(kept)
    if high - low < 1e-6:
        low, high = low - 1.0, high + 1.0
    step = _nice_step((high - low) / 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = tuple(float(f"{place * step:.10g}") for place in range(first, last + 1))
    return EffectAxis(ticks[0], ticks[-1], ticks, logarithmic=False, no_effect=0.0)


def _nice_step(rough: float) -> float:
    scale = 10 ** math.floor(math.log10(rough))
    return float(next(step * scale for step in _STEPS if step * scale >= rough * 0.999))
