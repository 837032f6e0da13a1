"""A trial with one hypothesis as a canonical sequence of statistics, and whether it is one.

`Z_k` is taken as normal with variance 1, `Cov(Z_j, Z_k) = sqrt(I_j / I_k)` and mean
`theta_k sqrt(I_k)`, `I` the information on the effect. It is canonical when `theta_k` is the same
at every look. A pooled z of two rates has another variance under the alternative: its bounds are
then those of `Z_k` times `sqrt(V_pooled / V)`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from equipoise.design.engines.stopping import Bounds
from equipoise.design.evaluation.event_pieces import event_plans, expected_looks
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.design.trial.truth_in_groups import Groups, mean_rates
from equipoise.synthesis.arrays import Array

METHOD_CITES = {"canonical_form": ("jennison2000",), "events": ("schoenfeld1981",)}
"""Keys of `equipoise.cite.REFERENCES` behind the normal statistics."""


@dataclass(frozen=True)
class CanonicalForm:
    """Statistics of a trial with one hypothesis, above 0 for benefit.

    Attributes
    ----------
    information : array, shape (K,)
        On the effect, at each look.
    effect : array, shape (K,)
        `theta_k`, the effect the statistic of each look is about.
    bounds : Bounds
        On the scale of `Z_k`.
    truth : float
        The effect to be estimated; NaN where no single one exists.
    patients, events, months : array, shape (K,)
        Expected at each look; NaN where there is none.
    reason : str
        Why it is not canonical; empty if it is.
    message : str
        What the reader must know.
    """

    information: Array
    effect: Array
    bounds: Bounds
    truth: float
    patients: Array
    events: Array
    months: Array
    reason: str
    message: str

    @property
    def fractions(self) -> Array:
        """Information fractions, shape (K,)."""
        return np.asarray(self.information / self.information[-1])

    @property
    def drift(self) -> float:
        """`theta sqrt(I_max)` at the last look."""
        return float(self.effect[-1] * math.sqrt(self.information[-1]))


def _of_rates(design: Design, scenario: Scenario, groups: Groups) -> CanonicalForm:
    endpoint = design.analysed
    assert isinstance(endpoint, BinaryEndpoint)  # noqa: S101  # the record leads here for it only
    p = mean_rates(groups)
    n = design.sizes.astype(np.float64)
    arms = np.array(design.arms.allocation) / sum(design.arms.allocation)
    one = p * (1.0 - p)
    if endpoint.effect == "difference":
        theta, unit = float(p[1] - p[0]), float(np.sum(one / arms))
        common = float(arms @ p)
        pooled = common * (1.0 - common) * float(np.sum(1.0 / arms))
        ratio = math.sqrt(pooled / unit) if unit > 0.0 else 1.0
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            theta, unit = float(logit(p[1]) - logit(p[0])), float(np.sum(1.0 / (one * arms)))
        ratio = 1.0
    usable = unit > 0.0 and math.isfinite(unit)
    reason = "" if usable else "a rate of 0 or 1 leaves no normal statistic"
    effect = endpoint.sign * (theta if p[0] != p[1] else 0.0)
    upper, lower = design.plan.upper * ratio, design.plan.lower * ratio
    return CanonicalForm(
        n / (unit if usable else math.nan),
        np.full(n.size, effect),
        Bounds(upper, lower),
        effect,
        n,
        np.full(n.size, math.nan),
        n / endpoint.accrual_per_month + endpoint.read_out_months,
        reason,
        "Counts are taken as normal." if usable else "",
    )


def _of_hazards(design: Design, scenario: Scenario, groups: Groups) -> CanonicalForm:
    events = design.sizes.astype(np.float64)
    looks = expected_looks(event_plans(design, scenario, groups), events)
    a, b = design.arms.allocation
    effects = {group.effect for group in groups}
    alike = len({tuple(group.control) for group in groups}) == 1
    reason = ""
    if effects != {0.0} and scenario.delay > 0.0:
        reason = "the effect is delayed: the drift is not proportional to the information"
    elif len(effects) > 1 or (effects != {0.0} and not alike):
        reason = "the recruited differ in hazard or effect: their hazards are not proportional"
    truth = math.nan if reason else -next(iter(effects))
    never = np.flatnonzero(np.isinf(looks.months))
    message = "Statistics are taken as normal, with Schoenfeld's information."
    if never.size:
        reason = f"the events of look {never[0] + 1} are not expected to come"
        message += f" {reason.capitalize()}: recruit more patients, or plan fewer events."
    return CanonicalForm(
        events * a * b / (a + b) ** 2,
        -looks.log_ratio,
        Bounds(design.plan.upper, design.plan.lower),
        truth,
        looks.patients,
        events,
        looks.months,
        reason,
        message,
    )


FORMS: dict[type, Callable[[Design, Scenario, Groups], CanonicalForm]] = {
    BinaryEndpoint: _of_rates,
    TimeToEvent: _of_hazards,
}


def canonical_form(design: Design, scenario: Scenario, groups: Groups) -> CanonicalForm:
    """Return the statistics of a design with one hypothesis, canonical or nearly so."""
    return FORMS[type(design.analysed)](design, scenario, groups)
