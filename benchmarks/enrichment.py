"""Trials a second of adaptive enrichment, in CPU seconds of one core, beside rpact in one run.

Usage: python benchmarks/enrichment.py [--rscript RSCRIPT] [--trials N]

`--rscript` is an Rscript that has rpact (never installed with equipoise); without it ours stands
alone. The patient-level survival trial has no counterpart in rpact 3.3.4; beside it stand the
250 to 380 trials a second recorded for rpact 4.5. Threads of the linear algebra libraries are held
to one. Ours keeps all its books: rejections and tested populations by stage, patients by stage and
stratum, naive and corrected estimates.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import time
from collections.abc import Callable

import numpy as np

from equipoise.design.closed import Difference, inverse_normal
from equipoise.design.engines.chunks import run_chunks
from equipoise.design.engines.tally import Tally
from equipoise.design.enrichment import (
    EnrichmentSimulation,
    SurvivalEnrichment,
    enrichment_plan,
    nested,
    rate_endpoint,
    survival_endpoint,
    survival_setting,
)

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BOUNDS = [2.962588, 1.968596]
STRATA = nested([0.6, 0.4])
RECORDED = (250.0, 380.0)

RPACT = """
suppressMessages(library(rpact))
d <- getDesignInverseNormal(kMax = 2, alpha = 0.025, typeOfDesign = "asOF")
r <- list(subGroups = c("S", "R"), prevalences = c(0.4, 0.6), piControls = c(0.3, 0.3),
          piTreatments = matrix(c(0.5, 0.35), 1))
h <- list(subGroups = c("S", "R"), prevalences = c(0.4, 0.6),
          hazardRatios = matrix(c(0.6, 0.85), 1))
rates <- function(n) suppressWarnings(suppressMessages(getSimulationEnrichmentRates(d,
  effectList = r, intersectionTest = "Simes", plannedSubjects = c(200, 400),
  directionUpper = TRUE, maxNumberOfIterations = n, seed = 1)))
events <- function(n) suppressWarnings(suppressMessages(getSimulationEnrichmentSurvival(d,
  effectList = h, intersectionTest = "Simes", plannedEvents = c(120, 260),
  directionUpper = FALSE, maxNumberOfIterations = n, seed = 1)))
for (f in c(rates, events)) {
  f(50); s <- proc.time(); f(2000); t <- proc.time() - s
  cat(2000 / (t[[1]] + t[[2]]), "")
}
"""


def simulations() -> dict[str, tuple[Callable[..., Tally], int]]:
    """Ours, and how many trials each costs of one."""
    plan = enrichment_plan(inverse_normal([0.5, 1.0], BOUNDS), Difference())
    rates = rate_endpoint(STRATA, [200, 200], [[0.3, 0.35], [0.3, 0.5]])
    events = survival_endpoint(STRATA, [120, 140], [0.85, 0.6], average="information")
    late = enrichment_plan(inverse_normal([0.5, 1.0], [np.inf, 1.959964]), Difference())
    hazard = math.log(2.0) / 24
    setting = survival_setting(
        *(STRATA, (300, 300), [[60, 150], [60, 150]]),
        [[hazard, hazard * 0.85], [hazard, hazard * 0.6]],
        **{"accrual": 20.0, "interim_events": 90, "longest": 80.0, "dropout": 0.005},
    )
    return {
        "rates, n 200 + 200": (EnrichmentSimulation(plan, rates), 1),
        "survival by statistics, 120 + 140 events": (EnrichmentSimulation(plan, events), 1),
        "survival by patients, n 300 + 300": (SurvivalEnrichment(late, setting), 50),
    }


def per_second(simulation: Callable[..., Tally], trials: int) -> float:
    """Trials a CPU second, the best of three."""
    run_chunks(simulation, 200, 200, seed=1)
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        run_chunks(simulation, trials, 10_000, seed=1)
        best = max(best, trials / (time.process_time() - start))
    return best


def main() -> None:
    """Print trials a second, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rscript", help="Rscript with rpact")
    parser.add_argument("--trials", type=int, default=200_000)
    options = parser.parse_args()
    theirs = [math.nan, math.nan]
    if options.rscript:
        command = [options.rscript, "-e", RPACT]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=os.environ | ONE_THREAD
        )
        theirs = [float(word) for word in done.stdout.split()[-2:]]
    low, high = RECORDED
    print(f"{'trials a second of one core':<44} {'ours':>9} {'rpact':>9} {'ratio':>8}")
    for (name, (simulation, cost)), other in zip(
        simulations().items(), [*theirs, math.nan], strict=True
    ):
        ours = per_second(simulation, max(options.trials // cost, 1000))
        if cost == 1:
            print(f"{name:<44} {ours:9.3g} {other:9.3g} {ours / other:8.0f}")
        else:
            told = f"{low:.0f}-{high:.0f}*"
            print(f"{name:<44} {ours:9.3g} {told:>9} {ours / high:4.0f}-{ours / low:.0f}")
    print("* recorded for rpact 4.5; not measured here")


if __name__ == "__main__":
    main()
