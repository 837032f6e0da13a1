"""Patients of the recipe, and a teaching case that knows of patients."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from equipoise.biomarkers.patient import AbsoluteBenefit, BaselineRisk, EffectMixture
from equipoise.case import Case, load_case
from equipoise.new_case import write_case

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


DATA = Path(__file__).resolve().parents[2] / "data" / "patient"


def write_teaching(into: Path) -> Path:
    """Write the teaching case with a section on patients, two markers and a table of risks."""
    folder = write_case("teaching", into)
    toml, results = folder / "case.toml", folder / "evidence" / "results.csv"
    text = toml.read_text(encoding="utf-8")
    axes = (DATA / "axes.toml").read_text(encoding="utf-8")
    text = text.replace("[[question.outcomes]]", axes + "[[question.outcomes]]", 1)
    toml.write_text(text + (DATA / "patient_section.toml").read_text(encoding="utf-8"))
    results.write_text(results.read_text() + (DATA / "result_rows.csv").read_text())
    (folder / "biomarkers").mkdir()
    shutil.copy(DATA / "baseline_risks.csv", folder / "biomarkers")
    return folder


@pytest.fixture
def teaching(tmp_path: Path) -> Path:
    return write_teaching(tmp_path)


@pytest.fixture(scope="package")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return load_case(write_teaching(tmp_path_factory.mktemp("patient")))
