"""How a quantity differs between patients, and how two of them go together."""

from __future__ import annotations

from typing import Literal

from equipoise.evidence.fields import Number, Record, Text, Url
from equipoise.mechanism.models.rows import Symbol, Value


class Covariate(Record):
    """How a quantity is distributed over patients.

    Every distribution is drawn by inversion from a standard normal score z with distribution
    function Phi, so that the value never falls when z rises:

    ==========  ==========================================================================
    lognormal   ``centre * exp(spread * z)``: median, and standard deviation of the log
    normal      ``centre + spread * z``: mean and standard deviation
    uniform     ``low + (high - low) * Phi(z)``
    bernoulli   1 with probability `centre`, else 0
    formula     not drawn: `formula` of other quantities, in the numbers of their units
    ==========  ==========================================================================

    Log-normal and normal covariates with limits have the distribution that remains when patients
    outside are rejected and drawn again; it is drawn by inverting that distribution, at one
    score a patient.
    """

    name: Symbol
    """Name; where there is no parameter, formulas call it by this."""
    parameter: Symbol | Literal[""] = ""
    """Parameter of the model; blank for what only formulas use."""
    distribution: Literal["lognormal", "normal", "uniform", "bernoulli", "formula"]
    """Form of the distribution."""
    centre: Number = None
    """Median (lognormal), mean (normal) or probability (bernoulli)."""
    spread: Number = None
    """Standard deviation of the log (lognormal) or of the value (normal)."""
    low: Number = None
    """Lowest value a patient can have; blank for none."""
    high: Number = None
    """Highest value a patient can have; blank for none."""
    formula: Text = ""
    """Value in terms of other quantities, for `formula` only."""
    standing: Literal["printed", "derived", "fitted", "assumed"]
    """Printed in the source, derived from it, fitted here, or assumed."""
    source_url: Url = ""
    """Address of the source; needed by what is printed or derived."""
    quote: Text = ""
    """Words of the source that hold the numbers."""
    note: Text = ""
    """What else a reader should know."""

    @property
    def symbol(self) -> str:
        """The parameter, or where there is none the name: what identifies it in a population."""
        return self.parameter or self.name


class Correlation(Record):
    """A covariance between patients of two quantities (``correlations.csv``)."""

    first: Symbol
    """Quantity that is drawn, log-normal or normal and without limits."""
    second: Symbol
    """Another one."""
    covariance: Value
    """Covariance, of the log where the quantity is log-normal."""
    standing: Literal["printed", "derived", "fitted", "assumed"]
    """Printed in the source, derived from it, fitted here, or assumed."""
    source_url: Url = ""
    """Address of the source; needed by what is printed or derived."""
    quote: Text = ""
    """Words of the source that hold the number."""
    note: Text = ""
    """What else a reader should know."""
