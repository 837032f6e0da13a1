"""Build the model of a case: ``python scripts/build_mechanism.py CASE_FOLDER [--check]``.

In the folder ``mechanism`` of the case, ``model.ant`` (structure, kept by hand), ``parameters.csv``
and ``states.csv`` (numbers and units) become ``model.xml`` (SBML level 3 version 2);
``equations.csv`` is read from that SBML; ``model.sha256`` holds the hashes of both. With
``--check`` nothing is written: the exit code is 1 where what stands there is not what would be
built. Needs the extra `mechanism`.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import re
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

from equipoise.mechanism.formulas import Unit, parse_unit
from equipoise.mechanism.formulas.tree import Call, Name, Negative, Node, Number, Operation, written
from equipoise.mechanism.models.model_reading import EQUATIONS, HASHES, PARAMETERS, SBML, STATES

SOURCE = "model.ant"
BASES = {"g": "gram", "mol": "mole", "m": "metre", "s": "second"}
"""SBML's base units; what is counted, and international units, become ``item``."""

CORE = "{http://www.sbml.org/sbml/level3/version2/core}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
BINARY = {"plus": "+", "minus": "-", "times": "*", "divide": "/", "power": "^"}
UNARY = {"exp": "exp", "ln": "log"}


def main() -> int:
    """Build, or compare, the model of one case."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("case", type=Path, help="folder of the case")
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    options = parser.parse_args()
    folder = options.case / "mechanism"
    stale = []
    for name, text in build(folder).items():
        file, data = folder / name, text.encode()
        if file.is_file() and file.read_bytes() == data:
            continue
        stale.append(name)
        if not options.check:
            file.write_bytes(data)
    print(f"{folder}: {', '.join(stale) or 'nothing'} {'differs' if options.check else 'written'}")
    return 1 if options.check and stale else 0


def build(folder: Path) -> dict[str, str]:
    """Return the text of every file that is built, by its name."""
    parameters, states = (_table(folder / name) for name in (PARAMETERS, STATES))
    sbml = sbml_text((folder / SOURCE).read_text(encoding="utf-8"), parameters, states)
    equations = equations_text(sbml, [row["name"] for row in states])
    made = {SBML: sbml, EQUATIONS: equations}
    hashes = [f"{hashlib.sha256(text.encode()).hexdigest()}  {n}\n" for n, text in made.items()]
    return {**made, HASHES: "".join(hashes)}


def _table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [{k: v.strip() for k, v in row.items()} for row in csv.DictReader(text)]


def sbml_text(source: str, parameters: list[dict[str, str]], states: list[dict[str, str]]) -> str:
    """Return the SBML of an antimony source, with the values and units of the tables put in."""
    import antimony  # noqa: PLC0415  # the extra is needed here only

    last = list(re.finditer(r"(?m)^[ \t]*end\b", source))[-1]
    lines = ["unit time_unit = 86400 second"]
    labels: dict[str, str] = {}
    for row in parameters:
        kind = "var" if row["role"] == "input" else "const"  # the dosing changes an input
        lines += [f"{kind} {row['symbol']}", f"{row['symbol']} = {float(row['value'])!r}"]
    for row in [*parameters, *states]:
        unit = parse_unit(row["unit"])
        if row["unit"] not in labels:
            labels[row["unit"]] = _label(row["unit"], labels)
            lines.append(f"unit {labels[row['unit']]} = {_antimony_unit(unit)}")
        lines.append(f"{row.get('symbol') or row['name']} has {labels[row['unit']]}")
    antimony.clearPreviousLoads()
    antimony.setWriteSBMLTimestamp(False)
    text = source[: last.start()] + "\n".join(lines) + "\n" + source[last.start() :]
    if antimony.loadAntimonyString(text) < 0:
        raise SystemExit(f"{SOURCE}: {antimony.getLastError()}")
    warnings = antimony.getWarnings()
    if warnings:
        raise SystemExit(f"{SOURCE}: {warnings}")
    return str(antimony.getSBMLString(antimony.getMainModuleName()))


def _label(text: str, labels: dict[str, str]) -> str:
    """Return an SBML identifier for a unit that still can be read."""
    words = text.replace("/", " per ").replace("^", "").replace("%", "percent")
    label = "unit_" + "_".join(re.findall(r"[A-Za-z0-9]+", words))
    return label if label not in labels.values() else f"{label}_{len(labels)}"


def _antimony_unit(unit: Unit) -> str:
    factor, parts = Fraction(1), []
    for base, power in unit.meaning.items():
        if power.denominator != 1:
            raise SystemExit(f"unit {unit}: SBML takes whole powers here")
        if base.isdigit():
            factor *= Fraction(int(base)) ** int(power)
        else:
            parts.append(f"({BASES.get(base, 'item')})^{power}")
    return " * ".join([f"{float(factor)!r} dimensionless", *parts])


def equations_text(sbml: str, states: list[str]) -> str:
    """Return the table of equations of an SBML model with rules only."""
    model = ET.fromstring(sbml).find(f"{CORE}model")
    if model is None:
        raise SystemExit("the SBML holds no model")
    for what in ("listOfReactions", "listOfEvents", "listOfFunctionDefinitions", "listOfSpecies"):
        if model.find(f"{CORE}{what}") is not None:
            raise SystemExit(f"the SBML holds a {what}; the model is written with rules alone")
    rates = sorted(_maths(model, "rateRule", "variable"), key=lambda row: _place(row[0], states))
    rows = [("rate", *row) for row in rates]
    rows += [("assignment", *row) for row in _maths(model, "assignmentRule", "variable")]
    starts = dict(_maths(model, "initialAssignment", "symbol"))
    for item in model.iter(f"{CORE}parameter"):
        name = item.attrib["id"]
        if name in states and name not in starts and "value" in item.attrib:
            starts[name] = written(Number(float(item.attrib["value"])))
    rows += [("initial", name, starts[name]) for name in states if name in starts]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([("kind", "name", "formula"), *rows])
    return out.getvalue()


def _place(name: str, names: list[str]) -> int:
    return names.index(name) if name in names else len(names)


def _maths(model: ET.Element, kind: str, attribute: str) -> list[tuple[str, str]]:
    found = []
    for item in model.iter(f"{CORE}{kind}"):
        math = item.find(f"{MATH}math")
        if math is None:
            raise SystemExit(f"{kind} of {item.attrib[attribute]} holds no formula")
        found.append((item.attrib[attribute], written(node_of(math[0]))))
    return found


def node_of(element: ET.Element) -> Node:
    """Return the tree of a MathML formula, as far as a `Formula` can hold it."""
    tag = element.tag.removeprefix(MATH)
    if tag == "ci":
        return Name(str(element.text).strip())
    if tag == "cn":
        return _number(element)
    if tag != "apply":
        raise SystemExit(f"MathML <{tag}> has no place in a formula of this model")
    operator, rest = element[0].tag.removeprefix(MATH), list(element[1:])
    degree = rest.pop(0) if operator == "root" and rest[0].tag == f"{MATH}degree" else None
    if degree is not None and node_of(degree[0]) != Number(2.0):
        raise SystemExit("of the roots, only the square root has a place in a formula")
    parts = [node_of(part) for part in rest]
    if operator in UNARY and len(parts) == 1:
        return Call(UNARY[operator], parts[0])
    if operator == "minus" and len(parts) == 1:
        return Negative(parts[0])
    if operator == "root" and len(parts) == 1:
        return Call("sqrt", parts[0])
    if operator not in BINARY or not parts:
        raise SystemExit(f"MathML <{operator}> has no place in a formula of this model")
    made = parts[0]
    for part in parts[1:]:
        made = Operation(BINARY[operator], made, part)
    return made


def _number(element: ET.Element) -> Node:
    mantissa = str(element.text).strip()
    if element.attrib.get("type") == "e-notation":
        mantissa = f"{mantissa}e{str(element[0].tail).strip()}"
    elif element.attrib.get("type") == "rational":
        raise SystemExit("MathML rational numbers have no place in a formula of this model")
    value = float(mantissa)
    return Negative(Number(-value)) if value < 0 else Number(value)


if __name__ == "__main__":
    sys.exit(main())
