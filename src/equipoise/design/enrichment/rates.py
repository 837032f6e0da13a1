"""Patients with a yes-or-no endpoint in an adaptive enrichment trial."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from equipoise.design.closed.combination import normal_score
from equipoise.design.engines.binomial_tables import BinomialTables, binomial_tables
from equipoise.design.enrichment.exact_tests import exact_p_values
from equipoise.design.enrichment.populations import Nested, stage_patients
from equipoise.design.enrichment.stage_draw import StageDraw
from equipoise.errors import Problem
from equipoise.synthesis.arrays import Array, ArrayError, not_among
from equipoise.synthesis.compiled import kernel

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RateEndpoint:
    """Event rates by stratum and arm, and the patients that are recruited.

    Attributes
    ----------
    populations : Nested
        Strata and populations.
    patients : array of int, shape (K, m, m, 2)
        As `stage_patients`.
    rates : array, shape (m, 2)
        P(event) by stratum, under control and treatment.
    sign : float
        1 when the event is good, -1 when it is bad.
    log_odds : bool
        Estimates are log odds ratios rather than differences of rates.
    random_subset : bool
        Stratum sizes come as they come, rather than fixed by recruitment.
    exact : bool
        P-values are exact and conditional rather than from z.
    tables : tuple of BinomialTables, length K
        Cells in the order of `patients[k]`.
    """

    populations: Nested
    patients: Integers
    rates: Array
    sign: float
    log_odds: bool
    random_subset: bool
    exact: bool
    tables: tuple[BinomialTables, ...]

    @property
    def stages(self) -> int:
        """Stages planned."""
        return int(self.patients.shape[0])

    @property
    def truth(self) -> Array:
        """True effect by stratum, above 0 for benefit."""
        scale = np.log(self.rates / (1.0 - self.rates)) if self.log_odds else self.rates
        return np.asarray(self.sign * (scale[:, 1] - scale[:, 0]))

    def planned(self, stage: int) -> Array:
        """Patients of `stage` if population j is recruited alone: all go to it."""
        return np.asarray(self.patients[stage].sum(axis=(1, 2)), dtype=np.float64)

    def draw(self, rng: Generator, stage: int, breadth: Integers) -> StageDraw:
        """Draw a stage: patients of a stratum and arm are alike, their events one binomial."""
        n, m = breadth.size, self.populations.size
        counts = np.zeros((n, m, 2, 2), dtype=np.int64)
        if self.random_subset:
            self._as_they_come(rng, stage, breadth, counts)
        else:
            table = self.tables[stage]
            fixed = (table.cumulative, table.first, table.guide, self.patients[stage])
            draw_fixed(rng, breadth, *fixed, counts)
        numbers = np.zeros((6, n, m))
        score_kernel(counts, breadth, self.sign, self.log_odds, numbers)
        if self.exact:
            numbers[1] = normal_score(exact_p_values(counts, breadth, self.sign))
        return StageDraw(*numbers)

    def _as_they_come(
        self, rng: Generator, stage: int, breadth: Integers, counts: Integers
    ) -> None:
        """Multinomial strata, each split as evenly as blocks do, then binomial events."""
        totals = self.patients[stage].sum(axis=(1, 2))
        arms = self.patients[stage, -1].sum(axis=0)
        for b in range(self.populations.size):
            here = np.flatnonzero(breadth == b)
            sizes = rng.multinomial(totals[b], self.populations.weights[b], here.size)
            share = sizes * (arms[1] / arms.sum())
            treated = np.floor(share + rng.random(share.shape)).astype(np.int64)
            counts[here, :, 0, 0], counts[here, :, 1, 0] = sizes - treated, treated
        counts[..., 1] = rng.binomial(counts[..., 0], self.rates)


def rate_endpoint(
    populations: Nested,
    stage_totals: ArrayLike,
    rates: ArrayLike,
    *,
    allocation: float = 1.0,
    benefit: str = "higher",
    effect: str = "difference",
    subset_size: str = "fixed",
    test: str = "score",
) -> RateEndpoint:
    """Check rates and recruitment of an enrichment trial and tabulate its draws.

    The statistic of a population in a stage is stratified,
    `z = sum w_s (p1_s - p0_s) / sqrt(sum w_s p_s (1 - p_s))`, `w = n1 n0 / (n1 + n0)`, `p_s` the
    rate of both arms; 0 when no stratum has both outcomes. It tests the average difference by
    stratum size.

    Parameters
    ----------
    populations : Nested
        m strata.
    stage_totals : array_like, shape (K,)
        Patients of each stage.
    rates : array_like, shape (m, 2)
        P(event) by stratum, control and treatment.
    allocation : float
        Treated for each control.
    benefit : {"higher", "lower"}
        Whether the treatment should make the event more or less frequent.
    effect : {"difference", "log_odds_ratio"}
        Scale of the estimates. A log odds ratio with an empty cell gets half an event in all four
        cells of that stratum and stage, and no other does.
    subset_size : {"fixed", "random"}
        Whether recruitment fixes the stratum sizes.
    test : {"score", "exact"}
        Whether a stage's p-value is from z above or exact and conditional (`exact_p_values`).

    Raises
    ------
    ArrayError
        All that is wrong.
    """
    p = np.atleast_2d(np.asarray(rates, dtype=np.float64))
    problems = not_among("benefit", benefit, ("higher", "lower"))
    problems += not_among("effect", effect, ("difference", "log_odds_ratio"))
    problems += not_among("subset_size", subset_size, ("fixed", "random"))
    problems += not_among("test", test, ("score", "exact"))
    if p.shape != (populations.size, 2):
        shown, allowed = f"shape {p.shape}", f"shape ({populations.size}, 2)"
        problems.append(Problem("", "", "rates", shown, allowed, "A row a stratum."))
    open_ends = effect == "difference"
    if not np.all((p >= 0.0) & (p <= 1.0) if open_ends else (p > 0.0) & (p < 1.0)):
        allowed = "0 to 1" if open_ends else "above 0, below 1"
        problems.append(Problem("", "", "rates", str(p.tolist()), allowed, "Correct them."))
    if problems:
        raise ArrayError(problems)
    patients = stage_patients(populations, stage_totals, allocation)
    arms = np.broadcast_to(p, patients.shape[1:])
    tables = tuple(binomial_tables(stage.ravel(), arms.ravel()) for stage in patients)
    sign = 1.0 if benefit == "higher" else -1.0
    options = (effect == "log_odds_ratio", subset_size == "random", test == "exact")
    return RateEndpoint(populations, patients, p, sign, *options, tables)


@kernel
def draw_fixed(
    rng: Generator,
    breadth: Integers,
    cumulative: Array,
    first: Integers,
    guide: Integers,
    patients: Integers,
    counts: Integers,
) -> None:
    """Fill `counts` (n, m, 2, 2): patients and events by stratum and arm."""
    m = patients.shape[0]
    for i in range(breadth.size):
        b = breadth[i]
        for s in range(m - 1 - b, m):
            for arm in range(2):
                begin = first[(b * m + s) * 2 + arm]
                length = first[(b * m + s) * 2 + arm + 1] - begin
                u = rng.random()
                x = guide[begin + int(u * length)]
                while u >= cumulative[begin + x]:
                    x += 1
                counts[i, s, arm, 0] = patients[b, s, arm]
                counts[i, s, arm, 1] = x


@kernel
def score_kernel(
    counts: Integers, breadth: Integers, sign: float, log_odds: bool, out: Array
) -> None:
    """Fill patients, z, effect, weight, spread and information: `out` (6, n, m)."""
    m = counts.shape[1]
    for i in range(counts.shape[0]):
        top, bottom, total = 0.0, 0.0, 0.0
        for s in range(m - 1, m - 2 - breadth[i], -1):
            n0, n1 = float(counts[i, s, 0, 0]), float(counts[i, s, 1, 0])
            a, c = float(counts[i, s, 1, 1]), float(counts[i, s, 0, 1])
            n = n0 + n1
            if n0 > 0.0 and n1 > 0.0:
                w = n0 * n1 / n
                p0, p1, p = c / n0, a / n1, (a + c) / n
                top += w * (p1 - p0)
                bottom += w * p * (1.0 - p)
                out[3, i, s] = w
                if log_odds:
                    half = 0.5 if min(a, c, n1 - a, n0 - c) == 0.0 else 0.0
                    a, b, c, d = a + half, n1 - a + half, c + half, n0 - c + half
                    out[2, i, s] = sign * math.log(a * d / (b * c))
                    out[4, i, s] = w * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
                else:
                    out[2, i, s] = sign * (p1 - p0)
                    out[4, i, s] = w * (p1 * (1.0 - p1) / n1 + p0 * (1.0 - p0) / n0)
            total += n
            out[0, i, s] = n
            j = m - 1 - s
            out[1, i, j] = sign * top / math.sqrt(bottom) if bottom > 0.0 else 0.0
            out[5, i, j] = total
