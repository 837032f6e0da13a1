"""Milliseconds for the bounds of five looks, and seconds for power over many draws.

Usage: python benchmarks/sequential.py [--rscript RSCRIPT]

`--rscript` is an Rscript that has rpact (never installed with equipoise); without it ours stands
alone. CPU of one core; threads of the linear algebra libraries are held to one. The error of ours
is the largest difference of what each look spends from the spending function, and that of the
second bound of t = 1/3, 2/3, 1 from its value to 18 digits.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402

from equipoise.design.sequential import (  # noqa: E402
    POCOCK,
    Spending,
    powers,
    sequential_plan,
    spent,
)

OF = Spending("obrien-fleming")
FIFTHS = np.arange(1, 6) / 5
SECOND_BOUND = 2.51142748126954377
LIMIT = 1.5

RPACT = """
suppressMessages(library(rpact))
f <- function() getDesignGroupSequential(typeOfDesign = "asOF", informationRates = (1:5) / 5)
invisible(f()); s <- proc.time(); for (i in 1:20) invisible(f()); d <- proc.time() - s
b <- getDesignGroupSequential(typeOfDesign = "asOF", informationRates = c(1, 2, 3) / 3)
cat(sprintf("%.17g %.17g", 5e1 * (d[[1]] + d[[2]]), b$criticalValues[2]))
"""


def milliseconds(run: Callable[[], object], times: int) -> float:
    """Best of three means of the CPU time of one call."""
    run()
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        for _ in range(times):
            run()
        best = min(best, 1e3 * (time.process_time() - start) / times)
    return best


def row(label: str, spent_ms: float, note: str = "") -> None:
    """Print one line."""
    print(f"{label:<52} {spent_ms:10.3f} ms CPU  {note}")


def main() -> None:
    """Print the time of each piece, and fail when five looks take more than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rscript", help="Rscript with rpact")
    options = parser.parse_args()
    plan = sequential_plan(OF, FIFTHS)
    error = np.abs(plan.alpha_spent - spent(OF, FIFTHS, 0.025)).max()
    second = abs(sequential_plan(OF, [1 / 3, 2 / 3, 1]).upper[1] - SECOND_BOUND)
    ours = milliseconds(lambda: sequential_plan(OF, FIFTHS), 200)
    row("spending bounds, 5 looks", ours, f"error {error:.1e} spent, {second:.1e} second bound")
    pocock = milliseconds(lambda: sequential_plan(POCOCK, FIFTHS), 50)
    row("Pocock's bounds, 5 looks", pocock)
    both = milliseconds(lambda: sequential_plan(OF, FIFTHS, futility=OF, beta=0.2), 30)
    row("both errors spent, drift found, 5 looks", both)
    draws = np.random.default_rng(1).normal(2.0, 2.0, 100_000)
    row(
        "power and information, 100,000 draws, 5 looks",
        milliseconds(lambda: powers(plan, draws), 3),
    )
    row("spending bounds, 1,000 looks", milliseconds(lambda: sequential_plan(OF, THOUSAND), 1))
    if options.rscript:
        made = subprocess.run(
            [options.rscript, "-e", RPACT],
            check=True,
            capture_output=True,
            text=True,
            env=os.environ | ONE_THREAD,
        )
        theirs, bound = (float(word) for word in made.stdout.split())
        off = abs(bound - SECOND_BOUND)
        row("rpact, spending bounds, 5 looks", theirs, f"error {off:.1e} second bound")
        print(f"{'times as fast':<52} {theirs / ours:10.0f}")
    if ours > LIMIT or max(error, second) > 1e-12:
        raise SystemExit(f"more than {LIMIT} ms, or an error above 1e-12")


THOUSAND = np.arange(1, 1001) / 1000

if __name__ == "__main__":
    main()
