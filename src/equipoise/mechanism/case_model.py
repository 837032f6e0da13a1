"""All that the mechanism of a case consists of, read and checked together."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Annotated, TypeVar

from pydantic import Field

from equipoise.errors import InputError, Problem
from equipoise.evidence.fields import Name, Record, Text, Url
from equipoise.mechanism.calibration.response_targets import ResponseTarget, read_targets
from equipoise.mechanism.dose_readings import PkSource, read_pk_sources
from equipoise.mechanism.dosing import Drug, Regimen, combined, read_drugs, read_regimens
from equipoise.mechanism.exposure import ExposureRow, read_exposure_rows
from equipoise.mechanism.models import MechanismModel, read_model
from equipoise.mechanism.population import (
    Correlation,
    Covariate,
    read_correlations,
    read_covariates,
)
from equipoise.mechanism.records import read_records
from equipoise.mechanism.rivals import (
    Rival,
    RivalEvidence,
    read_rival_evidence,
    read_rivals,
)
from equipoise.mechanism.sensitivity import CellExperiment, read_cell_experiments

FOLDER = "mechanism"
R = TypeVar("R")


class RegimenDays(Record):
    """Day of surgery of a regimen."""

    regimen: Name
    """Name as in the dosing table."""
    days: Annotated[float, Field(gt=0, le=3660)] | None = None
    """Days from the first dose to surgery; blank for what is only added to others."""
    standing: Text = ""
    """printed, or assumed."""
    source_url: Url = ""
    """Page at which it was read."""
    quote: Text = ""
    """Words it stood in."""
    note: Text = ""
    """Anything else."""


@dataclass(frozen=True, eq=False)
class CaseModel:
    """The mechanism of a case as read.

    Attributes
    ----------
    model : MechanismModel
    drugs : dict of str to Drug
    regimens : dict of str to Regimen
    days : dict of str to float
        Day of surgery, of regimens that have one.
    covariates : tuple of Covariate
    correlations : tuple of Correlation
    targets : tuple of ResponseTarget
    rivals : tuple of Rival
    evidence : tuple of RivalEvidence
        What window trials saw of them.
    experiments : tuple of CellExperiment
    exposures : tuple of ExposureRow
        Printed drug levels.
    pk_sources : tuple of PkSource
        Sources of the drug's clearance, and whether they counted salt or base.
    """

    model: MechanismModel
    drugs: dict[str, Drug]
    regimens: dict[str, Regimen]
    days: dict[str, float]
    covariates: tuple[Covariate, ...]
    correlations: tuple[Correlation, ...]
    targets: tuple[ResponseTarget, ...]
    rivals: tuple[Rival, ...]
    evidence: tuple[RivalEvidence, ...]
    experiments: tuple[CellExperiment, ...]
    exposures: tuple[ExposureRow, ...]
    pk_sources: tuple[PkSource, ...]

    def target(self, row: str) -> ResponseTarget:
        """Return a target by its id."""
        return next(target for target in self.targets if target.id == row)

    def regimen(self, name: str) -> tuple[Regimen, float]:
        """Return a regimen, or several joined by +, and the day of surgery."""
        regimen = combined(self.regimens, name)
        parts = [part for part in self.days if part == name or name.startswith(part + "+")]
        if not parts:
            near = difflib.get_close_matches(name, self.days, n=3)
            raise InputError(
                [
                    Problem(
                        f"{FOLDER}/regimen_days.csv",
                        name,
                        "days",
                        "",
                        f"a day of surgery, as {', '.join(near) or ', '.join(self.days)}",
                        "Add the row, or name a regimen that has one.",
                    )
                ]
            )
        return regimen, self.days[max(parts, key=len)]


def read_case_model(folder: Traversable) -> CaseModel:
    """Read the files of a mechanism folder.

    Parameters
    ----------
    folder : Traversable
        With model, parameters, drugs, regimens, covariates and targets.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []

    def tried(read: Callable[[], R]) -> R | None:
        try:
            return read()
        except InputError as error:
            problems.extend(error.problems)
            return None

    model = tried(lambda: read_model(folder))
    drugs = tried(lambda: read_drugs(folder / "drugs.csv"))
    name = f"{FOLDER}/regimen_days.csv"
    days = tried(lambda: read_records(folder / "regimen_days.csv", RegimenDays, name, "regimen"))
    targets = tried(lambda: read_targets(folder / "targets.csv"))
    experiments = tried(lambda: read_cell_experiments(folder / "cell_experiments.csv"))
    regimens = drugs and tried(lambda: read_regimens(folder / "regimens.csv", drugs))
    if regimens and days:
        problems += _days_problems(days, regimens)
    if problems or not (model and drugs and regimens and days and targets):
        raise InputError(problems)
    covariates = tried(lambda: read_covariates(folder / "covariates.csv", model)) or ()
    rivals = tried(lambda: read_rivals(folder / "rivals.csv", model)) or ()
    file = folder / "rival_evidence.csv"
    evidence = tried(lambda: read_rival_evidence(file, model, regimens)) or ()
    file = folder / "correlations.csv"
    correlations = (
        tried(lambda: read_correlations(file, model, covariates)) if file.is_file() else ()
    )
    levels = folder / "exposure_checks.csv"
    exposures = tried(lambda: read_exposure_rows(levels, model, regimens)) or ()
    file = folder / "popk_sources.csv"
    pk_sources = (tried(lambda: read_pk_sources(file)) if file.is_file() else ()) or ()
    if problems:
        raise InputError(problems)
    surgery = {row.regimen: row.days for row in days if row.days is not None}
    return CaseModel(
        *(model, drugs, regimens, surgery, covariates, correlations or (), targets),
        *(rivals, evidence, experiments or (), exposures, pk_sources),
    )


def _days_problems(
    days: tuple[RegimenDays, ...], regimens: dict[str, Regimen]
) -> Iterator[Problem]:
    for row in days:
        if row.regimen not in regimens:
            allowed = "a regimen of regimens.csv"
            yield Problem(
                f"{FOLDER}/regimen_days.csv", row.regimen, "regimen", row.regimen, allowed,
                "Correct the name.",
            )  # fmt: skip
