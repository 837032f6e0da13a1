"""Designs with one hypothesis, by each engine: all-comers, enriched, marker strategy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from equipoise.design.engines.binary_trials import binary_trial, patients_at_looks
from equipoise.design.engines.stopping import Bounds
from equipoise.design.engines.survival_plans import SurvivalPlan, survival_plan
from equipoise.design.engines.tally import MonteCarlo, Tally
from equipoise.design.evaluation.canonical_form import CanonicalForm, canonical_form
from equipoise.design.evaluation.event_pieces import pieces_of
from equipoise.design.evaluation.operating_characteristics import (
    OperatingCharacteristics,
    absent,
    known,
)
from equipoise.design.evaluation.simulation_job import Job
from equipoise.design.evaluation.stopping_bias import (
    MOST_LOOKS,
    correction,
    exit_by_look,
    stopping_bias,
)
from equipoise.design.evaluation.two_arm_trials import (
    CountedPatients,
    Draw,
    DrawnStatistics,
    FollowedPatients,
    TwoArmTrial,
)
from equipoise.design.trial.refusals import problem
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint, TimeToEvent
from equipoise.design.trial.truth_in_groups import Groups, mean_rates, recruited
from equipoise.synthesis.arrays import Array, ArrayError

NULL = 1e-12
"""True effects up to this are no effect: averages of opposite effects round to such numbers."""

STATISTIC = {"difference": "pooled", "log_odds_ratio": "log_odds"}


def exact_numbers(design: Design, scenario: Scenario) -> OperatingCharacteristics:
    """Compute by exact recursion; `form.reason` must be empty."""
    form = canonical_form(design, scenario, recruited(design, scenario))
    up, down = exit_by_look(form.fractions, form.bounds, np.array([form.drift]))
    ends = up[0] + down[0]
    bias = math.nan
    if math.isfinite(form.truth) and design.looks.count <= MOST_LOOKS:
        root = math.sqrt(form.information[-1])
        bias = float(stopping_bias(form.fractions, form.bounds, np.array([form.drift]))[0]) / root
    power = float(up.sum())
    futile = np.append(down[0, :-1], 0.0)
    return OperatingCharacteristics(
        engine="exact",
        hypotheses=design.hypotheses,
        subsets=(),
        power=known([power]),
        any_rejection=known(power),
        strong_null=known(power),
        family_wise_error=known(power if null_is_true(form.effect) else math.nan),
        rejected_by_look=known(np.cumsum(up[0])[:, None]),
        stop_efficacy=known(up[0]),
        stop_futility=known(futile),
        selection=absent(design.looks.count, 0),
        patients=known(ends @ form.patients),
        events=known(ends @ form.events),
        months=known(_mean_months(ends, form.months)),
        naive_bias=known([bias]),
        corrected_bias=known([0.0 if design.looks.count == 1 else math.nan]),
        not_reached=known(_still_going(ends) * np.isinf(form.months)),
        late_information=math.nan,
        seed=0,
        replicates=0,
        approximation_error=math.nan,
        message=form.message,
    )


def statistic_job(design: Design, scenario: Scenario) -> Job:
    """Prepare the simulation of normal statistics."""
    form = canonical_form(design, scenario, recruited(design, scenario))
    if not np.all(np.isfinite(form.information)):
        action = "Simulate patients."
        raise ArrayError(
            [problem("engine", "statistic", f"a normal statistic; {form.reason}", action)]
        )
    draw = DrawnStatistics(form.information, form.effect, form.patients, form.events, form.months)
    return job_of(design, form, draw, form.bounds, 10_000, form.message)


def patient_job(design: Design, scenario: Scenario) -> Job:
    """Prepare the simulation of patients."""
    groups = recruited(design, scenario)
    form = canonical_form(design, scenario, groups)
    draw, chunk = PATIENTS[type(design.analysed)](design, scenario, groups, form)
    return job_of(design, form, draw, Bounds(design.plan.upper, design.plan.lower), chunk, "")


def _counted(
    design: Design, scenario: Scenario, groups: Groups, form: CanonicalForm
) -> tuple[Draw, int]:
    endpoint = design.analysed
    assert isinstance(endpoint, BinaryEndpoint)  # noqa: S101  # the record leads here for it only
    trial = binary_trial(
        patients_at_looks(design.sizes, design.arms.ratio),
        mean_rates(groups),
        Bounds(design.plan.upper, design.plan.lower),
        benefit=endpoint.benefit,
        statistic=STATISTIC[endpoint.effect],
    )
    return CountedPatients(trial, form.months), 10_000


def _followed(
    design: Design, scenario: Scenario, groups: Groups, form: CanonicalForm
) -> tuple[Draw, int]:
    return FollowedPatients(patient_plan(design, scenario, groups)), 500


def patient_plan(design: Design, scenario: Scenario, groups: Groups) -> SurvivalPlan:
    """Return what draws patients with a time to an event; each group is a stratum."""
    endpoint = design.analysed
    assert isinstance(endpoint, TimeToEvent)  # noqa: S101  # the record leads here for it only
    starts, control, log_ratio = pieces_of(scenario, groups)
    return survival_plan(
        design.patients,
        design.sizes,
        accrual=endpoint.accrual,
        accrual_rates=endpoint.accrual_rates,
        arrivals=endpoint.arrivals,
        hazard=control,
        hazard_ratio=np.exp(log_ratio),
        starts=starts,
        allocation=design.arms.allocation,
        dropout=endpoint.dropout,
        prevalence=[group.share for group in groups],
    )


PATIENTS: dict[type, Callable[[Design, Scenario, Groups, CanonicalForm], tuple[Draw, int]]] = {
    BinaryEndpoint: _counted,
    TimeToEvent: _followed,
}
"""Who draws the patients of each endpoint, and how many trials make a chunk."""


def null_is_true(effect: Array) -> bool:
    """Whether there is no benefit at any look."""
    return bool(np.all(effect <= NULL))


def job_of(
    design: Design, form: CanonicalForm, draw: Draw, bounds: Bounds, chunk: int, message: str
) -> Job:
    """Join what draws with what reads, for a trial with one hypothesis."""
    mend = None
    if not form.reason:
        mend = correction(form.fractions, form.bounds, float(form.information[-1]))
    null = null_is_true(form.effect)

    def read(tally: Tally) -> OperatingCharacteristics:
        success = tally.rate("success")
        by_look = tally.rate("rejected")
        up_to = Tally(tally.replicates, {"by": np.cumsum(tally.counts["rejected"])[:, None]}, {})
        return OperatingCharacteristics(
            engine="",
            hypotheses=design.hypotheses,
            subsets=(),
            power=MonteCarlo(
                success.value[None], success.mcse[None], np.atleast_1d(success.replicates)
            ),
            any_rejection=success,
            strong_null=success,
            family_wise_error=success if null else absent(),
            rejected_by_look=up_to.rate("by"),
            stop_efficacy=by_look,
            stop_futility=tally.rate("futile"),
            selection=absent(design.looks.count, 0),
            patients=tally.mean("patients"),
            events=tally.mean("events"),
            months=tally.mean("months"),
            naive_bias=_one(tally.mean("naive_error")),
            corrected_bias=_one(tally.mean("corrected_error")),
            not_reached=tally.rate("not_reached"),
            late_information=math.nan,
            seed=0,
            replicates=tally.replicates,
            approximation_error=math.nan,
            message=message,
        )

    return Job(TwoArmTrial(draw, bounds, form.truth, mend), chunk, read)


def _one(found: MonteCarlo) -> MonteCarlo:
    return MonteCarlo(
        np.atleast_1d(found.value), np.atleast_1d(found.mcse), np.atleast_1d(found.replicates)
    )


def _mean_months(ends: Array, months: Array) -> float:
    """Mean duration of the trials whose look is expected to come."""
    reached = ~np.isinf(months)
    return (
        float(ends[reached] @ months[reached] / ends[reached].sum())
        if np.any(reached)
        else math.nan
    )


def _still_going(ends: Array) -> Array:
    """P(no look before was the last), shape (K,)."""
    return np.asarray(1.0 - np.concatenate([[0.0], np.cumsum(ends)[:-1]]))
