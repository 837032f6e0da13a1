"""An SBML file, read, checked and summarised."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from equipoise.errors import InputError, Problem
from equipoise.mechanism.standards.supported_sbml import unsupported
from equipoise.mechanism.standards.xml_editing import edited, places, with_attribute
from equipoise.mechanism.standards.xml_reading import child, children, decode, local, parse_xml

PARAMETER = ("sbml", "model", "listOfParameters", "parameter")
TRUE = ("true", "1")


@dataclass(frozen=True)
class SbmlModel:
    """What an SBML model holds; the text itself is kept unchanged.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    id, name : str
        As the model says them; either may be empty.
    level, version : int
        Of SBML.
    species, reactions, parameters, compartments, events : tuple of str
        Ids in the order of the file; parameters are the global ones; an event without an id is
        called ``event 1``, ``event 2``, ...
    rules : dict of str to str
        What a rule or an initial assignment determines: id to its kind (``assignmentRule``,
        ``rateRule``, ``initialAssignment``).
    values : dict of str to str
        Attribute ``value`` of each global parameter that has one, as text.
    per_volume : dict of str to str
        Species whose symbol means a concentration, with their compartment.
    xml : str
        The document.
    """

    file: str
    id: str
    name: str
    level: int
    version: int
    species: tuple[str, ...]
    reactions: tuple[str, ...]
    parameters: tuple[str, ...]
    compartments: tuple[str, ...]
    events: tuple[str, ...]
    rules: Mapping[str, str]
    values: Mapping[str, str]
    per_volume: Mapping[str, str]
    xml: str = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hash of the text."""
        return hashlib.sha256(self.xml.encode()).hexdigest()

    @property
    def symbols(self) -> tuple[str, ...]:
        """Everything a formula may name."""
        return (*self.compartments, *self.species, *self.parameters, *self.reactions)

    @property
    def varying(self) -> tuple[str, ...]:
        """Species, and the parameters and compartments that a rule changes over time."""
        moved = {i for i, kind in self.rules.items() if kind != "initialAssignment"}
        others = (*self.parameters, *self.compartments)
        return (*self.species, *(i for i in others if i in moved))


def read_sbml(path: str | Path) -> SbmlModel:
    """Read an SBML file of Level 2 or 3, unchanged, after checking that it can be simulated.

    Nothing is loaded from elsewhere: a document type, an entity or an external model is refused.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    SbmlModel

    Raises
    ------
    InputError
        If the file cannot be read, is not safe XML, is not SBML, or uses what an integrator of
        ordinary differential equations does not do (see `unsupported`); every reason at once.
    MissingExtraError
        If the extra is not installed.
    """
    place = Path(path)
    try:
        data = place.read_bytes()
    except OSError as error:
        action = "Name an SBML file."
        raise InputError(
            [Problem(place.name, "", "", str(error.strerror), "a readable file", action)]
        ) from error
    return parse_sbml(data, place.name)


def parse_sbml(data: bytes | str, file: str = "model") -> SbmlModel:
    """Check SBML that is already in memory; otherwise as `read_sbml`."""
    raw = data.encode() if isinstance(data, str) else data
    root = parse_xml(raw, file)
    problems = unsupported(root, file)
    if problems:
        raise InputError(problems)
    return _summary(root, decode(raw, file), file)


def with_values(model: SbmlModel, values: Mapping[str, float]) -> SbmlModel:
    """Return the model with other values of global parameters, written into its text.

    This is what SED-ML calls a change of an attribute: initial assignments see the new value.

    Raises
    ------
    InputError
        If an id is no global parameter, a rule or an initial assignment determines it, or the
        value is not finite.
    """
    problems = not_settable(model, values)
    if problems:
        raise InputError(problems)
    written = {name: repr(float(value)) for name, value in values.items()}
    edits = [
        with_attribute(model.xml, place, "value", written[place.attributes["id"]])
        for place in places(model.xml, len(PARAMETER))
        if place.path == PARAMETER and place.attributes.get("id") in written
    ]
    return replace(model, xml=edited(model.xml, edits), values={**model.values, **written})


def not_settable(model: SbmlModel, values: Mapping[str, float]) -> list[Problem]:
    """One problem for each value that cannot be given to a parameter."""
    allowed = "a global parameter that no rule determines"
    unknown = [
        Problem(
            model.file,
            name,
            "",
            model.rules.get(name, "no parameter of the model"),
            allowed,
            "Change another one.",
        )
        for name in values
        if name not in model.parameters or name in model.rules
    ]
    endless = [
        Problem(model.file, name, "value", repr(value), "a finite number", "Correct the value.")
        for name, value in values.items()
        if not math.isfinite(value)
    ]
    return [*unknown, *endless]


def _summary(root: Element, xml: str, file: str) -> SbmlModel:
    model = child(root, "model")
    lists = {local(part): children(part) for part in children(model)}
    parameters = lists.get("listOfParameters", [])
    events = lists.get("listOfEvents", [])
    rules = [*lists.get("listOfRules", []), *lists.get("listOfInitialAssignments", [])]
    determined = {r.get("variable", r.get("symbol", "")): local(r) for r in reversed(rules)}
    return SbmlModel(
        file=file,
        id=model.get("id", "") if model is not None else "",
        name=model.get("name", "") if model is not None else "",
        level=int(root.get("level", "0")),
        version=int(root.get("version", "0")),
        species=_ids(lists.get("listOfSpecies", [])),
        reactions=_ids(lists.get("listOfReactions", [])),
        parameters=_ids(parameters),
        compartments=_ids(lists.get("listOfCompartments", [])),
        events=tuple(e.get("id", f"event {i}") for i, e in enumerate(events, 1)),
        rules=determined,
        values={p.get("id", ""): p.get("value", "") for p in parameters if p.get("value")},
        per_volume={
            s.get("id", ""): s.get("compartment", "")
            for s in lists.get("listOfSpecies", [])
            if s.get("hasOnlySubstanceUnits", "false") not in TRUE
        },
        xml=xml,
    )


def _ids(elements: list[Element]) -> tuple[str, ...]:
    return tuple(element.get("id", "") for element in elements)
