"""What a difference between two levels is worth, under beliefs that are stated and can be moved."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.synthesis.posteriors.densities import PriorToPosterior, prior_to_posterior
from equipoise.synthesis.posteriors.mixture import Posterior
from equipoise.synthesis.posteriors.prior_sweep import Sweep, sweep
from equipoise.synthesis.posteriors.signal_to_noise import shrink_signal_to_noise
from equipoise.synthesis.posteriors.spike_and_slab import (
    INTERACTION_PRIORS,
    InteractionPosterior,
    interaction_posterior,
)
from equipoise.synthesis.subgroups.trial_interactions import Interaction

POINTS = 161
"""Points of a drawn density: half a pixel each at the width of the page."""


@dataclass(frozen=True)
class Credible:
    """One effect after the data, on the analysis scale.

    `probability_below` is that of an effect below 0 (a ratio below 1).
    """

    mean: float
    median: float
    low: float
    high: float
    probability_below: float


@dataclass(frozen=True)
class NamedBelief:
    """The answer under one named prior.

    Attributes
    ----------
    name : str
        ``sceptic``, ``reference`` or ``enthusiast``.
    words : str
        What the prior believes of the difference.
    prior_probability, prior_sd : float
        Of any difference, and its standard deviation if there is one.
    probability_difference, bayes_factor : float
        After the data: probability of any difference, and the factor its odds grew by.
    positive, negative, difference : Credible
        Effect in the level asked about, in the other, and the first minus the second.
    curves : PriorToPosterior
        Densities of the effect in the level asked about.
    """

    name: str
    words: str
    prior_probability: float
    prior_sd: float
    probability_difference: float
    bayes_factor: float
    positive: Credible
    negative: Credible
    difference: Credible
    curves: PriorToPosterior


@dataclass(frozen=True)
class Belief:
    """A difference between levels under three beliefs, under many, and without any.

    Attributes
    ----------
    negative, positive : tuple of float
        Estimate and standard error in each level that the beliefs were confronted with.
    covariance : float
        Of those two estimates.
    named : tuple of NamedBelief
        Sceptic, reference, enthusiast.
    sweep : Sweep
        The same over a grid of prior probabilities and sizes.
    signal : Credible
        The level asked about, shrunk like a trial drawn from a large register of trials; it
        knows neither the other level nor how the level was picked.
    signal_words : str
        What that view leaves out.
    level : float
        Probability of every interval.
    """

    negative: tuple[float, float]
    positive: tuple[float, float]
    covariance: float
    named: tuple[NamedBelief, ...]
    sweep: Sweep
    signal: Credible
    signal_words: str
    level: float


def believe(found: Interaction, level: float = 0.95) -> Belief:
    """Confront an interaction with the three named priors, a sweep, and a view without a prior.

    The data are the effects in both levels that go with the pooled within-trial difference
    (`Interaction.floating`), with their covariance; for one trial these are its two strata.
    """
    effects = found.floating
    (bn, bp), (sn, sp) = map(float, effects.estimates), map(float, effects.se)
    covariance = float(effects.covariance[0, 1])
    named = tuple(
        _named(interaction_posterior(bn, sn, bp, sp, prior, covariance=covariance), (bp, sp), level)
        for prior in INTERACTION_PRIORS
    )
    signal = shrink_signal_to_noise(bp, sp, name="positive")
    return Belief(
        (bn, sn),
        (bp, sp),
        covariance,
        named,
        sweep(bn, sn, bp, sp, covariance=covariance, level=level),
        _credible(signal, "positive", level),
        signal.message,
        level,
    )


def _named(result: InteractionPosterior, data: tuple[float, float], level: float) -> NamedBelief:
    prior = result.prior
    return NamedBelief(
        prior.name,
        prior.difference().words,
        prior.probability,
        prior.sd,
        result.probability_difference,
        result.bayes_factor,
        _credible(result.posterior, "positive", level),
        _credible(result.posterior, "negative", level),
        _credible(result.posterior, "difference", level),
        prior_to_posterior(
            result.posterior,
            "positive",
            prior=prior.positive(),
            estimate=data[0],
            se=data[1],
            points=POINTS,
        ),
    )


def _credible(posterior: Posterior, name: str, level: float) -> Credible:
    low, high = posterior.interval(name, level)
    return Credible(
        posterior.mean(name),
        posterior.median(name),
        low,
        high,
        posterior.probability(name, below=0.0),
    )
