r"""What window trials should have seen under a rival: readouts with the drug over those without.

For parameters theta the effect on a readout y on day t in the typical patient of a stratum is

    ln y(t; drug, theta) - ln y(t; no drug, theta),

both simulated: the same patient twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.mechanism.dosing import Drug, Regimen, Schedule, schedule
from equipoise.mechanism.models import MechanismModel
from equipoise.mechanism.rivals.rival_evidence import RivalEvidence
from equipoise.mechanism.rivals.stratum import typical_patient
from equipoise.mechanism.solving import Tolerances, simulate_patients
from equipoise.mechanism.solving.layouts import DEFAULT
from equipoise.synthesis.arrays import Array

NOTHING = Regimen("none", ())


@dataclass(frozen=True, eq=False)
class WindowArm:
    """Readouts that one simulation gives: one regimen, day and stratum.

    Attributes
    ----------
    treated, untreated : Schedule
    day : float
    patient : (p,) array
    readouts : tuple of str
        Each once.
    regimen, stratum : str
    tolerances : Tolerances
        Of the solver.
    """

    treated: Schedule
    untreated: Schedule
    day: float
    patient: Array
    readouts: tuple[str, ...]
    regimen: str
    stratum: str
    tolerances: Tolerances = DEFAULT

    def log_ratios(
        self, model: MechanismModel, names: Sequence[str], values: Array, workers: int = 1
    ) -> Array:
        """Return effects, shape (n, readouts), at `values` (n, k) of the parameters `names`.

        NaN where a simulation failed or a readout is not positive.
        """
        rows = np.tile(self.patient, (len(values), 1))
        rows[:, [model.index(name) for name in names]] = values
        logs = []
        for given in (self.treated, self.untreated):
            response = simulate_patients(
                *(model, given, rows),
                outputs=self.readouts,
                days=[self.day],
                workers=workers,
                tolerances=self.tolerances,
            )
            with np.errstate(invalid="ignore", divide="ignore"):
                found = np.log(response.values[:, 0, :])
            logs.append(np.where(np.isfinite(found), found, np.nan))
        effect: Array = logs[0] - logs[1]
        return effect


@dataclass(frozen=True, eq=False)
class WindowTrials:
    """The simulations behind rows of evidence, each made once.

    Attributes
    ----------
    model : MechanismModel
    rows : tuple of RivalEvidence, length k
    arms : tuple of WindowArm
    places : tuple of (int, int), length k
        Arm and readout of each row.
    """

    model: MechanismModel
    rows: tuple[RivalEvidence, ...]
    arms: tuple[WindowArm, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def readouts(self) -> tuple[str, ...]:
        """Readouts of all arms, each once."""
        return tuple(dict.fromkeys(name for arm in self.arms for name in arm.readouts))

    def log_ratios(self, names: Sequence[str], values: Array, workers: int = 1) -> Array:
        """Return the effect that each row should have seen, shape (n, k)."""
        return self.of_rows(
            [arm.log_ratios(self.model, names, values, workers) for arm in self.arms]
        )

    def of_rows(self, by_arm: Sequence[Array]) -> Array:
        """Return effects by row, shape (..., k), from those by arm, each (..., readouts)."""
        return np.stack([by_arm[arm][..., readout] for arm, readout in self.places], axis=-1)


def window_trials(
    model: MechanismModel,
    drugs: Mapping[str, Drug],
    regimens: Mapping[str, Regimen],
    rows: Sequence[RivalEvidence],
    patients: Array,
    also: Sequence[str] = (),
) -> WindowTrials:
    """Prepare the simulations of rows of evidence.

    Parameters
    ----------
    model : MechanismModel
    drugs, regimens : mappings by name
    rows : sequence of RivalEvidence
    patients : (m, p) array
        Virtual patients, of whom the typical one of each stratum is taken.
    also : sequence of str
        Readouts to predict beside those of the rows.
    """
    keys = [(row.regimen, day_of(row, regimens), row.stratum) for row in rows]
    order = list(dict.fromkeys(keys))
    readouts: dict[tuple[str, float, str], tuple[str, ...]] = {}
    for key in order:
        read = [row.readout for row, k in zip(rows, keys, strict=True) if k == key]
        readouts[key] = tuple(dict.fromkeys([*read, *also]))
    arms = tuple(
        WindowArm(
            schedule(regimens[regimen], drugs, model, day),
            schedule(NOTHING, drugs, model, day),
            day,
            typical_patient(model, patients, stratum),
            readouts[regimen, day, stratum],
            regimen,
            stratum,
        )
        for regimen, day, stratum in order
    )
    places = tuple(
        (order.index(key), readouts[key].index(row.readout))
        for row, key in zip(rows, keys, strict=True)
    )
    return WindowTrials(model, tuple(rows), arms, places)


def day_of(row: RivalEvidence, regimens: Mapping[str, Regimen]) -> float:
    """Return the day of a readout: as printed, else one interval after the last dose."""
    if row.days is not None:
        return row.days
    last = max(dose.days()[-1] + dose.every_days for dose in regimens[row.regimen].doses)
    return math.ceil(last - 1e-6)
