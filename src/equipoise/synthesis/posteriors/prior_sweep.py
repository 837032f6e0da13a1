"""How an interaction looks under every prior somebody might hold."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors.mixture import Scale
from equipoise.synthesis.posteriors.model_input import TauPrior
from equipoise.synthesis.posteriors.spike_and_slab import (
    INTERACTION_PRIORS,
    InteractionPosterior,
    SpikeAndSlabPrior,
    interaction_posterior,
)

if TYPE_CHECKING:
    import pandas as pd

METHOD_CITES = {"sweep": ("spiegelhalter1994",)}
PROBABILITIES = (0.01, 0.05, 0.10, 0.20, 0.35, 0.50, 0.75, 1.00)
SDS = (0.10, 0.20, 0.35, 0.50, 0.70)
"""Default grid: prior probabilities of a difference, and its standard deviation."""


@dataclass(frozen=True)
class SweepRow:
    """The answer under one prior; effects are of the positive stratum, on the analysis scale.

    `prior` is its name, or ``grid``; `prior_probability` and `prior_sd` are p and s.
    `probability_below` is that of an effect below 0 (a ratio below 1).
    """

    prior: str
    prior_probability: float
    prior_sd: float
    probability_difference: float
    bayes_factor: float
    mean: float
    median: float
    low: float
    high: float
    probability_below: float


@dataclass(frozen=True)
class Sweep:
    """Answers under many priors: first the named ones, then a grid, p varying slowest."""

    rows: tuple[SweepRow, ...]
    level: float

    def to_frame(self) -> pd.DataFrame:
        """One row a prior, columns as in `SweepRow`."""
        import pandas as pd  # noqa: PLC0415  # a batch of half a million pools has no use for it

        names = [field.name for field in fields(SweepRow)]
        return pd.DataFrame([[getattr(row, n) for n in names] for row in self.rows], columns=names)


def sweep(
    bn: float,
    sn: float,
    bp: float,
    sp: float,
    *,
    priors: Sequence[str | SpikeAndSlabPrior] = tuple(INTERACTION_PRIORS),
    probabilities: Sequence[float] = PROBABILITIES,
    sds: Sequence[float] = SDS,
    covariance: float = 0.0,
    tau: TauPrior | None = None,
    level: float = 0.95,
    scale: Scale = "log",
) -> Sweep:
    """Answer how much of the result is the prior's: the same data under many priors.

    Each row is one `interaction_posterior`: the named priors (``sceptic``, ``reference``,
    ``enthusiast``), then every combination of `probabilities` and `sds`, for a contour or lines.

    Parameters
    ----------
    bn, sn, bp, sp : float
        Estimates and standard errors of the negative and the positive stratum.
    priors : sequence of str or SpikeAndSlabPrior
    probabilities, sds : sequence of float
        The grid of p and s; either may be empty.
    covariance : float
        Of the two estimates, as in `interaction_posterior`.
    tau : optional
        Prior of the spread between trials, as in `interaction_posterior`.
    level : float
        Of the credible interval.
    scale : {"log", "identity"}

    Returns
    -------
    Sweep

    Raises
    ------
    ArrayError
        As `interaction_posterior`; and for a level outside 0 to 1.

    Examples
    --------
    >>> table = sweep(0.08, 0.08, -0.45, 0.20)
    >>> [row.prior for row in table.rows[:3]], len(table.rows)
    (['sceptic', 'reference', 'enthusiast'], 43)
    """
    if not 0.0 < level < 1.0:
        problem = Problem("", "", "level", repr(level), "above 0, below 1", "Use 0.95, say.")
        raise ArrayError([problem])
    swept = (SpikeAndSlabPrior(p, s, name="grid") for p, s in itertools.product(probabilities, sds))
    answers = (
        interaction_posterior(bn, sn, bp, sp, prior, covariance=covariance, tau=tau, scale=scale)
        for prior in (*priors, *swept)
    )
    return Sweep(tuple(_row(result, level) for result in answers), level)


def _row(result: InteractionPosterior, level: float) -> SweepRow:
    low, high = result.posterior.interval("positive", level)
    return SweepRow(
        result.prior.name,
        result.prior.probability,
        result.prior.sd,
        result.probability_difference,
        result.bayes_factor,
        result.posterior.mean("positive"),
        result.posterior.median("positive"),
        low,
        high,
        result.posterior.probability("positive", below=0.0),
    )
