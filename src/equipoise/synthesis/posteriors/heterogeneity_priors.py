"""What is believed about the spread between trials before the data: distributions of tau."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, ndtr, ndtri, stdtr, stdtrit

from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError
from equipoise.synthesis.posteriors.mixture import PriorDescription

METHOD_CITES = {
    "heterogeneity prior": ("gelman2006", "rover2021"),
    "turner2015": ("turner2015",),
    "rhodes2015": ("rhodes2015",),
}
FAMILIES = {
    "known": 1,
    "half-normal": 1,
    "half-cauchy": 1,
    "log-normal": 2,
    "log-student-t": 3,
}
"""Families of priors and how many numbers each takes."""
PATTERN = re.compile(r"^\s*([A-Za-z-]+)\s*\(([^()]*)\)\s*$")


@dataclass(frozen=True)
class HeterogeneityPrior:
    r"""A prior of the standard deviation between trials, `tau`.

    ==================  ==================================================================
    family              meaning
    ==================  ==================================================================
    ``known``           `tau = scale`, not in doubt
    ``half-normal``     `tau = |x|`, `x ~ N(0, scale^2)`
    ``half-cauchy``     `tau = |x|`, `x` Cauchy with median 0 and `scale`
    ``log-normal``      `log tau^2 ~ N(location, scale^2)`
    ``log-student-t``   `(log tau^2 - location) / scale` is Student's t with `df`
    ==================  ==================================================================

    Note that the last two speak of the *variance* tau^2, as Turner and Rhodes do. A prior is
    made for one scale: those of Turner are of log odds ratios, those of Rhodes of standardised
    mean differences; on another scale they are an assumption (`applies_to` says which).

    Parameters
    ----------
    family : str
        One of the table.
    scale : float
        Above 0 (``known``: not below 0).
    location : float
        Of `log tau^2`; 0 and unused in the first three families.
    df : float
        Degrees of freedom; used by ``log-student-t`` only.
    name, applies_to, source : str
        What it is called, which effects it is made for, where it comes from.

    Raises
    ------
    ArrayError
        For an unknown family or a number that is not allowed.

    Examples
    --------
    >>> prior = HeterogeneityPrior("half-normal", 0.5)
    >>> round(prior.quantile(0.95), 2)
    0.98
    """

    family: str
    scale: float
    location: float = 0.0
    df: float = math.inf
    name: str = ""
    applies_to: str = "effects on the scale of the data"
    source: str = "chosen by the analyst"

    def __post_init__(self) -> None:
        """Refuse a distribution that does not exist."""
        positive = self.scale >= 0.0 if self.family == "known" else self.scale > 0.0
        rules = (
            ("family", self.family, self.family in FAMILIES, ", ".join(FAMILIES)),
            ("scale", self.scale, positive and math.isfinite(self.scale), "above 0, finite"),
            ("location", self.location, math.isfinite(self.location), "finite"),
            ("df", self.df, self.df > 0.0, "above 0"),
        )
        problems = [
            Problem("", "heterogeneity prior", field, repr(value), allowed, "Correct the prior.")
            for field, value, good, allowed in rules
            if not good
        ]
        if problems:
            raise ArrayError(problems)

    @property
    def known(self) -> bool:
        """Whether tau is given rather than uncertain."""
        return self.family == "known"

    def description(self) -> PriorDescription:
        """Return name, words and source."""
        numbers = {
            "log-normal": f"({self.location:g}, {self.scale:g})",
            "log-student-t": f"({self.location:g}, {self.scale:g}, {self.df:g})",
        }.get(self.family, f"({self.scale:g})")
        of = "tau^2" if self.family.startswith("log") else "tau"
        words = f"{of} is {self.family}{numbers}, for {self.applies_to}"
        if not self.known:
            middle, high = self.quantile(0.5), self.quantile(0.95)
            words += f"; tau has median {middle:.2g} and is below {high:.2g} with 95 %"
        return PriorDescription(self.name or f"{self.family}{numbers}", words, self.source)

    def log_density(self, log_tau: ArrayLike) -> Array:
        """Log density of `s = log tau` (not of tau) at `log_tau`."""
        s = np.asarray(log_tau, dtype=np.float64)
        if self.family.startswith("log"):
            z = (2.0 * s - self.location) / self.scale
            return np.asarray(_log_standard(z, self.df) + math.log(2.0 / self.scale))
        t = s - math.log(self.scale)
        if self.family == "half-normal":
            square = np.exp(np.minimum(2.0 * t, 700.0))  # beyond: density 0 all the same
            return np.asarray(0.5 * math.log(2.0 / math.pi) - 0.5 * square + t)
        return np.asarray(math.log(2.0 / math.pi) - np.logaddexp(0.0, 2.0 * t) + t)

    def density(self, tau: ArrayLike) -> Array:
        """Density of tau at values above 0."""
        s = np.log(np.asarray(tau, dtype=np.float64))
        return np.asarray(np.exp(self.log_density(s) - s))

    def cdf(self, tau: float) -> float:
        """Probability of a spread of `tau` or less."""
        if self.known or tau <= 0.0:
            return float(tau >= self.scale) if self.known else 0.0
        if self.family == "half-normal":
            return 1.0 - 2.0 * float(ndtr(-tau / self.scale))
        if self.family == "half-cauchy":
            return 2.0 / math.pi * math.atan(tau / self.scale)
        z = (2.0 * math.log(tau) - self.location) / self.scale
        return float(ndtr(z) if math.isinf(self.df) else stdtr(self.df, z))

    def quantile(self, prob: float) -> float:
        """Spread that is not exceeded with probability `prob`; infinite if too large to hold."""
        if self.known:
            return self.scale
        log_tau = self.log_quantile(prob)
        return math.exp(log_tau) if log_tau < 709.0 else math.inf

    def log_quantile(self, prob: float) -> float:
        """Logarithm of `quantile`, which can be held when the quantile cannot."""
        if self.family == "half-normal":
            return math.log(self.scale) + math.log(-float(ndtri(0.5 * (1.0 - prob))))
        if self.family == "half-cauchy":
            return math.log(self.scale) + math.log(math.tan(0.5 * math.pi * prob))
        z = float(ndtri(prob) if math.isinf(self.df) else stdtrit(self.df, prob))
        return 0.5 * (self.location + self.scale * z)


def _log_standard(z: Array, df: float) -> Array:
    """Log density of the standard normal, or of Student's t with `df`."""
    if math.isinf(df):
        return np.asarray(-0.5 * z * z - 0.5 * math.log(2.0 * math.pi))
    constant = gammaln(0.5 * (df + 1.0)) - gammaln(0.5 * df) - 0.5 * math.log(df * math.pi)
    return np.asarray(constant - 0.5 * (df + 1.0) * np.log1p(z * z / df))


