"""What would have to be true for the drug to matter: drive that patients reach, gain it needs."""

from __future__ import annotations

import numpy as np

from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.sensitivity import (
    CellExperiment,
    DriveTerm,
    ExposureBand,
    IsoEffects,
    iso_effects,
)


def must_be_true(
    case: CaseModel, plan: MechanismPlan, experiments: tuple[CellExperiment, ...]
) -> IsoEffects:
    """Lay lines of equal effect over the drive that printed concentrations allow."""
    model, drive = case.model, plan.drive
    rows = {row.symbol: row for row in model.parameters}
    observed = case.target(drive.observed)
    ratio = rows[drive.tissue_ratio]
    terms = [
        DriveTerm(
            rows[term.half_concentration].label,
            float(rows[term.half_concentration].value),
            float(rows[term.weight].value) if term.weight else 1.0,
            float(rows[term.steepness].value) if term.steepness else 1.0,
        )
        for term in drive.terms
    ]
    nan = float("nan")
    band = ExposureBand(
        observed.low or nan,
        observed.value or nan,
        observed.high or nan,
        ratio.low if ratio.low is not None else nan,
        float(ratio.value),
        ratio.high if ratio.high is not None else nan,
    )
    return iso_effects(terms, band, drive.odds_ratios, experiments)


def drives(case: CaseModel, plan: MechanismPlan, rows: np.ndarray) -> np.ndarray:
    """Mean drive of the patients of each draw at the printed concentration, (m,)."""
    model, drive = case.model, plan.drive

    def column(symbol: str) -> np.ndarray:
        return np.asarray(rows[:, :, model.index(symbol)])

    tissue = (case.target(drive.observed).value or float("nan")) * column(drive.tissue_ratio)
    total = np.zeros(rows.shape[:2])
    for term in drive.terms:
        steepness = column(term.steepness) if term.steepness else 1.0
        power = (tissue / column(term.half_concentration)) ** steepness
        total += (column(term.weight) if term.weight else 1.0) * power / (1 + power)
    return np.asarray(total.mean(axis=1))
