"""What each named prior believes of a phenotype, and of the phenotype divided by a marker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from equipoise.design.belief.mixture_integral import Belief
from equipoise.design.belief.sample_information import belief_in
from equipoise.design.belief.strata_belief import StrataBelief, undivided
from equipoise.synthesis.posteriors.mixture import Posterior


@dataclass(frozen=True)
class Beliefs:
    """What each named prior believes: of the phenotype, and of it divided by each marker."""

    named: Mapping[str, tuple[Posterior, str]]
    """Prior to its posterior and the name of the effect there."""
    divided: Mapping[str, Mapping[str, StrataBelief]]
    """Prior, then marker axis, to the belief in its strata."""
    headline: str = "reference"

    def of(self, prior: str, marker: str) -> StrataBelief:
        """Belief under a prior, divided by a marker or, without one, not divided."""
        if marker:
            return self.divided[prior][marker]
        return undivided(self.effect(prior))

    def effect(self, prior: str) -> Belief:
        """Effect in the phenotype as a whole."""
        return belief_in(*self.named[prior])
