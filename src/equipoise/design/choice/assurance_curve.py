"""Assurance against the number of events: what more of them can buy, and what none can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.design.belief.assurances import assurance
from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.event_sizing import SizingRow

LEAST, MOST = 20, 5000
"""Ends of the curve: fewer events test hardly anything, more are beyond any trial of a level."""

STEPS = 33
"""Places between the ends, at equal ratios: twelve a tenfold, smooth to the eye."""


@dataclass(frozen=True)
class AssuranceCurve:
    """Assurance of a trial of everybody with the phenotype, 1:1, one analysis.

    Attributes
    ----------
    prior : str
    cap : float
        P(benefit): what no number of events can exceed by more than the error allowed.
    events : tuple of int
        Increasing; those that the sizing table names are among them.
    assurance : tuple of float
        Probability of a significant result (one-sided 2.5 %) at each.
    """

    prior: str
    cap: float
    events: tuple[int, ...]
    assurance: tuple[float, ...]

    def at(self, events: int) -> float:
        """Return the assurance at one of the numbers of events of the curve.

        Raises
        ------
        ValueError
            For a number of events that the curve does not hold.
        """
        return self.assurance[self.events.index(events)]


def assurance_curves(beliefs: Beliefs, sizing: Sequence[SizingRow]) -> tuple[AssuranceCurve, ...]:
    """Trace the assurance under each named prior; information is events / 4.

    Parameters
    ----------
    beliefs : Beliefs
        Of a log hazard ratio, below 0 for a benefit.
    sizing : sequence of SizingRow
        Their Schoenfeld events are put among those of the curve.

    Returns
    -------
    tuple of AssuranceCurve
    """
    steps = np.rint(np.geomspace(LEAST, MOST, STEPS)).astype(int).tolist()
    events = tuple(sorted({*steps, *(row.schoenfeld for row in sizing)}))
    out = []
    for prior, (posterior, effect) in beliefs.named.items():
        found = [assurance(posterior, effect, count / 4.0) for count in events]
        out.append(
            AssuranceCurve(prior, found[0].cap, events, tuple(one.probability for one in found))
        )
    return tuple(out)
