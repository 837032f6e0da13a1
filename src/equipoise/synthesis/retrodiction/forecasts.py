"""What each rule would have said of the later estimate before it was known.

``equipoise``: `N(m, s_post^2 + tau^2 + se_later^2)`, with `m` and `s_post` the posterior mean and
standard deviation of the effect in the later result's stratum under one model for all cases,

`b_rest ~ N(mu, se_rest^2)`, `b_stratum ~ N(mu + d, se_stratum^2)`, `mu ~ N(0, 0.2^2)`,
`d = 0` with probability 0.80, else `d ~ N(0, 0.35^2)`

(the prior named *reference*; log ratios). A piece of evidence that is not there is left out of
the same model: with the stratum alone, `mu` is integrated over; when the later result is a whole
trial, its effect is `mu`, known from earlier wholes. `tau` is the standard deviation between
trials (`tau_of`).

The naive rules have the same shape and no tau: ``subgroup`` `N(b_stratum, se_stratum^2 +
se_later^2)`, ``whole`` `N(b_whole, se_whole^2 + se_later^2)`, and ``third``, which takes a third
off, `N(2/3 b_stratum, (2/3)^2 se_stratum^2 + se_later^2)`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.synthesis.posteriors import (
    INTERACTION_PRIORS,
    LinearEffect,
    Posterior,
    posterior,
)
from equipoise.synthesis.retrodiction.measures import WHOLE
from equipoise.synthesis.retrodiction.prior_evidence import FEW, Known, PriorEvidence

METHOD_CITES = {"equipoise": ("mitchell1988",), "tau": ("turner2015",)}
"""Keys of `equipoise.cite.REFERENCES` behind the model and the assumed between-trial variation."""

EQUIPOISE = "equipoise"
NAIVE = ("subgroup", "whole", "third")
"""Names of the rules."""

PRIOR = INTERACTION_PRIORS["reference"]
"""Prior of the effect in everybody else, and of the difference of the stratum from it."""

EFFECT = "effect"
REST, STRATUM = (1.0, 0.0), (1.0, 1.0)
"""What the effects are made of: mu, and mu + d."""

TAU_LOCATION = -3.71
"""Mean of log tau^2 for cause-specific mortality, major morbidity and composite outcomes, drug
against placebo or control, in the Cochrane Database (Turner 2015, 10.1002/sim.6381)."""

ASSUMED_TAU = math.exp(0.5 * TAU_LOCATION)
"""Median of that log-normal distribution, 0.156: tau where fewer than three trials speak."""

THIRD = 2.0 / 3.0


@dataclass(frozen=True)
class Forecast:
    """Predictive distribution of the later estimate, on the analysis scale.

    `components` are (weight, mean, sd) of the mixture of which `mean` and `sd` are the first two
    moments. With `sd` NaN only the sign of `mean` is meant; `reason` says why.
    """

    rule: str
    mean: float
    sd: float
    tau: float
    components: tuple[tuple[float, float, float], ...]
    reason: str


def tau_of(evidence: PriorEvidence) -> tuple[float, str]:
    """Between-trial standard deviation of a case, and where it comes from.

    The REML estimate from the earlier results in the stratum if there are at least `FEW`, else
    from the earlier whole trials if there are as many, else `ASSUMED_TAU`.
    """
    for known, words in ((evidence.stratum, "in the stratum"), (evidence.whole, "of whole trials")):
        if known is not None and known.trials >= FEW and math.isfinite(known.tau):
            return known.tau, f"REML, {known.trials} earlier results {words}"
    return ASSUMED_TAU, "assumed, median of Turner 2015 (fewer than three earlier trials)"


def equipoise_forecasts(evidence: PriorEvidence, taus: Sequence[float]) -> tuple[Forecast, ...]:
    """Say what the method would have said of the later estimate, for each of some taus.

    Where an error is missing only the direction is given: that of the stratum, if the whole (or
    everybody else) does not speak against it.
    """
    found = _belief(evidence)
    if isinstance(found, Forecast):
        return (found,) * len(taus)
    mean, spread = found.mean(EFFECT), found.sd(EFFECT) ** 2
    forecasts = []
    for tau in taus:
        extra = tau * tau + _later_variance(evidence)
        components = tuple(
            (float(w), float(m[0]), math.sqrt(float(c[0, 0]) + extra))
            for w, m, c in zip(found.weights, found.means, found.covariances, strict=True)
        )
        forecast = Forecast(EQUIPOISE, mean, math.sqrt(spread + extra), tau, components, "")
        forecasts.append(_checked(evidence, forecast))
    return tuple(forecasts)


def _belief(evidence: PriorEvidence) -> Posterior | Forecast:
    """Posterior of the effect in the later result's stratum, or the direction and why no more."""
    is_whole = evidence.target.stratum == WHOLE
    stratum, rest = evidence.stratum, evidence.rest
    speaking = [known for known in (stratum, evidence.whole or rest) if known is not None]
    if not speaking:
        return _nothing(EQUIPOISE, "no earlier effect on the scale of the later result")
    if not evidence.target.is_log:
        return _direction(EQUIPOISE, speaking, "not a ratio: no prior for this scale")
    told = [(stratum, REST)] if is_whole else [(rest, REST), (stratum, STRATUM)]
    # a rest without an error is as good as none: mu is integrated over
    used = [(k, d) for k, d in told if k is not None and (k.is_sure or k is not rest)]
    if not used or not all(known.is_sure for known, _ in used):
        return _direction(EQUIPOISE, speaking, "an earlier effect without an error")
    return posterior(
        [known.value for known, _ in used],
        [known.se**2 for known, _ in used],
        [design for _, design in used],
        random=[],
        mean=[PRIOR.negative(), PRIOR.difference()],
        effects={EFFECT: LinearEffect(REST if is_whole else STRATUM)},
    )


