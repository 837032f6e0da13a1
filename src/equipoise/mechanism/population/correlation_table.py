"""Read ``correlations.csv``, and make correlated scores from independent ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.evidence.read import read_records
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.models.mechanism_model import unknown
from equipoise.mechanism.models.model_reading import FOLDER
from equipoise.mechanism.models.rows import SOURCED
from equipoise.mechanism.population.covariate import Correlation, Covariate
from equipoise.mechanism.population.score_values import score_limits
from equipoise.mechanism.population.variability import between_patients
from equipoise.synthesis.arrays import Array


def read_correlations(
    file: Traversable, model: MechanismModel, covariates: Sequence[Covariate]
) -> tuple[Correlation, ...]:
    """Read which quantities go together in patients.

    Parameters
    ----------
    file : Traversable
        ``correlations.csv``; its columns are the fields of `Correlation`.
    model : MechanismModel
    covariates : sequence of Covariate
        Rows of `read_covariates`.

    Raises
    ------
    InputError
        With every problem: a quantity that is not drawn, or is neither log-normal nor normal
        without limits, a pair that comes twice, a covariance greater than the spreads allow, a
        row without a source, covariances that no distribution can have together.
    """
    problems: list[Problem] = []
    name = FOLDER + file.name
    correlations = read_records(name, file, Correlation, problems)
    problems += problems_of_correlations(correlations, drawn_rows(model, covariates), name)
    if problems:
        raise InputError(problems)
    return correlations


def drawn_rows(model: MechanismModel, covariates: Sequence[Covariate]) -> tuple[Covariate, ...]:
    """Return what is drawn: covariates without a formula, then variability between patients."""
    own = [row for row in covariates if row.distribution != "formula"]
    return (*own, *between_patients(model, covariates))


def problems_of_correlations(
    correlations: Sequence[Correlation], drawn: Sequence[Covariate], file: str = ""
) -> list[Problem]:
    """Return what is wrong with rows, each by itself and together; see `read_correlations`."""
    rows = {row.symbol: row for row in drawn}
    seen: set[frozenset[str]] = set()
    problems = []
    for correlation in correlations:
        problems += list(_row_problems(correlation, rows, seen, file))
        seen.add(frozenset((correlation.first, correlation.second)))
    if not problems and np.linalg.eigvalsh(correlation_matrix(correlations, drawn)).min() <= 0.0:
        allowed = "covariances that some distribution has together"
        problems.append(
            Problem(file, "", "covariance", "", allowed, "Check them against the source.")
        )
    return problems


def _row_problems(
    row: Correlation, rows: dict[str, Covariate], seen: set[frozenset[str]], file: str
) -> Iterator[Problem]:
    where = f"{row.first}, {row.second}"
    pair = (row.first, row.second)
    for field, symbol in zip(("first", "second"), pair, strict=True):
        if symbol not in rows:
            problem = unknown(symbol, rows, "a quantity that is drawn, a parameter or covariate")
            yield Problem(file, where, field, symbol, problem.allowed, problem.action)
        elif not _free(rows[symbol]):
            allowed = "a log-normal or normal quantity without limits"
            yield Problem(file, where, field, symbol, allowed, "Remove its limits or the row.")
    if row.first == row.second or frozenset(pair) in seen:
        yield Problem(file, where, "second", row.second, "each pair once", "Remove the row.")
    if row.standing in SOURCED and not row.source_url:
        allowed = f"an address where the standing is {row.standing}"
        yield Problem(
            file, where, "source_url", "", allowed, "Give the source, or call it assumed."
        )
    if all(symbol in rows and _free(rows[symbol]) for symbol in pair):
        most = float(rows[row.first].spread or 0.0) * float(rows[row.second].spread or 0.0)
        if abs(row.covariance) >= most:
            allowed = f"nearer to 0 than the product of the spreads, {most:.6g}"
            shown = repr(row.covariance)
            yield Problem(file, where, "covariance", shown, allowed, "Check it and the spreads.")


def _free(row: Covariate) -> bool:
    return row.spread is not None and score_limits(row) == (-np.inf, np.inf)


def correlation_matrix(correlations: Sequence[Correlation], drawn: Sequence[Covariate]) -> Array:
    """Return the correlations of the scores of what is drawn, shape (k, k).

    The covariance over the product of the spreads, 0 where no row gives one.
    """
    position = {row.symbol: k for k, row in enumerate(drawn)}
    matrix = np.eye(len(drawn))
    for correlation in correlations:
        i, j = position[correlation.first], position[correlation.second]
        spreads = float(drawn[i].spread or 0.0) * float(drawn[j].spread or 0.0)
        matrix[i, j] = matrix[j, i] = correlation.covariance / spreads
    return matrix


def correlated(scores: Array, matrix: Array) -> Array:
    """Return independent standard scores (n, k) made to have the correlations `matrix` (k, k).

    ``z_j = sum_i L_ji e_i`` with L the Cholesky factor, so that a quantity without correlations
    keeps its scores. Summed column by column, in the same order for any number of patients.
    """
    factor = np.linalg.cholesky(matrix)
    made = np.empty_like(scores)
    for j, weights in enumerate(factor):
        used = np.flatnonzero(weights[: j + 1])
        made[:, j] = sum(weights[i] * scores[:, i] for i in used)
    return made
