"""A model and what was done with it in one file that other tools open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from equipoise.atomic import write_bytes
from equipoise.mechanism.standards.archive_check import check_parts
from equipoise.mechanism.standards.archive_parts import (
    FitParameter,
    Measurement,
    Observable,
    TimeCourse,
)
from equipoise.mechanism.standards.dose_events import with_dose_events
from equipoise.mechanism.standards.petab_writing import PROBLEM, petab
from equipoise.mechanism.standards.sbml_model import SbmlModel, parse_sbml
from equipoise.mechanism.standards.sedml_writing import sedml
from equipoise.mechanism.standards.xml_writing import document

MANIFEST = "manifest.xml"
METADATA = "metadata.rdf"
REFERENCE = "model.xml"
DOSED = "model_with_doses.xml"
SIMULATIONS = "simulations.sedml"

OMEX = "http://identifiers.org/combine.specifications/omex-manifest"
SPECIFICATIONS = "http://identifiers.org/combine.specifications"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TERMS = "http://purl.org/dc/terms/"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every member: the earliest that a ZIP file can say."""


def export_archive(
    model_xml: str,
    *,
    simulations: Sequence[TimeCourse],
    observables: Sequence[Observable] = (),
    measurements: Sequence[Measurement] = (),
    parameters: Sequence[FitParameter] = (),
    out: str | Path,
    tolerances: tuple[float, float] = (1e-8, 1e-12),
) -> Path:
    """Write a COMBINE archive with the model, its simulations and the fitting problem.

    It holds the model unchanged (``model.xml``), a copy with doses (``model_with_doses.xml``, only
    if there are doses), the simulations in SED-ML L1V4 (``simulations.sedml``) and, with
    observables, a PEtab 1 problem (``problem.yaml`` and its tables).

    Doses are events of the copy. PEtab 1 has no table of doses, and the repeated task of SED-ML
    does not add an amount to what is there; events at fixed times do, and COPASI and libroadrunner
    give the trajectory of our own scheduler with them. So the copy has one event for each time of a
    dose and one switch for each simulation; SED-ML and PEtab set the switches. The reference model
    stays free of events.

    Parameters
    ----------
    model_xml : str
        SBML that `parse_sbml` accepts; Level 3 if there are doses.
    simulations, observables, measurements, parameters : sequences
        See `TimeCourse`, `Observable`, `Measurement`, `FitParameter`. COPASI opens the first
        simulation only.
    out : str or Path
        File to write, by custom ``*.omex``; written whole or not at all, the same bytes for the
        same input.
    tolerances : (float, float)
        Relative and absolute, for the tool that runs the simulations.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    InputError
        If the model cannot be simulated or a part does not fit it; every problem at once.
    MissingExtraError
        If the extra is not installed.
    """
    model = parse_sbml(model_xml, REFERENCE)
    check_parts(model, simulations, observables, measurements, parameters)
    dosed = with_dose_events(model, {s.id: s.doses for s in simulations})
    source = DOSED if dosed.switches else REFERENCE
    members = {REFERENCE: model_xml.encode()}
    if dosed.switches:
        members[DOSED] = dosed.xml.encode()
    members[SIMULATIONS] = sedml(model, source, simulations, dosed.switches, tolerances)
    if observables:
        members |= petab(
            model, source, simulations, dosed.switches, observables, measurements, parameters
        )
    members[METADATA] = _metadata(model)
    target = Path(out)
    write_bytes(target, _zipped({MANIFEST: _manifest(model, members), **members}))
    return target


def _manifest(model: SbmlModel, members: Mapping[str, bytes]) -> bytes:
    sbml = f"{SPECIFICATIONS}/sbml.level-{model.level}.version-{model.version}"
    formats = {
        REFERENCE: sbml,
        DOSED: sbml,
        SIMULATIONS: f"{SPECIFICATIONS}/sed-ml",  # COPASI passes over one with its version
        METADATA: f"{SPECIFICATIONS}/omex-metadata",
        PROBLEM: f"{SPECIFICATIONS}/petab.version-1",
    }
    table = "http://purl.org/NET/mediatypes/text/tab-separated-values"
    root = Element("omexManifest", xmlns=OMEX)
    SubElement(root, "content", location=".", format=f"{SPECIFICATIONS}/omex")
    SubElement(root, "content", location=f"./{MANIFEST}", format=OMEX)
    for name in members:
        content = SubElement(root, "content", location=f"./{name}", format=formats.get(name, table))
        if name == SIMULATIONS:
            content.set("master", "true")
    return document(root)


def _metadata(model: SbmlModel) -> bytes:
    root = Element("rdf:RDF", {"xmlns:rdf": RDF, "xmlns:dcterms": TERMS})
    about = SubElement(root, "rdf:Description", {"rdf:about": "."})
    SubElement(about, "dcterms:title").text = model.name or model.id
    SubElement(about, "dcterms:identifier").text = f"sha256:{model.sha256}"
    SubElement(about, "dcterms:description").text = (
        "Model, simulations and fitting problem written by equipoise; the identifier is the hash "
        "of the model."
    )
    return document(root)


def _zipped(members: Mapping[str, bytes]) -> bytes:
    """Store without compressing: compressed bytes depend on the library that compresses."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, LONG_AGO)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return whole.getvalue()
