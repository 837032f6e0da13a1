"""Sizes and words of the report: its slice of ``case.toml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from equipoise.evidence.question import Slice


class GlossaryEntry(Slice):
    """A word of the trade and what it means in plain language."""

    term: str
    meaning: str


class ReportOptions(Slice):
    """The report's slice of ``case.toml``: sizes, glossary and the case's own limitations.

    `figure_width` is the width in pixels a figure aims at, text columns included.

    `cohort_lesson` names two cohort rows, a naive and a design-corrected analysis of the same
    data, whose contrast the summary tells.
    """

    figure_width: Annotated[int, Field(ge=320, le=1600)] = 860
    png_scale: Annotated[float, Field(ge=1, le=4)] = 2.0
    decimals: Annotated[int, Field(ge=1, le=4)] = 2
    limitations: tuple[str, ...] = ()
    glossary: tuple[GlossaryEntry, ...] = ()
    research_use: str = "Research use only. Not medical advice."
    cohort_lesson: tuple[str, ...] = ()
