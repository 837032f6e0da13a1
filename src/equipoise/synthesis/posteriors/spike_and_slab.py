"""Interaction with a spike and a slab: perhaps there is no difference between the strata at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError, broadcast, not_among, require
from equipoise.synthesis.posteriors.effect_priors import EffectPrior
from equipoise.synthesis.posteriors.mixture import Posterior, Scale
from equipoise.synthesis.posteriors.model_input import TauPrior
from equipoise.synthesis.posteriors.random_effects import LinearEffect, posterior

METHOD_CITES = {"spike and slab": ("mitchell1988",)}
MEAN_SD = 0.2
"""Standard deviation of the prior of the negative stratum's log ratio: 95 % within 0.68-1.48."""


@dataclass(frozen=True)
class SpikeAndSlabPrior:
    """`mu ~ N(0, mean_sd^2)`; `d` is 0 with probability `1 - probability`, else `N(0, sd^2)`.

    Parameters
    ----------
    probability : float
        Prior probability that the strata differ at all, 0 to 1.
    sd : float
        Standard deviation of the difference, if there is one, on the analysis scale (that of a
        log ratio), above 0.
    mean_sd : float
        Standard deviation of the effect in the negative stratum, above 0.
    name, source : str

    Raises
    ------
    ArrayError
        For numbers outside these ranges.
    """

    probability: float
    sd: float
    mean_sd: float = MEAN_SD
    name: str = "spike and slab"
    source: str = "chosen by the analyst"

    def __post_init__(self) -> None:
        """Refuse a distribution that does not exist."""
        rules = (
            ("probability", self.probability, 0.0 <= self.probability <= 1.0, "0 to 1"),
            ("sd", self.sd, 0.0 < self.sd < math.inf, "above 0, finite"),
            ("mean_sd", self.mean_sd, 0.0 < self.mean_sd < math.inf, "above 0, finite"),
        )
        problems = [
            Problem("", f"prior {self.name}", field, repr(value), allowed, "Correct the prior.")
            for field, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    def difference(self) -> EffectPrior:
        """Return the prior of the difference between the strata."""
        p, s = self.probability, self.sd
        words = (
            f"no difference between the strata with {100 * (1 - p):.3g} %, else N(0, {s:g}^2): "
            f"a ratio of ratios with 95 % between {math.exp(-1.96 * s):.2f} and "
            f"{math.exp(1.96 * s):.2f}"
        )
        return EffectPrior((0.0, 0.0), (0.0, s), (1.0 - p, p), self.name, words, self.source)

    def positive(self) -> EffectPrior:
        """Return the prior of the effect in the positive stratum, `mu + d`."""
        p, m = self.probability, self.mean_sd
        words = f"effect in the positive stratum N(0, {m:g}^2), wider if the strata differ"
        name = f"{self.name}, positive stratum"
        sds = (m, math.hypot(m, self.sd))
        return EffectPrior((0.0, 0.0), sds, (1.0 - p, p), name, words, self.source)

    def negative(self) -> EffectPrior:
        """Return the prior of the effect in the negative stratum."""
        words = f"effect in the negative stratum N(0, {self.mean_sd:g}^2)"
        name = f"{self.name}, negative stratum"
        return EffectPrior((0.0,), (self.mean_sd,), (1.0,), name, words, self.source)


BASE_RATES = (
    "equipoise default: few examined interactions are real (subgroup claims are seldom confirmed)"
)
INTERACTION_PRIORS = {
    "sceptic": SpikeAndSlabPrior(0.05, 0.20, name="sceptic", source=BASE_RATES),
    "reference": SpikeAndSlabPrior(0.20, 0.35, name="reference", source=BASE_RATES),
    "enthusiast": SpikeAndSlabPrior(0.35, 0.35, name="enthusiast", source=BASE_RATES),
}
"""The three beliefs that these words stand for, everywhere."""


@dataclass(frozen=True)
class InteractionPosterior:
    """What to believe about two strata and whether they differ.

    Attributes
    ----------
    posterior : Posterior
        Of ``negative``, ``positive`` and ``difference`` (with a `tau` also of
        ``negative, new trial`` and ``positive, new trial``). The difference has an atom at 0.
    prior : SpikeAndSlabPrior
    probability_difference : float
        Posterior probability that the strata differ at all.
    bayes_factor : float
        Odds of a difference after the data over those before; it depends on the width of the
        slab, not on its prior probability. Infinite when the data leave no room for none.
    sentence : str
        The result in words.
    """

    posterior: Posterior
    prior: SpikeAndSlabPrior
    probability_difference: float
    bayes_factor: float
    sentence: str


def interaction_posterior(
    bn: float,
    sn: float,
    bp: float,
    sp: float,
    prior: str | SpikeAndSlabPrior = "reference",
    *,
    covariance: float = 0.0,
    tau: TauPrior | None = None,
    scale: Scale = "log",
) -> InteractionPosterior:
    r"""Answer how far an effect seen in one stratum should be believed, given base rates.

    `bn ~ N(mu, sn^2)`, `bp ~ N(mu + d, sp^2)`, `mu ~ N(0, 0.2^2)`, and `d` is exactly 0 with
    probability `1 - p`, else `N(0, s^2)` (spike and slab: Mitchell and Beauchamp 1988,
    10.1080/01621459.1988.10478694). Without `tau` the posterior is an exact mixture of two
    normals: one trial world without interaction, where both strata estimate one effect, and one
    with it; each weighs as well as it predicted the data.

    Parameters
    ----------
    bn, sn : float
        Estimate and standard error in the negative stratum, on the analysis scale.
    bp, sp : float
        The same in the positive stratum.
    prior : {"reference", "sceptic", "enthusiast"} or SpikeAndSlabPrior
        p and s: 0.20 and 0.35, 0.05 and 0.20, 0.35 and 0.35.
    covariance : float
        Of the two estimates: 0 for the strata of one trial (disjoint patients), not 0 for effects
        that float on a pooled interaction.
    tau : str, float or HeterogeneityPrior, optional
        Spread between trials: the trial's deviation `u ~ N(0, tau^2)` is shared by its strata,
        and the effects in a new trial are added. One trial says next to nothing about tau.
    scale : {"log", "identity"}

    Returns
    -------
    InteractionPosterior

    Raises
    ------
    ArrayError
        For estimates that are not finite, standard errors not above 0, a covariance beyond
        their product, an unknown prior.

    Notes
    -----
    Do not use it where the stratum was picked because its estimate stood out: p must then be the
    base rate of *picked* strata, which is lower. The result is driven by the prior: show a sweep.

    Examples
    --------
    >>> result = interaction_posterior(0.08, 0.08, -0.45, 0.20)
    >>> round(result.probability_difference, 2)
    0.53
    >>> result.posterior.names
    ('negative', 'positive', 'difference')
    """
    belief = _prior(prior)
    data = broadcast(bn=bn, bp=bp, sn=sn, sp=sp)
    require(data, ("bn", "bp"), np.isfinite, "a finite number")
    require(data, ("sn", "sp"), lambda s: np.isfinite(s) & (s > 0.0), "above 0, finite")
    if not abs(covariance) < sn * sp:
        allowed = f"between -{sn * sp:g} and {sn * sp:g}"
        action = "Give the covariance of bn and bp, not their correlation."
        raise ArrayError([Problem("", "", "covariance", repr(covariance), allowed, action)])
    wanted = {
        "negative": LinearEffect((1.0, 0.0)),
        "positive": LinearEffect((1.0, 1.0)),
        "difference": LinearEffect((0.0, 1.0)),
    }
    if tau is not None:
        wanted["negative, new trial"] = LinearEffect((1.0, 0.0), (1.0,))
        wanted["positive, new trial"] = LinearEffect((1.0, 1.0), (1.0,))
    result = posterior(
        [bn, bp],
        X=[[1.0, 0.0], [1.0, 1.0]],
        V=[[sn * sn, covariance], [covariance, sp * sp]],
        random=[] if tau is None else [(["trial", "trial"], tau)],
        mean=[belief.negative(), belief.difference()],
        effects=wanted,
        scale=scale,
    )
    none = sum(mass for place, mass in result.atoms("difference") if place == 0.0)
    probability, factor = 1.0 - none, _bayes_factor(none, belief)
    return InteractionPosterior(
        result, belief, probability, factor, _sentence(result, belief, probability, scale)
    )


def _prior(prior: str | SpikeAndSlabPrior) -> SpikeAndSlabPrior:
    if isinstance(prior, SpikeAndSlabPrior):
        return prior
    problems = not_among("prior", prior, tuple(INTERACTION_PRIORS))
    if problems:
        raise ArrayError(problems)
    return INTERACTION_PRIORS[prior]


def _bayes_factor(none: float, prior: SpikeAndSlabPrior) -> float:
    """Posterior over prior odds of a difference; NaN where the prior leaves no doubt."""
    p = prior.probability
    if p in {0.0, 1.0}:
        return math.nan
    return math.inf if none == 0.0 else (1.0 - none) / none * (1.0 - p) / p


def _sentence(result: Posterior, prior: SpikeAndSlabPrior, probability: float, scale: Scale) -> str:
    low, high = result.interval("positive")
    shown = [result.median("positive"), low, high]
    if scale == "log":
        shown = [math.exp(x) for x in shown]
    return (
        f"Under the prior `{prior.name}` ({100 * prior.probability:.3g} % for any difference, of "
        f"standard deviation {prior.sd:g}) the strata differ with {100 * probability:.0f} %; the "
        f"effect in the positive stratum is {shown[0]:.2f} (95 % {shown[1]:.2f} to {shown[2]:.2f})."
    )
