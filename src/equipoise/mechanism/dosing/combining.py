"""Regimens given together."""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.errors import InputError, Problem
from equipoise.mechanism.dosing.regimen import Dose, Regimen
from equipoise.mechanism.dosing.table_cells import near_words


def combined(regimens: Mapping[str, Regimen], text: str) -> Regimen:
    """Return the regimens named in a text and joined by `+` as one.

    A name may itself hold a `+`: the longest name that fits is taken.

    Raises
    ------
    InputError
        Every name that is not known, with near matches, and every name that stands twice.

    Examples
    --------
    >>> one = Regimen("A+B", (Dose("a", 1.0, "mg"), Dose("b", 1.0, "mg")))
    >>> combined({"A+B": one, "C": Regimen("C", (Dose("c", 2.0, "mg"),))}, "A+B+C").drugs
    ('a', 'b', 'c')
    """
    problems: list[Problem] = []
    names: list[str] = []
    parts = [part.strip() for part in text.split("+")]
    while parts:
        size = _longest(regimens, parts)
        name = "+".join(parts[:size] or parts[:1])
        parts = parts[max(size, 1) :]
        if not size:
            action = near_words(name, regimens) or "Use one of these, or give a dosing table."
            problems.append(Problem("", "", "regimen", name, ", ".join(sorted(regimens)), action))
        elif name in names:
            problems.append(Problem("", "", "regimen", name, "each name once", "Remove one."))
        names.append(name)
    if problems:
        raise InputError(problems)
    doses: tuple[Dose, ...] = tuple(dose for name in names for dose in regimens[name].doses)
    return Regimen("+".join(names), doses)


def _longest(regimens: Mapping[str, Regimen], parts: list[str]) -> int:
    """Return how many of the first parts make the longest name, 0 if none does."""
    sizes = range(len(parts), 0, -1)
    return next((size for size in sizes if "+".join(parts[:size]) in regimens), 0)
