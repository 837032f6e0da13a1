"""What a calibration found, as it is kept and reported."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.mechanism.calibration.held_out import PredictedArm
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class FittedParameter:
    """A fitted parameter: prior and posterior.

    Attributes
    ----------
    symbol, label, unit : str
    mode : float
        At the posterior mode.
    median, low, high : float
        Of the posterior draws, central 95 %.
    prior_low, prior_high : float
        Central 95 % of the prior.
    learnt : float
        1 - (posterior sd / prior sd)^2 on the working scale: 0 where the data said nothing.
    """

    symbol: str
    label: str
    unit: str
    mode: float
    median: float
    low: float
    high: float
    prior_low: float
    prior_high: float
    learnt: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the trials say, and how well the model then predicts.

    Attributes
    ----------
    parameters : tuple of FittedParameter
    names : tuple of str
        Every parameter of the kill plan, in the order of the columns of `draws`.
    draws : (m, p) array
        Draws on the natural scale: fitted parameters from their posterior, parameters that no arm
        could fit from their assumed range, the rest as in the table.
    mode : dict of str to float
        Fitted parameters at the posterior mode.
    fixed : dict of str to float
        Every other parameter of the kill plan, as used in the fit.
    arms : tuple of PredictedArm
        Fitted, held out and checked.
    log_likelihood, saturated, log_marginal : float
    temperatures : int
        Steps of the sequential Monte Carlo.
    unique_draws : int
    accepted : float
        Share of its last moves accepted.
    status, message : str
    patients, failed : int
        Virtual patients of the fit, and simulated patient-arms that failed.
    """

    parameters: tuple[FittedParameter, ...]
    names: tuple[str, ...]
    draws: Array
    mode: dict[str, float]
    fixed: dict[str, float]
    arms: tuple[PredictedArm, ...]
    log_likelihood: float
    saturated: float
    log_marginal: float
    temperatures: int
    unique_draws: int
    accepted: float
    status: str
    message: str
    patients: int
    failed: int

    def theta(self, draw: int | None = None) -> dict[str, float]:
        """All parameters of the kill plan at a draw, or at the mode."""
        if draw is None:
            return {**self.fixed, **self.mode}
        return dict(zip(self.names, self.draws[draw].tolist(), strict=True))

    @property
    def thetas(self) -> list[dict[str, float]]:
        """`theta` of every draw."""
        return [self.theta(draw) for draw in range(len(self.draws))]
