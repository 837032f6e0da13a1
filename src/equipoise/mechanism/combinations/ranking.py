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
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.sensitivity import (
    ArmOutcomes,
    OutcomeSetting,
    arm_outcomes,
    assumed_behind,
    log_hazard_ratio,
    log_odds_ratio,
    mean_response,
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
        Simulated courses without a solution, of all four arms.
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
    for rival, switches in rivals.items():
        switched = rows.copy()
        for symbol, value in switches.items():
            switched[:, :, setting.model.index(symbol)] = value
        made = [_cell(setting, arms, rival, switches, switched, outcome) for arms in arm_sets]
        made.sort(key=lambda cell: -cell.with_drug.median)
        cells += [replace(cell, rank=k + 1) for k, cell in enumerate(made)]
    return tuple(cells)


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
    setting: OutcomeSetting,
    arms: ArmSet,
    rival: str,
    switches: Mapping[str, float],
    rows: Array,
    outcome: str,
) -> CombinationCell:
    found = {arm: arm_outcomes(setting, arms.schedules[arm], rows) for arm in ARMS}
    alone, drug, partner, both = (found[arm] for arm in ARMS)
    share = {arm: mean_response(found[arm].response) for arm in ARMS}
    excess = bliss_excess(share["both"], share["drug"], share["partner"], share["alone"])
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
        event_free_alone=interval(mean_response(alone.event_free)),
        event_free_drug=interval(mean_response(drug.event_free)),
        odds_ratio=interval(np.exp(log_odds_ratio(drug.response, alone.response))),
        hazard_ratio=interval(_hazard_ratio(drug, alone)),
        odds_ratio_given_partner=interval(np.exp(log_odds_ratio(both.response, partner.response))),
        bliss=interval(excess),
        highest=interval(highest_agent_excess(share["both"], share["drug"], share["partner"])),
        failed=sum(found[arm].failed for arm in ARMS),
        assumed=_assumed(setting.model, arms, switches, outcome),
    )


def _assumed(
    model: MechanismModel, arms: ArmSet, switches: Mapping[str, float], outcome: str
) -> tuple[str, ...]:
    return assumed_behind(model, switches, arms.dosed["drug"], arms.sources, outcome)


def _hazard_ratio(treated: ArmOutcomes, control: ArmOutcomes) -> Array:
    if not np.isfinite(control.event_free).any():
        return np.full(len(control.event_free), np.nan)
    ratio: Array = np.exp(log_hazard_ratio(treated.event_free, control.event_free))
    return ratio


def interval(values: Array) -> Interval:
    """Return median and central 95 % of the values that are numbers, NaN if none is."""
    used = values[np.isfinite(values)]
    if not used.size:
        return Interval(np.nan, np.nan, np.nan)
    return Interval(*np.percentile(used, [50.0, 2.5, 97.5]).tolist())
