"""Bliss and highest-agent excess of two-by-two tables by the package `synergy` 1.0.0.

    python -m venv env && env/bin/pip install synergy==1.0.0
    env/bin/python synergy_package.py > synergy_package.csv

The package counts what survives (1 - response), so its synergy is the excess of response.
"""

import numpy as np
from synergy.combination import HSA, Bliss

DOSE_1 = np.array([0.0, 1.0, 0.0, 1.0])
DOSE_2 = np.array([0.0, 0.0, 1.0, 1.0])

print("first,second,both,bliss,highest")
rng = np.random.default_rng(20250101)
for first, second, both in rng.uniform(0.02, 0.98, (12, 3)).round(3):
    survival = 1.0 - np.array([0.0, first, second, both])
    found = []
    for model in (Bliss(), HSA()):
        synergy = np.asarray(model.fit(DOSE_1, DOSE_2, survival), dtype=float)
        found.append(float(synergy[-1]))
    print(f"{first},{second},{both},{found[0]:.12f},{found[1]:.12f}")
