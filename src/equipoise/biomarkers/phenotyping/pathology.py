"""A phenotype from a pathology report, by the decision tables of an assay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from equipoise.biomarkers.phenotyping.assay import Assay
from equipoise.biomarkers.phenotyping.condition import MISSING, Value
from equipoise.biomarkers.phenotyping.decision_table import Rule
from equipoise.biomarkers.phenotyping.quality import Facts, run_check
from equipoise.biomarkers.phenotyping.reading import Remark, read_value
from equipoise.errors import InputError, Problem


@dataclass(frozen=True)
class Phenotype:
    """What a report amounts to, and why.

    Attributes
    ----------
    sample : str
        Id of the sample.
    assay : str
        Assay and version.
    call : str
        Answer of the assay's result table.
    calls : mapping of str to str
        Answer of every table, by name.
    probability : float or None
        P(positive) under the rule of the result table; None where no source gives one.
    probability_source, confidence : str
        Where the probability comes from and how sure that is; empty without one.
    rules : tuple of str
        Ids of the rules applied, in order.
    discordances : tuple of str
        What contradicts what.
    remarks : tuple of Remark
        What was read otherwise than written, worked out, set aside or doubted.
    notes : tuple of str
        What the rules say about the call.
    """

    sample: str
    assay: str
    call: str
    calls: Mapping[str, str]
    probability: float | None
    probability_source: str
    confidence: str
    rules: tuple[str, ...]
    discordances: tuple[str, ...]
    remarks: tuple[Remark, ...]
    notes: tuple[str, ...]


def phenotype(assay: Assay, report: Mapping[str, object], sample: str = "sample") -> Phenotype:
    """Read, check and decide on one report.

    Parameters
    ----------
    assay : Assay
        The rules.
    report : mapping of str to object
        Fields of the assay; those left out are missing.
    sample : str
        Id used in messages.

    Raises
    ------
    InputError
        With every field that is unknown or cannot be read.
    """
    problems: list[Problem] = []
    facts = _facts(assay, report, sample, problems)
    if facts is None:
        raise InputError(problems)
    return _decide(assay, facts, sample)


def phenotype_table(
    assay: Assay, reports: pd.DataFrame, columns: Mapping[str, str] | None = None
) -> tuple[Phenotype, ...]:
    """Read, check and decide on a table, one report a row.

    Parameters
    ----------
    assay : Assay
        The rules.
    reports : DataFrame
        The index holds the ids of the samples.
    columns : mapping of str to str, optional
        Column of the table for each field of the assay; without it, columns have the names of
        the fields. Columns that are not named here are not read.

    Raises
    ------
    InputError
        With every cell that cannot be read, every unknown field and every double id.
    """
    names = {str(c): str(c) for c in reports.columns} if columns is None else dict(columns)
    problems = [
        Problem("", "", field, column, ", ".join(map(str, reports.columns)), "Name a column.")
        for field, column in names.items()
        if column not in reports.columns
    ]
    problems += [
        Problem(
            "", "", field, "", ", ".join(assay.fields), "Rename it, or name the columns to read."
        )
        for field in names
        if field not in assay.fields
    ]
    for double in reports.index[reports.index.duplicated()].unique():
        problems.append(Problem("", str(double), "index", "", "each id once", "Merge the rows."))
    if problems:
        raise InputError(problems)
    found = []
    rows = reports[list(names.values())].itertuples(name=None)
    for sample, *cells in rows:
        report = dict(zip(names, cells, strict=True))
        found.append((str(sample), _facts(assay, report, str(sample), problems)))
    if problems:
        raise InputError(problems)
    return tuple(_decide(assay, facts, sample) for sample, facts in found if facts is not None)


def to_frame(phenotypes: Sequence[Phenotype]) -> pd.DataFrame:
    """Return one row a sample, indexed by its id; tables' calls are columns, lists are joined."""
    rows = [
        {
            "call": p.call,
            "probability": p.probability,
            "probability_source": p.probability_source,
            "confidence": p.confidence,
            "assay": p.assay,
            "rules": " ".join(p.rules),
            "discordances": "; ".join(p.discordances),
            "remarks": "; ".join(map(str, p.remarks)),
            **p.calls,
        }
        for p in phenotypes
    ]
    return pd.DataFrame(rows, index=pd.Index([p.sample for p in phenotypes], name="sample"))


def _facts(
    assay: Assay, report: Mapping[str, object], sample: str, problems: list[Problem]
) -> Facts | None:
    before = len(problems)
    values: dict[str, Value] = dict.fromkeys(assay.fields, MISSING)
    exact: set[str] = set()
    remarks: list[Remark] = []
    for name, cell in report.items():
        field = assay.fields.get(name)
        if field is None:
            allowed = ", ".join(assay.fields)
            problems.append(Problem("", sample, name, "", allowed, "Rename or leave out."))
            continue
        try:
            reading = read_value(cell, field, assay.missing)
        except ValueError as error:
            action = "Correct it at its source, or leave it blank."
            problems.append(Problem("", sample, name, str(cell), str(error), action))
            continue
        values[name] = reading.value
        exact |= {name} if reading.exact and not isinstance(reading.value, str) else set()
        remarks += reading.remarks
    if len(problems) > before:
        return None
    return Facts(values, frozenset(exact), tuple(remarks))


def _decide(assay: Assay, facts: Facts, sample: str) -> Phenotype:
    conditions = assay.conditions
    for check in assay.before:
        facts = run_check(check, facts, conditions)
    values = dict(facts.values)
    fired: dict[str, Rule] = {}
    for table in assay.tables:
        fired[table.name] = table.decide(values)
        values[table.name] = fired[table.name].call
    facts = Facts(values, facts.exact, facts.remarks, facts.discordances)
    for check in assay.after:
        facts = run_check(check, facts, conditions)
    result = fired[assay.result]
    said = tuple(rule.discordance for rule in fired.values() if rule.discordance)
    source = assay.sources.get(result.source)
    return Phenotype(
        sample,
        f"{assay.id}, {assay.version}",
        result.call,
        {name: rule.call for name, rule in fired.items()},
        result.probability,
        source.text if source else "",
        source.confidence if source else "",
        tuple(rule.rule for rule in fired.values()),
        (*facts.discordances, *said),
        facts.remarks,
        tuple(rule.note for rule in fired.values() if rule.note),
    )
