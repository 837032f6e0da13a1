"""The files of a case beside ``case.toml`` and the evidence, each read by its room."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from equipoise.biomarkers.markers import MARKERS_FILE, Marker, read_markers
from equipoise.biomarkers.patient import (
    BASELINE_FILE,
    BaselineRow,
    PatientPlan,
    baseline_levels,
    read_baselines,
)
from equipoise.errors import InputError, Problem
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.mechanism.case_model import FOLDER, CaseModel, read_case_model
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.plan_check import plan_problems
from equipoise.synthesis.retrodiction.case_file import CaseFile, read_cases

CASE_FILE = "case.toml"
PAST_FILE = "retrodiction.json"
"""Past questions on which the method is tried; a case may do without."""

HASHED = (".csv", ".xml", ".ant", ".sha256")
"""Endings of the files of a mechanism that count as input."""

R = TypeVar("R")


def tried(read: Callable[[], R], problems: list[Problem]) -> R | None:
    """Return what a room reads; its problems join the others."""
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def markers_of(
    folder: Traversable, evidence: EvidenceBase | None, problems: list[Problem]
) -> tuple[Marker, ...]:
    """Read the candidate modifiers, if there are any."""
    file = folder / MARKERS_FILE
    if evidence is None or not file.is_file():
        return ()
    return tried(lambda: read_markers(file, evidence), problems) or ()


def baselines_of(
    folder: Traversable,
    patient: PatientPlan | None,
    question: Question | None,
    problems: list[Problem],
) -> tuple[BaselineRow, ...]:
    """Read the risks without the drug, if the case knows single patients."""
    if patient is None or question is None:
        return ()
    levels = baseline_levels(patient, question)
    outcomes = [outcome.name for outcome in question.outcomes]
    file = folder / BASELINE_FILE
    return tried(lambda: read_baselines(file, levels, outcomes), problems) or ()


def past_of(folder: Traversable, problems: list[Problem]) -> CaseFile | None:
    """Read the past questions, if there are any."""
    if not (folder / PAST_FILE).is_file():
        return None
    with resources.as_file(folder / PAST_FILE) as path:
        return tried(lambda: read_cases(path), problems)


def mechanism_of(
    folder: Traversable, plan: MechanismPlan | None, problems: list[Problem]
) -> CaseModel | None:
    """Read the mechanism, if the case asks anything of it."""
    if plan is None:
        return None
    model = tried(lambda: read_case_model(folder / FOLDER), problems)
    if model is not None:
        problems += plan_problems(plan, model)
    return model


def hashes_of(folder: Traversable) -> Iterator[tuple[str, str]]:
    """Every input file and its SHA-256."""
    names = (CASE_FILE, PAST_FILE, BASELINE_FILE, MARKERS_FILE)
    files = {name: folder / name for name in names if (folder / name).is_file()}
    for file in (folder / "evidence").iterdir():
        if file.name.endswith(".csv") and file.is_file():
            files[f"evidence/{file.name}"] = file
    if (folder / FOLDER).is_dir():
        for file in (folder / FOLDER).iterdir():
            if file.name.endswith(HASHED) and file.is_file():
                files[f"{FOLDER}/{file.name}"] = file
    for name in sorted(files):
        yield name, hashlib.sha256(files[name].read_bytes()).hexdigest()
