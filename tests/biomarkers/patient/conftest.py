"""Patients of the recipe, and the worked case's slice."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from equipoise.biomarkers.patient import AbsoluteBenefit, BaselineRisk, EffectMixture

RECIPE = Path(__file__).resolve().parents[3] / "validation" / "biomarkers" / "patient"


def read(name: str) -> list[dict[str, str]]:
    with (RECIPE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mixture(weights: list[float], means: list[float], sds: list[float]) -> EffectMixture:
    return EffectMixture(*(np.array(x, dtype=np.float64) for x in (weights, means, sds)))


def patient_of(case: dict[str, str]) -> AbsoluteBenefit:
    parts = [r for r in read("components.csv") if r["case"] == case["case"]]
    effect, modifier = (
        mixture(*([float(r[k]) for r in parts if r["part"] == part] for k in KEYS))
        for part in ("effect", "modifier")
    )
    baseline = BaselineRisk(float(case["risk"]), float(case["sd"]))
    return AbsoluteBenefit(baseline, effect, modifier, case["measure"], case["better"])


KEYS = ("weight", "mean", "sd")
CASES = {case["case"]: case for case in read("cases.csv")}
PINNED = {row["case"]: row for row in read("benefit.csv")}


@pytest.fixture
def stratum() -> AbsoluteBenefit:
    return patient_of(CASES["stratum with two markers"])
