"""What is believed about an effect before the data: a normal, or a mixture of normals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.plan import NormalPrior
from equipoise.synthesis.posteriors.mixture import Posterior, PriorDescription, Scale

METHOD_CITES = {"robust mixture": ("schmidli2014",)}
UNIT_INFORMATION_SD = 2.0
"""Standard deviation of a log ratio seen in one event: the variance is 4 over the events."""


@dataclass(frozen=True)
class EffectPrior:
    """A prior of one effect: `b ~ sum_c w_c N(m_c, s_c^2)`.

    Parameters
    ----------
    means, sds : tuple of float
        Of the components, on the analysis scale; an `s_c` of 0 is a spike (all its probability
        on one value).
    weights : tuple of float
        Not negative, summing to 1.
    name, words, source : str
        What it is called, what it believes, where it comes from.

    Raises
    ------
    ArrayError
        If lengths differ, weights do not sum to 1 or a standard deviation is negative.

    Examples
    --------
    >>> EffectPrior((0.0,), (0.354,)).posterior("b").interval("b")[1]  # doctest: +ELLIPSIS
    0.693...
    """

    means: tuple[float, ...]
    sds: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)
    name: str = "normal"
    words: str = ""
    source: str = "chosen by the analyst"

    def __post_init__(self) -> None:
        """Refuse a distribution that does not exist."""
        sizes = (len(self.means), len(self.sds), len(self.weights))
        finite = all(math.isfinite(x) for x in (*self.means, *self.sds, *self.weights))
        total = math.isclose(sum(self.weights), 1.0, abs_tol=1e-9)
        rules = (
            ("lengths", str(sizes), min(sizes) == max(sizes) > 0, "equal and at least 1"),
            ("means, sds, weights", "", finite, "finite numbers"),
            ("sds", str(self.sds), min(self.sds, default=0.0) >= 0.0, "not negative"),
            ("weights", str(self.weights), total, "summing to 1"),
            ("weights", str(self.weights), min(self.weights, default=0.0) >= 0.0, "not negative"),
        )
        problems = [
            Problem("", f"prior {self.name}", field, value, allowed, "Correct the prior.")
            for field, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    def description(self) -> PriorDescription:
        """Return name, words and source."""
        parts = [
            f"{100 * w:.3g} % " + (f"N({m:g}, {s:g}^2)" if s > 0.0 else f"exactly {m:g}")
            for w, m, s in zip(self.weights, self.means, self.sds, strict=True)
        ]
        return PriorDescription(self.name, self.words or " + ".join(parts), self.source)

    def posterior(self, name: str, scale: Scale = "log") -> Posterior:
        """Return the prior itself as a distribution: what is believed before any data."""
        return Posterior(
            (name,),
            np.array(self.weights),
            np.array(self.means)[:, None],
            np.square(self.sds)[:, None, None],
            scale,
            (self.description(),),
        )


def as_effect_prior(prior: EffectPrior | NormalPrior) -> EffectPrior:
    """Return a prior of a case file (`NormalPrior`) in the form used here."""
    if isinstance(prior, EffectPrior):
        return prior
    return EffectPrior(
        (prior.mean,), (prior.sd,), name=prior.name, words=prior.label, source=prior.source
    )


def robust_mixture(
    informative: EffectPrior | NormalPrior,
    weight: float,
    *,
    vague_sd: float = UNIT_INFORMATION_SD,
    vague_mean: float | None = None,
) -> EffectPrior:
    """Return an informative prior that lets go when the data disagree with it.

    `weight` times the informative prior plus `1 - weight` times `N(vague_mean, vague_sd^2)`
    (Schmidli and others 2014, 10.1111/biom.12242). A far-off estimate moves the probability to
    the vague part, so that the prior is given up instead of averaged with the data.

    Parameters
    ----------
    informative : EffectPrior or NormalPrior
    weight : float
        Probability of the informative part, between 0 and 1.
    vague_sd : float
        Default 2, the standard deviation of a log ratio that rests on one event.
    vague_mean : float, optional
        Default: the mean of the informative prior.

    Examples
    --------
    >>> robust_mixture(EffectPrior((0.0,), (0.354,)), 0.75).weights
    (0.75, 0.25)
    """
    prior = as_effect_prior(informative)
    if not 0.0 <= weight <= 1.0:
        problem = Problem("", "", "weight", repr(weight), "0 to 1", "Choose one there.")
        raise ArrayError([problem])
    centre = sum(w * m for w, m in zip(prior.weights, prior.means, strict=True))
    shares = tuple(weight * w for w in prior.weights)
    vague = centre if vague_mean is None else vague_mean
    return replace(
        prior,
        means=(*prior.means, vague),
        sds=(*prior.sds, vague_sd),
        weights=(*shares, 1.0 - weight),
        name=f"robust {prior.name}",
        words=f"{prior.description().words}, with {100 * (1 - weight):.3g} % on a vague normal "
        f"N({vague:g}, {vague_sd:g}^2)",
    )
