"""Shrinkage: what a surprising interaction is worth to someone who expected little."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimate import Estimate
from equipoise.synthesis.intervals import critical_value
from equipoise.synthesis.plan import NormalPrior

METHOD_CITES = {"normal": ("spiegelhalter1994",)}


@dataclass(frozen=True)
class ShrunkenInteraction:
    """An interaction pulled towards a prior; part of the answer is the prior's.

    Attributes
    ----------
    prior : NormalPrior
        With its words and source.
    estimate : Estimate
        Posterior mean and standard deviation, on the analysis scale.
    ci_low, ci_high, level : float
        Central credible interval on the analysis scale, and its probability.
    data_share : float
        Weight of the data in the posterior mean, between 0 and 1; the rest is prior.
    label : str
        A sentence saying that the number is driven by the prior, and how far.
    """

    prior: NormalPrior
    estimate: Estimate
    ci_low: float
    ci_high: float
    level: float
    data_share: float
    label: str


def shrink(interaction: Estimate, prior: NormalPrior, level: float = 0.95) -> ShrunkenInteraction:
    """Combine an interaction with a normal prior, in closed form.

    With data `y ~ N(d, v)` and prior `d ~ N(m, s^2)` the posterior is normal with precision
    `1/v + 1/s^2` and mean `b y + (1 - b) m`, `b = (1/v) / (1/v + 1/s^2)` being the share of the
    data (Spiegelhalter, Freedman and Parmar 1994, 10.2307/2983527). It takes the interaction as
    if it had been the only one looked at: how the stratum came to be picked is not in it.
    """
    data, belief = 1.0 / interaction.variance, 1.0 / prior.sd**2
    share = data / (data + belief)
    mean = share * interaction.value + (1.0 - share) * prior.mean
    se = (data + belief) ** -0.5
    half = critical_value(level) * se
    posterior = interaction.derive(mean, se)
    label = (
        f"Prior-driven: {100 * (1 - share):.0f} % of this number is the prior "
        f"({prior.label}) and {100 * share:.0f} % the data."
    )
    return ShrunkenInteraction(prior, posterior, mean - half, mean + half, level, share, label)
