"""Evaluate a design under a truth, by the engine that fits or the one asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.random import SeedSequence

from equipoise.design.borrowing.borrowed_controls import (
    exact_borrowed,
    no_statistic,
    patient_borrowed,
)
from equipoise.design.engines.chunks import Progress, run_chunks
from equipoise.design.evaluation.canonical_form import canonical_form
from equipoise.design.evaluation.operating_characteristics import OperatingCharacteristics
from equipoise.design.evaluation.several_hypotheses import (
    patient_job as closed_patient_job,
)
from equipoise.design.evaluation.several_hypotheses import (
    statistic_job as closed_statistic_job,
)
from equipoise.design.evaluation.simulation_job import Job
from equipoise.design.evaluation.single_hypothesis import exact_numbers, patient_job, statistic_job
from equipoise.design.trial.refusals import problem
from equipoise.design.trial.scenario import Scenario
from equipoise.design.trial.trial_design import Design
from equipoise.design.trial.trial_endpoints import EarlyThenLate
from equipoise.design.trial.truth_in_groups import mean_rates, recruited
from equipoise.synthesis.arrays import ArrayError, not_among


@dataclass(frozen=True)
class Run:
    """How much is simulated, from which seed, and by whom."""

    replicates: int
    seed: int | SeedSequence
    workers: int
    scheduler: str
    progress: Progress | None


Evaluation = Callable[[Run], OperatingCharacteristics]


Prepare = Callable[[Design, Scenario], Evaluation]


def _simulate(job: Job, engine: str, run: Run) -> OperatingCharacteristics:
    tally = run_chunks(
        job.work,
        run.replicates,
        job.chunk,
        run.seed,
        workers=run.workers,
        scheduler=run.scheduler,
        progress=run.progress,
    )
    seed = run.seed.entropy if isinstance(run.seed, SeedSequence) else run.seed
    shown = int(seed) if isinstance(seed, int | np.integer) else 0
    return replace(job.read(tally), engine=engine, seed=shown)


def _canonical(design: Design, scenario: Scenario) -> Evaluation:
    form = canonical_form(design, scenario, recruited(design, scenario))
    if form.reason:
        raise _not_canonical(design, form.reason)
    return lambda _: exact_numbers(design, scenario)


def _never_canonical(design: Design, scenario: Scenario) -> Evaluation:
    reason = "several hypotheses are tested, on populations that may be chosen on the data"
    raise _not_canonical(design, reason)


def _summed(design: Design, scenario: Scenario) -> Evaluation:
    return lambda _: exact_borrowed(design, scenario)


def _simulated(engine: str, job: Callable[[Design, Scenario], Job]) -> Prepare:
    return lambda design, scenario: partial(_simulate, job(design, scenario), engine)


ENGINES: dict[str, str] = {
    "exact": "one hypothesis, canonical normal statistics or counts; no simulation",
    "patient": "patients drawn one by one and analysed as planned",
    "statistic": "normal statistics with the information planned",
}
"""The engines and what each takes for granted, in the order in which ``auto`` asks them."""

ROADS: dict[str, dict[str, Prepare]] = {
    "one hypothesis": {
        "exact": _canonical,
        "patient": _simulated("patient", patient_job),
        "statistic": _simulated("statistic", statistic_job),
    },
    "several hypotheses": {
        "exact": _never_canonical,
        "patient": _simulated("patient", closed_patient_job),
        "statistic": _simulated("statistic", closed_statistic_job),
    },
    "borrowed controls": {
        "exact": _summed,
        "patient": _simulated("patient", patient_borrowed),
        "statistic": _simulated("statistic", no_statistic),
    },
}
"""How each engine prepares each sort of design; it raises an ArrayError with the reason if not."""


def road_of(design: Design) -> dict[str, Prepare]:
    """Return the engines of a design's sort."""
    if design.borrowing is not None:
        return ROADS["borrowed controls"]
    return ROADS["several hypotheses" if design.traits.several else "one hypothesis"]


def evaluate(
    design: Design,
    scenario: Scenario,
    engine: str = "auto",
    *,
    replicates: int = 10_000,
    seed: int | SeedSequence = 1,
    workers: int = 1,
    scheduler: str = "threads",
    progress: Progress | None = None,
) -> OperatingCharacteristics:
    """Find the operating characteristics of a design under a truth.

    Parameters
    ----------
    design : Design
        The trial.
    scenario : Scenario
        The truth.
    engine : {"auto", "exact", "statistic", "patient"}
        ``auto`` takes exact recursion where the statistics are canonical, else patients, else
        statistics.
    replicates : int
        Simulated trials.
    seed : int or SeedSequence
        Of the simulation.
    workers : int
        Threads or processes; they change no number.
    scheduler : str
        ``threads``, ``processes`` or ``tcp://host:port`` of a Dask scheduler.
    progress : callable, optional
        `progress(done, all)` after each chunk.

    Returns
    -------
    OperatingCharacteristics

    Raises
    ------
    ArrayError
        A truth that does not fit the design; an engine that does not, with the reason.

    Examples
    --------
    >>> from equipoise.design.trial.look_schedule import Looks
    >>> from equipoise.design.trial.trial_endpoints import BinaryEndpoint
    >>> design = Design("all-comers", BinaryEndpoint(), 300, looks=Looks((0.5, 1.0)))
    >>> found = evaluate(design, Scenario(control=0.3, effect=0.7))
    >>> found.engine, round(float(found.power.value[0]), 3)
    ('exact', 0.831)
    """
    problems = not_among("engine", engine, ("auto", *ENGINES))
    if problems:
        raise ArrayError(problems)
    recruited(design, scenario)
    run = Run(replicates, seed, workers, scheduler, progress)
    found = prepared(design, scenario, engine)(run)
    return with_late_outcome(found, design, scenario)


def prepared(design: Design, scenario: Scenario, engine: str) -> Evaluation:
    """Return the evaluation by the engine asked for, or by the first that fits."""
    refused: list[ArrayError] = []
    for name in ENGINES if engine == "auto" else (engine,):
        try:
            return road_of(design)[name](design, scenario)
        except ArrayError as error:
            refused.append(error)
    raise ArrayError([problem for error in refused for problem in error.problems])


def _not_canonical(design: Design, reason: str) -> ArrayError:
    shown = f"exact, for {design.kind}"
    allowed = f"a canonical design; here {reason}"
    return ArrayError([problem("engine", shown, allowed, "Take 'statistic' or 'patient'.")])


def with_late_outcome(
    found: OperatingCharacteristics, design: Design, scenario: Scenario
) -> OperatingCharacteristics:
    """Say what a trial on an early outcome could tell of the late one, at its full size."""
    pair = design.endpoint
    if not isinstance(pair, EarlyThenLate):
        return found
    p = mean_rates(recruited(design, scenario))
    patients = design.patients * np.array(design.arms.allocation) / sum(design.arms.allocation)
    with np.errstate(divide="ignore"):
        early = float(1.0 / np.sum(1.0 / (patients * p * (1.0 - p))))
    late = pair.link.late_information(early)
    said = (
        f"All of this is about {pair.early.name}. On {pair.late.name} the full trial has the "
        f"information {late:.3g}; no trial on {pair.early.name} can have more than "
        f"{pair.link.ceiling:.3g}."
    )
    return replace(found, late_information=late, message=f"{said} {found.message}".strip())
