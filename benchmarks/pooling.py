"""REML fits per CPU second: our `pool`, beside PyMARE and metafor on the same data.

Usage: python benchmarks/pooling.py [--pymare PYTHON] [--rscript RSCRIPT]

`--pymare` is a Python that has PyMARE (never installed with equipoise), `--rscript` an Rscript
that has metafor; what is not given is left out. Each program times its own loop in CPU seconds of
one core, start-up and reading excluded; threads of the linear algebra libraries are held to one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from equipoise.synthesis import pool

SIZES = (13, 40)
SETS = 400
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

PYMARE = """
import sys, time, numpy as np
from pymare import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
y, v = np.loadtxt(sys.argv[1], ndmin=2), np.loadtxt(sys.argv[2], ndmin=2)
one = lambda y, v: VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(Dataset(y, v))
one(y[0][:, None], v[0][:, None])
start = time.process_time()
for a, b in zip(y[:100], v[:100]):
    one(a[:, None], b[:, None]).summary().get_fe_stats()
print(100 / (time.process_time() - start))
start = time.process_time()
one(y.T.copy(), v.T.copy()).summary().get_fe_stats()
print(len(y) / (time.process_time() - start))
"""

METAFOR = """
suppressMessages(library(metafor)); files <- commandArgs(trailingOnly = TRUE)
y <- as.matrix(read.table(files[1])); v <- as.matrix(read.table(files[2]))
n <- 100; spent <- system.time(for (i in 1:n)
  try(rma(y[i, ], v[i, ], test = "knha"), silent = TRUE))
cat(n / sum(spent[1:2]), "\\n")
"""


def data(k: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw effects and variances of `SETS` meta-analyses of `k` studies (seeded)."""
    rng = np.random.default_rng(k)
    v = rng.uniform(0.02, 0.4, (SETS, k))
    return rng.normal(0.2, np.sqrt(v + 0.1)), v


def ours(y: np.ndarray, v: np.ndarray) -> float:
    """Whole `pool` calls per CPU second: estimate, intervals, Q-profile and guard."""
    pool(y[0], v[0])
    start = time.process_time()
    for yi, vi in zip(y, v, strict=True):
        pool(yi, vi)
    return len(y) / (time.process_time() - start)


def other(command: list[str], y: np.ndarray, v: np.ndarray) -> list[float]:
    """Run another program's loop on the same numbers and read what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("y.txt", "v.txt")]
        for file, values in zip(files, (y, v), strict=True):
            np.savetxt(file, values)
        run = subprocess.run(
            [*command, *map(str, files)], capture_output=True, text=True, check=False,
            env=os.environ | ONE_THREAD,
        )  # fmt: skip
    if run.returncode:
        sys.exit(f"{command[0]}: exit code {run.returncode}\n{run.stderr[-2000:]}")
    return [float(rate) for rate in run.stdout.split()]


def main() -> None:
    """Print fits per CPU second for each program and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pymare", help="Python with PyMARE")
    parser.add_argument("--rscript", help="Rscript with metafor")
    options = parser.parse_args()
    os.environ |= ONE_THREAD
    for k in SIZES:
        y, v = data(k)
        print(f"k={k}  equipoise pool()        {ours(y, v):8.0f}")
        if options.pymare:
            one, batch = other([options.pymare, "-c", PYMARE], y, v)
            print(f"k={k}  PyMARE, one by one      {one:8.0f}")
            print(f"k={k}  PyMARE, {SETS} at once     {batch:8.0f}")
        if options.rscript:
            (rate,) = other([options.rscript, "-e", METAFOR], y, v)
            print(f"k={k}  metafor rma()           {rate:8.0f}")


if __name__ == "__main__":
    main()
