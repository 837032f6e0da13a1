"""Posteriors without simulation: finite mixtures of normals."""

from equipoise.synthesis.posteriors.densities import PriorToPosterior, prior_to_posterior
from equipoise.synthesis.posteriors.effect_priors import EffectPrior, robust_mixture
from equipoise.synthesis.posteriors.heterogeneity_priors import HeterogeneityPrior
from equipoise.synthesis.posteriors.mixture import Posterior, PriorDescription
from equipoise.synthesis.posteriors.prior_catalogue import available_priors, named_prior
from equipoise.synthesis.posteriors.prior_sweep import Sweep, SweepRow, sweep
from equipoise.synthesis.posteriors.random_effects import LinearEffect, posterior
from equipoise.synthesis.posteriors.signal_to_noise import shrink_signal_to_noise
from equipoise.synthesis.posteriors.spike_and_slab import (
    INTERACTION_PRIORS,
    InteractionPosterior,
    SpikeAndSlabPrior,
    interaction_posterior,
)
from equipoise.synthesis.posteriors.spread import HeterogeneityPosterior, heterogeneity_posterior

__all__ = [
    "INTERACTION_PRIORS",
    "EffectPrior",
    "HeterogeneityPosterior",
    "HeterogeneityPrior",
    "InteractionPosterior",
    "LinearEffect",
    "Posterior",
    "PriorDescription",
    "PriorToPosterior",
    "SpikeAndSlabPrior",
    "Sweep",
    "SweepRow",
    "available_priors",
    "heterogeneity_posterior",
    "interaction_posterior",
    "named_prior",
    "posterior",
    "prior_to_posterior",
    "robust_mixture",
    "shrink_signal_to_noise",
    "sweep",
]
