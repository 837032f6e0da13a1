"""Virtual patients: drawn from what differs between patients, accepted to meet published shares."""

from equipoise.mechanism.population.acceptance import (
    AcceptedPopulation,
    StratumAcceptance,
    accept,
)
from equipoise.mechanism.population.correlation_table import read_correlations
from equipoise.mechanism.population.covariate import Correlation, Covariate
from equipoise.mechanism.population.covariate_table import read_covariates
from equipoise.mechanism.population.drawing import draw_population
from equipoise.mechanism.population.streams import independent
from equipoise.mechanism.population.tilting import effective_size, tilt
from equipoise.mechanism.population.variability import between_patients, log_sd
from equipoise.mechanism.population.virtual_population import VirtualPopulation

__all__ = [
    "AcceptedPopulation",
    "Correlation",
    "Covariate",
    "StratumAcceptance",
    "VirtualPopulation",
    "accept",
    "between_patients",
    "draw_population",
    "effective_size",
    "independent",
    "log_sd",
    "read_correlations",
    "read_covariates",
    "tilt",
]
