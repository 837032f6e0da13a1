"""How each effect got its number, as sentences with the papers behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with the keys of the papers it cites."""

    text: str
    cites: tuple[str, ...] = ()


ROUTES = (
    Paragraph(
        "A standard error that no paper prints was worked back from the printed interval: its "
        "width on the analysis scale over twice the normal quantile.",
        ("parmar1998",),
    ),
    Paragraph(
        "Where only a P value or a number of events is printed, the standard error was worked "
        "back from it.",
        ("tierney2007",),
    ),
    Paragraph(
        "Log odds ratios from counts have the sum of the reciprocal cells as their variance.",
        ("woolf1955",),
    ),
    Paragraph(
        "Log risk ratios from counts have the delta-method variance for two independent "
        "proportions.",
        ("katz1978",),
    ),
    Paragraph(
        "Where a cell of a table is zero, one half was added to each of its cells.",
        ("sweeting2004",),
    ),
    Paragraph("Standardised mean differences carry the small-sample correction.", ("hedges1981",)),
    Paragraph(
        "Ratios of means were analysed as logarithms, with the delta-method variance.",
        ("hedges1999",),
    ),
)
"""One sentence for each paper behind an effect; only those that ran are written."""


def route_sentences(ran: Collection[str]) -> Iterator[Paragraph]:
    """Yield the sentences of the routes that ran."""
    for route in ROUTES:
        if set(route.cites) & set(ran):
            yield route
