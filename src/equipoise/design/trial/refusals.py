"""Collecting what is wrong with a design, so that one error can name everything."""

from __future__ import annotations

from collections.abc import Callable

from equipoise.errors import Problem
from equipoise.synthesis.arrays import ArrayError


def problems_of(build: Callable[[], object]) -> list[Problem]:
    """Return what `build` refuses, instead of raising it."""
    try:
        build()
    except ArrayError as error:
        return list(error.problems)
    return []


def problem(field: str, value: object, allowed: str, action: str) -> Problem:
    """One problem of a design."""
    return Problem("", "", field, str(value), allowed, action)
