"""A made-up mechanism: three rivals, four arms, two terms of drive; hostile text included."""

from __future__ import annotations

import numpy as np

from equipoise.design.rival_scenarios import RivalScenario
from equipoise.mechanism.calibration.calibration_record import Calibration, FittedParameter
from equipoise.mechanism.calibration.held_out import PredictedArm
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_mechanism import CaseMechanism, ModelSummary
from equipoise.mechanism.combinations import (
    CombinationCell,
    Interval,
    ResponseSurface,
    Sweep,
    SweepPoint,
)
from equipoise.mechanism.dose_readings import DoseReading
from equipoise.mechanism.drug_checks import drug_checks
from equipoise.mechanism.drug_effects import DrugEffect
from equipoise.mechanism.effect_sources import EffectSources
from equipoise.mechanism.exposure import ExposureCheck
from equipoise.mechanism.population import StratumAcceptance
from equipoise.mechanism.recurrence import RecurrenceCheck
from equipoise.mechanism.rivals import (
    PredictedReadout,
    Profile,
    Rival,
    RivalEvidence,
    RivalWeights,
    SystemicFit,
    WindowAssumptions,
)
from equipoise.mechanism.rivals.rival_weights import LeftOut, RivalWeight, RowSupport, verdict
from equipoise.mechanism.sensitivity import (
    CellExperiment,
    DifferenceIndices,
    DriveTerm,
    ExposureBand,
    FactorIndices,
    MarkerStatus,
    RivalOutcomes,
    iso_effects,
    model_gain,
    split_effects,
)
from equipoise.mechanism.sources import MechanismSources, ProfileNote

URL = "https://example.org/page"
DRAWS, PATIENTS = 40, 30
RIVALS = (("H0", "none"), ("H1", "direct"), ("H2", "through the host"))
GAINS = (0.0, 0.2, 0.01)
"""Log odds that each rival adds to every patient of a mean draw."""


def target(row: str, **more: object) -> ResponseTarget:
    fields: dict[str, object] = {
        "id": row,
        "trial": "Alpha",
        "measure": "pcr",
        "readout": "pcr",
        "regimen": "A",
        "definition": "ypT0",
        "standing": "printed",
        "use": "fit",
        "source_url": URL,
        "quote": "as printed",
        "confidence": "high",
    }
    return ResponseTarget.model_validate(fields | more)


def targets(hostile: str) -> tuple[ResponseTarget, ...]:
    return (
        target("fit_a", events=20, n=50),
        target("fit_b", events=10, n=40, regimen="B", stratum="m+", standing="reconstructed"),
        target("held_c", trial="Beta", events=30, n=60, use="held_out", label="transport"),
        target(
            "held_d", trial=f"Gamma {hostile}", events=9, n=60, use="held_out", label="prior only"
        ),
        target("seen_e", events=30, n=90, use="check"),
        target(
            "x_or", trial="Delta", measure="odds_ratio", value=1.3, low=0.4, high=4.0,
            use="held_out", note=f"Small {hostile}.",
        ),
        target(
            "x_hr", trial="Delta", measure="hazard_ratio", value=0.6, low=0.4, high=0.9,
            use="held_out", note="Another setting.",
        ),
        target("resp_hr", trial="Beta", measure="hazard_ratio", value=0.3, use="held_out"),
    )  # fmt: skip


def arm(row: ResponseTarget, predicted: float, left_out: float = float("nan")) -> PredictedArm:
    low, high = row.interval
    sampled = (predicted - 0.12, predicted + 0.12)
    inside, covered = low <= predicted <= high, sampled[0] <= row.observed <= sampled[1]
    near = (predicted - 0.05, predicted + 0.05)
    return PredictedArm(
        row.id, row.observed, low, high, predicted, *near, *sampled, inside, covered, left_out
    )


def calibration(rows: tuple[ResponseTarget, ...]) -> Calibration:
    predicted = (0.38, 0.27, 0.45, 0.40, 0.35)
    left = (0.36, 0.30, np.nan, np.nan, np.nan)
    arms = tuple(arm(*three) for three in zip(rows[:5], predicted, left, strict=True))
    fitted = FittedParameter("k", "kill rate", "1/day", 1.0, 1.1, 0.8, 1.5, 0.2, 5.0, 0.9)
    draws = np.ones((DRAWS, 1))
    return Calibration(
        (fitted,), ("k",), draws, {"k": 1.0}, {}, arms, -10.0, -9.5, -12.0, 4, DRAWS, 0.3,
        "converged", "", 64, 1,
    )  # fmt: skip


