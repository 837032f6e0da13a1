"""Whether a cohort was selected by a receptor: its share positive against unselected ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.special import bdtr, bdtrc

from equipoise.biomarkers.phenotyping.classifier_file import Receptor
from equipoise.errors import Problem

UNLIKELY = 0.001
"""P below which a share is not put down to chance: the question is asked of every cohort, and a
wrong refusal costs a set of reference medians."""


@dataclass(frozen=True)
class ReceptorCount:
    """How many samples of a cohort are positive, of those known."""

    positive: int
    known: int


def selection_p(count: ReceptorCount, lowest: float, highest: float) -> float:
    """Return twice the binomial tail of a share against a range of shares.

    For x positive of n: ``2 P(X >= x | n, highest)`` above the range, ``2 P(X <= x | n, lowest)``
    below it, at most 1; 1 within it or with none known.

    Examples
    --------
    >>> selection_p(ReceptorCount(60, 60), 0.10, 0.25) < 1e-30
    True
    """
    x, n = count.positive, count.known
    if not n or lowest <= x / n <= highest:
        return 1.0
    if x / n > highest:
        return min(1.0, 2.0 * float(bdtrc(x - 1, n, highest))) if x else 1.0
    return min(1.0, 2.0 * float(bdtr(x, n, lowest)))


def selection_problems(
    receptors: Sequence[Receptor], counts: Mapping[str, ReceptorCount]
) -> Iterator[Problem]:
    """Yield a problem for each receptor by which the cohort looks selected, or is not counted."""
    names = {receptor.name for receptor in receptors}
    for name in sorted(set(counts) - names):
        allowed = ", ".join(sorted(names))
        yield Problem("", "", "receptors", name, allowed, "Rename the receptor.")
    for receptor in receptors:
        count = counts.get(receptor.name)
        if count is None:
            continue
        shown = f"{receptor.name}: {count.positive} of {count.known} positive"
        if not 0 <= count.positive <= count.known:
            allowed = "0 to the number known"
            yield Problem("", "", "receptors", shown, allowed, "Correct the counts.")
            continue
        p = selection_p(count, receptor.lowest, receptor.highest)
        if p < UNLIKELY:
            allowed = (
                f"{receptor.lowest:.0%} to {receptor.highest:.0%} for centring on itself "
                f"(P = {p:.1g}); {receptor.source}"
            )
            action = "The cohort is selected: centre on an unselected reference."
            yield Problem("", "", "receptors", shown, allowed, action)
