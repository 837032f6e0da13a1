"""Who has the marker, as the trial will call it, and the nested populations that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from equipoise.design.closed.markers import CalledMarker, called_marker, continuous_marker
from equipoise.design.enrichment.populations import Nested, nested
from equipoise.design.trial.refusals import problems_of
from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among

MARKER_KINDS = ("binary", "continuous")


@dataclass(frozen=True)
class Marker:
    """A marker that may tell who benefits, and the assay that reads it.

    Attributes
    ----------
    prevalence : float
        True share of positives, above 0 and below 1; left out for a continuous marker.
    sensitivity, specificity : float
        P(called positive | positive) and P(called negative | negative).
    kind : {"binary", "continuous"}
        A continuous marker is standard normal over patients and positive above `threshold`.
    threshold : float
        Of a continuous marker; its share of positives is `Phi(-threshold)`.
    name : str
        As shown.

    Examples
    --------
    >>> round(Marker(0.35, sensitivity=0.9, specificity=0.95).called().called_positive, 4)
    0.3475
    >>> round(Marker(kind="continuous", threshold=0.6745).positive_share, 3)
    0.25
    """

    prevalence: float = math.nan
    sensitivity: float = 1.0
    specificity: float = 1.0
    kind: str = "binary"
    threshold: float = math.nan
    name: str = "marker"

    @property
    def positive_share(self) -> float:
        """True share of positives."""
        return float(ndtr(-self.threshold)) if self.kind == "continuous" else self.prevalence

    def called(self) -> CalledMarker:
        """Return the marker as the assay reads it."""
        return called_marker(self.positive_share, self.sensitivity, self.specificity)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the marker."""
        found = not_among("kind", self.kind, MARKER_KINDS)
        if self.kind == "continuous" and not math.isnan(self.prevalence):
            allowed, action = "left out: the threshold gives it", "Leave prevalence out."
            found += [Problem("", "", "prevalence", repr(self.prevalence), allowed, action)]
        if self.kind == "continuous" and not math.isfinite(self.threshold):
            allowed, action = "a finite number", "Give the threshold on the standard normal scale."
            return [*found, Problem("", "", "threshold", repr(self.threshold), allowed, action)]
        return found + problems_of(self.called)


@dataclass(frozen=True)
class Populations:
    """Populations that hold one another, from the smallest to everybody.

    Attributes
    ----------
    names : tuple of str, length m
        As shown.
    shares : tuple of float, length m
        Share of all patients in each, as the trial calls them; rising, the last 1.

    Examples
    --------
    >>> Populations(("high", "medium or high", "all"), (0.2, 0.5, 1.0)).strata()
    (0.5, 0.3, 0.2)
    """

    names: tuple[str, ...] = ("all",)
    shares: tuple[float, ...] = (1.0,)

    @property
    def size(self) -> int:
        """How many populations, and strata."""
        return len(self.names)

    def strata(self) -> tuple[float, ...]:
        """Share of each stratum, from the most negative to the smallest population."""
        steps = np.diff(np.asarray(self.shares, dtype=np.float64), prepend=0.0)[::-1]
        return tuple(float(share) for share in np.round(steps, 15))

    def nested(self) -> Nested:
        """Return the populations as weights of strata."""
        return nested(continuous_marker(self.shares).strata())

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the populations."""
        found = []
        if len(self.names) != len(self.shares) or len(set(self.names)) != len(self.names):
            shown = f"{len(self.names)} names, {len(self.shares)} shares"
            allowed, action = "one share a name, each name once", "Name every population once."
            found.append(Problem("", "", "populations", shown, allowed, action))
        return found + problems_of(self.nested)


def populations_of(marker: Marker | None) -> Populations:
    """Return the two populations a marker makes, or everybody without one."""
    if marker is None:
        return Populations()
    share = marker.called().called_positive
    return Populations((f"{marker.name} positive", "all"), (share, 1.0))
