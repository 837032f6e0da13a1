"""Benefit found by each method in trials where the drug does nothing: 2,000 trials a row.

Prints the first table of the README. Fails when an out-of-fold ranking shows a difference beyond
four Monte Carlo errors, or the naive one none.
"""

import sys

from equipoise.biomarkers.individual import null_gaps
from equipoise.biomarkers.individual.null_trials import METHODS

SEED = 20261128
TRIALS = 2000


def main() -> int:
    """Print the table; 1 if a gate is not kept."""
    failed = False
    print("| n | covariates | method | upper half | MCSE | upper less lower | MCSE | predicted |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for n in (58, 84, 620):
        for covariates, methods in ((10, METHODS[:1]), (20, METHODS), (30, METHODS[:1])):
            options = {"covariates": covariates, "trials": TRIALS, "methods": methods}
            for g in null_gaps(n, **options, seed=SEED):
                cells = (g.upper, g.upper_mcse, g.gap, g.gap_mcse, g.predicted)
                shown = " | ".join(f"{100 * x:.1f}" for x in cells)
                print(f"| {n} | {covariates} | {g.method} | {shown} |", flush=True)
                if g.method.endswith("out of fold"):
                    failed |= abs(g.upper) > 4.0 * g.upper_mcse
                if g.method == "naive":
                    failed |= g.upper < 4.0 * g.upper_mcse
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
