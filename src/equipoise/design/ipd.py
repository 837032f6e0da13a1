"""Going back to the stored samples of finished trials, and pooling their individual data.

The option no trial design package offers: determine the phenotype in samples that exist, in
trials whose outcomes are known, and test the interaction within trials. It is stated per outcome;
nothing here carries a result from one outcome to another (see `belief.surrogate`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.assurances import Assurance, Benefit, assurance
from equipoise.design.stored.finished_trial import CAN_RELEASE, FinishedTrial
from equipoise.design.stored.interaction_tables import SimulatedPower, simulate_pooled_tables
from equipoise.design.stored.released_information import (
    Pooled,
    Release,
    Truth,
    by_worth,
    pool_releases,
    release,
    without_assay_error,
)
from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError
from equipoise.synthesis.posteriors.mixture import Posterior


@dataclass(frozen=True)
class StoredSamples:
    """What phenotyping finished trials would tell of an interaction on one outcome.

    Attributes
    ----------
    outcome : str
    releases : tuple of Release
        One a trial, in the order in which to ask: information a unit of cost.
    patients, events : float
        Of the trials that can release anything, before samples are counted. Events known only.
    truth : Truth
        What was supposed.
    tau_d : float
        Spread of the difference between trials.
    pooled : Pooled
        Closed form: information, standard error, power.
    without_error : Pooled
        The same with a perfect assay: the difference is what misclassification costs.
    level_information : float
        On the effect in the phenotype itself, all trials.
    cost : float
        Of asking every trial that can release.
    assurance : Assurance or None
        Of a significant interaction, under the posterior given.
    simulated : SimulatedPower or None
        The same power from simulated tables.
    message : str
        What the reader must know first.
    """

    outcome: str
    releases: tuple[Release, ...]
    patients: float
    events: float
    truth: Truth
    tau_d: float
    pooled: Pooled
    without_error: Pooled
    level_information: float
    cost: float
    assurance: Assurance | None
    simulated: SimulatedPower | None
    message: str


def stored_samples(
    trials: Sequence[FinishedTrial],
    truth: Truth,
    *,
    tau_d: float = 0.0,
    alpha: float = 0.025,
    difference: Posterior | None = None,
    benefit: Benefit = "lower",
    rng: np.random.Generator | None = None,
    replicates: int = 10_000,
) -> StoredSamples:
    """Answer what the stored samples of finished trials could settle, for one outcome.

    Parameters
    ----------
    trials : sequence of FinishedTrial
        All on the same outcome.
    truth : Truth
        The interaction that is looked for, and the risks.
    tau_d : float
        Standard deviation of the interaction between trials, 0 or above.
    alpha : float
        One-sided level.
    difference : Posterior, optional
        Belief about the effect ``difference``; gives the assurance.
    benefit : {"lower", "higher"}
        Side on which the phenotype does better.
    rng : numpy.random.Generator, optional
        Simulates the pooled tables as well (binary outcomes).
    replicates : int
        Of the simulation.

    Returns
    -------
    StoredSamples

    Raises
    ------
    ArrayError
        Without a trial, for trials on several outcomes, or a negative spread.

    Examples
    --------
    >>> sizes = (120, 90, 210, 160, 80)
    >>> trials = [FinishedTrial(f"t{n}", "", "pCR", n / 2, n / 2, 0.45 * n, share=0.35)
    ...           for n in sizes]
    >>> round(stored_samples(trials, Truth(gamma=0.9, control_risk=0.45)).pooled.power, 3)
    0.768
    """
    outcome = _one_outcome(trials, tau_d)
    releases = by_worth([release(trial, truth) for trial in trials])
    able = [r for r in releases if r.information > 0.0]
    pooled = pool_releases(releases, truth.gamma, tau_d=tau_d, alpha=alpha)
    perfect = pool_releases(
        [release(without_assay_error(trial), truth) for trial in trials],
        truth.gamma,
        tau_d=tau_d,
        alpha=alpha,
    )
    believed = None
    if difference is not None and pooled.information > 0.0:
        believed = assurance(
            difference, "difference", pooled.information, alpha=alpha, benefit=benefit
        )
    simulated = None
    if rng is not None and able and not able[0].trial.time_to_event:
        simulated = simulate_pooled_tables(
            [r.trial for r in able], truth, rng, replicates=replicates, alpha=alpha, tau_d=tau_d
        )
    return StoredSamples(
        outcome=outcome,
        releases=releases,
        patients=math.fsum(r.trial.n for r in able),
        events=math.fsum(r.trial.events for r in able if math.isfinite(r.trial.events)),
        truth=truth,
        tau_d=tau_d,
        pooled=pooled,
        without_error=perfect,
        level_information=math.fsum(r.level_information for r in able),
        cost=math.fsum(r.trial.cost for r in able),
        assurance=believed,
        simulated=simulated,
        message=_message(trials, able),
    )


def _one_outcome(trials: Sequence[FinishedTrial], tau_d: float) -> str:
    outcomes = sorted({trial.outcome for trial in trials})
    problems = []
    if len(outcomes) != 1:
        allowed, action = "trials on one outcome", "Ask for each outcome by itself."
        shown = ", ".join(outcomes) or "no trial"
        problems.append(Problem("", "", "trials", shown, allowed, action))
    if not 0.0 <= tau_d < math.inf:
        problems.append(Problem("", "", "tau_d", repr(tau_d), "0 or above, finite", "Correct it."))
    if problems:
        raise ArrayError(problems)
    return outcomes[0]


def _message(trials: Sequence[FinishedTrial], able: Sequence[Release]) -> str:
    """Say what cannot be had, before any power."""
    closed = [trial for trial in trials if trial.access not in CAN_RELEASE]
    if not able:
        return "No finished trial can release anything on this outcome."
    parts = [f"{len(able)} of {len(trials)} finished trials could release something."]
    if closed:
        reasons = sorted({trial.access.replace("_", " ") for trial in closed})
        parts.append(f"{len(closed)} count as nothing ({', '.join(reasons)}).")
    unseen = sum(1 for r in able if math.isnan(r.trial.events))
    if unseen:
        parts.append(f"The events of {unseen} are not known.")
    return " ".join(parts)
