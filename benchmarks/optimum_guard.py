"""Is the likelihood's best tau2 ever missed? Hard sets against a scan with every peak polished.

Usage: python benchmarks/optimum_guard.py [--sets 100000] [--seed 1] [--method REML]

Wrong means a log-likelihood more than 1e-6 below the best of 2,000 log-spaced values of tau2 plus
zero, each polished. Sets have 2 to 40 trials and are of four kinds: plain ones with variances
over up to four decades (50 %), with outliers among the precise trials (25 %), in a scale that
gives the restricted likelihood two maxima (20 %), in one that makes the score at zero nearly zero
(5 %).
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from numba import njit

from equipoise.synthesis import batch

POINTS = 2000
WRONG = 1e-6
CHUNK = 2000
TRIALS = 40


def score_parts(y: np.ndarray, v: np.ndarray, tau2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rising part of the restricted score, square in the unit of `y`, and falling part."""
    w = 1.0 / (v[None, :] + tau2[:, None])
    total = w.sum(axis=1)
    rise = ((w * (y - (w @ y / total)[:, None])) ** 2).sum(axis=1)
    return rise, total - (w * w).sum(axis=1) / total


def scaled_to_boundary(y: np.ndarray, v: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Effects times what makes the restricted score at zero a hair above or below zero."""
    rise, fall = score_parts(y, v, np.zeros(1))
    hair = 1.0 + rng.choice([-1.0, 1.0]) * 10.0 ** rng.uniform(-9, -2)
    return y * math.sqrt(fall[0] / rise[0] * hair)


def scaled_to_two_peaks(
    y: np.ndarray, v: np.ndarray, rng: np.random.Generator
) -> np.ndarray | None:
    """Effects times what makes the restricted score fall, rise and fall; None if nothing does."""
    rise, fall = score_parts(y, v, np.concatenate([[0.0], np.geomspace(1e-2 * v.min(), 1e4, 80)]))
    ratio = fall / rise  # where its square root is passed, the score changes sign
    down = np.flatnonzero(np.diff(ratio) < 0.0)
    if not down.size:
        return None
    start = int(down[0])
    rising = np.flatnonzero(np.diff(ratio[start:]) > 0.0)
    end = start + int(rising[0]) if rising.size else ratio.size - 1
    share = rng.uniform()
    return y * math.sqrt(ratio[start] ** share * ratio[end] ** (1.0 - share))


def two_peaks(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a set whose restricted likelihood has two maxima: precise trials and loud rough ones."""
    while True:
        k = int(rng.integers(3, 16))
        v = 10.0 ** rng.uniform(-rng.uniform(1.0, 4.0), 0.0, k)
        y = rng.normal(0.0, np.sqrt(v)) * 10.0 ** rng.uniform(-1.0, 1.0, k)
        scaled = scaled_to_two_peaks(y, v, rng)
        if scaled is not None:
            return scaled, v


def hard_set(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw effects and variances of one set."""
    kind = rng.random()
    if kind < 0.2:
        return two_peaks(rng)
    k = int(rng.integers(2, TRIALS + 1))
    v = 10.0 ** rng.uniform(-rng.uniform(0.1, 4.0), 0.0, k)
    y = rng.normal(0.0, np.sqrt(v + rng.choice([0.0, 0.01, 0.1, 1.0])))
    if kind < 0.45:
        precise = np.argsort(v)[: rng.integers(1, max(2, k // 3) + 1)]
        y[precise] += rng.normal(0.0, 1.0, precise.size) * rng.uniform(0.1, 3.0)
        loud = rng.integers(0, k, rng.integers(0, 3))
        y[loud] += rng.normal(0.0, 3.0, loud.size) * np.sqrt(v[loud])
    return (y, v) if kind < 0.95 else (scaled_to_boundary(y, v, rng), v)


def hard_sets(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw `n` sets as rows, NaN where a set has fewer trials."""
    Y, V = np.full((n, TRIALS), np.nan), np.full((n, TRIALS), np.nan)
    for row in range(n):
        y, v = hard_set(rng)
        Y[row, : y.size], V[row, : y.size] = y, v
    return Y, V


@njit
def height(y, v, tau2, restricted):
    """Log-likelihood, written out plainly."""
    total, product, logs = 0.0, 0.0, 0.0
    for j in range(y.size):
        w = 1.0 / (v[j] + tau2)
        total += w
        product += w * y[j]
        logs += math.log(v[j] + tau2)
    q = 0.0
    for j in range(y.size):
        q += (y[j] - product / total) ** 2 / (v[j] + tau2)
    k = y.size
    out = k * math.log(2.0 * math.pi) + logs + q
    if restricted:
        out += math.log(total) - math.log(2.0 * math.pi) - math.log(k)
    return -0.5 * out


@njit
def best_height(y, v, restricted):
    """Highest of the scan, each of its peaks polished by golden sections."""
    top = 4.0 * (((y - y.mean()) ** 2).sum() + v.max())
    low = 1e-5 * v.min()
    grid, heights = np.empty(POINTS + 1), np.empty(POINTS + 1)
    for g in range(POINTS + 1):
        grid[g] = 0.0 if g == 0 else low * (top / low) ** ((g - 1) / (POINTS - 1))
        heights[g] = height(y, v, grid[g], restricted)
    best = heights.max()
    for g in range(POINTS + 1):
        a, b = max(g - 1, 0), min(g + 1, POINTS)
        if heights[g] < heights[a] or heights[g] < heights[b]:
            continue
        left, right = grid[a], grid[b]
        for _ in range(60):
            one, two = right - 0.618 * (right - left), left + 0.618 * (right - left)
            h1, h2 = height(y, v, one, restricted), height(y, v, two, restricted)
            best = max(best, h1, h2)
            if h1 > h2:
                right = two
            else:
                left = one
    return best


def shortfalls(Y: np.ndarray, V: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray]:
    """How far each row's likelihood, evaluated at our tau2, is below the best; status codes."""
    found = batch.pool(Y, V, method, ci="wald")
    restricted, out = method == "REML", np.empty(len(Y))
    for row in range(len(Y)):
        there = ~np.isnan(Y[row])
        y, v = Y[row, there], V[row, there]
        ours = height(y, v, found.tau2[row], restricted)
        out[row] = best_height(y, v, restricted) - ours
    return out, found.status


def main() -> None:
    """Print how many sets are wrong, and the statuses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--method", choices=("REML", "ML"), default="REML")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    wrong, largest, statuses, done = 0, -math.inf, np.zeros(len(batch.STATUSES), dtype=int), 0
    while done < options.sets:
        n = min(CHUNK, options.sets - done)
        short, status = shortfalls(*hard_sets(n, rng), options.method)
        wrong += int((~(short <= WRONG)).sum())
        largest = max(largest, float(short.max()))
        statuses += np.bincount(status, minlength=statuses.size)
        done += n
    counts = ", ".join(f"{w} {c}" for w, c in zip(batch.STATUSES, statuses, strict=True))
    print(f"{options.method}, seed {options.seed}: {wrong} wrong of {done}; "
          f"largest shortfall {largest:.1e}; {counts}")  # fmt: skip


if __name__ == "__main__":
    main()
