"""A hundred patients like this one, as icons: counts that add up to 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.biomarkers.patient.absolute_benefit import Better

HUNDRED = 100
ROW = 10


@dataclass(frozen=True)
class IconArray:
    """Of 100 patients like this one.

    Attributes
    ----------
    kinds : tuple of str
        ``event with or without``, ``changed for the better`` or ``changed for the worse``, and
        ``no event with or without``, in the order drawn.
    counts : tuple of int
        Of each kind; their sum is 100.
    icons : str
        One letter an icon: ``x`` event either way, ``+`` better, ``-`` worse, ``.`` none.
    """

    kinds: tuple[str, ...]
    counts: tuple[int, ...]
    icons: str

    def rows(self) -> tuple[str, ...]:
        """Ten icons a line."""
        return tuple(" ".join(self.icons[start : start + ROW]) for start in range(0, HUNDRED, ROW))


def icon_array(risk: float, gain: float, better: Better) -> IconArray:
    """Draw a risk without the treatment and a benefit, both as shares.

    Rounded to whole patients by the largest remainders, so that they add up to 100. Events are
    responses where more are better.
    """
    other = risk - gain if better == "lower" else risk + gain
    both, either = min(risk, other), max(risk, other)
    counts = _whole([both, either - both, 1.0 - either])
    middle, letter = ("better", "+") if gain >= 0.0 else ("worse", "-")
    kinds = ("event with or without", f"changed for the {middle}", "no event with or without")
    icons = "".join(n * sign for n, sign in zip(counts, ("x", letter, "."), strict=True))
    return IconArray(kinds, counts, icons)


def _whole(shares: Sequence[float]) -> tuple[int, ...]:
    """Whole numbers that sum to 100 and are each within one of the share (Hamilton)."""
    exact = [HUNDRED * share for share in shares]
    floors = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: floors[i] - exact[i])
    for i in by_remainder[: HUNDRED - sum(floors)]:
        floors[i] += 1
    return tuple(floors)
