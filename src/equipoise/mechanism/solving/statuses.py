"""How the solution of one patient ended."""

from __future__ import annotations

OK, NOT_FINITE, NO_STEP, TOO_MANY = 0, 1, 2, 3

REASONS = {
    NOT_FINITE: "a value is not finite",
    NO_STEP: "no step is small enough",
    TOO_MANY: "too many steps",
}
"""What is said of a patient whose solution failed."""
