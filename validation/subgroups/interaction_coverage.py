"""How often does the 95 % interval of a pooled interaction hold the true one? A seeded study.

Usage: python validation/subgroups/interaction_coverage.py [--replicates 100000] [--seed 20261128]

Each of k trials has a true effect in the negative stratum, drawn N(-0.1, 0.2^2), and an
interaction drawn N(-0.3, tau_d^2); both strata are seen with normal errors. `interaction` pools
the within-trial differences, which is `batch.pool` of `d = y_positive - y_negative` with variances
`v_positive + v_negative`: here for all replicates at once, and `agrees` holds the two against each
other. MCSE is sqrt(p (1 - p) / n).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from equipoise.synthesis import batch, interaction

CHUNK = 20_000
MEAN, SPREAD, DIFFERENCE = -0.1, 0.2, -0.3
SIZES = (2, 3, 5, 10, 20)
TAU_D = (0.0, 0.1, 0.3)
INTERVALS = ("wald", "hksj", "hksj-adhoc")
Variances = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]]


def equal(rng: np.random.Generator, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Variances (n, k) of trials of one size, a seventh of the events in the positive stratum."""
    total = np.full((n, k), 200.0)
    return 4.0 / (total / 7.0), 4.0 / (total * 6.0 / 7.0)


def unequal(rng: np.random.Generator, n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Variances of trials of 40 to 800 events, with 10 to 40 % of them in the positive stratum."""
    total, share = 40.0 * 20.0 ** rng.random((n, k)), rng.uniform(0.1, 0.4, (n, k))
    return 4.0 / (total * share), 4.0 / (total * (1.0 - share))


def draw(
    rng: np.random.Generator, variances: Variances, n: int, k: int, tau_d: float
) -> tuple[np.ndarray, ...]:
    """Estimates and variances (n, k) in the positive and the negative stratum."""
    v1, v0 = variances(rng, n, k)
    base, d = rng.normal(MEAN, SPREAD, (n, k)), rng.normal(DIFFERENCE, tau_d, (n, k))
    return rng.normal(base + d, np.sqrt(v1)), v1, rng.normal(base, np.sqrt(v0)), v0


def coverage(
    variances: Variances, k: int, tau_d: float, replicates: int, seed: int
) -> dict[str, float]:
    """Share of intervals that hold the true interaction, by interval."""
    held = dict.fromkeys(INTERVALS, 0)
    for chunk in range(-(-replicates // CHUNK)):
        n = min(CHUNK, replicates - chunk * CHUNK)
        rng = np.random.default_rng([seed, chunk, k, round(tau_d * 1000)])
        y1, v1, y0, v0 = draw(rng, variances, n, k, tau_d)
        for ci in INTERVALS:
            found = batch.pool(y1 - y0, v1 + v0, "REML", ci=ci)
            held[ci] += int(((found.ci_low <= DIFFERENCE) & (found.ci_high >= DIFFERENCE)).sum())
    return {ci: held[ci] / replicates for ci in INTERVALS}


def agrees(variances: Variances, k: int, seed: int, replicates: int) -> float:
    """Largest difference of an `interaction` limit from that of the differences pooled at once."""
    rng = np.random.default_rng([seed, k])
    y1, v1, y0, v0 = draw(rng, variances, replicates, k, 0.1)
    pooled = batch.pool(y1 - y0, v1 + v0, "REML", ci="hksj")
    trial = [*range(k), *range(k)]
    stratum = ["positive"] * k + ["negative"] * k
    worst = 0.0
    for i in range(replicates):
        y, v = np.concatenate([y1[i], y0[i]]), np.concatenate([v1[i], v0[i]])
        one = interaction(y, v, trial, stratum, reference="negative", ci="hksj").within
        limits = np.array([one.ci_low - pooled.ci_low[i], one.ci_high - pooled.ci_high[i]])
        worst = max(worst, float(np.abs(limits).max()))
    return worst


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261128)
    options = parser.parse_args()
    print("| trials | k | tau_d | " + " | ".join(INTERVALS) + " |")
    print("| --- " * (3 + len(INTERVALS)) + "|")
    for variances in (equal, unequal):
        for k in SIZES:
            for tau_d in TAU_D:
                found = coverage(variances, k, tau_d, options.replicates, options.seed)
                cells = " | ".join(f"{found[ci]:.4f}" for ci in INTERVALS)
                print(f"| {variances.__name__} | {k} | {tau_d:g} | {cells} |", flush=True)
    mcse = (0.95 * 0.05 / options.replicates) ** 0.5
    print(f"\n{options.replicates} replicates, seed {options.seed}; MCSE at 0.95: {mcse:.4f}")


if __name__ == "__main__":
    main()
