"""What ids and symbols stand for in the tables of a case, kept beside what was worked out of them."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival, RivalEvidence
from equipoise.mechanism.sensitivity import CellExperiment


@dataclass(frozen=True)
class ProfileNote:
    """What a profile was about: its parameter, what kept its ratio to it, what was free."""

    parameter: str
    rival: str
    tied: tuple[str, ...]
    free: tuple[str, ...]


@dataclass(frozen=True)
class MechanismSources:
    """Rows of the case that results name by id.

    Attributes
    ----------
    targets : tuple of ResponseTarget
    evidence : tuple of RivalEvidence
    experiments : tuple of CellExperiment
    rivals : tuple of Rival
    profiles : tuple of ProfileNote
        In the order of the profiles.
    labels : dict of str to str
        Label of every parameter.
    units : dict of str to str
    standings : dict of str to str
        printed, derived, fitted or assumed, of every parameter.
    """

    targets: tuple[ResponseTarget, ...]
    evidence: tuple[RivalEvidence, ...]
    experiments: tuple[CellExperiment, ...]
    rivals: tuple[Rival, ...]
    profiles: tuple[ProfileNote, ...]
    labels: dict[str, str]
    units: dict[str, str]
    standings: dict[str, str]

    def target(self, row: str) -> ResponseTarget | None:
        """Return a target by its id."""
        return next((target for target in self.targets if target.id == row), None)

    def rival(self, name: str) -> str:
        """Return the label of a rival; an unknown one keeps its id."""
        return next((rival.label for rival in self.rivals if rival.id == name), name)


def mechanism_sources(case: CaseModel, plan: MechanismPlan) -> MechanismSources:
    """Gather them."""
    rows = case.model.parameters
    return MechanismSources(
        targets=case.targets,
        evidence=case.evidence,
        experiments=case.experiments,
        rivals=case.rivals,
        profiles=tuple(
            ProfileNote(row.parameter, row.rival, row.tied, row.free) for row in plan.profiles
        ),
        labels={row.symbol: row.label for row in rows},
        units={row.symbol: row.unit for row in rows},
        standings={row.symbol: row.standing for row in rows},
    )
