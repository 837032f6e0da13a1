"""Recruitment, hazards and events of a patient-level survival trial with enrichment."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.design.enrichment.populations import Nested, stage_patients
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class SurvivalSetting:
    """What is drawn; made and checked by `survival_setting`.

    Attributes
    ----------
    populations : Nested
        Strata as called by the assay.
    size : array of int, shape (2, m)
        Patients of each cohort when population b is recruited.
    rate : array, shape (m,)
        Patients a month when population b is recruited.
    quota : array, shape (2, m, m)
        Numbers (`fixed`) or shares of the strata.
    fixed : bool
        Whether recruitment fixes the stratum sizes.
    treated_share : float
        Share of patients who are treated.
    true_given_called : array, shape (m, m)
        Row s: chances that a patient called s is truly of each stratum.
    cuts : array, shape (c,)
        Months at which the hazards change.
    hazards : array, shape (m, 2, c + 1)
        Events a month by true stratum, arm and interval.
    dropout : float
        Drop-outs a month.
    events : array of int, shape (2, m, m)
        Events `[k, b, j]` at which population j of cohort k is analysed when b is recruited.
    interim_events : int
        Events of the first cohort at the interim look, which waits for its last entry.
    longest : float
        Months after its begin at which a cohort is analysed at the latest.
    """

    populations: Nested
    size: Integers
    rate: Array
    quota: Array
    fixed: bool
    treated_share: float
    true_given_called: Array
    cuts: Array
    hazards: Array
    dropout: float
    events: Integers
    interim_events: int
    longest: float

    @property
    def truth(self) -> Array:
        """`-log HR` by called stratum; NaN where no one hazard ratio holds all the time."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = -np.log(self.hazards[:, 1] / self.hazards[:, 0])
        constant = np.ptp(ratio, axis=1) <= 1e-12
        own = np.where(constant, ratio[:, 0], math.nan)
        alike = (self.true_given_called == np.eye(own.size)).all(axis=1) | np.all(own == 0.0)
        return np.where(alike, own, math.nan)


def survival_setting(
    populations: Nested,
    patients: tuple[int, int],
    events: ArrayLike,
    hazards: ArrayLike,
    *,
    accrual: float,
    interim_events: int,
    longest: float,
    cuts: ArrayLike = (),
    dropout: float = 0.0,
    allocation: float = 1.0,
    subset_size: str = "fixed",
    true_given_called: ArrayLike | None = None,
    screening_limits: bool = True,
) -> SurvivalSetting:
    """Check a survival setting.

    Parameters
    ----------
    populations : Nested
        m strata as called.
    patients : pair of int
        Recruited before and after the interim look, whichever population goes on.
    events : array_like, shape (2, m)
        Events at which each population of each cohort is analysed when everybody is recruited;
        fixed before the trial. When a smaller population is recruited alone, its second cohort is
        analysed at the events of the whole.
    hazards : array_like, shape (m, 2) or (m, 2, c + 1)
        Events a month by true stratum and arm, and by interval between `cuts`.
    accrual : float
        Patients of the whole population a month.
    interim_events : int
        Events of the first cohort at the look; 0 looks when its last patient enters.
    longest : float
        Latest analysis of a cohort, months after its recruitment began.
    cuts : array_like, shape (c,)
        Months at which hazards change; a delayed effect has equal hazards before its cut.
    dropout : float
        Drop-outs a month.
    allocation : float
        Treated for each control.
    subset_size : {"fixed", "random"}
        Whether recruitment fixes the stratum sizes.
    true_given_called : array_like, shape (m, m), optional
        See `SurvivalSetting`; with `CalledMarker` t: `[[1 - t0, t0], [1 - t1, t1]]`.
    screening_limits : bool
        Whether a smaller population is recruited only as fast as it turns up.

    Raises
    ------
    ArrayError
        All that is wrong.
    """
    m = populations.size
    change = np.atleast_1d(np.asarray(cuts, dtype=np.float64))
    hazard = np.asarray(hazards, dtype=np.float64)
    hazard = hazard[..., None] if hazard.ndim == 2 else hazard
    wanted = np.asarray(events, dtype=np.float64)
    confusion = np.eye(m) if true_given_called is None else np.asarray(true_given_called, float)
    numbers = (accrual, dropout, allocation, longest, interim_events)
    problems = _problems(m, change, hazard, wanted, confusion, numbers, subset_size)
    if problems:
        raise ArrayError(problems)
    table = stage_patients(populations, patients, allocation).sum(axis=3)
    fixed = subset_size == "fixed"
    quota = table.astype(np.float64) if fixed else np.stack([populations.weights] * 2)
    share = np.cumsum(populations.shares[::-1])
    rate = accrual * (share if screening_limits else np.ones(m))
    alone = np.stack([np.broadcast_to(row, (m, m)) for row in wanted]).astype(np.int64)
    for b in range(m - 1):
        alone[1, b, b] = wanted[1, -1]
    treated = allocation / (1.0 + allocation)
    size = np.stack([np.full(m, n) for n in patients]).astype(np.int64)
    return SurvivalSetting(
        *(populations, size, rate, quota, fixed, treated, confusion, change, hazard, dropout),
        *(alone, int(interim_events), float(longest)),
    )


def _problems(
    m: int,
    cuts: Array,
    hazards: Array,
    events: NDArray[np.float64],
    confusion: Array,
    numbers: tuple[float, float, float, float, float],
    subset_size: str,
) -> list[Problem]:
    accrual, dropout, allocation, longest, look = numbers
    shape = (m, 2, cuts.size + 1)
    good = hazards.shape == shape and bool(np.all((hazards > 0.0) & np.isfinite(hazards)))
    whole = events.shape == (2, m) and bool(np.all(events >= 1))
    rows = confusion.shape == (m, m) and bool(np.all(confusion >= 0.0))
    rows = rows and bool(np.all(np.abs(confusion.sum(axis=1) - 1.0) < 1e-9))
    rising = bool(np.all(np.diff(cuts, prepend=0.0) > 0.0))
    checks = (
        ("hazards", good, str(hazards.tolist()), f"shape {shape}, above 0"),
        ("events", whole, str(events.tolist()), f"shape (2, {m}), 1 or more"),
        ("true_given_called", rows, str(confusion.tolist()), f"shape ({m}, {m}), rows sum to 1"),
        ("cuts", rising, str(cuts.tolist()), "rising, above 0"),
        ("accrual", 0.0 < accrual < math.inf, repr(accrual), "finite, above 0"),
        ("dropout", 0.0 <= dropout < math.inf, repr(dropout), "finite, 0 or above"),
        ("allocation", 0.0 < allocation < math.inf, repr(allocation), "finite, above 0"),
        ("longest", 0.0 < longest < math.inf, repr(longest), "finite, above 0"),
        ("interim_events", look >= 0, repr(look), "0 or more"),
        ("subset_size", subset_size in {"fixed", "random"}, subset_size, "fixed, random"),
    )
    return [
        Problem("", "", name, value, allowed, "Correct it.")
        for name, fine, value, allowed in checks
        if not fine
    ]
