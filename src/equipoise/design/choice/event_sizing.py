"""How many events trials of given hazard ratios need: the table to hold every plan against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.design.sizes import events_needed, interaction_events_needed, whole

HALF = 0.5
"""Share of marker-positive patients in the interaction that the table is about."""

USUAL = (0.75, 0.85)
"""Hazard ratios shown beside those that are asked for."""


@dataclass(frozen=True)
class SizingRow:
    """Events that a trial of one hazard ratio needs, and an interaction of that size."""

    hazard_ratio: float
    schoenfeld: int
    freedman: int
    interaction: int


def sizing_table(hazard_ratios: Sequence[float]) -> tuple[SizingRow, ...]:
    """Events for 80 % power at a two-sided 5 %, 1:1, rounded up; none for a ratio of 1.

    The last column is for an interaction of that size with half the patients marker-positive.
    """
    wanted = [hr for hr in (*hazard_ratios, *USUAL) if hr != 1.0]
    out = []
    for hr in sorted(set(wanted)):
        numbers = (
            events_needed(hr),
            events_needed(hr, method="freedman"),
            interaction_events_needed(hr, HALF),
        )
        out.append(SizingRow(hr, *(int(whole(n)) for n in numbers)))
    return tuple(out)