def outcomes() -> list[RivalOutcomes]:
    rng = np.random.default_rng(1)
    control = rng.uniform(0.2, 0.8, (DRAWS, PATIENTS))
    odds = control / (1 - control)
    size = np.linspace(0.5, 1.5, DRAWS)[:, None] * np.where(np.arange(PATIENTS) < 10, 2.0, 1.0)
    made = []
    for (rival, _), gain in zip(RIVALS, GAINS, strict=True):
        more = odds * np.exp(gain * size)
        made.append(RivalOutcomes(rival, more / (1 + more), control))
    return made


def effects(found: list[RivalOutcomes]) -> tuple[DrugEffect, ...]:
    made = []
    for (rival, label), gain, one in zip(RIVALS, GAINS, found, strict=True):
        scale = np.linspace(0.5, 1.5, DRAWS)
        ratios = np.column_stack([gain * scale * f for f in (1.2, 1.8, 1.0)])
        ratios[0] = np.nan
        made.append(
            DrugEffect(
                rival, label, "A", ("all", "M high", "not M high"), (1.0, 1 / 3, 2 / 3), ratios,
                -0.3 * ratios[:, 0], one.control.mean(axis=1), one.treated.mean(axis=1), 3,
            )
        )  # fmt: skip
    return tuple(made)


def weights() -> RivalWeights:
    shares, factors = (0.3, 0.25, 0.45), (1.0, 0.83, 1.5)
    rows = tuple(
        RivalWeight(rival, label, w, -3.0, 0.01, 900.0, b, 0.02)
        for (rival, label), w, b in zip(RIVALS, shares, factors, strict=True)
    )
    support = tuple(
        RowSupport("win_a", "Window", rival, 0.9, 0.8, 1.0, -1.0, 0.01, b)
        for (rival, _), b in zip(RIVALS, factors, strict=True)
    )
    left = (LeftOut("Window", shares, "H2", "H0", 1.5, verdict("H2", 1.5)),)
    return RivalWeights(
        rows, support, left, "H0", "H2", "H0", 1.5, 0.02, verdict("H2", 1.5), (("H0", "H1"),),
        WindowAssumptions(), 1000, 0, 1,
    )  # fmt: skip


def indices(*, ranked: bool) -> DifferenceIndices:
    factors = (
        FactorIndices("Kp", 0.5, 0.4, 0.6, 0.7, 0.6, 0.8),
        FactorIndices("k", 0.1, -0.02, 0.2, 0.2, 0.1, 0.3),
    )
    return DifferenceIndices(factors, 0.1, 0.05, 64, 256, 0, 0.95, ranked)


def sources(rows: tuple[ResponseTarget, ...], hostile: str) -> MechanismSources:
    window = RivalEvidence.model_validate(
        {
            "id": "win_a", "study": "Window", "design": "randomised", "readout": "ki67",
            "regimen": "x", "kind": "ratio", "value": 0.9, "low": 0.8, "high": 1.01,
            "source_url": URL, "quote": "less",
        }
    )  # fmt: skip
    cells = [
        ("near", 30.0, 130.0, "yes"),
        ("far", 5000.0, 5000.0, "no"),
        ("none", None, None, "no"),
    ]
    experiments = tuple(
        CellExperiment.model_validate(
            {
                "id": name, "system": f"cells {name} {hostile}", "low_umol_per_l": low,
                "high_umol_per_l": high, "finding": "less growth", "outlier": outlier,
                "source_url": URL, "quote": "less", "confidence": "low",
            }
        )
        for name, low, high, outlier in cells
    )  # fmt: skip
    return MechanismSources(
        rows, (window,), experiments, tuple(Rival(r, label, {}) for r, label in RIVALS),
        (ProfileNote("Kp", "H1", (), ("k",)), ProfileNote("Kp", "H1", ("EC50",), ())),
        {"Kp": "tumour to blood", "k": "kill rate", "EC50": "half effect"}, {"Kp": "1"},
        {"Kp": "assumed", "k": "fitted"},
    )  # fmt: skip


