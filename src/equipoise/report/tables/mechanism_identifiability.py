"""Tables of what data can place, and of which uncertain parameter carries the effect."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.mechanism.rivals import Profile
from equipoise.mechanism.sensitivity import FactorIndices
from equipoise.mechanism.sources import ProfileNote
from equipoise.report.dossier import Dossier
from equipoise.report.mechanism_words import digits, parameter_name
from equipoise.report.number_text import MISSING, grouped, joined, number
from equipoise.report.tables.table import Column, Table, show

Cells = dict[str, str | Markup]

OF_EFFECT = "Of the variance, % (95 %)"
OF_RANK = "Of that of its rank, % (95 %)"


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
        "interval": _interval(low, high),
        "range": f"{digits(math.exp(one.grid[0]))} to {digits(math.exp(one.grid[-1]))}",
        "shape": one.shape + ("" if one.converged else ", not converged"),
        "says": _says(one, about),
    }


def _interval(low: float, high: float) -> str:
    """Write an interval that may lack an end."""
    if math.isnan(low) and math.isnan(high):
        return "no end"
    if math.isnan(low):
        return f"up to {digits(high)}"
    return f"{digits(low)} or more" if math.isnan(high) else f"{digits(low)} to {digits(high)}"


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
    """Tell which uncertain number carries the effect, and which its order among draws."""
    found = dossier.mechanism
    columns = (
        Column("factor", "Number"),
        Column("standing", "Standing"),
        Column("first", "Alone", numeric=True, spanner=OF_EFFECT),
        Column("total", "With its interactions", numeric=True, spanner=OF_EFFECT),
        Column("rank_first", "Alone", numeric=True, spanner=OF_RANK),
        Column("rank_total", "With its interactions", numeric=True, spanner=OF_RANK),
    )
    note = _indices_note(found) if found else ""
    pairs = tuple(_paired(found)) if found else ()
    cells: list[Cells] = [
        {
            "factor": parameter_name(found, by_rank.name),
            "standing": found.sources.standings.get(by_rank.name, ""),
            "first": _shares(effect.first, effect.first_low, effect.first_high),
            "total": _shares(effect.total, effect.total_low, effect.total_high),
            "rank_first": _shares(by_rank.first, by_rank.first_low, by_rank.first_high),
            "rank_total": _shares(by_rank.total, by_rank.total_low, by_rank.total_high),
        }
        for effect, by_rank in pairs
        if found
    ]
    records = tuple(
        {**vars(effect)} | {f"rank_{k}": v for k, v in vars(by_rank).items() if k != "name"}
        for effect, by_rank in pairs
    )
    html = show("mechanism_indices", columns, cells)
    return Table("mechanism_indices", "What the effect rests on", note, records, html, folded=True)


def _indices_note(found: CaseMechanism) -> str:
    effect, rival = found.carriers.effect, found.carriers.rival
    return (
        f"Sobol indices of the log odds ratio of the drug with {found.carriers.regimen}, under "
        f"{rival}: mean {digits(effect.mean)}, standard deviation {digits(effect.sd)} over the "
        f"assumed ranges and the patients; {grouped(effect.points)} points, {effect.failed} of "
        "the base sample left out. A few draws with large effects rule the variance; the indices "
        "of the rank ask for the order of effects and are tighter. Simulated; an estimate may fall "
        "slightly outside 0 to 100 %."
    )


def _paired(found: CaseMechanism) -> Iterator[tuple[FactorIndices, FactorIndices]]:
    """Yield the indices of the effect and of its rank, from the largest total of the rank down."""
    effects = {row.name: row for row in found.carriers.effect.factors}
    for row in found.carriers.rank.factors:
        yield effects[row.name], row


def _shares(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return MISSING
    return f"{number(100 * value, 0)} ({number(100 * low, 0)} to {number(100 * high, 0)})"
