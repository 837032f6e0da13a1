"""Milliseconds of CPU to shrink twelve subgroups at once, under each prior of the deviations.

Usage: python benchmarks/shrinkage.py

The common effect is estimated as well. MCMC of the same models (JAGS, 200,000 draws) takes tens of
seconds; the recipe in validation/biomarkers/markers holds the means against it.
"""

from __future__ import annotations

import time

import numpy as np

from equipoise.biomarkers.markers import Horseshoe, NormalSpread, shrink_subgroups

REPEATS = 50


def main() -> None:
    """Print the fastest of the repeats for each prior."""
    rng = np.random.default_rng(1)
    se = rng.uniform(0.15, 0.6, 12)
    effect = rng.normal(0.0, 0.2, 12) + se * rng.standard_normal(12)
    priors = {"normal": NormalSpread(), "horseshoe": Horseshoe(), "spike and slab": "reference"}
    for name, prior in priors.items():
        times = []
        for _ in range(REPEATS):
            start = time.process_time()
            shrink_subgroups(effect, se, prior=prior, common_sd=1.0)
            times.append(time.process_time() - start)
        print(f"{name}: {1e3 * min(times):.2f} ms")


if __name__ == "__main__":
    main()
