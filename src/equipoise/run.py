"""Run a case: the rooms in order, each result kept until its inputs change."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import equipoise
from equipoise.biomarkers.case_biomarkers import CaseBiomarkers, assess_case, null_models
from equipoise.biomarkers.individual import NullGap
from equipoise.case import Case, load_case, packaged_cases
from equipoise.checkpoints import Checkpoints, code_version, fingerprint
from equipoise.design.case_design import CaseDesign, design_studies
from equipoise.design.choice.bench import ALONE, Crew
from equipoise.design.rival_scenarios import rival_scenarios
from equipoise.evidence.check import Finding, check
from equipoise.evidence.gap_map import GapMap, gap_map
from equipoise.mechanism.case_mechanism import CaseMechanism, assess_mechanism
from equipoise.mechanism.case_model import FOLDER as MECHANISM_FOLDER
from equipoise.output_folder import check_output_folder, claimed
from equipoise.report.dossier import Dossier, Provenance
from equipoise.report.export import write_dossier
from equipoise.report.trace import rows_by_id
from equipoise.synthesis.evidence_synthesis import Synthesis, synthesise

PACKAGES = ("altair", "numpy", "pandas", "scipy", "vl-convert-python")
Progress = Callable[[str], None]


def assemble(
    case: Case, checkpoints: Checkpoints, progress: Progress, *, crew: Crew | None = None
) -> Dossier:
    """Run evidence and synthesis and gather the dossier; nothing is drawn or written yet."""
    code = code_version()
    evidence_key = fingerprint(code, case.question, case.inputs)
    findings, gaps = _evidence(case, checkpoints, evidence_key, progress)
    progress("synthesis")
    synthesis = checkpoints.room(
        "synthesis",
        Synthesis,
        fingerprint(evidence_key, case.plan, case.identity.seed),
        lambda: synthesise(
            case.evidence, case.question, case.plan, seed=case.identity.seed, past=case.past
        ),
    )
    progress("biomarkers")
    biomarkers = _biomarkers(case, checkpoints, code, evidence_key)
    mechanism = _mechanism(case, checkpoints, code, progress)
    progress("design")
    studies = _studies(case, checkpoints, evidence_key, gaps, synthesis, crew or ALONE)
    return Dossier(
        title=case.question.title,
        question=case.question,
        options=case.options,
        evidence=case.evidence,
        findings=findings,
        gap_map=gaps,
        synthesis=synthesis,
        provenance=provenance(case),
        design=studies,
        biomarkers=biomarkers,
        mechanism=mechanism,
        scenarios=rival_scenarios(studies.studies, mechanism.effects)
        if studies and mechanism
        else (),
    )


def _evidence(
    case: Case, checkpoints: Checkpoints, key: str, progress: Progress
) -> tuple[tuple[Finding, ...], GapMap]:
    """Run the arithmetic rules, and map what is not reported."""
    progress("evidence: arithmetic rules")
    findings = checkpoints.room(
        "findings",
        tuple[Finding, ...],
        key,
        lambda: check(case.evidence, case.question),
    )
    progress("evidence: gap map")
    gaps = checkpoints.room("gap-map", GapMap, key, lambda: gap_map(case.evidence, case.question))
    return findings, gaps


def _biomarkers(
    case: Case, checkpoints: Checkpoints, code: str, evidence_key: str
) -> CaseBiomarkers | None:
    """Run the biomarkers room, if the case has markers; the warning does not hang on them."""
    if not case.markers:
        return None
    seed, sizes = case.identity.seed, case.options.null_trial_sizes
    gaps = checkpoints.room(
        "null-models",
        tuple[NullGap, ...],
        fingerprint(code, seed, sizes),
        lambda: null_models(seed, sizes),
    )
    question, priors = case.question, case.plan.priors
    return checkpoints.room(
        "biomarkers",
        CaseBiomarkers,
        fingerprint(evidence_key, case.plan, case.markers, gaps),
        lambda: assess_case(case.markers, case.evidence, priors, question.focus, gaps),
    )


def _mechanism(
    case: Case, checkpoints: Checkpoints, code: str, progress: Progress
) -> CaseMechanism | None:
    """Run the mechanism room, if the case has a model; nothing of it enters the synthesis."""
    model, plan, seed = case.model, case.mechanism, case.identity.seed
    if model is None or plan is None:
        return None
    inputs = [pair for pair in case.inputs if pair[0].startswith(MECHANISM_FOLDER + "/")]
    return checkpoints.room(
        "mechanism",
        CaseMechanism,
        fingerprint(code, inputs, plan, seed),
        lambda: assess_mechanism(model, plan, seed, workers=os.cpu_count() or 1, say=progress),
    )


def _studies(
    case: Case,
    checkpoints: Checkpoints,
    evidence_key: str,
    gaps: GapMap,
    synthesis: Synthesis,
    crew: Crew,
) -> CaseDesign | None:
    """Run the design room, if the case asks which study to do next."""
    plan = case.studies
    if plan is None:
        return None
    return checkpoints.room(
        "design",
        CaseDesign,
        fingerprint(evidence_key, case.plan, plan, case.identity.seed),
        lambda: design_studies(
            case.evidence,
            case.question,
            gaps,
            synthesis,
            plan,
            name=case.name,
            seed=case.identity.seed,
            crew=crew,
        ),
    )


def provenance(case: Case) -> Provenance:
    """State what goes in: code, seed, input hashes and the versions of the libraries used."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    generated = datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch else ""
    return Provenance(
        case.name,
        case.question.evidence_date,
        equipoise.__version__,
        case.identity.seed,
        case.inputs,
        tuple((name, _version(name)) for name in PACKAGES),
        generated,
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def assembled(
    case: Case,
    progress: Progress = lambda step: None,
    crew: Crew | None = None,
    *,
    simulated: bool = True,
) -> Dossier:
    """Assemble a dossier of which nothing is kept; on wish without the simulated mechanism."""
    case = case if simulated else replace(case, mechanism=None)
    with tempfile.TemporaryDirectory() as folder:
        return assemble(case, Checkpoints(Path(folder)), progress, crew=crew)


def dossier_with(identifier: str, reference: str | None) -> Dossier:
    """Assemble the named case, or the first packaged one that knows the id.

    The simulated mechanism is left out: it takes the longest, and none of its numbers is a result
    with an id.
    """
    if reference is not None:
        return assembled(load_case(reference), simulated=False)
    dossiers = [assembled(load_case(name), simulated=False) for name in packaged_cases()]
    for dossier in dossiers:
        if identifier in rows_by_id(dossier) | {r.id: r for r in dossier.results}:
            return dossier
    return dossiers[0]


def run_case(
    case: Case,
    out: Path,
    *,
    fresh: bool = False,
    progress: Progress = lambda step: None,
) -> Dossier:
    """Run a loaded case and write its dossier.

    Parameters
    ----------
    case : Case
        From `equipoise.load_case`.
    out : Path
        Output folder: new, empty, or written by an earlier run.
    fresh : bool
        Ignore kept room results.
    progress : callable
        Called with the name of each step as it begins.

    Returns
    -------
    Dossier
        What was written.
    """
    check_output_folder(out, None)
    with claimed(out, case.name) as state:
        checkpoints = Checkpoints(state, fresh=fresh)
        dossier = assemble(case, checkpoints, progress)
        pictures = itertools.count(1)

        def remember(key: str, compute: Callable[[], bytes]) -> bytes:
            progress(f"report: picture {next(pictures)}")
            return checkpoints.blob("figure", key, compute)

        progress("report: tables")
        write_dossier(dossier, out, remember=remember)
        checkpoints.forget_unused()
    return dossier
