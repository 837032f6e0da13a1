"""Virtual patients: what differs between them, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import InputError
from equipoise.mechanism.formulas import evaluate, parse_formula
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.models.mechanism_model import unknown
from equipoise.mechanism.population.covariate import Covariate
from equipoise.mechanism.population.score_values import covariate_values
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True, eq=False)
class VirtualPopulation:
    """Virtual patients as rows of parameters.

    Arms are paired by giving `parameters`, the same rows, to each arm's schedule: patient i is the
    same person with and without the drug, and the difference between arms holds no noise between
    patients.

    Attributes
    ----------
    model : MechanismModel
    varying : tuple of Covariate
        What is drawn, k of them: the drawn covariates, then the variability between patients.
    computed : tuple of Covariate
        What follows by a formula, each after those it uses.
    scores : (n, k) array
        Standard scores z of what is drawn. A spread other than the drawn one is had by
        ``with_values({symbol: centre * exp(sd * population.score(symbol))})``; a covariate of
        which that is wanted has no limits, or its scores are truncated.
    parameters : (n, p) array
        Parameters of each patient, in the order of ``model.names_of_parameters``.
    patients : (n,) array of int
        Number of each patient in the draw.
    seed : int
    method : str
        Name of the stream.
    fixed : mapping of str to float
        Parameters and covariates that were set and not drawn.
    """

    model: MechanismModel = field(repr=False)
    varying: tuple[Covariate, ...] = field(repr=False)
    computed: tuple[Covariate, ...] = field(repr=False)
    scores: Array = field(repr=False)
    parameters: Array = field(repr=False)
    patients: NDArray[np.int64] = field(repr=False)
    seed: int
    method: str
    fixed: Mapping[str, float]

    def __post_init__(self) -> None:
        for array in (self.scores, self.parameters, self.patients):
            array.flags.writeable = False

    def __len__(self) -> int:
        return int(self.patients.size)

    @property
    def names(self) -> tuple[str, ...]:
        """Symbols of what is drawn, in the order of the columns of `scores`."""
        return tuple(row.symbol for row in self.varying)

    def column(self, symbol: str) -> Array:
        """Return a parameter or covariate of all patients, shape (n,).

        Raises
        ------
        InputError
            There is neither a parameter nor a covariate of that symbol.
        """
        if symbol in self.model.names_of_parameters:
            return self.parameters[:, self.model.index(symbol)]
        for row in self.varying:
            if row.symbol == symbol:
                return covariate_values(row, self.score(symbol))
        for row in self.computed:
            if row.symbol == symbol:
                return formula_values(self, row)
        if symbol in self.fixed:
            return np.full(len(self), float(self.fixed[symbol]))
        known = {*self.model.names_of_parameters, *self.names}
        raise InputError([unknown(symbol, known, "a covariate, or a parameter")])

    def score(self, symbol: str) -> Array:
        """Return the standard scores of something that is drawn, shape (n,).

        Raises
        ------
        InputError
            It is not drawn; names close to it are given.
        """
        if symbol not in self.names:
            raise InputError([unknown(symbol, self.names, "drawn: a covariate or parameter")])
        return self.scores[:, self.names.index(symbol)]

    def take(self, rows: ArrayLike) -> VirtualPopulation:
        """Return some of the patients, by position, in the order given."""
        rows = np.asarray(rows, dtype=np.int64)
        return replace(
            self,
            scores=self.scores[rows],
            parameters=self.parameters[rows],
            patients=self.patients[rows],
        )

    def with_values(self, values: Mapping[str, ArrayLike]) -> VirtualPopulation:
        """Return the patients with other values of some parameters, one for all or one for each.

        What follows from them by a formula is computed anew, unless it is among `values`.

        Raises
        ------
        InputError
            A symbol is no parameter of the model.
        """
        parameters = self.parameters.copy()
        for symbol, given in values.items():
            parameters[:, self.model.index(symbol)] = np.asarray(given, dtype=np.float64)
        rows = tuple(row for row in self.computed if row.parameter not in values)
        return with_formulas(replace(self, parameters=parameters, computed=rows))

    def to_frame(self) -> pd.DataFrame:
        """Return a row for everything that differs between patients.

        Columns: symbol, label, unit, distribution, centre and spread as given, then of the
        patients here `mean`, `median` and the percentiles 2.5 and 97.5, and the standing.
        """
        known = {parameter.symbol: parameter for parameter in self.model.parameters}
        records = []
        for row in (*self.varying, *self.computed):
            parameter = known.get(row.symbol)
            records.append(
                {
                    "symbol": row.symbol,
                    "label": parameter.label if parameter else row.name.replace("_", " "),
                    "unit": parameter.unit if parameter else "",
                    "distribution": row.distribution,
                    "centre": row.centre,
                    "spread": row.spread,
                    **_summary(self.column(row.symbol)),
                    "standing": row.standing,
                }
            )
        return pd.DataFrame(records)


def _summary(values: Array) -> dict[str, float]:
    if not values.size:
        return {}
    low, median, high = np.percentile(values, [2.5, 50.0, 97.5])
    return {
        "mean": float(values.mean()),
        "median": float(median),
        "percentile_2_5": float(low),
        "percentile_97_5": float(high),
    }


def with_formulas(population: VirtualPopulation) -> VirtualPopulation:
    """Return the population with the parameters that follow by a formula filled in."""
    for row in population.computed:
        if row.parameter:
            parameters = population.parameters.copy()
            parameters[:, population.model.index(row.parameter)] = formula_values(population, row)
            population = replace(population, parameters=parameters)
    return population


def formula_values(population: VirtualPopulation, row: Covariate) -> Array:
    """Return what a formula gives for every patient, shape (n,)."""
    formula = parse_formula(row.formula)
    names = sorted(formula.names)
    inputs = [population.column(name).tolist() for name in names]
    if not inputs:
        return np.full(len(population), evaluate(formula, {}))
    patients = zip(*inputs, strict=True)
    values = [evaluate(formula, dict(zip(names, patient, strict=True))) for patient in patients]
    return np.array(values)
