"""P values of a two-by-two table, by every test a trial report is likely to have used.

A table is ``a`` events of ``n1`` under treatment against ``c`` of ``n2`` under control. With
``b = n1 - a``, ``d = n2 - c``, ``m = a + c`` and ``N = n1 + n2``:

- Fisher, two-sided: the sum of the hypergeometric probabilities of all tables with the same
  margins that are no more probable than the one seen (Fisher 1935, doi:10.2307/2342435).
- mid-P: the same less half the probability of the table seen (Lancaster 1961,
  doi:10.1080/01621459.1961.10482105).
- chi-square: ``N (ad - bc)^2 / (n1 n2 m (N - m))`` on one degree of freedom, and with Yates'
  correction, which takes ``N / 2`` from ``|ad - bc|`` (doi:10.2307/2983604). The z test of a
  risk difference with pooled variance is the uncorrected chi-square.
- Wald: ``log(OR) / sqrt(1/a + 1/b + 1/c + 1/d)``, and the risk difference over its unpooled
  standard error ``sqrt(a b / n1^3 + c d / n2^3)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

_TIE = 1 + 1e-7
"""Relative slack for equal probabilities, as in R's ``fisher.test``."""


@dataclass(frozen=True)
class Table:
    """Events and patients of two arms, ``events <= n``."""

    events_treatment: int
    n_treatment: int
    events_control: int
    n_control: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The four cells ``a, b, c, d``: events and non-events by arm."""
        a, c = self.events_treatment, self.events_control
        return a, self.n_treatment - a, c, self.n_control - c

    def __str__(self) -> str:
        return (
            f"{self.events_treatment}/{self.n_treatment} v {self.events_control}/{self.n_control}"
        )


def two_sided(z: float) -> float:
    """Two-sided normal P of a z value."""
    return float(2 * ndtr(-abs(z)))


def hypergeometric(table: Table) -> tuple[NDArray[np.float64], int]:
    """Probabilities ``(s,)`` of every table with these margins, and the position of this one."""
    a, _, c, _ = table.cells
    n1, n2, m = table.n_treatment, table.n_control, a + c
    x = np.arange(max(0, m - n2), min(m, n1) + 1, dtype=np.float64)

    def log_choose(n: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)

    logp = log_choose(n1, x) + log_choose(n2, m - x) - log_choose(n1 + n2, np.array([float(m)]))
    return np.exp(logp), a - int(x[0])


def fisher(table: Table) -> float:
    """Fisher's exact test, two-sided."""
    p, seen = hypergeometric(table)
    return min(1.0, float(p[p <= p[seen] * _TIE].sum()))


def mid_p(table: Table) -> float:
    """Fisher's exact test less half the probability of the table seen."""
    p, seen = hypergeometric(table)
    return fisher(table) - 0.5 * float(p[seen])


def fisher_one_sided(table: Table) -> float:
    """Fisher's exact test in the direction of the difference seen."""
    p, seen = hypergeometric(table)
    return min(1.0, float(min(p[: seen + 1].sum(), p[seen:].sum())))


def chi_square(table: Table, *, yates: bool = False) -> float:
    """Chi-square test on one degree of freedom; 1 when a margin is empty."""
    a, b, c, d = table.cells
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if margins == 0:
        return 1.0
    total = a + b + c + d
    gap = abs(a * d - b * c)
    gap_used = max(0.0, gap - total / 2) if yates else float(gap)
    return two_sided(math.sqrt(total / margins) * gap_used)


def wald_log_odds_ratio(table: Table) -> float | None:
    """Wald test of the log odds ratio; None with an empty cell."""
    a, b, c, d = table.cells
    if 0 in (a, b, c, d):
        return None
    return two_sided(math.log(a * d / (b * c)) / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))


def wald_risk_difference(table: Table) -> float | None:
    """Wald test of the risk difference, unpooled variance; None when that variance is zero."""
    a, b, c, d = table.cells
    n1, n2 = table.n_treatment, table.n_control
    variance = a * b / n1**3 + c * d / n2**3
    return two_sided((a / n1 - c / n2) / math.sqrt(variance)) if variance > 0 else None


def two_sided_tests(table: Table) -> dict[str, float]:
    """Every two-sided P a report is likely to print, by the name of the test."""
    found = {
        "Fisher": fisher(table),
        "mid-P": mid_p(table),
        "chi-square": chi_square(table),
        "chi-square with Yates": chi_square(table, yates=True),
        "Wald, log odds ratio": wald_log_odds_ratio(table),
        "Wald, risk difference": wald_risk_difference(table),
    }
    return {name: p for name, p in found.items() if p is not None}


def one_sided_tests(table: Table) -> dict[str, float]:
    """One-sided versions of the same tests, in the direction seen."""
    halves = {name: p / 2 for name, p in two_sided_tests(table).items() if "Fisher" not in name}
    halves.pop("mid-P")
    return {"Fisher": fisher_one_sided(table), **halves}
