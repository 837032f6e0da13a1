"""The dossier: every result of a run with its provenance, before it is drawn or written."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.biomarkers.case_biomarkers import CaseBiomarkers
from equipoise.design.case_design import CaseDesign
from equipoise.design.rival_scenarios import RivalScenario
from equipoise.estimate import Result
from equipoise.evidence.check import Finding
from equipoise.evidence.gap_map import GapMap
from equipoise.evidence.question import Question
from equipoise.evidence.schema import EvidenceBase
from equipoise.mechanism.case_mechanism import CaseMechanism
from equipoise.report.options import ReportOptions
from equipoise.synthesis.evidence_synthesis import Synthesis

SCHEMA_VERSION = 1
"""Version of dossier.json and of every ``--json`` answer."""


@dataclass(frozen=True)
class Provenance:
    """What went in: code version, seed, and the SHA-256 of every input file."""

    case: str
    evidence_date: str
    version: str
    seed: int
    inputs: tuple[tuple[str, str], ...]
    packages: tuple[tuple[str, str], ...]
    generated: str
    """Date from SOURCE_DATE_EPOCH, empty when that is not set: same inputs, same bytes."""


@dataclass(frozen=True)
class Dossier:
    """Everything the report shows."""

    title: str
    question: Question
    options: ReportOptions
    evidence: EvidenceBase
    findings: tuple[Finding, ...]
    gap_map: GapMap
    synthesis: Synthesis
    provenance: Provenance
    design: CaseDesign | None = None
    """Which study to do next, where the case asks."""
    biomarkers: CaseBiomarkers | None = None
    """Who could benefit, where the case has markers."""
    mechanism: CaseMechanism | None = None
    """What would have to be true, where the case has a model of the mechanism; simulated."""
    scenarios: tuple[RivalScenario, ...] = ()
    """Each candidate study under each rival mechanism; simulated, and not ranked on."""

    @property
    def results(self) -> tuple[Result, ...]:
        """All flat results, in the order in which the rooms made them."""
        return self.synthesis.results
