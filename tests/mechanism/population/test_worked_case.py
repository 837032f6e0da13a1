"""The tables of the worked case give the population they describe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from equipoise.mechanism.models import read_model
from equipoise.mechanism.population import (
    draw_population,
    log_sd,
    read_correlations,
    read_covariates,
)


@pytest.fixture(scope="module")
def tables(root: Path):
    (folder,) = (root / "src" / "equipoise" / "cases").glob("*/mechanism")
    model = read_model(folder)
    covariates = read_covariates(folder / "covariates.csv", model)
    return model, covariates, read_correlations(folder / "correlations.csv", model, covariates)


def test_everything_with_a_spread_varies_and_nothing_else(tables):
    model, covariates, correlations = tables
    population = draw_population(model, covariates, 200, 1, correlations=correlations)
    spread = {row.parameter for row in covariates} | {
        row.symbol for row in model.parameters if row.cv_percent
    }
    varies = np.ptp(population.parameters, axis=0) > 0.0
    assert {s for s, v in zip(model.names_of_parameters, varies, strict=True) if v} == spread - {""}
    assert np.isfinite(population.parameters).all()


def test_medians_spreads_and_covariances_are_those_of_the_tables(tables):
    model, covariates, correlations = tables
    n = 4000
    population = draw_population(model, covariates, n, 2, correlations=correlations)
    own = {row.parameter for row in covariates}
    for row in model.parameters:
        if row.cv_percent and row.symbol not in own:
            logs, sd = np.log(population.column(row.symbol)), log_sd(row.cv_percent)
            assert logs.mean() == pytest.approx(np.log(row.value), abs=5.0 * sd / n**0.5)
            assert logs.std() == pytest.approx(sd, rel=5.0 / (2.0 * n) ** 0.5)
    assert correlations
    for pair in correlations:
        first, second = (np.log(population.column(s)) for s in (pair.first, pair.second))
        error = first.std() * second.std() * (2.0 / n) ** 0.5
        assert np.cov(first, second)[0, 1] == pytest.approx(pair.covariance, abs=5.0 * error)
