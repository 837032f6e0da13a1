"""Read ``covariates.csv`` and check it against the model, every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

from equipoise.errors import InputError, Problem
from equipoise.evidence.read import read_records
from equipoise.mechanism.formulas import FormulaError, parse_formula
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.models.mechanism_model import unknown
from equipoise.mechanism.models.model_reading import FOLDER
from equipoise.mechanism.models.rows import SOURCED
from equipoise.mechanism.population.covariate import Covariate

SPREAD = ("lognormal", "normal")
"""Distributions with a spread."""

Found = tuple[str, object, str, str]
"""Field, value, what is allowed, what to do."""


def read_covariates(file: Traversable, model: MechanismModel) -> tuple[Covariate, ...]:
    """Read how parameters differ between patients.

    Parameters
    ----------
    file : Traversable
        ``covariates.csv``; its columns are the fields of `Covariate`.
    model : MechanismModel
        Holds the parameters the rows name.

    Raises
    ------
    InputError
        With every problem: an unknown column or distribution, a parameter that the model does not
        have or that comes twice, a name that is taken, a centre outside the limits, a probability
        outside 0 to 1, a number that the distribution needs or cannot use, a formula that cannot
        be computed in the order of the rows, a printed or derived row without a source.
    """
    problems: list[Problem] = []
    name = FOLDER + file.name
    covariates = read_records(name, file, Covariate, problems)
    problems += problems_of_covariates(covariates, model, name)
    if problems:
        raise InputError(problems)
    return covariates


def problems_of_covariates(
    covariates: Sequence[Covariate], model: MechanismModel, file: str = ""
) -> list[Problem]:
    """Return what is wrong with rows, each by itself and together; see `read_covariates`."""
    problems = []
    for k, row in enumerate(covariates):
        found = [*_source(row), *_names(row, covariates[:k], model), *_centre(row)]
        found += [*_limits(row), *_formula(row, covariates, k, model)]
        problems += [
            Problem(file, row.name, field, "" if value is None else str(value), allowed, action)
            for field, value, allowed, action in found
        ]
    return problems


def _source(row: Covariate) -> Iterator[Found]:
    if row.standing in SOURCED and not row.source_url:
        action = "Give the source, or call the row assumed."
        yield "source_url", "", f"an address where the standing is {row.standing}", action


def _names(row: Covariate, before: Sequence[Covariate], model: MechanismModel) -> Iterator[Found]:
    if row.parameter and row.parameter not in model.names_of_parameters:
        problem = unknown(row.parameter, model.names_of_parameters, "a parameter")
        yield "parameter", row.parameter, problem.allowed, problem.action
    if row.parameter and row.parameter in {other.parameter for other in before}:
        yield "parameter", row.parameter, "each parameter once", "Remove one of the rows."
    if row.name in {other.name for other in before}:
        yield "name", row.name, "each name once", "Rename or remove one of the rows."
    if row.name in model.names_of_parameters and row.parameter != row.name:
        allowed = "no name of a parameter other than its own"
        yield "name", row.name, allowed, "Rename it, or fill in the parameter."


def _centre(row: Covariate) -> Iterator[Found]:
    of = f"of a {row.distribution} covariate"
    needed = "Fill it in."
    if row.distribution == "bernoulli" and (row.centre is None or not 0.0 <= row.centre <= 1.0):
        yield "centre", row.centre, f"a probability from 0 to 1, the centre {of}", needed
    if row.distribution in SPREAD:
        if row.centre is None:
            yield "centre", row.centre, f"a number, the centre {of}", needed
        if row.spread is None or row.spread <= 0.0:
            yield "spread", row.spread, f"a number above 0, the spread {of}", needed
        if row.distribution == "lognormal" and row.centre is not None and row.centre <= 0.0:
            yield "centre", row.centre, f"above 0, the median {of}", "Correct it."
    elif row.spread is not None:
        yield "spread", row.spread, f"blank, as there is none {of}", "Leave it blank."


def _limits(row: Covariate) -> Iterator[Found]:
    low, high, of = row.low, row.high, f"a {row.distribution} covariate"
    if row.distribution == "uniform":
        for field, value in (("low", low), ("high", high)):
            if value is None:
                yield field, value, f"a number, as {of} runs from low to high", "Fill it in."
    if row.distribution == "bernoulli" and (low not in (None, 0.0) or high not in (None, 1.0)):
        yield "low, high", f"{low}, {high}", f"blank, or 0 and 1 for {of}", "Leave them blank."
    if low is not None and high is not None and low >= high:
        yield "low, high", f"{low}, {high}", "low below high", "Correct one of them."
        return
    if row.distribution == "bernoulli" or row.centre is None:
        return
    if (low is not None and row.centre < low) or (high is not None and row.centre > high):
        allowed = f"a centre within the limits {low} and {high}"
        yield "centre", row.centre, allowed, "Correct the centre or the limits."


def _formula(
    row: Covariate, covariates: Sequence[Covariate], k: int, model: MechanismModel
) -> Iterator[Found]:
    if row.distribution != "formula":
        if row.formula:
            allowed = "blank unless the distribution is formula"
            yield "formula", row.formula, allowed, "Leave it blank."
        return
    for field, value in (("centre", row.centre), ("low", row.low), ("high", row.high)):
        if value is not None:
            yield field, value, "blank, as the formula gives the value", "Leave it blank."
    try:
        names = parse_formula(row.formula).names
    except FormulaError as error:
        yield "formula", row.formula, f"a formula ({error})", "Correct it."
        return
    known = {*model.names_of_parameters, *(other.symbol for other in covariates)}
    for name in sorted(names - known):
        problem = unknown(name, known, "a covariate, or a parameter")
        yield "formula", name, problem.allowed, problem.action
    later = {other.symbol for other in covariates[k:] if other.distribution == "formula"}
    for name in sorted(names & later):
        yield "formula", name, "quantities whose formula stands in a row above", "Move the row."
