"""Trials that borrow controls from history, by each engine: sums over results, and patients."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from equipoise.design.borrowing.historical_controls import (
    Flags,
    HistoricalControls,
    binomial_probabilities,
    success_probability,
)
from equipoise.design.engines import BinaryTrial, Bounds, binary_trial, patients_at_looks
from equipoise.design.evaluation.canonical_form import canonical_form
from equipoise.design.evaluation.operating_characteristics import OperatingCharacteristics, known
from equipoise.design.evaluation.simulation_job import Job
from equipoise.design.evaluation.single_hypothesis import exact_numbers, job_of, null_is_true
from equipoise.design.evaluation.two_arm_trials import Drawn
from equipoise.design.trial.refusals import problem
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import BinaryEndpoint
from equipoise.design.trial.truth_in_groups import mean_rates, recruited
from equipoise.synthesis.arrays import Array, ArrayError

MESSAGE = (
    "Controls are borrowed: the level holds while they are like those of history, and the bias is "
    "that of the posterior mean difference."
)

CROSSED = Bounds(np.zeros(1), np.full(1, -math.inf))
"""A success is shown as 1, a failure as -1."""


@dataclass(frozen=True)
class BorrowedPatients:
    """Patients whose counts are judged by the posterior.

    Attributes
    ----------
    trial : BinaryTrial
        Draws the counts.
    success : array of bool, shape (n0 + 1, n1 + 1)
        Every result judged.
    means : (array, array)
        Posterior mean rates by count, control and treatment.
    months : float
        Until the outcome of the last patient.
    """

    trial: BinaryTrial
    success: Flags
    means: tuple[Array, Array]
    months: float

    def __call__(self, rng: Generator, size: int) -> Drawn:
        """Draw `size` trials."""
        x0, x1 = self.trial.draw(rng, size)[:, 0].T
        z = np.where(self.success[x0, x1], 1.0, -1.0)[:, None]
        estimate = self.trial.sign * (self.means[1][x1] - self.means[0][x0])[:, None]
        patients = np.array([float(self.trial.patients.sum())])
        return Drawn(z, estimate, patients, np.full(1, math.nan), np.full(1, self.months))


def exact_borrowed(design: Design, scenario: Scenario) -> OperatingCharacteristics:
    """Sum over every result of the trial."""
    prior, endpoint, success, arms = _judged(design)
    rates = mean_rates(recruited(design, scenario))
    plain = exact_numbers(replace(design, borrowing=None), scenario)
    power = success_probability(success, rates)
    means = prior.mean_rates(arms)
    expected = [
        binomial_probabilities(n, p) @ m for n, p, m in zip(arms, rates, means, strict=True)
    ]
    bias = endpoint.sign * (expected[1] - expected[0] - (rates[1] - rates[0]))
    null = null_is_true(np.array([endpoint.sign * (rates[1] - rates[0])]))
    return replace(
        plain,
        power=known([power]),
        any_rejection=known(power),
        strong_null=known(power),
        family_wise_error=known(power if null else math.nan),
        rejected_by_look=known([[power]]),
        stop_efficacy=known([power]),
        naive_bias=known([bias]),
        corrected_bias=known([math.nan]),
        message=MESSAGE,
    )


def patient_borrowed(design: Design, scenario: Scenario) -> Job:
    """Prepare the simulation of patients."""
    prior, endpoint, success, arms = _judged(design)
    groups = recruited(design, scenario)
    form = canonical_form(design, scenario, groups)
    counts = patients_at_looks(design.sizes, design.arms.ratio)
    trial = binary_trial(counts, mean_rates(groups), CROSSED, benefit=endpoint.benefit)
    draw = BorrowedPatients(trial, success, prior.mean_rates(arms), float(form.months[-1]))
    return job_of(design, form, draw, CROSSED, 10_000, MESSAGE)


def no_statistic(design: Design, scenario: Scenario) -> Job:
    """Refuse: what is judged are two counts, not a normal statistic."""
    allowed = "no borrowed controls: the result is judged by its two counts"
    raise ArrayError([problem("engine", "statistic", allowed, "Take 'exact' or 'patient'.")])


def _judged(
    design: Design,
) -> tuple[HistoricalControls, BinaryEndpoint, Flags, tuple[int, int]]:
    prior, endpoint = design.borrowing, design.analysed
    assert prior is not None  # noqa: S101  # the road leads here for it only
    assert isinstance(endpoint, BinaryEndpoint)  # noqa: S101  # checked by the design
    n0, n1 = (int(n) for n in patients_at_looks(design.sizes, design.arms.ratio)[-1])
    lower = endpoint.benefit == "lower"
    return prior, endpoint, prior.succeeds((n0, n1), design.looks.alpha, lower=lower), (n0, n1)
