"""Trials with several hypotheses, as the numbers of their design."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from equipoise.design.engines.tally import Moments, MonteCarlo, Tally
from equipoise.design.enrichment.trials import EnrichmentSimulation, tally
from equipoise.design.evaluation.operating_characteristics import OperatingCharacteristics, absent
from equipoise.design.trial.trial_design import Design
from equipoise.synthesis.arrays import Array

NULL = 1e-12
"""True effects up to this are no effect: averages of opposite effects round to such numbers."""


@dataclass(frozen=True)
class StageWise:
    """Trials stage by stage: their tally, and whether each ended for efficacy or futility.

    Attributes
    ----------
    simulation : EnrichmentSimulation
        Plan and endpoint.
    """

    simulation: EnrichmentSimulation

    def __call__(self, rng: Generator, size: int) -> Tally:
        """Simulate `size` trials; counts ``efficacy`` and ``futility`` (K,) besides `tally`'s."""
        trials = self.simulation.trials(rng, size)
        endpoint = self.simulation.endpoint
        found = tally(trials, endpoint.populations, endpoint.truth)
        going = np.asarray(trials.tested.any(axis=2))
        last = going & ~np.concatenate([going[:, 1:], np.zeros((size, 1), dtype=bool)], axis=1)
        won = last & trials.rejected.any(axis=2)
        lost = last & ~trials.rejected.any(axis=2)
        lost[:, -1] = False
        ends = {"efficacy": won.sum(axis=0), "futility": lost.sum(axis=0)}
        return Tally(size, found.counts | ends, found.moments)


@dataclass(frozen=True)
class Ends:
    """How trials end: rates of efficacy and futility by look, patients, events and months."""

    efficacy: MonteCarlo
    futility: MonteCarlo
    not_reached: MonteCarlo
    patients: MonteCarlo
    events: MonteCarlo
    months: MonteCarlo


def by_patients(design: Design, months: Array) -> Callable[[Tally], Ends]:
    """Read trials timed by patients: a stage recruits its number, whoever goes on."""

    def read(found: Tally) -> Ends:
        at_end = found.counts["ended"]
        return Ends(
            found.rate("efficacy"),
            found.rate("futility"),
            absent(design.looks.count),
            mean_at_end(at_end, design.sizes.astype(np.float64)),
            absent(),
            mean_at_end(at_end, months),
        )

    return read


def by_events(design: Design) -> Callable[[Tally], Ends]:
    """Read statistic-level trials whose looks are timed by events: there are no patients."""

    def read(found: Tally) -> Ends:
        k = design.looks.count
        events = mean_at_end(found.counts["ended"], design.sizes.astype(np.float64))
        efficacy, futility = found.rate("efficacy"), found.rate("futility")
        return Ends(efficacy, futility, absent(k), absent(), events, absent())

    return read


def by_one_look(design: Design) -> Callable[[Tally], Ends]:
    """Read trials with one look, timed by events, whose patients were drawn."""

    def read(found: Tally) -> Ends:
        efficacy, futility = found.rate("efficacy"), found.rate("futility")
        events = mean_at_end(found.counts["ended"], design.sizes.astype(np.float64))
        return Ends(efficacy, futility, absent(1), found.mean("patients"), events, absent())

    return read


def by_cohorts(found: Tally) -> Ends:
    """Read patient-level trials of two cohorts: no rejection before both are analysed."""
    stopped = np.array([found.counts["ended"][0], 0])
    whole = np.array([0, found.counts["any"]])
    ends = Tally(found.replicates, {"won": whole, "lost": stopped}, {})
    short = Tally(found.replicates, {"short": found.counts["short"][:, -1]}, {})
    return Ends(
        ends.rate("won"),
        ends.rate("lost"),
        short.rate("short"),
        found.mean("patients"),
        absent(),
        found.mean("duration"),
    )


def mean_at_end(ended: NDArray[np.int64], values: Array) -> MonteCarlo:
    """Mean of a number that each look fixes, from how many trials ended at each look."""
    squares = np.asarray(ended @ values**2)
    return Moments(np.asarray(ended.sum()), np.asarray(ended @ values), squares).mean()


def closed_reader(
    design: Design, truth: Array, ends: Callable[[Tally], Ends]
) -> Callable[[Tally], OperatingCharacteristics]:
    """Return what reads a tally of closed tests; `truth` (m,) is the effect in each population."""

    def read(found: Tally) -> OperatingCharacteristics:
        at_end = ends(found)
        some = bool(np.any(truth <= NULL))
        mended = found.mean("corrected_error")
        compared = bool(np.any(mended.replicates > 0))
        return OperatingCharacteristics(
            engine="",
            hypotheses=design.hypotheses,
            subsets=subset_names(design.hypotheses),
            power=found.rate("rejected"),
            any_rejection=found.rate("any"),
            strong_null=found.rate("strong_null"),
            family_wise_error=found.rate("error") if some else absent(),
            rejected_by_look=found.rate("rejected_by_stage"),
            stop_efficacy=at_end.efficacy,
            stop_futility=at_end.futility,
            selection=found.rate("selection"),
            patients=at_end.patients,
            events=at_end.events,
            months=at_end.months,
            naive_bias=found.mean("naive_error_selected" if compared else "naive_error"),
            corrected_bias=mended,
            not_reached=at_end.not_reached,
            late_information=math.nan,
            seed=0,
            replicates=found.replicates,
            approximation_error=math.nan,
            message=_message(truth),
        )

    return read


def subset_names(populations: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the subsets of populations by code, the sum of 2^j over those on test.

    Examples
    --------
    >>> subset_names(("S", "all"))
    ('none', 'S', 'all', 'S + all')
    """
    codes = range(2 ** len(populations))
    held = [[name for j, name in enumerate(populations) if code >> j & 1] for code in codes]
    return tuple(" + ".join(names) or "none" for names in held)


def _message(truth: Array) -> str:
    if np.any(np.isnan(truth)):
        return (
            "Hazards are not proportional in some population: it has no single true effect, and "
            "its bias and family-wise error are not given."
        )
    return ""
