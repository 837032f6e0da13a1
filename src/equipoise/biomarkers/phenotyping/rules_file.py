"""The CSV file of a table's rules: condition columns, then what the rule says."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from importlib.resources.abc import Traversable

from equipoise.biomarkers.phenotyping.assay_file import TableText
from equipoise.biomarkers.phenotyping.condition import Condition, read_condition
from equipoise.biomarkers.phenotyping.decision_table import DecisionTable, Domain, Rule, defects
from equipoise.errors import Problem
from equipoise.evidence.csv_text import decode, parse_rows, read_bytes

SAYS = ("rule", "call", "probability", "source", "discordance", "note")
"""Columns that are no conditions; every other column is one."""


def read_table(
    folder: Traversable,
    table: TableText,
    domains: Mapping[str, Domain],
    sources: AbstractSet[str],
    problems: list[Problem],
) -> DecisionTable | None:
    """Read the rules of one table and prove that they are whole.

    Parameters
    ----------
    folder : Traversable
        Holds the file.
    table : TableText
        Names it, its calls, and the fields behind its columns.
    domains : mapping of str to Domain
        Fields, and tables that came before.
    sources : set of str
        Keys a probability may name.
    problems : list of Problem
        Grows by everything that is wrong.

    Returns
    -------
    DecisionTable or None
        None if there were problems.
    """
    before = len(problems)
    data = read_bytes(table.file, folder / table.file, problems)
    text = decode(table.file, data, problems) if data is not None else None
    if text is None:
        return None
    header = [name.strip() for name in text.split("\n", 1)[0].strip().split(",")]
    names = [name for name in header if name not in SAYS]
    columns = []
    for name in names:
        domain = domains.get(table.columns.get(name, name))
        if domain is None:
            allowed = ", ".join(sorted(domains))
            action = "Name a field or an earlier table."
            problems.append(Problem(table.file, "header", name, name, allowed, action))
        else:
            columns.append(domain)
    if len(problems) > before:
        return None
    rules = []
    for line, row in parse_rows(table.file, text, [*names, *SAYS], [*names, *SAYS], problems):
        rule = _rule(f"line {line}", row, table, names, columns, sources, problems)
        if rule is not None:
            rules.append(rule)
    if len(problems) > before:
        return None
    if not rules:
        problems.append(Problem(table.file, "", "", "", "at least one rule", "Add the rules."))
        return None
    found = DecisionTable(table.name, tuple(columns), tuple(rules), table.outputs)
    problems += defects(found, table.file)
    return found if len(problems) == before else None


def _rule(
    line: str,
    row: Mapping[str, str],
    table: TableText,
    names: list[str],
    columns: list[Domain],
    sources: AbstractSet[str],
    problems: list[Problem],
) -> Rule | None:
    before = len(problems)
    cells: list[Condition] = []
    for name, domain in zip(names, columns, strict=True):
        try:
            cells.append(read_condition(row[name], domain.words))
        except ValueError as error:
            action = "Correct the cell."
            problems.append(Problem(table.file, line, name, row[name], str(error), action))
    said = {key: row[key].strip() for key in SAYS}
    if not said["rule"]:
        problems.append(Problem(table.file, line, "rule", "", "an id", "Name the rule."))
    if said["call"] not in table.outputs:
        allowed = ", ".join(table.outputs)
        problems.append(Problem(table.file, line, "call", said["call"], allowed, "Correct it."))
    if bool(said["probability"]) != bool(said["source"]) or said["source"] not in {"", *sources}:
        allowed = "with a probability one of " + ", ".join(sorted(sources)) + "; else blank"
        problems.append(Problem(table.file, line, "source", said["source"], allowed, "Name it."))
    probability = _probability(line, said["probability"], table.file, problems)
    if len(problems) > before:
        return None
    return Rule(
        said["rule"],
        tuple(cells),
        said["call"],
        probability,
        said["source"],
        said["discordance"],
        said["note"],
    )


def _probability(line: str, text: str, file: str, problems: list[Problem]) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        action = "Correct it, or leave it blank."
        problems.append(Problem(file, line, "probability", text, "0 to 1, or blank", action))
    return number
