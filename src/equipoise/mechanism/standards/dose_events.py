"""Doses as events of an SBML model, for tools that have no dosing table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from equipoise.mechanism.standards.dose_changes import DoseChange, by_time, same_times
from equipoise.mechanism.standards.sbml_model import PARAMETER, SbmlModel
from equipoise.mechanism.standards.xml_editing import Edit, Place, edited, places, prefix
from equipoise.mechanism.standards.xml_editing import with_attribute as attribute_edit

MATHML = "http://www.w3.org/1998/Math/MathML"
SPECIES = ("sbml", "model", "listOfSpecies", "species")
MODEL = ("sbml", "model")
ORDER = (
    "notes",
    "annotation",
    "listOfFunctionDefinitions",
    "listOfUnitDefinitions",
    "listOfCompartments",
    "listOfSpecies",
    "listOfParameters",
    "listOfInitialAssignments",
    "listOfRules",
    "listOfConstraints",
    "listOfReactions",
    "listOfEvents",
)
"""Order in which SBML wants the parts of a model."""


@dataclass(frozen=True)
class DosedModel:
    """A model whose events give the doses.

    Attributes
    ----------
    xml : str
        The document.
    switches : dict of str to str
        For each simulation the parameter that turns its doses on (1) or off (0); all are 0 in the
        document.
    """

    xml: str
    switches: Mapping[str, str]


def with_dose_events(model: SbmlModel, doses: Mapping[str, Sequence[DoseChange]]) -> DosedModel:
    """Return a copy of a Level 3 model in which events give the doses of several simulations.

    One event for each time at which any simulation has a dose: at ``time >= t`` it adds to each
    target the sum over simulations of switch times change. Doses of one time share an event
    because SBML leaves open in which order events of one time run. The events do not look at
    other events: each fires once, whatever an engine makes of a repeating one.

    Parameters
    ----------
    model : SbmlModel
        Stays as it is.
    doses : dict of str to sequence of DoseChange
        By simulation.
    """
    switches = {name: _free(f"doses_of_{name}", model) for name, given in doses.items() if given}
    if not switches:
        return DosedModel(model.xml, {})
    given = {switch: by_time(doses[name], model) for name, switch in switches.items()}
    one = same_times(time for changes in given.values() for time, _ in changes)
    every: dict[float, dict[str, dict[str, float]]] = {}
    for switch, changes in given.items():
        for time, added in changes:
            for target, change in added.items():
                every.setdefault(one[time], {}).setdefault(target, {})[switch] = change
    found = places(model.xml, len(PARAMETER))
    targets = {target for added in every.values() for target in added}
    lead = prefix(model.xml, next(place for place in found if place.path == MODEL))
    edits = [
        *_made_variable(model.xml, found, targets),
        _into_list(found, "listOfParameters", _switches(switches), lead),
        _into_list(found, "listOfEvents", _events(every, model), lead),
    ]
    return DosedModel(edited(model.xml, edits), switches)


def _free(name: str, model: SbmlModel) -> str:
    taken = {*model.symbols, *model.events}
    while name in taken:
        name += "_"
    return name


def _made_variable(xml: str, found: list[Place], targets: set[str]) -> list[Edit]:
    return [
        attribute_edit(xml, place, "constant", "false")
        for place in found
        if place.path in {PARAMETER, SPECIES} and place.attributes.get("id") in targets
    ]


def _into_list(found: list[Place], name: str, new: list[Element], lead: str) -> Edit:
    text = "\n".join(_text(element, lead) for element in new)
    there = [place for place in found if place.path == (*MODEL, name) and not place.empty]
    if there:
        return Edit(there[0].close, there[0].close, f"{text}\n")
    wrapped = f"\n<{lead}{name}>\n{text}\n</{lead}{name}>\n"
    lists = [place for place in found if place.path[:2] == MODEL and len(place.path) == 3]
    before = [place for place in lists if place.path[2] in _before(name)]
    at = before[-1].end if before else next(p for p in found if p.path == MODEL).inside
    return Edit(at, at, wrapped)


def _before(name: str) -> tuple[str, ...]:
    return ORDER[: ORDER.index(name)]


def _text(element: Element, lead: str) -> str:
    for inner in element.iter():
        if inner.tag.startswith("sbml:"):
            inner.tag = lead + inner.tag.removeprefix("sbml:")
    indent(element)
    return tostring(element, encoding="unicode")


def _switches(switches: Mapping[str, str]) -> list[Element]:
    return [
        Element("sbml:parameter", id=switch, name=f"doses of {name}", value="0", constant="true")
        for name, switch in switches.items()
    ]


def _events(
    every: Mapping[float, Mapping[str, Mapping[str, float]]], model: SbmlModel
) -> list[Element]:
    events = []
    taken = {*model.symbols, *model.events}
    for number, (time, added) in enumerate(sorted(every.items()), 1):
        name = f"dose_{number}"
        while name in taken:
            name += "_"
        event = Element("sbml:event", id=name, useValuesFromTriggerTime="false")
        trigger = SubElement(event, "sbml:trigger", initialValue="false", persistent="true")
        compare = SubElement(_math(trigger), "apply")
        SubElement(compare, "geq")
        clock = "http://www.sbml.org/sbml/symbols/time"
        SubElement(compare, "csymbol", encoding="text", definitionURL=clock).text = "time"
        _number(compare, time)
        assignments = SubElement(event, "sbml:listOfEventAssignments")
        for target, changes in added.items():
            assignment = SubElement(assignments, "sbml:eventAssignment", variable=target)
            _sum(_math(assignment), target, changes, model.per_volume.get(target, ""))
        events.append(event)
    return events


def _sum(math: Element, target: str, changes: Mapping[str, float], compartment: str) -> None:
    total = SubElement(math, "apply")
    SubElement(total, "plus")
    SubElement(total, "ci").text = target
    for switch, change in changes.items():
        term = total
        if compartment:
            term = SubElement(total, "apply")
            SubElement(term, "divide")
        product = SubElement(term, "apply")
        SubElement(product, "times")
        SubElement(product, "ci").text = switch
        _number(product, change)
        if compartment:
            SubElement(term, "ci").text = compartment


def _math(parent: Element) -> Element:
    return SubElement(parent, "math", xmlns=MATHML)


def _number(parent: Element, value: float) -> None:
    mantissa, _, exponent = repr(float(value)).partition("e")
    if not exponent:
        SubElement(parent, "cn").text = mantissa
        return
    number = SubElement(parent, "cn", type="e-notation")
    number.text = mantissa
    SubElement(number, "sep").tail = str(int(exponent))
