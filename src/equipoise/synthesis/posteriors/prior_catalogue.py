"""Priors by name: each with its distribution, what it is made for and where it comes from."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from types import MappingProxyType

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors.effect_priors import EffectPrior, robust_mixture
from equipoise.synthesis.posteriors.heterogeneity_priors import (
    PATTERN,
    HeterogeneityPrior,
    parse_heterogeneity_prior,
)

INTERACTION_NORMAL = EffectPrior(
    (0.0,),
    (0.354,),
    name="interaction-normal",
    words="ratio of ratios: 95 % between 0.5 and 2, N(0, 0.354^2) on the log ratio",
    source="assumed: a modifier that halves or doubles the effect is rare",
)
"""Prior of the difference between two strata on the log scale; `log(2) / 1.96 = 0.354`."""

SHAPES = (
    "half-normal(scale)",
    "half-cauchy(scale)",
    "log-normal(location, scale)",
    "log-student-t(location, scale, df)",
    "known(tau)",
    "interaction-normal",
    "robust-interaction-normal(weight)",
)
"""Names that take numbers, beside the tabulated ones."""
ROBUST = re.compile(r"^robust-interaction-normal\(\s*(?:weight\s*=\s*)?([0-9.]+)\s*\)$")


@cache
def tabulated_priors() -> Mapping[str, HeterogeneityPrior]:
    """Heterogeneity priors from the literature by name (`heterogeneity_priors.csv`).

    Turner and others 2015 (10.1002/sim.6381): log-normal, tau^2 of log odds ratios, by outcome
    and comparison. Rhodes and others 2015 (10.1016/j.jclinepi.2014.08.012): log Student t with
    5 degrees of freedom, tau^2 of standardised mean differences, by medical area, outcome and
    comparison; two cells of that table are left out, because the copy that was read
    contradicts the pattern of its table. Röver 2020 (10.18637/jss.v093.i06): half-normal.
    """
    folder = resources.files("equipoise.synthesis.posteriors")
    text = folder.joinpath("heterogeneity_priors.csv").read_text(encoding="utf-8")
    priors = {}
    for row in csv.DictReader(text.splitlines()):
        prior = parse_heterogeneity_prior(row["distribution"])
        applies_to = f"{row['scale']} ({row['applies_to']})"
        priors[row["name"]] = replace(
            prior, name=row["name"], applies_to=applies_to, source=row["source"]
        )
    return MappingProxyType(priors)


def available_priors() -> tuple[str, ...]:
    """Names that `named_prior` answers to; those in brackets take numbers.

    Examples
    --------
    >>> "interaction-normal" in available_priors()
    True
    """
    return (*SHAPES, *tabulated_priors())


def named_prior(name: str) -> HeterogeneityPrior | EffectPrior:
    """Return the prior of that name.

    A tabulated name may be cut short where only one begins that way, and is then found whatever
    its capitals: ``turner2015: all-cause mortality; pharmacological vs placebo``.

    Parameters
    ----------
    name : str
        One of `available_priors`, or a family with its numbers such as ``half-normal(0.5)``.

    Raises
    ------
    ArrayError
        If there is none, or more than one; it shows those that come closest.

    Examples
    --------
    >>> prior = named_prior("turner2015: all-cause mortality; pharmacological vs placebo")
    >>> prior.location, prior.scale
    (-3.95, 1.34)
    """
    wanted = " ".join(name.lower().split())
    if wanted == INTERACTION_NORMAL.name:
        return INTERACTION_NORMAL
    if robust := ROBUST.match(wanted):
        return robust_mixture(INTERACTION_NORMAL, float(robust[1]))
    found = [prior for key, prior in tabulated_priors().items() if key.lower() == wanted]
    found = found or [
        prior for key, prior in tabulated_priors().items() if key.lower().startswith(wanted)
    ]
    if len(found) == 1:
        return found[0]
    if PATTERN.match(wanted):
        return _with_source(parse_heterogeneity_prior(wanted))
    names = [prior.name for prior in found] or _closest(wanted)
    allowed = "; or ".join(f"`{option}`" for option in names)
    action = "Choose one of these; available_priors() lists all."
    raise ArrayError([Problem("", "", "prior", repr(name), allowed, action)])


def heterogeneity_prior(prior: str | float | HeterogeneityPrior) -> HeterogeneityPrior:
    """Return a prior of tau given as itself, by name, or as the known value of tau."""
    if isinstance(prior, HeterogeneityPrior):
        return prior
    if not isinstance(prior, str):
        return HeterogeneityPrior("known", float(prior))
    found = named_prior(prior)
    if isinstance(found, HeterogeneityPrior):
        return found
    problem = Problem("", "", "tau", repr(prior), "a prior of tau", "Use half-normal(0.5), say.")
    raise ArrayError([problem])


def _with_source(prior: HeterogeneityPrior) -> HeterogeneityPrior:
    """Return the tabulated prior with these numbers if there is one, else the prior itself."""
    same = [
        known
        for known in tabulated_priors().values()
        if known.family == prior.family == "half-normal" and known.scale == prior.scale
    ]
    return same[0] if same else prior


def _closest(wanted: str) -> list[str]:
    """Names that take numbers, and the tabulated names that look most like the one wanted."""
    lower = {key.lower(): key for key in tabulated_priors()}
    near = difflib.get_close_matches(wanted, lower, n=5, cutoff=0.4)
    return [*SHAPES, *(lower[key] for key in near)]
