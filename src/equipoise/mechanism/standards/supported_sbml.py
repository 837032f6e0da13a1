"""What an SBML model may use so that an integrator of differential equations can run it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from equipoise.errors import Problem
from equipoise.mechanism.standards.xml_reading import child, children, local, namespace

CORE = "http://www.sbml.org/sbml/level"
MATHML = "http://www.w3.org/1998/Math/MathML"
DELAY = "http://www.sbml.org/sbml/symbols/delay"
VERSIONS = {"2": ("1", "2", "3", "4", "5"), "3": ("1", "2")}
TRUE = ("true", "1")


def unsupported(root: Element, file: str) -> list[Problem]:
    """Return every reason why an SBML document cannot be simulated; none when it can.

    Refused are: documents that are not SBML of Level 2 or 3; packages that change the mathematics
    (``required="true"``); reactions that are fast, or have no rate; algebraic rules; delays in a
    formula. Left to the engine: events, initial assignments, assignment and rate rules,
    constraints (which it does not watch).

    Parameters
    ----------
    root : Element
        The document.
    file : str
        Its name, for the messages.
    """
    if local(root) != "sbml" or not namespace(root).startswith(CORE):
        action = "Name an SBML file; antimony and CellML can be converted to SBML."
        return [Problem(file, "", "root element", local(root), "sbml", action)]
    level, version = root.get("level", ""), root.get("version", "")
    if version not in VERSIONS.get(level, ()):
        shown = f"Level {level} Version {version}"
        action = "Convert the model with libSBML or COPASI."
        return [Problem(file, "sbml", "level", shown, "Level 2 or 3", action)]
    model = child(root, "model")
    if model is None:
        action = "Save the model itself, not an empty document."
        return [Problem(file, "sbml", "model", "none", "one model", action)]
    parts = (_packages(root), _reactions(model), _rules(model), _delays(model))
    return [
        Problem(file, row, field, value, allowed, action)
        for part in parts
        for row, field, value, allowed, action in part
    ]


Reason = tuple[str, str, str, str, str]


def _packages(root: Element) -> Iterator[Reason]:
    for key, value in root.attrib.items():
        if key.endswith("}required") and value in TRUE:
            name = key[1:].partition("}")[0]
            allowed = "packages that leave the mathematics alone (layout, render, groups)"
            yield "sbml", "package", name, allowed, "Flatten the model into SBML core."


def _reactions(model: Element) -> Iterator[Reason]:
    for reaction in children(child(model, "listOfReactions"), "reaction"):
        row = f"reaction {reaction.get('id', '')}"
        if reaction.get("fast", "false") in TRUE:
            action = (
                "It stands for an equilibrium reached at once, which an integrator does not "
                'solve: run the file in COPASI, or give the reaction a rate and fast="false".'
            )
            yield row, "fast", "true", "false", action
        if child(reaction, "kineticLaw") is None:
            action = "Give the reaction a rate, or leave it out."
            yield row, "kineticLaw", "none", "one", action


def _rules(model: Element) -> Iterator[Reason]:
    for number, _ in enumerate(children(child(model, "listOfRules"), "algebraicRule"), 1):
        action = "Solve the equation for one of its symbols and write an assignment rule."
        allowed = "assignment and rate rules"
        yield f"algebraic rule {number}", "", "an equation to be solved", allowed, action


def _delays(model: Element) -> Iterator[Reason]:
    for symbol in model.iter(f"{{{MATHML}}}csymbol"):
        if symbol.get("definitionURL", "").strip() == DELAY:
            action = "Replace the delay by a chain of transit compartments."
            yield "formula", "csymbol", "delay", "values at the present time", action