def parse_heterogeneity_prior(text: str) -> HeterogeneityPrior:
    """Read a prior written as its family and numbers.

    ``half-normal(0.5)``, ``half-cauchy(0.5)``, ``log-normal(-2.56, 1.74)`` (location and scale
    of log tau^2), ``log-student-t(-3.44, 2.59, 5)`` (location, scale, degrees of freedom) and
    ``known(0.2)``. A number may carry its name: ``half-normal(scale=0.5)``.

    Raises
    ------
    ArrayError
        If it cannot be read so.

    Examples
    --------
    >>> parse_heterogeneity_prior("half-normal(0.5)").scale
    0.5
    """
    match = PATTERN.match(text)
    family = match[1].lower() if match else ""
    parts = [part.split("=")[-1].strip() for part in match[2].split(",")] if match else []
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != FAMILIES.get(family, -1):
        allowed = ", ".join(
            f"{name}({', '.join(('location', 'scale', 'df')[:n] if n > 1 else ['scale'])})"
            for name, n in FAMILIES.items()
        )
        problem = Problem("", "", "tau", repr(text), allowed, "Write it like half-normal(0.5).")
        raise ArrayError([problem])
    if len(numbers) == 1:
        return HeterogeneityPrior(family, numbers[0])
    df = numbers[2] if len(numbers) == 3 else math.inf
    return HeterogeneityPrior(family, numbers[1], numbers[0], df)
