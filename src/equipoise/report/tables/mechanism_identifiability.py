"""Tables of what data can place, and of which uncertain parameter carries the effect."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.rivals import Profile
from equipoise.mechanism.sources import ProfileNote
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import digits, parameter_name
from equipoise.report.number_text import MISSING, joined, number
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]

OF_VARIANCE = "Share of the variance, % (95 %)"


def profiles_table(dossier: Dossier) -> Table:
    """Tell what the window trials can place, and what they cannot."""
    found = dossier.mechanism
    columns = (
        Column("parameter", "Parameter"),
        Column("rival", "Under"),
        Column("interval", "95 % interval", numeric=True),
        Column("range", "Tried", numeric=True),
        Column("shape", "Profile"),
        Column("says", "So"),
    )
    pairs = list(zip(found.profiles, found.sources.profiles, strict=True)) if found else []
    note = (
        "Profile likelihood over the window trials: the best fit for each value of the parameter. "
        "A flat profile has no end on either side: these trials say nothing of the parameter. One "
        "that is moved together with others, their ratio kept, shows what is not identifiable by "
        "itself: only the ratio counts."
    )
    cells = [_profile_cells(found, one, about) for one, about in pairs] if found else []
    records = tuple(_profile_record(one, about) for one, about in pairs)
    html = show("mechanism_profiles", columns, cells)
    title = "What the window trials can place"
    return Table("mechanism_profiles", title, note, records, html)


def _profile_cells(found: CaseMechanism, one: Profile, about: ProfileNote) -> Cells:
    low, high = _ends(one)
    tied = f", moved together with {joined(about.tied)}" if about.tied else ""
    return {
        "parameter": f"{parameter_name(found, about.parameter)}{tied}",
        "rival": about.rival,
        "interval": f"{digits(low) if one.low is not None else 'no end'} to "
        f"{digits(high) if one.high is not None else 'no end'}",
        "range": f"{digits(math.exp(one.grid[0]))} to {digits(math.exp(one.grid[-1]))}",
        "shape": one.shape + ("" if one.converged else ", not converged"),
        "says": _says(one, about),
    }


def _says(one: Profile, about: ProfileNote) -> str:
    if about.tied and one.shape == "flat":
        return f"{about.parameter} alone is not identifiable: only its ratio to the others counts"
    return {
        "flat": "not identifiable from these trials",
        "one-sided": "a bound on one side only",
        "closed": "bounded on both sides",
    }[one.shape]


def _ends(one: Profile) -> tuple[float, float]:
    return (
        math.nan if one.low is None else math.exp(one.low),
        math.nan if one.high is None else math.exp(one.high),
    )


def _profile_record(one: Profile, about: ProfileNote) -> dict[str, Any]:
    low, high = _ends(one)
    return {
        "parameter": about.parameter,
        "rival": about.rival,
        "tied": " ".join(about.tied),
        "free": " ".join(about.free),
        "low": low,
        "high": high,
        "tried_low": math.exp(one.grid[0]),
        "tried_high": math.exp(one.grid[-1]),
        "deepest": min(one.values),
        "shape": one.shape,
        "converged": one.converged,
    }


def indices_table(dossier: Dossier) -> Table:
    """Tell which uncertain parameter carries the effect."""
    found = dossier.mechanism
    rows = found.indices.factors if found else ()
    columns = (
        Column("factor", "Parameter"),
        Column("standing", "Standing"),
        Column("first", "Alone", numeric=True, spanner=OF_VARIANCE),
        Column("total", "With its interactions", numeric=True, spanner=OF_VARIANCE),
    )
    note = (
        f"Sobol indices of the log odds ratio, drug against none, every path of the rivals open: "
        f"mean {digits(found.indices.mean)}, standard deviation {digits(found.indices.sd)} over "
        f"the assumed ranges; {found.indices.points} points, {found.indices.failed} left out. "
        "Simulated; estimates may fall slightly outside 0 to 100 %."
        if found
        else ""
    )
    cells: list[Cells] = [
        {
            "factor": parameter_name(found, row.name),
            "standing": found.sources.standings.get(row.name, ""),
            "first": _share_interval(row.first, row.first_low, row.first_high),
            "total": _share_interval(row.total, row.total_low, row.total_high),
        }
        for row in rows
        if found
    ]
    records = tuple({**vars(row)} for row in rows)
    html = show("mechanism_indices", columns, cells)
    return Table("mechanism_indices", "What the effect rests on", note, records, html, folded=True)


def _share_interval(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return MISSING
    return f"{number(100 * value, 0)} ({number(100 * low, 0)} to {number(100 * high, 0)})"
