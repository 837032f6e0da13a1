"""Read a model from its folder: every problem of its tables and equations at once.

``parameters.csv`` and ``states.csv`` are kept by hand; ``model.xml`` (SBML) and ``equations.csv``
are built from them and the source of the model, and ``model.sha256`` says that they are as built.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.fields import Record
from equipoise.evidence.read import read_records
from equipoise.mechanism.formulas import FormulaError, Unit, parse_unit
from equipoise.mechanism.models import equation_check as equations_
from equipoise.mechanism.models import role_check as roles_
from equipoise.mechanism.models.equation_check import Equations, placed
from equipoise.mechanism.models.mechanism_model import MechanismModel
from equipoise.mechanism.models.rows import SOURCED, Equation, Parameter, State

FOLDER = "mechanism/"
PARAMETERS, STATES, EQUATIONS = "parameters.csv", "states.csv", "equations.csv"
SBML, HASHES = "model.xml", "model.sha256"

MOST_BYTES = {PARAMETERS: 2_000_000, STATES: 500_000, EQUATIONS: 2_000_000, SBML: 10_000_000}
MOST_ROWS = {PARAMETERS: 3000, STATES: 500, EQUATIONS: 5000}
"""Far above any model that can be calibrated; far below what would stall a reader."""

_HASH = re.compile(r"([0-9a-f]{64}) [ *](\S+)")
R = TypeVar("R", bound=Record)


def read_model(folder: Traversable | Path, name: str = "model") -> MechanismModel:
    """Read and check a model.

    Checked are: every row; a source for what is printed or derived; names (none doubled, none
    undefined); units of every equation, factor and all; the roles of the states (see
    `equipoise.mechanism.models.role_check`); and the hashes of what was built.

    Parameters
    ----------
    folder : Traversable or Path
        Holds the five files.
    name : str
        What the model is called.

    Raises
    ------
    InputError
        With every problem. Where rows or names are wrong, units and roles are not yet looked at.
    """
    problems: list[Problem] = []
    parameters = _rows(folder, PARAMETERS, Parameter, problems)
    states = _rows(folder, STATES, State, problems)
    rows = _rows(folder, EQUATIONS, Equation, problems)
    problems += _doubled(parameters, states)
    problems += roles_.block_problems(FOLDER + STATES, states)
    units = _units(parameters, states, problems)
    equations = equations_.parsed(FOLDER + EQUATIONS, rows)
    problems += equations.problems
    if rows and states and parameters and not equations.problems:
        problems += equations_.name_problems(FOLDER + EQUATIONS, equations, states, parameters)
    aside = _hash_problems(folder)
    aside += [problem for parameter in parameters for problem in _parameter_problems(parameter)]
    if problems:
        raise InputError(problems + aside)
    return _checked(name, parameters, states, equations, units, aside)


def _checked(
    name: str,
    parameters: tuple[Parameter, ...],
    states: tuple[State, ...],
    equations: Equations,
    units: dict[str, Unit],
    problems: list[Problem],
) -> MechanismModel:
    """Check what needs every name to be known: order, units, roles, values."""
    file, table = FOLDER + EQUATIONS, FOLDER + STATES
    assignments = equations_.ordered_assignments(file, equations)
    if equations.problems:
        raise InputError(problems + equations.problems)
    rates = {state.name: equations.rate[state.name] for state in states}
    initials = {state.name: equations.initial[state.name] for state in states}
    problems = problems + equations_.add_units(file, equations, assignments, units)
    problems += equations_.start_problems(file, equations, states)
    problems += roles_.role_problems(table, states, rates, assignments)
    order = roles_.quasi_steady_order(table, states, rates, assignments, problems)
    values = {parameter.symbol: parameter.value for parameter in parameters}
    if not problems:
        problems += roles_.value_problems(file, states, rates, assignments, initials, values)
    if problems:
        raise InputError(problems)
    digest = _digest(parameters, states, equations)
    return MechanismModel(
        name, states, parameters, rates, assignments, initials, units, order, digest
    )


def _rows(
    folder: Traversable | Path, file: str, kind: type[R], problems: list[Problem]
) -> tuple[R, ...]:
    path = folder / file
    if path.is_file() and _too_large(path, file, problems):
        return ()
    rows = read_records(FOLDER + file, path, kind, problems)
    if len(rows) > MOST_ROWS[file]:
        shown, allowed = f"{len(rows):,} rows", f"at most {MOST_ROWS[file]:,} rows"
        problems.append(Problem(FOLDER + file, "", "", shown, allowed, "Shorten the table."))
        return ()
    return rows


def _too_large(path: Traversable | Path, file: str, problems: list[Problem]) -> bool:
    stat = getattr(path, "stat", None)
    size = int(stat().st_size) if stat is not None else 0
    if size <= MOST_BYTES[file]:
        return False
    shown, allowed = f"{size:,} bytes", f"at most {MOST_BYTES[file]:,} bytes"
    problems.append(Problem(FOLDER + file, "", "", shown, allowed, "Shorten the file."))
    return True


def _hash_problems(folder: Traversable | Path) -> list[Problem]:
    """Return what is wrong with the hashes of the files that are built."""
    problems: list[Problem] = []
    data = read_bytes(FOLDER + HASHES, folder / HASHES, problems)
    text = decode(FOLDER + HASHES, data[:10_000], problems) if data is not None else None
    written = {file: value for value, file in _HASH.findall(text or "")}
    for file in (SBML, EQUATIONS):
        path = folder / file
        if not path.is_file():
            if file == SBML:
                read_bytes(FOLDER + file, path, problems)
        elif not _too_large(path, file, problems) and text is not None:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if written.get(file) != found:
                allowed = f"the SHA-256 in {HASHES}"
                action = "Build the model again (scripts/build_mechanism.py) from its source."
                problems.append(Problem(FOLDER + file, "", "", found, allowed, action))
    return problems


def _doubled(parameters: Sequence[Parameter], states: Sequence[State]) -> list[Problem]:
    """Return every name that two rows have."""
    found = []
    rows = [(PARAMETERS, "symbol", row.symbol) for row in parameters]
    rows += [(STATES, "name", row.name) for row in states]
    counts = Counter(name for _, _, name in rows)
    for file, field, name in dict.fromkeys(rows):
        if counts[name] > 1:
            allowed, action = "one parameter or state of a name", "Rename or remove the others."
            found.append(Problem(FOLDER + file, name, field, name, allowed, action))
    return found


def _parameter_problems(row: Parameter) -> list[Problem]:
    """Return what is missing behind a number, and a value outside its own limits."""
    found = []

    def add(field: str, value: str, allowed: str, action: str) -> None:
        problem = Problem(FOLDER + PARAMETERS, row.symbol, field, value, allowed, action)
        found.append(problem)

    if row.standing in SOURCED:
        for field in ("source_url", "quote", "confidence"):
            if not getattr(row, field):
                allowed = f"a {field} for what is {row.standing}"
                add(field, "", allowed, "Give it, or call the number fitted or assumed.")
    if row.low is not None and row.value < row.low:
        add("value", f"{row.value:g}", f"at least low, {row.low:g}", "Correct one of them.")
    if row.high is not None and row.value > row.high:
        add("value", f"{row.value:g}", f"at most high, {row.high:g}", "Correct one of them.")
    return found


def _units(
    parameters: Sequence[Parameter], states: Sequence[State], problems: list[Problem]
) -> dict[str, Unit]:
    """Return the units of parameters and states; one that cannot be read is a problem."""
    units = {}
    rows = [(PARAMETERS, row.symbol, row.unit) for row in parameters]
    rows += [(STATES, row.name, row.unit) for row in states]
    for file, name, text in rows:
        try:
            units[name] = parse_unit(text)
        except FormulaError as error:
            problems += [placed(problem, FOLDER + file, name) for problem in error.problems]
    return units


def _digest(parameters: Sequence[Parameter], states: Sequence[State], equations: Equations) -> str:
    """Hash everything that decides the code of a model: names, roles and equations."""
    lines = [f"{row.symbol}\t{row.unit}" for row in parameters]
    lines += [f"{row.name}\t{row.unit}\t{row.role}\t{row.block}" for row in states]
    lines += ["\t".join((kind, name, formula.text)) for kind, name, formula in equations.each()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
