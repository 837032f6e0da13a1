"""Sizes and words of the report: its slice of ``case.toml``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from equipoise.errors import Problem
from equipoise.evidence.question import Slice
from equipoise.evidence.schema import EvidenceBase


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
    null_trial_sizes: tuple[Annotated[int, Field(ge=40, le=5000)], ...] = (50, 100, 500)
    """Patients a simulated trial, in the warning of what a model finds where the treatment does
    nothing; none for no warning. Told only in a case with markers."""
    cohort_lesson: tuple[str, ...] = ()
    """Two cohort rows of the same data, naive and then corrected by design, whose contrast the
    summary tells."""


def options_problems(options: ReportOptions, evidence: EvidenceBase) -> Iterator[Problem]:
    """Yield what is wrong with the options, held against the evidence."""
    known = [row.cohort_id for row in evidence.cohorts]
    for name in options.cohort_lesson:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            where = ("case.toml", "[report]", "cohort_lesson")
            yield Problem(*where, name, "a cohort_id of cohorts.csv", f"Correct the id.{hint}")
    if len(options.cohort_lesson) not in (0, 2):
        count = str(len(options.cohort_lesson))
        yield Problem("case.toml", "[report]", "cohort_lesson", count, "two rows", "Name two.")
    sizes = options.null_trial_sizes
    if len(set(sizes)) < len(sizes):
        where = ("case.toml", "[report]", "null_trial_sizes")
        yield Problem(*where, str(list(sizes)), "each size once", "Leave out the second.")
