"""How often does the 95 % interval hold the true mean? A seeded study of `batch.pool`.

Usage: python validation/coverage/interval_coverage.py [--replicates 100000] [--seed 20261124]

Trials are drawn from the model pooled, `yi ~ N(0.3, vi + tau2)`, with variances that are equal or
spread over a factor of 20 (each replicate draws its own), and from two-by-two tables with rare
events, where the log odds ratio takes a half in every cell of a table with an empty one and tables
without an event in either arm, or with nothing but events, stay out. Replicates are drawn in
chunks with a generator of their own, so that the numbers do not depend on how many are drawn at
once. MCSE is sqrt(p (1 - p) / n).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from equipoise.synthesis import batch
from equipoise.synthesis.effect_sizes import log_odds_ratio

CHUNK = 20_000
MEAN = 0.3
SIZES = (2, 3, 5, 10, 20, 40)
TAU2 = (0.0, 0.05, 0.2)
INTERVALS = ("wald", "hksj", "hksj-adhoc")
Draw = Callable[[np.random.Generator, int, int, float], tuple[np.ndarray, np.ndarray]]


def equal(rng: np.random.Generator, n: int, k: int, tau2: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw sets whose variances are all 0.1."""
    v = np.full((n, k), 0.1)
    return rng.normal(MEAN, np.sqrt(v + tau2)), v


def unequal(rng: np.random.Generator, n: int, k: int, tau2: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw sets whose variances are log-uniform between 0.02 and 0.4."""
    v = 0.02 * 20.0 ** rng.random((n, k))
    return rng.normal(MEAN, np.sqrt(v + tau2)), v


def rare(rng: np.random.Generator, n: int, k: int, tau2: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw log odds ratios of trials of 200 to 2,000 patients with 1 % of events in controls."""
    arm = rng.integers(100, 1001, (n, k))
    odds = 0.01 / 0.99 * np.exp(rng.normal(MEAN, np.sqrt(tau2), (n, k)))
    a, c = rng.binomial(arm, odds / (1.0 + odds)), rng.binomial(arm, 0.01)
    out = (a + c == 0) | (a + c == 2 * arm)
    tables = np.where(out, 1, a), np.where(out, 2, arm), np.where(out, 1, c), np.where(out, 2, arm)
    found = log_odds_ratio(*(column.ravel() for column in tables), zero_cells="half")
    y, v = found.yi.reshape(n, k), found.vi.reshape(n, k)
    y[out] = v[out] = np.nan
    return y, v


def coverage(draw: Draw, k: int, tau2: float, replicates: int, seed: int) -> dict[str, float]:
    """Share of intervals that hold the true mean, by interval; undefined ones do not count."""
    held, counted = dict.fromkeys(INTERVALS, 0), dict.fromkeys(INTERVALS, 0)
    for chunk in range(-(-replicates // CHUNK)):
        n = min(CHUNK, replicates - chunk * CHUNK)
        rng = np.random.default_rng([seed, chunk, k, round(tau2 * 1000)])
        y, v = draw(rng, n, k, tau2)
        for ci in INTERVALS:
            found = batch.pool(y, v, "REML", ci=ci)
            held[ci] += int(((found.ci_low <= MEAN) & (found.ci_high >= MEAN)).sum())
            counted[ci] += int(np.isfinite(found.ci_low).sum())
    return {ci: held[ci] / counted[ci] for ci in INTERVALS}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261124)
    options = parser.parse_args()
    print("| trials | k | tau2 | " + " | ".join(INTERVALS) + " |")
    print("| --- " * (3 + len(INTERVALS)) + "|")
    for draw in (equal, unequal, rare):
        for k in SIZES:
            for tau2 in TAU2:
                found = coverage(draw, k, tau2, options.replicates, options.seed)
                cells = " | ".join(f"{found[ci]:.4f}" for ci in INTERVALS)
                print(f"| {draw.__name__} | {k} | {tau2:g} | {cells} |", flush=True)
    print(f"\n{options.replicates} replicates, seed {options.seed}; "
          f"MCSE at 0.95: {(0.95 * 0.05 / options.replicates) ** 0.5:.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
