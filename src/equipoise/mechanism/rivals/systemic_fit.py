r"""Fit systemic effects to what a long trial printed: one parameter for each ratio.

A state that settles at `1 - e x(c)`, `x` any function of the drug's level, has on a day a ratio to
the untreated patient that is a straight line in `e`. Two simulations give the line and its root;
the secant steps go on where it is not straight, or where parameters touch each other's readouts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing import Drug, Regimen, schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals.window_trial import NOTHING, WindowArm
from equipoise.mechanism.solving import Tolerances
from equipoise.synthesis.arrays import Array

TOLERANCE, STEPS = 1e-8, 30
FINE = Tolerances(stiff=1e-6, driven=1e-9, coupled=1e-9, steps=10_000_000)
"""A few patients, so a finer solution than that of thousands costs nothing."""


@dataclass(frozen=True)
class SystemicTarget:
    """A printed ratio with the drug over without, and the parameter that is to give it."""

    parameter: str
    readout: str
    ratio: float


@dataclass(frozen=True)
class SystemicFit:
    """Fitted parameters and the ratios they give.

    Attributes
    ----------
    parameters : tuple of str
    values, ratios, targets : tuple of float
    day : float
    status : {"converged", "not_converged"}
    message : str
        Also where a value lies outside the range of its parameter.
    """

    parameters: tuple[str, ...]
    values: tuple[float, ...]
    ratios: tuple[float, ...]
    targets: tuple[float, ...]
    day: float
    status: str
    message: str


def fit_systemic(
    model: MechanismModel,
    drugs: Mapping[str, Drug],
    regimen: Regimen,
    targets: Sequence[SystemicTarget],
    patient: Array,
    day: float,
) -> SystemicFit:
    """Find the parameters that give the printed ratios in one patient.

    Parameters
    ----------
    model : MechanismModel
    drugs : mapping of str to Drug
    regimen : Regimen
        Its doses go on until `day`, and the patient takes them all.
    targets : sequence of SystemicTarget
        Each parameter once.
    patient : (p,) array
    day : float

    Raises
    ------
    InputError
        A target that names no parameter, one that comes twice, or a ratio that is not positive.
    """
    _require(model, targets)
    arm = systemic_arm(model, drugs, regimen, [t.readout for t in targets], patient, day)
    names = [t.parameter for t in targets]
    wanted = np.log([t.ratio for t in targets])

    def miss(values: Array) -> Array:
        gap: Array = np.exp(arm.log_ratios(model, names, values[None, :])[0])
        return gap - np.exp(wanted)

    now = np.array([patient[model.index(name)] for name in names])
    before = np.where(now != 0.0, 0.5 * now, 1e-2)
    old, gap = miss(before), miss(now)
    for _ in range(STEPS):
        if np.all(np.abs(gap) <= TOLERANCE):
            break
        slope = np.where(now != before, (gap - old) / np.where(now != before, now - before, 1.0), 0)
        step = np.where(slope != 0.0, -gap / np.where(slope != 0.0, slope, 1.0), 0.0)
        before, old, now = now, gap, now + step
        gap = miss(now)
    return _fit(model, names, now, gap, np.exp(wanted), day)


def systemic_arm(
    model: MechanismModel,
    drugs: Mapping[str, Drug],
    regimen: Regimen,
    readouts: Sequence[str],
    patient: Array,
    day: float,
) -> WindowArm:
    """Prepare readouts on a day of a patient who goes on with a regimen and takes every dose."""
    given = schedule(continued(regimen, day), drugs, model, day)
    without = schedule(NOTHING, drugs, model, day)
    asked = tuple(dict.fromkeys(readouts))
    return WindowArm(given, without, day, patient, asked, regimen.name, "all", FINE)


def continued(regimen: Regimen, day: float) -> Regimen:
    """Return a regimen whose repeated doses go on until `day`, each of them taken."""
    doses = tuple(
        replace(
            dose,
            doses=max(1, math.ceil((day - dose.start_day) / dose.every_days - 1e-9)),
            adherence="",
        )
        if dose.every_days > 0.0
        else replace(dose, adherence="")
        for dose in regimen.doses
    )
    return Regimen(regimen.name, doses)


def _fit(
    model: MechanismModel,
    names: Sequence[str],
    values: Array,
    gap: Array,
    wanted: Array,
    day: float,
) -> SystemicFit:
    good = bool(np.all(np.abs(gap) <= TOLERANCE))
    messages = [] if good else [f"The ratios are off by up to {np.nanmax(np.abs(gap)):.3g}."]
    for name, value in zip(names, values.tolist(), strict=True):
        row = model.parameters[model.index(name)]
        low = -math.inf if row.low is None else row.low
        high = math.inf if row.high is None else row.high
        if not low <= value <= high:
            messages.append(f"{name} = {value:.4g} is outside its range {low:g} to {high:g}.")
    return SystemicFit(
        parameters=tuple(names),
        values=tuple(values.tolist()),
        ratios=tuple((gap + wanted).tolist()),
        targets=tuple(wanted.tolist()),
        day=day,
        status="converged" if good else "not_converged",
        message=" ".join(messages),
    )


def _require(model: MechanismModel, targets: Sequence[SystemicTarget]) -> None:
    problems = []
    names = [t.parameter for t in targets]
    readouts = [t.readout for t in targets]
    for k, target in enumerate(targets):
        if target.parameter not in model.names_of_parameters:
            problems.append(_problem(target, "parameter", "a parameter of the model"))
        if target.parameter in names[:k]:
            problems.append(_problem(target, "parameter", "each parameter once"))
        if target.readout in readouts[:k]:
            problems.append(_problem(target, "readout", "each readout once"))
        if not target.ratio > 0.0:
            problems.append(_problem(target, "ratio", "a ratio above 0"))
    if not targets:
        problems.append(Problem("", "", "targets", "", "at least one", "Give a printed ratio."))
    if problems:
        raise InputError(problems)


def _problem(target: SystemicTarget, field: str, allowed: str) -> Problem:
    value = str(getattr(target, field))
    return Problem("", target.readout, field, value, allowed, "Correct it.")