def naive_forecast(rule: str, evidence: PriorEvidence) -> Forecast:
    """Return what one of the `NAIVE` rules says of the later estimate."""
    known = evidence.whole if rule == "whole" else evidence.stratum
    if known is None:
        who = "in whole trials" if rule == "whole" else "in the stratum"
        return _nothing(rule, f"no earlier effect {who} on the scale of the later result")
    factor = THIRD if rule == "third" else 1.0
    if not evidence.target.is_log:
        return _direction(rule, [known], "not a ratio: scored on direction only")
    if not known.is_sure:
        return _direction(rule, [known], "an earlier effect without an error")
    sd = math.sqrt((factor * known.se) ** 2 + _later_variance(evidence))
    mean = factor * known.value
    return _checked(evidence, Forecast(rule, mean, sd, 0.0, ((1.0, mean, sd),), ""))


def _later_variance(evidence: PriorEvidence) -> float:
    return evidence.target.se**2 if evidence.target.is_sure else math.nan


def _checked(evidence: PriorEvidence, forecast: Forecast) -> Forecast:
    """Keep the direction only where the later result has no error."""
    if evidence.target.is_sure:
        return forecast
    reason = "the later effect has no error"
    return Forecast(forecast.rule, forecast.mean, math.nan, forecast.tau, (), reason)


def _direction(rule: str, known: list[Known], why: str) -> Forecast:
    signs = {math.copysign(1.0, k.value) for k in known if k.value != 0.0}
    if len(signs) != 1:
        found = (
            "directions disagree" if signs else "no direction, the estimate is that of no effect"
        )
        return Forecast(rule, math.nan, math.nan, math.nan, (), f"{why}; {found}")
    return Forecast(rule, signs.pop(), math.nan, math.nan, (), why)


def _nothing(rule: str, why: str) -> Forecast:
    return Forecast(rule, math.nan, math.nan, math.nan, (), why)
