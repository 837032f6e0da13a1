"""Tie cells left at surgery to recurrence on one trial, and hold the tie against another number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.arm_store import ArmStore
from equipoise.mechanism.calibration.calibration_record import Calibration
from equipoise.mechanism.calibration.kill_integrals import complete_response, log_burden
from equipoise.mechanism.calibration.recurrence_link import (
    RecurrenceLink,
    hazard_ratio,
    recurrence_link,
    residual,
)
from equipoise.mechanism.calibration.response_targets import ResponseTarget
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.synthesis.arrays import Array


@dataclass(frozen=True)
class RecurrenceCheck:
    """The link, and a hazard ratio of response against none that it never saw.

    Attributes
    ----------
    link : RecurrenceLink
        At the mode of the calibration and the printed hazard ratio.
    powers : tuple of float
        Power at the lower limit, the estimate and the upper limit of the printed hazard ratio.
    target : str
        Id of the row that is predicted; empty where the case has none.
    observed, low, high : float
        As printed.
    predicted, predicted_low, predicted_high : float
        Median and central 95 % over draws of the calibration and of the printed ratio.
    covered : bool
        Whether the printed interval holds the predicted median.
    """

    link: RecurrenceLink
    powers: tuple[float, float, float]
    target: str
    observed: float
    low: float
    high: float
    predicted: float
    predicted_low: float
    predicted_high: float
    covered: bool


def tie_recurrence(
    case: CaseModel,
    plan: MechanismPlan,
    calibration: Calibration,
    store: ArmStore,
    rng: np.random.Generator,
    draws: int = 60,
) -> RecurrenceCheck:
    """Solve the link and predict the held-out ratio of responders against the others."""
    ratio = case.target(plan.recurrence.ratio)
    share = case.target(plan.recurrence.control_share).observed
    years = plan.recurrence.years
    middle = float(np.log(ratio.value or 1.0))
    sd = (np.log(ratio.high or 1.0) - np.log(ratio.low or 1.0)) / (2 * 1.959963984540054)

    def solved(theta: dict[str, float], log_ratio: float) -> RecurrenceLink:
        treated, weight = _left(plan, store, ratio.regimen, ratio, theta)
        control, _ = _left(plan, store, ratio.control, ratio, theta)
        return recurrence_link(treated, control, share, float(np.exp(log_ratio)), years, weight)

    mode = calibration.theta()
    links = [solved(mode, middle + z * sd * 1.959963984540054) for z in (-1, 0, 1)]
    powers = (links[0].power, links[1].power, links[2].power)
    rows = [t for t in case.targets if t.measure == "hazard_ratio" and t.id in plan.recurrence.held]
    if not rows:
        nan = float("nan")
        return RecurrenceCheck(links[1], powers, "", nan, nan, nan, nan, nan, nan, False)
    row = rows[0]
    chosen = rng.choice(len(calibration.draws), size=min(draws, len(calibration.draws)))
    found = []
    for draw in chosen:
        theta = calibration.theta(int(draw))
        link = solved(theta, middle + sd * float(rng.standard_normal()))
        found.append(_responders_against_others(plan, store, row, theta, link))
    low, median, high = np.percentile(found, (2.5, 50, 97.5))
    inside = (row.low or 0.0) <= median <= (row.high or np.inf)
    return RecurrenceCheck(
        links[1], powers, row.id, row.value or np.nan, row.low or np.nan, row.high or np.nan,
        float(median), float(low), float(high), bool(inside),
    )  # fmt: skip


def _left(
    plan: MechanismPlan,
    store: ArmStore,
    regimen: str,
    target: ResponseTarget,
    theta: dict[str, float],
) -> tuple[Array, Array]:
    """Residual of both strata of an arm, (2n,), and the weight of each patient."""
    arm = store.arm(regimen, target.burden_ratio)
    left = residual(log_burden(plan.kill, arm, theta), theta[plan.kill.clonogenic])
    share = target.stratum_share if target.stratum_share is not None else plan.stratum_share
    weight = np.repeat([1 - share, share], left[0].size)
    return left.ravel(), weight


def _responders_against_others(
    plan: MechanismPlan,
    store: ArmStore,
    target: ResponseTarget,
    theta: dict[str, float],
    link: RecurrenceLink,
) -> float:
    """Hazard ratio of patients with a complete response against those without, in one arm.

    The level of the hazard is that of the link's own trial: a ratio of mixtures depends on it
    little.
    """
    left, weight = _left(plan, store, target.regimen, target, theta)
    arm = store.arm(target.regimen, target.burden_ratio)
    cells = log_burden(plan.kill, arm, theta)
    chance = complete_response(plan.kill, cells, theta, target.definition).ravel()
    years = plan.recurrence.years
    return hazard_ratio(link, left, left, years, weight * chance, weight * (1 - chance))
