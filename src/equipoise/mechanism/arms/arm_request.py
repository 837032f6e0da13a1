"""What a user asks to be simulated, checked as a whole before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from equipoise.errors import InputError, Problem
from equipoise.mechanism.case_model import CaseModel
from equipoise.mechanism.dosing import Regimen, combined, read_regimens, schedule
from equipoise.mechanism.dosing.table_cells import near_words
from equipoise.mechanism.plan import MechanismPlan
from equipoise.mechanism.rivals import Rival

MOST_PATIENTS = 100_000
"""More would only sharpen what the assumed numbers blur."""
LONGEST_DAYS = 3660.0
"""As in the table of days of surgery: ten years."""


@dataclass(frozen=True)
class ArmRequest:
    """Words of a user.

    Attributes
    ----------
    regimen : str or None
        Name of a regimen, or several joined by +; None for the only one of `table`.
    table : Path or None
        A dosing table of the user's own, whose names join those of the case.
    days : float or None
        Day of surgery; of the case if not given.
    patients : int
    stratum_share : float or None
        Share of patients with the stratum; of the case if not given.
    rival : str or None
        Id of a rival; None for the one whose switches are those of the table of parameters.
    seed : int or None
        Of the patients; of the case if not given.
    workers : int
    archive : Path or None
        File for a COMBINE archive of the model and the regimen; none if not given.
    """

    regimen: str | None = None
    table: Path | None = None
    days: float | None = None
    patients: int = 1000
    stratum_share: float | None = None
    rival: str | None = None
    seed: int | None = None
    workers: int = 1
    archive: Path | None = None


@dataclass(frozen=True)
class AskedArms:
    """A request that can be carried out.

    Attributes
    ----------
    regimen : Regimen
    control : Regimen or None
        The same without the drug in question; None where the regimen does not have it.
    surgery : float
    patients : int
    stratum_share : float
    rival : Rival
    seed, workers : int
    """

    regimen: Regimen
    control: Regimen | None
    surgery: float
    patients: int
    stratum_share: float
    rival: Rival
    seed: int
    workers: int

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The arms: the control first, if there is one."""
        return (self.regimen,) if self.control is None else (self.control, self.regimen)


def asked_arms(case: CaseModel, plan: MechanismPlan, request: ArmRequest, seed: int) -> AskedArms:
    """Check a request against the case.

    Parameters
    ----------
    case : CaseModel
    plan : MechanismPlan
    request : ArmRequest
    seed : int
        Of the case.

    Raises
    ------
    InputError
        Everything that is wrong with the request and its dosing table.
    """
    problems = _number_problems(request)
    own = _table(case, request, problems)
    regimen = _regimen(case, request, own, problems)
    surgery = _surgery(case, request, regimen, problems)
    rival = _rival(case, request.rival, problems)
    if regimen is not None and surgery is not None:
        try:
            schedule(regimen, case.drugs, case.model, surgery)
        except InputError as error:
            problems += error.problems
    if problems or regimen is None or surgery is None or rival is None:
        raise InputError(problems)
    return AskedArms(
        regimen,
        without_drug(case, plan, regimen),
        surgery,
        request.patients,
        plan.stratum_share if request.stratum_share is None else request.stratum_share,
        rival,
        seed if request.seed is None else request.seed,
        request.workers,
    )


def without_drug(case: CaseModel, plan: MechanismPlan, regimen: Regimen) -> Regimen | None:
    """Return a regimen without the drug in question; None where it does not hold the drug."""
    drugs = set(case.regimens[plan.drug].drugs)
    doses = tuple(dose for dose in regimen.doses if dose.drug not in drugs)
    if len(doses) == len(regimen.doses):
        return None
    if not doses:
        return Regimen("nothing", ())
    name = regimen.name.removesuffix(f"+{plan.drug}")
    return Regimen(name if name != regimen.name else f"{regimen.name} without {plan.drug}", doses)


def _number_problems(request: ArmRequest) -> list[Problem]:
    days, share, seed = request.days, request.stratum_share, request.seed
    checks = [
        (
            *("--patients", request.patients, 1 <= request.patients <= MOST_PATIENTS),
            f"a whole number from 1 to {MOST_PATIENTS:,}",
        ),
        ("--workers", request.workers, request.workers >= 1, "1 or more"),
        ("--seed", seed, seed is None or seed >= 0, "0 or more"),
        ("--stratum-share", share, share is None or 0.0 <= share <= 1.0, "a share from 0 to 1"),
        (
            *("--days", days, days is None or 0.0 < days <= LONGEST_DAYS),
            f"above 0, at most {LONGEST_DAYS:g}",
        ),
    ]
    return [
        Problem("", "", field, f"{value}", allowed, "Correct the number.")
        for field, value, good, allowed in checks
        if not good or (isinstance(value, float) and math.isnan(value))
    ]


def _table(
    case: CaseModel, request: ArmRequest, problems: list[Problem]
) -> Mapping[str, Regimen] | None:
    """Read the user's dosing table: none given is an empty one, None one that cannot be read."""
    if request.table is None:
        return {}
    try:
        own = read_regimens(request.table, case.drugs)
    except InputError as error:
        problems += error.problems
        return None
    problems += [
        Problem(request.table.name, name, "regimen", name, "a name the case lacks", "Rename it.")
        for name in own
        if name in case.regimens
    ]
    return own


def _regimen(
    case: CaseModel,
    request: ArmRequest,
    own: Mapping[str, Regimen] | None,
    problems: list[Problem],
) -> Regimen | None:
    if own is None:
        return None
    name = (request.regimen or "").strip()
    if not name and len(own) == 1:
        name = next(iter(own))
    if not name:
        known = own or {name: case.regimens[name] for name in case.days}
        action = "Name one, or several joined by +."
        problems.append(Problem("", "", "--regimen", "", ", ".join(sorted(known)), action))
        return None
    try:
        return combined({**case.regimens, **own}, name)
    except InputError as error:
        problems += error.problems
        return None


def _surgery(
    case: CaseModel, request: ArmRequest, regimen: Regimen | None, problems: list[Problem]
) -> float | None:
    """Day of surgery as asked, or of the longest name in the regimen that has one."""
    if request.days is not None:
        return request.days if 0.0 < request.days <= LONGEST_DAYS else None
    if regimen is None:
        return None
    parts = regimen.name.split("+")
    runs = {"+".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    named = [name for name in case.days if name in runs]
    if named:
        return case.days[max(named, key=len)]
    action = "Say on which day surgery is: --days."
    problems.append(Problem("", "", "--days", "", f"a day of surgery for {regimen.name}", action))
    return None


def _rival(case: CaseModel, name: str | None, problems: list[Problem]) -> Rival | None:
    known = {rival.id: rival for rival in case.rivals}
    if name is not None:
        if name not in known:
            allowed = "; ".join(f"{rival.id}: {rival.label}" for rival in case.rivals)
            action = near_words(name, known) or "Use one of these."
            problems.append(Problem("", "", "--rival", name, allowed, action))
        return known.get(name)
    model = case.model
    for rival in case.rivals:
        values = [float(model.values[model.index(symbol)]) for symbol in rival.switches]
        if values == list(rival.switches.values()):
            return rival
    return case.rivals[0]
