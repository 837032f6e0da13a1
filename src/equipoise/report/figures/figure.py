"""A picture with everything that must stand beside it."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.figures.theme import Drawing


@dataclass(frozen=True)
class Figure:
    """One figure of the dossier.

    Attributes
    ----------
    id : str
        Stable name: file name, anchor in the page, key of the picture cache.
    title : str
        What it shows, as a heading.
    caption : str
        How to read it, in one to three sentences.
    alt : str
        What it says, for a reader who cannot see it.
    chart : altair chart
        The drawing; interactive in the page, an image everywhere else.
    section : str
        Section of the dossier it stands in.
    rows : tuple of (str, str)
        What each row says, in words and numbers: shown as a list where the screen is too narrow
        for the drawing.
    """

    id: str
    title: str
    caption: str
    alt: str
    chart: Drawing
    section: str
    rows: tuple[tuple[str, str], ...] = ()
