"""What a trial measures: a yes or no, a time to an event, or an early outcome for a late one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from equipoise.design.belief.surrogate import SurrogateLink
from equipoise.design.sequential.plan_input import bad_number
from equipoise.errors import Problem
from equipoise.synthesis.arrays import not_among

EFFECTS = ("difference", "log_odds_ratio")
ARRIVALS = ("random", "even")


@dataclass(frozen=True)
class BinaryEndpoint:
    """A yes-or-no endpoint such as a response.

    Attributes
    ----------
    name : str
        As shown.
    benefit : {"higher", "lower"}
        Whether the treatment should make it more or less frequent.
    effect : {"difference", "log_odds_ratio"}
        Scale of the test and of the estimates: the difference of rates with its pooled z, or the
        log odds ratio with its Wald z.
    accrual_per_month : float
        Patients entering a month, for the duration; NaN if it is not asked.
    read_out_months : float
        From the last patient to the outcome.
    """

    name: str = "response"
    benefit: str = "higher"
    effect: str = "difference"
    accrual_per_month: float = math.nan
    read_out_months: float = 0.0

    @property
    def sign(self) -> float:
        """1 when more is better, -1 when less is."""
        return 1.0 if self.benefit == "higher" else -1.0

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the endpoint."""
        rate, wait = self.accrual_per_month, self.read_out_months
        known = math.isnan(rate) or 0.0 < rate < math.inf
        return [
            *not_among("benefit", self.benefit, ("higher", "lower")),
            *not_among("effect", self.effect, EFFECTS),
            *bad_number("accrual_per_month", rate, known, "above 0, or left out"),
            *bad_number("read_out_months", wait, 0.0 <= wait < math.inf, "0 or more, finite"),
        ]


@dataclass(frozen=True)
class TimeToEvent:
    """A time to an event, analysed by a log-rank test when enough events have happened.

    Hazards, their pieces and the delay of the effect are truths and belong to the `Scenario`.

    Attributes
    ----------
    name : str
        As shown.
    accrual : tuple of float, length A + 1
        Calendar months between which accrual is uniform, from 0 to its end.
    accrual_rates : tuple of float, length A
        Relative rates between them.
    dropout : (float, float)
        Hazard of drop-out a month, control and treatment.
    arrivals : {"random", "even"}
        Entries drawn from the accrual, or at equal steps of it.
    choice_events : int or None
        Events of the first stage's patients at which populations are chosen; those of the first
        look when left out, 0 when the last of them enters. Whenever the choice is made, the
        patients of each stage are followed on to the events planned for them.
    longest_months : float
        How long after its first entry a stage's patients are analysed at the latest, in a trial
        with several hypotheses whose events may never come.
    """

    name: str = "event"
    accrual: tuple[float, ...] = (0.0, 24.0)
    accrual_rates: tuple[float, ...] = (1.0,)
    dropout: tuple[float, float] = (0.0, 0.0)
    arrivals: str = "random"
    choice_events: int | None = None
    longest_months: float = 240.0

    @property
    def sign(self) -> float:
        """-1: a lower hazard is better."""
        return -1.0

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the endpoint."""
        t, rates, lost = self.accrual, self.accrual_rates, self.dropout
        longest = self.longest_months
        early = self.choice_events is None or self.choice_events == int(self.choice_events) >= 0
        rising = len(t) > 1 and t[0] == 0.0 and math.isfinite(t[-1])
        rising = rising and all(a < b for a, b in pairwise(t))
        paired = len(rates) == len(t) - 1 and all(0.0 <= r < math.inf for r in rates)
        paired = paired and bool(rates) and rates[-1] > 0.0
        kept = len(lost) == 2 and all(0.0 <= h < math.inf for h in lost)
        rules = (
            ("accrual", t, rising, "finite, increasing from 0"),
            ("accrual_rates", rates, paired, "finite, 0 or more, one a period, the last above 0"),
            ("dropout", lost, kept, "finite, 0 or more, one an arm"),
            ("choice_events", self.choice_events, early, "a whole number, 0 or more"),
            ("longest_months", longest, 0.0 < longest < math.inf, "above 0, finite"),
        )
        found = [
            Problem("", "", name, str(shown), allowed, f"Correct {name}.")
            for name, shown, good, allowed in rules
            if not good
        ]
        return found + not_among("arrivals", self.arrivals, ARRIVALS)


@dataclass(frozen=True)
class EarlyThenLate:
    """A trial read on an early outcome while a late one is what matters.

    The trial is analysed on `early`. What it says of `late` goes through the link, which has a
    ceiling; no effect on the early outcome is ever turned into one on the late outcome.

    Attributes
    ----------
    early : BinaryEndpoint
        What the test is about.
    late : TimeToEvent
        What the patient asks about.
    link : SurrogateLink
        How wide the way between them is.
    """

    early: BinaryEndpoint
    late: TimeToEvent
    link: SurrogateLink

    def problems(self) -> list[Problem]:
        """Everything that is wrong with both outcomes."""
        return self.early.problems() + self.late.problems()


Endpoint = BinaryEndpoint | TimeToEvent | EarlyThenLate
