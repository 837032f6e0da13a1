"""Draw virtual patients from the variability between patients and the covariates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.models.mechanism_model import unknown
from equipoise.mechanism.population.correlation_table import (
    correlated,
    correlation_matrix,
    drawn_rows,
    problems_of_correlations,
)
from equipoise.mechanism.population.covariate import Correlation, Covariate
from equipoise.mechanism.population.covariate_table import problems_of_covariates
from equipoise.mechanism.population.score_values import covariate_values, scores
from equipoise.mechanism.population.streams import Stream, independent
from equipoise.mechanism.population.virtual_population import VirtualPopulation, with_formulas
from equipoise.synthesis.arrays import Array


def draw_population(
    model: MechanismModel,
    covariates: Sequence[Covariate],
    n: int,
    seed: int,
    *,
    correlations: Sequence[Correlation] = (),
    fixed: Mapping[str, float] = MappingProxyType({}),
    first: int = 0,
    stream: Stream = independent,
) -> VirtualPopulation:
    """Draw virtual patients.

    Every quantity with a row in `covariates` is distributed as it says, every other parameter
    with a spread between patients is log-normal (`between_patients`), the rest has the value of
    the model. All are independent but for `correlations` and for what follows by a formula.

    Parameters
    ----------
    model : MechanismModel
    covariates : sequence of Covariate
    n : int
        Patients, 1 or more.
    seed : int
        The same seed gives the same patients, bit for bit. Patient i does not depend on `n`.
    correlations : sequence of Correlation
    fixed : mapping of str to float
        Parameters or covariates that are set and not drawn, such as the covariate that makes a
        stratum. They do not change what is drawn for the others.
    first : int
        Number of the first patient: blocks drawn one after the other are the patients drawn at
        once.
    stream : callable
        `independent`, or `quasi_random.sobol` for means with less noise.

    Returns
    -------
    VirtualPopulation

    Raises
    ------
    InputError
        With every problem: no whole numbers, something fixed that is neither a parameter nor a
        covariate or is no finite number, rows that do not fit the model.
    """
    problems = [*_number_problems(n, seed, first), *_fixed_problems(model, covariates, fixed)]
    problems += problems_of_covariates(covariates, model)
    if problems:
        raise InputError(problems)
    drawn = drawn_rows(model, covariates)
    z = _scores(drawn, correlations, stream(seed, [row.symbol for row in drawn], n, first))
    parameters = np.tile(model.values, (n, 1))
    for row, scores_ in zip(drawn, z.T, strict=True):
        if row.parameter:
            parameters[:, model.index(row.parameter)] = covariate_values(row, scores_)
    for symbol in fixed.keys() & set(model.names_of_parameters):
        parameters[:, model.index(symbol)] = fixed[symbol]
    kept = [k for k, row in enumerate(drawn) if row.symbol not in fixed]
    return with_formulas(
        VirtualPopulation(
            model=model,
            varying=tuple(drawn[k] for k in kept),
            computed=tuple(
                row
                for row in covariates
                if row.distribution == "formula" and row.symbol not in fixed
            ),
            scores=np.ascontiguousarray(z[:, kept]),
            parameters=parameters,
            patients=np.arange(first, first + n),
            seed=seed,
            method=stream.__name__,
            fixed=dict(fixed),
        )
    )


def _scores(
    drawn: Sequence[Covariate], correlations: Sequence[Correlation], uniform: Array
) -> Array:
    problems = problems_of_correlations(correlations, drawn)
    if problems:
        raise InputError(problems)
    z = np.empty(uniform.shape)
    for k, row in enumerate(drawn):
        z[:, k] = scores(row, uniform[:, k])
    return correlated(z, correlation_matrix(correlations, drawn))


def _number_problems(n: int, seed: int, first: int) -> list[Problem]:
    return [
        Problem("", "", name, repr(value), f"a whole number, {least} or more", "Correct it.")
        for name, value, least in (("n", n, 1), ("seed", seed, 0), ("first", first, 0))
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least
    ]


def _fixed_problems(
    model: MechanismModel, covariates: Sequence[Covariate], fixed: Mapping[str, float]
) -> list[Problem]:
    known = {*model.names_of_parameters, *(row.symbol for row in covariates)}
    problems = []
    for symbol, value in fixed.items():
        if symbol not in known:
            problems.append(unknown(symbol, known, "a covariate, or a parameter"))
        elif not math.isfinite(value):
            problems.append(Problem("", symbol, "fixed", repr(value), "a number", "Correct it."))
    return problems
