"""Tables of markers: the effect on both sides of each, and how well it separates the rivals."""

from __future__ import annotations

import math

from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import digits, patients_words, rival_name
from equipoise.report.number_text import MISSING, percent, with_interval
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]


def splits_table(dossier: Dossier) -> Table:
    """Give the effect on both sides of each marker, and the patients a study would need."""
    found = dossier.mechanism
    rows = found.splits.effects if found else ()
    columns = (
        Column("rival", "Rival"),
        Column("share", "Share", numeric=True),
        Column("positive", "With the marker", numeric=True, spanner="Odds ratio"),
        Column("negative", "Without", numeric=True, spanner="Odds ratio"),
        Column("interaction", "Ratio of the two", numeric=True),
        Column("patients", "Mean", numeric=True, spanner="Patients needed"),
        Column("least", "At best", numeric=True, spanner="Patients needed"),
    )
    best = found.splits.best if found else ""
    named = _best_words(found, best) if found else ""
    note = (
        "Odds ratios of complete response, the drug against none; simulated (median, central "
        "95 %). “Patients needed”: a randomised study that finds the mean interaction (two-sided "
        "5 %, power 80 %), or at best that at the far end of the interval; “no number” where there "
        f"is none to find.{named}"
    )
    labels = _split_labels(found) if found else {}
    cells: list[Cells] = [
        {
            "marker": labels.get(row.marker, row.marker),
            "rival": rival_name(found, row.rival) if found else row.rival,
            "share": percent(100 * row.share_positive),
            "positive": _odds(row.positive, row.positive_low, row.positive_high),
            "negative": _odds(row.negative, row.negative_low, row.negative_high),
            "interaction": _odds(row.interaction, row.interaction_low, row.interaction_high),
            "patients": patients_words(row.patients),
            "least": patients_words(row.patients_least),
        }
        for row in rows
    ]
    records = tuple({"label": labels.get(row.marker, "")} | vars(row) for row in rows)
    html = show("mechanism_splits", columns, cells, group="marker")
    title = "Would a marker tell the rivals apart?"
    return Table("mechanism_splits", title, note, records, html)


def _best_words(found: CaseMechanism, best: str) -> str:
    if not best:
        return " No marker separates any two rivals."
    needed = patients_words(found.splits.harmonic_patients[best])
    name = _split_labels(found).get(best, best)
    return f" The marker that separates them best is “{name}”: {needed} patients for a mean pair."


def _split_labels(found: CaseMechanism) -> dict[str, str]:
    """Names of the markers, in the order of the groups of any effect: with, then without."""
    symbols = list(dict.fromkeys(row.marker for row in found.splits.effects))
    groups = found.effects[0].groups[1::2] if found.effects else ()
    return dict(zip(symbols, groups, strict=False))


def _odds(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return MISSING
    return with_interval(math.exp(value), math.exp(low), math.exp(high), "ratio", 3)


def separations_table(dossier: Dossier) -> Table:
    """Give how far each marker separates each pair of rivals."""
    found = dossier.mechanism
    rows = found.splits.separations if found else ()
    columns = (
        Column("pair", "Rivals"),
        Column("difference", "Difference of log odds", numeric=True),
        Column("standardised", "Over its spread", numeric=True),
        Column("patients", "Patients needed", numeric=True),
    )
    labels = _split_labels(found) if found else {}
    note = (
        "Difference of the mean interactions under two rivals, simulated, and the study it needs."
    )
    cells: list[Cells] = [
        {
            "marker": labels.get(row.marker, row.marker),
            "pair": f"{row.first} against {row.second}",
            "difference": digits(row.difference),
            "standardised": digits(row.standardised),
            "patients": patients_words(row.patients),
        }
        for row in rows
    ]
    records = tuple({"label": labels.get(row.marker, "")} | vars(row) for row in rows)
    html = show("mechanism_separations", columns, cells, group="marker")
    title = "Pairs of rivals that a marker separates"
    return Table("mechanism_separations", title, note, records, html, folded=True)
