"""A regimen: the rows of its dosing table."""

from __future__ import annotations

from dataclasses import dataclass

HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Dose:
    """One row of a dosing table: a drug, how much of it, and when.

    Attributes
    ----------
    drug : str
    amount : float
        In `unit`, for each dose.
    unit : str
        One of `dose_units.DOSE_UNITS`.
    form : str
        ``salt``, ``base`` or empty: what the amount is a mass of.
    route : str
        ``oral`` or ``iv``.
    infusion_hours : float
        0 for a dose given at once.
    start_day, every_days : float
        Dose i, from 0, is given on day `start_day + i every_days`.
    doses : int
    adherence : str
        Parameter holding the day from which a patient takes no more; empty if all are taken.
    source_url, quote : str
    """

    drug: str
    amount: float
    unit: str
    form: str = ""
    route: str = "iv"
    infusion_hours: float = 0.0
    start_day: float = 0.0
    every_days: float = 0.0
    doses: int = 1
    adherence: str = ""
    source_url: str = ""
    quote: str = ""

    def days(self) -> list[float]:
        """Return the days on which it is given, each worked out from the first."""
        return [self.start_day + i * self.every_days for i in range(self.doses)]


@dataclass(frozen=True)
class Regimen:
    """A name and the doses that go by it."""

    name: str
    doses: tuple[Dose, ...]

    @property
    def drugs(self) -> tuple[str, ...]:
        """Each drug once, in the order of the table."""
        return tuple(dict.fromkeys(dose.drug for dose in self.doses))
