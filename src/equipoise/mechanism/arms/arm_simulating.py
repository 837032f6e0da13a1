"""Simulate an arm in many virtual patients, and the same patients without the drug."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.arms.arm_records import FailedPatient
from equipoise.mechanism.arms.arm_request import AskedArms
from equipoise.mechanism.arms.courses import Courses, chosen, courses
from equipoise.mechanism.arms.patient_blocks import patient_blocks
from equipoise.mechanism.arms.response_tally import ResponseTally, joined, response_tally
from equipoise.mechanism.calibration.recurrence_link import RecurrenceLink
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.population import VirtualPopulation
from equipoise.synthesis.arrays import Array

Say = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class ArmsInPatients:
    """Arms in the same patients; only those solved in every arm are kept.

    Attributes
    ----------
    first : VirtualPopulation
        The first block of patients, for what is read of a few.
    tallies : tuple of ResponseTally
        By arm.
    readouts : tuple of (n, 2, k) arrays
        By arm, before treatment and at surgery.
    covariates : mapping of str to (n,) array
        By symbol.
    failed : tuple of FailedPatient
    """

    first: VirtualPopulation
    tallies: tuple[ResponseTally, ...]
    readouts: tuple[Array, ...]
    covariates: Mapping[str, Array]
    failed: tuple[FailedPatient, ...]


def arms_in_patients(
    case: CaseModel,
    plan: MechanismPlan,
    asked: AskedArms,
    thetas: Sequence[Mapping[str, float]],
    mode: Mapping[str, float],
    link: RecurrenceLink,
    outputs: Sequence[str],
    say: Say,
) -> ArmsInPatients:
    """Go through the patients block by block and keep sums and a few numbers of each patient.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    asked : AskedArms
    thetas, mode : mapping(s) of str to float
        Parameters of the kill plan: draws, and at the mode, which readouts are simulated with.
    link : RecurrenceLink
    outputs : sequence of str
        Readouts.
    say : callable
        Called as blocks are done.
    """
    blocks = patient_blocks(case, plan, asked, mode)
    first = next(blocks)
    tallies: list[list[ResponseTally]] = [[] for _ in asked.regimens]
    readouts: list[list[Array]] = [[] for _ in asked.regimens]
    covariates: dict[str, list[Array]] = {row.symbol: [] for row in case.covariates}
    failed: list[FailedPatient] = []
    done = 0
    for people in itertools.chain([first], blocks):
        found = [
            courses(
                *(case, plan, people, regimen, asked.surgery),
                outputs=outputs,
                workers=asked.workers,
            )
            for regimen in asked.regimens
        ]
        failed += _failures(people, found, asked)
        bad = [i for course in found for i in course.reasons]
        good = ~np.isin(np.arange(len(people)), bad)
        for arm, course in enumerate(found):
            kept = chosen(course.integrals, good)
            tallies[arm].append(
                response_tally(plan.kill, kept, thetas, link, plan.recurrence.years)
            )
            readouts[arm].append(course.readouts[good])
        for symbol, parts in covariates.items():
            parts.append(people.column(symbol)[good])
        done += len(people)
        say(f"{done:,} of {asked.patients:,} patients")
    return ArmsInPatients(
        first,
        tuple(joined(parts) for parts in tallies),
        tuple(np.concatenate(parts) for parts in readouts),
        {symbol: np.concatenate(parts) for symbol, parts in covariates.items()},
        tuple(failed),
    )


def _failures(
    people: VirtualPopulation, found: Sequence[Courses], asked: AskedArms
) -> list[FailedPatient]:
    return [
        FailedPatient(int(people.patients[i]) + 1, regimen.name, reason)
        for regimen, course in zip(asked.regimens, found, strict=True)
        for i, reason in sorted(course.reasons.items())
    ]
