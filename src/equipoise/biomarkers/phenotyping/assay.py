"""An assay: how a report is read, checked and decided on, loaded from data and proved whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from pydantic import ValidationError

from equipoise.biomarkers.phenotyping.assay_file import AssayText, FieldText, SourceText
from equipoise.biomarkers.phenotyping.condition import MISSING, Condition
from equipoise.biomarkers.phenotyping.decision_table import DecisionTable, Domain
from equipoise.biomarkers.phenotyping.quality import Check, fields_of
from equipoise.biomarkers.phenotyping.reading import Field, normal_form
from equipoise.biomarkers.phenotyping.rules_file import read_table
from equipoise.errors import InputError, Problem
from equipoise.evidence.csv_text import decode, read_bytes
from equipoise.evidence.read import problems_of

ASSAY_FILE = "assay.toml"


@dataclass(frozen=True)
class Assay:
    """Fields, checks and tables of one way of phenotyping.

    Attributes
    ----------
    id, title, version : str
        Which rules, after whom, of when.
    fields : mapping of str to Field
        What a report may say, by name.
    missing : frozenset of str
        Normal forms that mean "not measured".
    before, after : tuple of Check
        Checks on the fields, and checks that need the call of a table.
    tables : tuple of DecisionTable
        In order; a later one may use the call of an earlier one.
    result : str
        Name of the table whose call is the phenotype.
    sources : mapping of str to SourceText
        By key.
    """

    id: str
    title: str
    version: str
    fields: Mapping[str, Field]
    missing: frozenset[str]
    before: tuple[Check, ...]
    after: tuple[Check, ...]
    tables: tuple[DecisionTable, ...]
    result: str
    sources: Mapping[str, SourceText]

    @property
    def conditions(self) -> dict[str, tuple[Condition, ...]]:
        """Return the cells that look at each field."""
        return {name: field.conditions for name, field in self.fields.items()}


def shipped_assays() -> dict[str, Traversable]:
    """Return the folders of the assays that come with the package, by name."""
    folder = resources.files("equipoise.biomarkers") / "assays"
    return {f.name: f for f in sorted(folder.iterdir(), key=lambda f: f.name) if f.is_dir()}


def read_assay(folder: Traversable) -> Assay:
    """Read ``assay.toml`` and the CSV files of rules beside it.

    Every table must give exactly one answer for every combination of values of its columns; that
    is checked by enumeration, at each loading (see `decision_table.Domain.points`).

    Parameters
    ----------
    folder : Traversable
        A folder of the package (`shipped_assays`) or of the user (`pathlib.Path`).

    Raises
    ------
    InputError
        With every problem of every file.
    """
    problems: list[Problem] = []
    text = _parse(folder, problems)
    if text is None:
        raise InputError(problems)
    problems += list(_double_names(text))
    domains = {field.name: _domain(field) for field in text.fields}
    tables = []
    for table in text.tables:
        found = read_table(folder, table, domains, {s.key for s in text.sources}, problems)
        domains[table.name] = Domain(table.name, frozenset(table.outputs), optional=False)
        if found is not None:
            tables.append(found)
    problems += list(_unknown_names(text, domains))
    problems += list(_rule_ids(tables))
    if problems:
        raise InputError(problems)
    names = {table.name for table in text.tables}
    late = tuple(c for c in text.checks if names & set(fields_of(c)))
    return Assay(
        text.id,
        text.title,
        text.version,
        {field.name: _field(field, tables) for field in text.fields},
        frozenset(normal_form(word) for word in text.missing),
        tuple(c for c in text.checks if c not in late),
        late,
        tuple(tables),
        text.result,
        {source.key: source for source in text.sources},
    )


def _parse(folder: Traversable, problems: list[Problem]) -> AssayText | None:
    data = read_bytes(ASSAY_FILE, folder / ASSAY_FILE, problems)
    text = decode(ASSAY_FILE, data, problems) if data is not None else None
    if text is None:
        return None
    try:
        return AssayText.model_validate(tomllib.loads(text))
    except ValidationError as error:
        problems += problems_of(ASSAY_FILE, "", error)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(ASSAY_FILE, "", "", str(error), "valid TOML", "Mend it."))
    return None


def _domain(field: FieldText) -> Domain:
    words = frozenset(field.values) if field.kind == "words" else None
    return Domain(field.name, words, field.minimum, field.maximum)


def _field(field: FieldText, tables: list[DecisionTable]) -> Field:
    spelt = {normal_form(v): v for v in field.values}
    spelt |= {normal_form(w): value for value, words in field.spellings.items() for w in words}
    judged = {normal_form(w): (j.value, j.note) for j in field.judgements for w in j.found}
    cells = tuple(
        rule.when[i]
        for table in tables
        for i, column in enumerate(table.columns)
        if column.name == field.name
        for rule in table.rules
    )
    return Field(_domain(field), field.unit, spelt, judged, cells)


def _double_names(text: AssayText) -> Iterator[Problem]:
    names = [field.name for field in text.fields] + [table.name for table in text.tables]
    for name in sorted({n for n in names if names.count(n) > 1}):
        yield Problem(ASSAY_FILE, name, "name", name, "each name once", "Rename one of them.")
    for field in text.fields:
        if field.kind == "number" and not field.minimum < field.maximum:
            shown = f"{field.minimum} to {field.maximum}"
            allowed, action = "minimum below maximum", "Give both."
            yield Problem(ASSAY_FILE, field.name, "maximum", shown, allowed, action)
        if field.kind == "words" and (not field.values or MISSING in field.values):
            allowed, action = f"words, {MISSING!r} not among them", "List the values."
            yield Problem(ASSAY_FILE, field.name, "values", str(field.values), allowed, action)
        said = {(normal_form(v), v) for v in field.values}
        said |= {(normal_form(w), v) for v, words in field.spellings.items() for w in words}
        forms = [form for form, _ in said]
        forms += [normal_form(w) for j in field.judgements for w in j.found]
        for form in sorted({f for f in forms if forms.count(f) > 1}):
            allowed = "each spelling for one value only"
            yield Problem(ASSAY_FILE, field.name, "spellings", form, allowed, "Remove one.")


def _unknown_names(text: AssayText, domains: Mapping[str, Domain]) -> Iterator[Problem]:
    for field in text.fields:
        allowed = {*field.values, MISSING}
        for value in [*field.spellings, *(j.value for j in field.judgements)]:
            if value not in allowed:
                shown = ", ".join(sorted(allowed))
                yield Problem(ASSAY_FILE, field.name, "value", value, shown, "Correct it.")
    for check in text.checks:
        for name in fields_of(check):
            if name not in domains:
                shown = ", ".join(sorted(domains))
                yield Problem(ASSAY_FILE, check.id, "field", name, shown, "Correct the name.")
    tables = [table.name for table in text.tables]
    if text.result not in tables:
        yield Problem(ASSAY_FILE, "", "result", text.result, ", ".join(tables), "Name a table.")


def _rule_ids(tables: list[DecisionTable]) -> Iterator[Problem]:
    """Two tables may share a file and its ids; within a table each id stands once."""
    for table in tables:
        ids = [rule.rule for rule in table.rules]
        for name in sorted({i for i in ids if ids.count(i) > 1}):
            yield Problem(table.name, name, "rule", name, "each id once", "Rename one of them.")
