"""Backbones with and without a drug and a partner, ranked on simulated response and recurrence.

Exploratory: a cell is as good as the assumed numbers it names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from equipoise.mechanism.combinations.arm_sets import ARMS, ArmSet
from equipoise.mechanism.combinations.interaction_excess import bliss_excess, highest_agent_excess
from equipoise.mechanism.sensitivity import (
    ArmOutcomes,
    OutcomeSetting,
    arm_outcomes,
    assumed_behind,
    log_hazard_ratio,
    log_odds_ratio,
    mean_response,
    parameters_behind,
)
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"rank_combinations": ("bliss1939", "abbott1925", "foucquier2015")}
EXPLORATORY = "exploratory: simulated, and resting on the assumed values named"


@dataclass(frozen=True)
class Interval:
    """Median and central 95 % over draws."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class CombinationCell:
    """One backbone under one rival.

    Attributes
    ----------
    backbone, drug, partner, rival : str
    rank : int
        1 for the highest median response with the drug, within the rival.
    alone, with_drug, with_partner, with_both : Interval
        Share with a complete response.
    event_free_alone, event_free_drug : Interval
        Share without recurrence; NaN without a link to recurrence.
    odds_ratio, hazard_ratio : Interval
        Of the drug on the backbone: complete response, and recurrence.
    odds_ratio_given_partner : Interval
        Of the drug on the backbone with the partner.
    bliss, highest : Interval
        Excess of drug and partner together over Bliss independence, with the backbone alone as
        background, and over the better of the two.
    failed : int
        Simulated courses without a solution, of all four arms; their patients are left out of all.
    assumed : tuple of str
        Assumed parameters that the drug's effect rests on here; empty where it has none.
    label : str
    """

    backbone: str
    drug: str
    partner: str
    rival: str
    rank: int
    alone: Interval
    with_drug: Interval
    with_partner: Interval
    with_both: Interval
    event_free_alone: Interval
    event_free_drug: Interval
    odds_ratio: Interval
    hazard_ratio: Interval
    odds_ratio_given_partner: Interval
    bliss: Interval
    highest: Interval
    failed: int
    assumed: tuple[str, ...]
    label: str = EXPLORATORY


def rank_combinations(
    setting: OutcomeSetting,
    arm_sets: Sequence[ArmSet],
    rivals: Mapping[str, Mapping[str, float]],
    rows: Array,
    outcome: str,
) -> tuple[CombinationCell, ...]:
    """Simulate every backbone under every rival.

    Parameters
    ----------
    setting : OutcomeSetting
    arm_sets : sequence of ArmSet
    rivals : mapping of str to mapping of str to float
        Switches of each rival.
    rows : (m, n, p) array
        Patients under draws; the same for all arms, backbones and rivals.
    outcome : str
        Quantity of the model that response follows, to tell what the effect rests on.

    Returns
    -------
    tuple of CombinationCell
        By rival in the order given, then by rank.
    """
    cells: list[CombinationCell] = []
    store = _Store(setting, rows, outcome, {})
    for rival, switches in rivals.items():
        made = [_cell(store, arms, rival, switches) for arms in arm_sets]
        made.sort(key=lambda cell: -cell.with_drug.median)
        cells += [replace(cell, rank=k + 1) for k, cell in enumerate(made)]
    return tuple(cells)


@dataclass(frozen=True, eq=False)
class _Store:
    """Arms that are simulated once for all rivals under which they are the same."""

    setting: OutcomeSetting
    rows: Array
    outcome: str
    known: dict[tuple[object, ...], ArmOutcomes]

    def arm(self, arms: ArmSet, name: str, switches: Mapping[str, float]) -> ArmOutcomes:
        model = self.setting.model
        behind = parameters_behind(model, arms.dosed[name], self.outcome)
        told = {symbol: value for symbol, value in switches.items() if symbol in behind}
        key = (arms.backbone, name, *sorted(told.items()))
        if key not in self.known:
            rows = self.rows.copy()
            for symbol, value in switches.items():
                rows[:, :, model.index(symbol)] = value
            self.known[key] = arm_outcomes(self.setting, arms.schedules[name], rows)
        return self.known[key]


def cells_frame(cells: Sequence[CombinationCell]) -> pd.DataFrame:
    """Return a row for every cell; an interval takes three columns."""
    records = []
    for cell in cells:
        record: dict[str, object] = {}
        for name, value in vars(cell).items():
            if isinstance(value, Interval):
                record |= {f"{name}_{end}": limit for end, limit in vars(value).items()}
            else:
                record[name] = ", ".join(value) if isinstance(value, tuple) else value
        records.append(record)
    return pd.DataFrame(records)


def _cell(
    store: _Store, arms: ArmSet, rival: str, switches: Mapping[str, float]
) -> CombinationCell:
    model = store.setting.model
    assumed = assumed_behind(model, switches, arms.dosed["drug"], arms.sources, store.outcome)
    same = {} if assumed else {"drug": "alone", "both": "partner"}
    found = {arm: store.arm(arms, same.get(arm, arm), switches) for arm in ARMS}
    solved = np.all([np.isfinite(found[arm].response) for arm in ARMS], axis=0)
    response = {arm: np.where(solved, found[arm].response, np.nan) for arm in ARMS}
    free = {arm: np.where(solved, found[arm].event_free, np.nan) for arm in ("alone", "drug")}
    share = {arm: mean_response(response[arm]) for arm in ARMS}
    excess = bliss_excess(share["both"], share["drug"], share["partner"], share["alone"])
    given = log_odds_ratio(response["both"], response["partner"])
    return CombinationCell(
        backbone=arms.backbone,
        drug=arms.drug,
        partner=arms.partner,
        rival=rival,
        rank=0,
        alone=interval(share["alone"]),
        with_drug=interval(share["drug"]),
        with_partner=interval(share["partner"]),
        with_both=interval(share["both"]),
        event_free_alone=interval(mean_response(free["alone"])),
        event_free_drug=interval(mean_response(free["drug"])),
        odds_ratio=interval(np.exp(log_odds_ratio(response["drug"], response["alone"]))),
        hazard_ratio=interval(_hazard_ratio(free["drug"], free["alone"])),
        odds_ratio_given_partner=interval(np.exp(given)),
        bliss=interval(excess),
        highest=interval(highest_agent_excess(share["both"], share["drug"], share["partner"])),
        failed=sum(found[arm].failed for arm in ARMS),
        assumed=assumed,
    )


def _hazard_ratio(treated: Array, control: Array) -> Array:
    if not np.isfinite(control).any():
        return np.full(len(control), np.nan)
    ratio: Array = np.exp(log_hazard_ratio(treated, control))
    return ratio


def interval(values: Array) -> Interval:
    """Return median and central 95 % of the values that are numbers, NaN if none is."""
    used = values[np.isfinite(values)]
    if not used.size:
        return Interval(np.nan, np.nan, np.nan)
    return Interval(*np.percentile(used, [50.0, 2.5, 97.5]).tolist())
