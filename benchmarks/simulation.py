"""Speed of the simulators beside rpact: trials per CPU second of one core, same run.

Usage: python benchmarks/simulation.py [--rscript RSCRIPT]

The binary trial has 3 looks at 80, 160 and 240 patients; the survival trial 800 patients, drop-out
and 3 looks at 130, 260 and 390 events; both with full bookkeeping. For the survival trial the floor
is printed: what it takes to draw its patients, and to put those who have left by the last look in
order once, by NumPy's sort. Compilation is done before the clock starts; ours is the best of
several repeats, and so is R's.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import time
from collections.abc import Callable

import numpy as np

from equipoise.design.engines import (
    BinaryTrial,
    CanonicalTrial,
    SurvivalTrial,
    binary_trial,
    bounds,
    canonical_trial,
    patients_at_looks,
    run_chunks,
    survival_plan,
    survival_trial,
)
from equipoise.design.engines.patients import draw_trials

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
REPEATS = 5
BOUNDS = bounds([3.7103, 2.5114, 1.9930])
PLAN = survival_plan(
    800,
    [130, 260, 390],
    accrual=[0, 24],
    hazard=math.log(2.0) / 24.0,
    hazard_ratio=0.75,
    dropout=-math.log(0.95) / 12.0,
    arrivals="even",
)

RPACT = """
suppressMessages(library(rpact))
d <- getDesignGroupSequential(kMax = 3, alpha = 0.025, typeOfDesign = "asOF")
best <- function(trials, run) {
  seconds <- replicate(3, {t <- proc.time(); run(); sum((proc.time() - t)[1:2])})
  cat(trials / min(seconds), "\\n")
}
best(100000, function() getSimulationRates(d, groups = 2, pi1 = 0.45, pi2 = 0.3,
  plannedSubjects = c(80, 160, 240), maxNumberOfIterations = 100000, seed = 1))
best(5000, function() getSimulationSurvival(d, lambda2 = log(2) / 24, hazardRatio = 0.75,
  dropoutRate1 = 0.05, dropoutRate2 = 0.05, dropoutTime = 12, accrualTime = c(0, 24),
  maxNumberOfSubjects = 800, plannedEvents = c(130, 260, 390), directionUpper = FALSE,
  maxNumberOfIterations = 5000, seed = 1))
"""


def best_cpu(call: Callable[[], object]) -> float:
    """CPU seconds of the fastest of several calls."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def rate(trial: BinaryTrial | SurvivalTrial | CanonicalTrial, trials: int, chunk: int) -> float:
    """Trials per CPU second."""
    run_chunks(trial, chunk, chunk, 1)
    return trials / best_cpu(lambda: run_chunks(trial, trials, chunk, 1))


def floor_rate(trials: int) -> tuple[float, float]:
    """Microseconds a trial to draw its patients, and to sort those who leave by the last look."""
    drawn = draw_trials(PLAN, np.random.default_rng(1), trials)
    draws = best_cpu(lambda: draw_trials(PLAN, np.random.default_rng(1), trials))
    leaves = np.where(drawn.event, drawn.arrival + drawn.follow_up, np.inf)
    last = np.sort(leaves, axis=1)[:, PLAN.events[-1] - 1]
    gone = [x[a + x <= c] for x, a, c in zip(drawn.follow_up, drawn.arrival, last, strict=True)]
    sorts = best_cpu(lambda: [np.sort(x) for x in gone])
    return draws / trials * 1e6, sorts / trials * 1e6


def rpact(rscript: str) -> list[float]:
    """Trials of rpact per CPU second: binary, survival."""
    run = subprocess.run(
        [rscript, "--vanilla", "-e", RPACT],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | ONE_THREAD,
    )
    return [float(line) for line in run.stdout.split()]


def main() -> None:
    """Print rates, ratios and the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rscript", help="Rscript with rpact, for the ratios")
    options = parser.parse_args()
    os.environ |= ONE_THREAD
    binary = binary_trial(patients_at_looks([80, 160, 240]), [0.3, 0.45], BOUNDS)
    ours = [rate(binary, 100_000, 10_000), rate(survival_trial(PLAN, BOUNDS), 4_000, 1_000)]
    theirs = rpact(options.rscript) if options.rscript else [math.nan, math.nan]
    for name, a, b, reach in zip(("binary", "survival"), ours, theirs, (40, 8), strict=True):
        print(f"{name:9s} equipoise {a:12,.0f}/s  rpact {b:8,.0f}/s  ratio {a / b:6.1f}  ({reach})")
    canonical = canonical_trial([1 / 3, 2 / 3, 1], 2.8, BOUNDS)
    print(f"canonical equipoise {rate(canonical, 100_000, 10_000):12,.0f}/s")
    draws, sorts = floor_rate(1_000)
    print(f"survival, a trial: {1e6 / ours[1]:.1f} us; draws {draws:.1f}, one sort {sorts:.1f}")


if __name__ == "__main__":
    main()