def profiles() -> tuple[Profile, ...]:
    grid = (-1.0, 0.0, 1.0)
    others = ((0.0,), (0.0,), (0.0,))
    return (
        Profile("Kp", grid, (-0.1, 0.0, -5.0), others, ("k",), None, 0.4, "one-sided", True),
        Profile("Kp", grid, (0.0, 0.0, 0.0), ((), (), ()), (), None, None, "flat", True),
    )


def combined() -> tuple[tuple[CombinationCell, ...], tuple[Sweep, ...], ResponseSurface]:
    def ci(x: float) -> Interval:
        return Interval(x, x - 0.01, x + 0.01)

    cell = CombinationCell(
        "A", "x", "y", "H1", 1, ci(0.4), ci(0.45), ci(0.42), ci(0.47), ci(0.7), ci(0.71), ci(1.2),
        ci(0.95), ci(1.2), ci(0.001), ci(0.02), 0, tuple(f"p{k}" for k in range(9)),
    )  # fmt: skip
    sweep = Sweep("A+x", "x", "H1", "first day", (SweepPoint(0.0, ci(0.45), ci(1.2)),))
    surface = ResponseSurface("A+x", "x", "H1", (1.0,), (0.5, 4.0), np.array([[1.1, 1.2]]))
    return (cell,), (sweep,), surface


def scenarios(hostile: str) -> tuple[RivalScenario, ...]:
    return (
        RivalScenario("big", f"Big {hostile}", "H1", "direct", True, 1.2, 1.1, 1.3, 0.31),
        RivalScenario("big", f"Big {hostile}", "H0", "none", True, 1.0, 1.0, 1.0, 0.025),
    )


def mechanism(hostile: str) -> CaseMechanism:
    rows = targets(hostile)
    found = outcomes()
    made = effects(found)
    stated = sources(rows, hostile)
    positive = np.tile((np.arange(PATIENTS) < 10).astype(float), (DRAWS, 1))
    status = MarkerStatus("m", "M high", {rival: positive for rival, _ in RIVALS})
    terms = (DriveTerm("low-affinity drive", 5000.0), DriveTerm("high-affinity drive", 60.0, 0.1))
    band = ExposureBand(3.0, 6.0, 9.0, 0.5, 4.0, 30.0)
    cells, sweeps, surface = combined()
    link = RecurrenceLink(0.07, 0.08, True)
    direct = made[1].log_odds_ratios[:, 0]
    return CaseMechanism(
        drug="x",
        backbone="A",
        definition="ypT0",
        summary=ModelSummary(9, 20, 8, 2, 3, 7, "0" * 64),
        sources=stated,
        exposures=(
            ExposureCheck("lvl", f"level {hostile}", "mg/L", 30.1, 31.0, 29.0, 33.0, True, URL, ""),
        ),
        readings=(
            DoseReading("src", f"source {hostile}", "75 kg", 53.0, "", 8.07, 10.35, URL, ""),
        ),
        systemic=SystemicFit(("Kp",), (0.2,), (0.85,), (0.85,), 182.0, "converged", ""),
        calibration=calibration(rows),
        recurrence=RecurrenceCheck(
            link, (0.15, 0.08, 0.01), "resp_hr", 0.3, 0.1, 0.6, 0.7, 0.2, 0.95, False
        ),
        acceptance=(StratumAcceptance("m+", 100, 1, 0.28, 0.26, -0.1, 90, 0.9, 98.0, 0.27, 0.03),),
        accepted=90,
        generated=100,
        effective_patients=98.0,
        weights=weights(),
        readouts=(PredictedReadout("H1", "x", 28.0, "all", "ki67", 0.9, 0.8, 1.0),),
        profiles=profiles(),
        effects=made,
        checks=drug_checks([rows[5], rows[6]], made),
        splits=split_effects(found, [status]),
        carriers=EffectSources("H1", "A", indices(ranked=False), indices(ranked=True)),
        iso=iso_effects(terms, band, (1.1, 1.5, 2.0), stated.experiments),
        gain=model_gain(direct, np.full(DRAWS, 0.05)),
        cells=cells,
        sweeps=sweeps,
        surface=surface,
        seed=1,
    )
