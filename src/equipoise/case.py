"""Load a case: a folder that holds the question, the evidence and nothing else.

``case.toml`` is parsed once and its slices are handed to the rooms that own their types. All
problems of the file and of the evidence are reported together.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from equipoise.biomarkers.markers import Marker
from equipoise.biomarkers.patient import BaselineRow, PatientPlan, patient_problems
from equipoise.case_files import (
    CASE_FILE,
    baselines_of,
    hashes_of,
    markers_of,
    mechanism_of,
    past_of,
    tried,
)
from equipoise.design.choice.candidate import DesignPlan, design_problems
from equipoise.errors import InputError, Problem, UsageError
from equipoise.evidence.cross_check import SELECTION_WORDS
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.question import Question, Slice
from equipoise.evidence.read import problems_of, read_evidence
from equipoise.evidence.schema import EvidenceBase
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.report.options import ReportOptions, options_problems
from equipoise.synthesis.plan import Plan, plan_problems
from equipoise.synthesis.retrodiction.case_file import CaseFile

SECTIONS = ("case", "question", "synthesis", "design", "patient", "mechanism", "report")
S = TypeVar("S", bound=Slice)


class Identity(Slice):
    """Name and seed of a case."""

    schema_version: Annotated[int, Field(ge=1, le=1)]
    """Version of the format of case.toml: 1."""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)
    """Name of the case."""
    seed: Annotated[int, Field(ge=0)]
    """Seed of whatever is simulated; recorded with the results."""


@dataclass(frozen=True)
class Case:
    """A loaded case.

    Attributes
    ----------
    identity : Identity
        Name and seed.
    question, plan, options
        The slices of the evidence, synthesis and report rooms.
    evidence : EvidenceBase
        The typed records.
    inputs : tuple of (str, str)
        Each input file and its SHA-256.
    past : CaseFile or None
        Past questions on which the method is tried.
    studies : DesignPlan or None
        The slice of the design room, if the case asks which study to do next.
    patient : PatientPlan or None
        What the case knows of single patients.
    baselines : tuple of BaselineRow
        Risks without the drug, for `patient`.
    markers : tuple of Marker
        Candidate modifiers, if the case records any.
    mechanism : MechanismPlan or None
        The slice of the mechanism room, if the case has one.
    model : CaseModel or None
        The model, dosing tables and targets it speaks of.
    """

    identity: Identity
    question: Question
    plan: Plan
    options: ReportOptions
    evidence: EvidenceBase
    inputs: tuple[tuple[str, str], ...]
    past: CaseFile | None = None
    studies: DesignPlan | None = None
    patient: PatientPlan | None = None
    baselines: tuple[BaselineRow, ...] = ()
    markers: tuple[Marker, ...] = ()
    mechanism: MechanismPlan | None = None
    model: CaseModel | None = None

    @property
    def name(self) -> str:
        """Name of the case, also of its default output folder."""
        return self.identity.name


def packaged_cases() -> dict[str, Traversable]:
    """Cases that ship with the package, by name."""
    root = resources.files("equipoise") / "cases"
    folders = sorted((f for f in root.iterdir() if f.is_dir()), key=lambda f: f.name)
    return {f.name: f for f in folders if (f / CASE_FILE).is_file()}


def find_case(reference: str) -> Traversable:
    """Find a case by path (a folder, or its case.toml) or by the name of a packaged one."""
    path = Path(reference)
    if path.name == CASE_FILE and path.is_file():
        return path.parent
    shipped = packaged_cases()
    if reference in shipped and not (path / CASE_FILE).is_file():
        return shipped[reference]
    if path.is_dir():
        return path
    near = difflib.get_close_matches(reference, shipped, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    names = ", ".join(shipped) or "none"
    raise UsageError(
        f"no case {reference!r}: it is neither a folder here nor a packaged case ({names}).{hint}"
        " 'equipoise new NAME' writes one."
    )


def load_case(reference: str | Path | Traversable) -> Case:
    """Load and check a case.

    Parameters
    ----------
    reference : str, Path or Traversable
        Name of a packaged case, or its folder.

    Raises
    ------
    InputError
        With every problem of case.toml and of the evidence.
    UsageError
        When there is no such case.
    """
    folder = find_case(reference) if isinstance(reference, str) else reference
    problems: list[Problem] = []
    document = _parse(folder, problems)
    if document is None:
        raise InputError(problems)
    identity = _slice(Identity, document, "case", problems)
    question = _slice(Question, document, "question", problems)
    plan = _slice(Plan, document, "synthesis", problems)
    options = _slice(ReportOptions, document, "report", problems)
    studies = _slice(DesignPlan, document, "design", problems) if "design" in document else None
    patient = _slice(PatientPlan, document, "patient", problems) if "patient" in document else None
    mechanism = (
        _slice(MechanismPlan, document, "mechanism", problems) if "mechanism" in document else None
    )
    evidence = tried(lambda: read_evidence(folder / "evidence", question), problems)
    past = past_of(folder, problems)
    markers = markers_of(folder, evidence, problems)
    if question is not None:
        problems += _question_problems(question)
    if question is not None and plan is not None:
        problems += plan_problems(plan, question, evidence)
        if studies is not None:
            problems += design_problems(studies, question, plan)
        if patient is not None:
            problems += patient_problems(patient, question, plan, evidence)
    model = mechanism_of(folder, mechanism, problems)
    risks = baselines_of(folder, patient, question, problems)
    if options is not None and evidence is not None:
        problems += options_problems(options, evidence)
    if problems or not (identity and question and plan and options and evidence):
        raise InputError(problems)
    hashes = tuple(hashes_of(folder))
    return Case(
        *(identity, question, plan, options, evidence, hashes, past, studies, patient, risks),
        *(markers, mechanism, model),
    )


def _parse(folder: Traversable, problems: list[Problem]) -> dict[str, Any] | None:
    if not (folder / CASE_FILE).is_file():
        action = "Name a case folder; 'equipoise new NAME' writes one."
        problems.append(Problem(CASE_FILE, "", "", "", "this file in the case folder", action))
        return None
    data = read_bytes(CASE_FILE, folder / CASE_FILE, problems)
    text = decode(CASE_FILE, data, problems) if data is not None else None
    if text is None:
        return None
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"line \d+", str(error))
        problems.append(
            Problem(CASE_FILE, place[0] if place else "", "", str(error), "valid TOML", "Mend it.")
        )
        return None
    problems += [
        Problem(CASE_FILE, f"[{key}]", "", "", ", ".join(SECTIONS), "Rename or remove the section.")
        for key in document
        if key not in SECTIONS
    ]
    return document


def _slice(
    kind: type[S], document: dict[str, Any], section: str, problems: list[Problem]
) -> S | None:
    if section not in document and section in ("case", "question"):
        problems.append(
            Problem(CASE_FILE, f"[{section}]", "", "", "this section", "Add the section.")
        )
        return None
    try:
        return kind.model_validate(document.get(section, {}))
    except ValidationError as error:
        problems += problems_of(CASE_FILE, f"[{section}]", error)
        return None


def _question_problems(question: Question) -> Iterator[Problem]:
    where = (CASE_FILE, "[question]")
    for field, names in (
        ("axes", [axis.name for axis in question.axes]),
        ("outcomes", [outcome.name for outcome in question.outcomes]),
        *((f"axes.{a.name}.levels", [level.name for level in a.levels]) for a in question.axes),
    ):
        for name in sorted({n for n in names if names.count(n) > 1}):
            yield Problem(*where, field, name, "each name once", "Rename one of them.")
    for scope in question.contrast.scopes:
        if scope not in question.scopes:
            allowed = "one of " + ", ".join(question.scopes)
            yield Problem(*where, "contrast.scopes", scope, allowed, "Correct the scope.")
    for axis in question.axes:
        for level in axis.levels:
            if level.name in SELECTION_WORDS:
                words = "a name other than " + " and ".join(SELECTION_WORDS)
                yield Problem(*where, f"axes.{axis.name}.levels", level.name, words, "Rename it.")
    focus = question.focus
    if focus is not None:
        levels = {axis.name: [level.name for level in axis.levels] for axis in question.axes}
        if focus.level not in levels.get(focus.axis, []):
            value = f"{focus.axis}={focus.level}"
            allowed = "; ".join(f"{axis}: {', '.join(names)}" for axis, names in levels.items())
            yield Problem(*where, "focus", value, allowed, "Name a declared axis and level.")
