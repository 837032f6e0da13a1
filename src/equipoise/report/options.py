"""Sizes and words of the report: its slice of ``case.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from equipoise.evidence.question import Slice


class GlossaryEntry(Slice):
    """A word of the trade and what it means in plain language."""

    term: str
    """The word."""
    meaning: str
    """What it means."""


class ReportOptions(Slice):
    """Sizes and words of the report."""

    figure_width: Annotated[int, Field(ge=320, le=1600)] = 860
    """Width of a figure in pixels, text columns included."""
    png_scale: Annotated[float, Field(ge=1, le=4)] = 2.0
    """Pixels of a PNG for one of the page."""
    decimals: Annotated[int, Field(ge=1, le=4)] = 2
    """Decimals of a ratio."""
    limitations: tuple[str, ...] = ()
    """What the reader must know about this collection, as sentences."""
    glossary: tuple[GlossaryEntry, ...] = ()
    """Words explained at the end."""
    research_use: str = "Research use only. Not medical advice."
    """The sentence that stands wherever a number could be taken for advice."""
    cohort_lesson: tuple[str, ...] = ()
    """Two cohort rows of the same data, naive and then corrected by design, whose contrast the
    summary tells."""
