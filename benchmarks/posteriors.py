"""Milliseconds a posterior, of CPU and of the clock, beside bayesmeta on the same data.

Usage: python benchmarks/posteriors.py [--rscript RSCRIPT]

`--rscript` is an Rscript that has bayesmeta (never installed with equipoise); without it ours
stands alone. Threads of the linear algebra libraries are held to one. Includes the check against
a grid of four times the nodes, and median and interval of the mean and of a new trial.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable

import numpy as np

from equipoise.synthesis.posteriors import (
    LinearEffect,
    Posterior,
    interaction_posterior,
    posterior,
    sweep,
)

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
Y = np.array([-0.51, -0.22, 0.08, -0.31, 0.05])
V = np.array([0.041, 0.019, 0.033, 0.011, 0.052])
STRATA = (0.0830, 0.0809, -0.4463, 0.2022)
TURNER = "turner2015: any outcome; any comparison"

BAYESMETA = """
library(bayesmeta)
y <- c(-0.51, -0.22, 0.08, -0.31, 0.05); v <- c(0.041, 0.019, 0.033, 0.011, 0.052)
f <- function() bayesmeta(y, sqrt(v), tau.prior = function(t) dhalfnormal(t, scale = 0.5))
f(); s <- proc.time(); for (i in 1:10) f(); d <- proc.time() - s
cat(1e2 * (d[[1]] + d[[2]]))
"""


def read(result: Posterior) -> None:
    """Ask for what a dossier shows."""
    for name in result.names[:2]:
        result.median(name)
        result.interval(name)


def two_variances() -> Posterior:
    """Five trials, two strata each, spread of the effect and of the interaction."""
    trial = np.repeat(np.arange(5), 2)
    x = np.tile([0.8, -0.2], 5)
    Z = (trial[:, None] == np.arange(5)).astype(float)
    return posterior(
        np.column_stack([Y, Y / 4]).ravel(),
        np.column_stack([V, V / 4]).ravel(),
        np.column_stack([np.ones(10), x]),
        random=[(Z, "half-normal(0.5)"), (Z * x[:, None], "half-normal(0.3)")],
        effects={"positive": LinearEffect((1.0, 0.8)), "d": LinearEffect((0.0, 1.0))},
    )


def timed(label: str, run: Callable[[], object], times: int) -> None:
    """Print the best of three means, CPU and clock, in milliseconds."""
    run()
    best = [np.inf, np.inf]
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(times):
            run()
        spent = (time.process_time() - cpu, time.perf_counter() - wall)
        best = [min(a, 1e3 * b / times) for a, b in zip(best, spent, strict=True)]
    print(f"{label:<58} {best[0]:8.2f} CPU {best[1]:8.2f} wall")


def main() -> None:
    """Print the time of each posterior."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rscript", help="Rscript with bayesmeta")
    options = parser.parse_args()
    timed("posterior, 5 trials, half-normal(0.5)", lambda: posterior(Y, V), 100)
    timed("  with medians and intervals", lambda: read(posterior(Y, V)), 100)
    timed("posterior, 5 trials, Turner 2015", lambda: posterior(Y, V, tau=TURNER), 100)
    timed("posterior, 5 trials, two variances", two_variances, 3)
    timed("interaction, spike and slab", lambda: interaction_posterior(*STRATA), 100)
    timed("sweep, 43 priors", lambda: sweep(*STRATA), 3)
    if options.rscript:
        made = subprocess.run(
            [options.rscript, "-e", BAYESMETA],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | ONE_THREAD,
        )
        print(f"{'bayesmeta(), 5 trials, half-normal(0.5)':<58} {float(made.stdout):8.2f} CPU")


if __name__ == "__main__":
    main()
