"""The bench on which all proposals of a case are valued: one belief, one decision, common draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from equipoise.design.belief.mixture_integral import Belief, expectation
from equipoise.design.belief.population_value import Population, StudyValue, study_value
from equipoise.design.belief.strata_value import StrataValue, strata_values
from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.belief.utility import Utility
from equipoise.design.choice.adaptive_power import adaptive_power
from equipoise.design.choice.beliefs import Beliefs
from equipoise.design.choice.candidate import DesignPlan
from equipoise.design.choice.study_evaluation import (
    Conclusion,
    PriorValue,
    StudyEvaluation,
    Tried,
)
from equipoise.design.choice.study_proposals import Proposal
from equipoise.synthesis.arrays import Array

ALPHA = 0.025
"""One-sided level of every study."""


@dataclass(frozen=True)
class Crew:
    """Who computes: workers of a scheduler, see `engines.run_chunks`. No number depends on it."""

    workers: int = 1
    scheduler: str = "threads"


ALONE = Crew()

PowerOf = Callable[[Array], Array]
"""From benefits (n,) on the analysis scale to the probability of a significant result."""


@dataclass(frozen=True)
class Bench:
    """What all proposals of a case are valued with."""

    beliefs: Beliefs
    utility: Utility
    population: Population
    plan: DesignPlan
    seed: int
    draws: int
    crew: Crew

    def evaluate(self, items: Sequence[Proposal]) -> list[StudyEvaluation]:
        """Value all proposals and keep the best of each candidate."""
        values = self._values(items, self.beliefs.headline)
        best: dict[str, list[int]] = {}
        for i, item in enumerate(items):
            best.setdefault(item.candidate.id, []).append(i)
        out, tops = [], []
        for places in best.values():
            worths = [self._worth(items[i], values[i][items[i].headline]) for i in places]
            order = sorted(
                range(len(places)), key=lambda j: -self._preference(items[places[j]], worths[j])
            )
            top = places[order[0]]
            others = tuple(_tried(items[places[j]], worths[j]) for j in order[1:])
            tops.append(items[top])
            out.append(self._evaluation(items[top], values[top], others))
        return self._with_priors(out, tops)

    def _preference(self, item: Proposal, worth: StudyValue) -> float:
        """Net benefit; what is beyond the budget comes after whatever is within it."""
        return worth.enbs - (0.0 if self._affordable(item) else 1e15)

    def _affordable(self, item: Proposal) -> bool:
        return self.plan.budget is None or item.cost <= self.plan.budget.value

    def _values(self, items: Sequence[Proposal], prior: str) -> list[list[StrataValue]]:
        """Value a patient of every study of every proposal, on the same draws for each marker."""
        found: dict[int, list[StrataValue]] = {}
        for marker in dict.fromkeys(_axis(item) for item in items):
            mine = {id(item.studies): item.studies for item in items if _axis(item) == marker}
            belief = self.beliefs.of(prior, marker)
            studies = [study for group in mine.values() for study in group]
            values = iter(
                strata_values(
                    belief,
                    self.utility,
                    studies,
                    self.seed,
                    draws=self.draws,
                    workers=self.crew.workers,
                    scheduler=self.crew.scheduler,
                )
            )
            for key, group in mine.items():
                found[key] = [next(values) for _ in group]
        return [found[id(item.studies)] for item in items]

    def _worth(self, item: Proposal, value: StrataValue) -> StudyValue:
        years = item.months / 12.0 if math.isfinite(item.months) else self.population.horizon_years
        return study_value(max(0.0, value.evsi), self.population, years, item.cost)

    def _evaluation(
        self,
        item: Proposal,
        values: Sequence[StrataValue],
        others: tuple[Tried, ...],
    ) -> StudyEvaluation:
        value = values[item.headline]
        worth = self._worth(item, value)
        sweep = self.plan.link.r_squared if self.plan.link and len(values) > 1 else ()
        swept = (
            tuple(
                (r, self._worth(item, one).evsi)
                for r, one in zip(sweep, values, strict=bool(sweep))
            )
            if sweep
            else ()
        )
        belief = self._tested(item, self.beliefs.headline)
        tests = _tests(item)
        tau = self.plan.between_trial_sd.value
        power = self._power(item)
        return StudyEvaluation(
            study=item.summary(),
            value=value,
            worth=worth,
            mcse=value.mcse * worth.patients,
            swept=swept,
            priors=(),
            assurance=averaged(power, belief) if tests else math.nan,
            predictive=averaged(power, belief, tau) if tests else math.nan,
            conclusions=tuple(
                Conclusion(truth, float(power(np.array([-math.log(truth)]))[0]))
                for truth in self.plan.truths
            )
            if tests
            else (),
            within_budget=self._affordable(item),
            others=others,
        )

    def _tested(self, item: Proposal, prior: str) -> Belief:
        """Effect that the study's own test is about: an enriched one sees one stratum only."""
        if item.marker is not None and item.candidate.enrolment == "enriched":
            return self.beliefs.of(prior, item.marker.key).marginal(0)
        return self.beliefs.effect(prior)

    def _power(self, item: Proposal) -> PowerOf:
        """Probability of a significant result as a function of the benefit (n,), `-log HR`."""
        link = self.plan.link
        if item.candidate.enrolment == "adaptive" and item.marker is not None and not item.early:
            return adaptive_power(item.size, item.marker.prevalence.value, self.seed)
        if item.early and link is not None:
            middle = link.r_squared[len(link.r_squared) // 2]
            wide = SurrogateLink(middle, link.sd_early.value, link.sd_late.value)
            left = (1.0 - middle) * link.sd_early.value**2
            return Power(item.read_information, abs(wide.slope), left, None)
        return Power(item.read_information, 1.0, 0.0, item)

    def _cap(self, item: Proposal, belief: Belief) -> float:
        """Assurance of an endless study: P(benefit) on the outcome it reads.

        An early outcome may be better although the late one is not, so that its cap is another.
        """
        power = self._power(item)
        if not isinstance(power, Power) or power.left == 0.0:
            return expectation(belief, lambda x: np.asarray(x < 0.0, dtype=float), (0.0,))
        spread = math.sqrt(power.left)
        return expectation(belief, lambda x: np.asarray(ndtr(-power.slope * x / spread)))

    def _with_priors(
        self, found: Sequence[StudyEvaluation], items: Sequence[Proposal]
    ) -> list[StudyEvaluation]:
        columns: list[list[PriorValue]] = [[] for _ in items]
        for prior in self.beliefs.named:
            values = self._values(items, prior)
            for i, item in enumerate(items):
                worth = self._worth(item, values[i][item.headline])
                belief = self._tested(item, prior)
                power = self._power(item)
                cap = self._cap(item, belief)
                assured = averaged(power, belief) if _tests(item) else math.nan
                columns[i].append(PriorValue(prior, worth.evsi, worth.enbs, assured, cap))
        return [replace(one, priors=tuple(p)) for one, p in zip(found, columns, strict=True)]


def _tried(item: Proposal, worth: StudyValue) -> Tried:
    cut = item.marker.cut if item.marker else ""
    return Tried(item.size, item.looks, cut, item.patients, worth.enbs)


def _axis(item: Proposal) -> str:
    return item.marker.key if item.marker else ""


def _tests(item: Proposal) -> bool:
    """Whether the study ends with a test of the effect."""
    return item.candidate.kind != "nothing" and item.read_information > 0.0


@dataclass(frozen=True)
class Power:
    """Probability of a significant result, called with benefits (n,) on the analysis scale.

    A study of the early outcome sees `slope` times the benefit, with the variance `left` of the
    link beside its own; a sequential study has the power of its bounds.
    """

    information: float
    slope: float
    left: float
    item: Proposal | None

    def __call__(self, benefit: Array) -> Array:
        """Return the powers (n,)."""
        if self.item is not None and self.item.plan is not None:
            return self.item.plan.power(benefit * math.sqrt(self.information))
        se = 1.0 / math.sqrt(self.information)
        spread = math.sqrt(se * se + self.left)
        return np.asarray(ndtr((self.slope * benefit + float(ndtri(ALPHA)) * se) / spread))


def averaged(power: PowerOf, belief: Belief, between_trial_sd: float = 0.0) -> float:
    """Assurance: a power, of the benefit, averaged over what is believed of the effect."""
    wider = Belief(belief.weights, belief.means, np.hypot(belief.sds, between_trial_sd))
    return expectation(wider, lambda theta: power(-theta))
