"""Speed of `batch.pool` and of one `pool()`: CPU of one core beside other programs, same run.

Usage: python benchmarks/batch.py [--pymare PYTHON]

Prints REML fits per CPU second (intervals, P, prediction and the proof of the optimum included)
at 13 and 40 trials for several numbers of sets D, PyMARE's own (k, D) path on the same numbers
with its ratio, wall time and peak memory of 500,000 sets of 40 trials in a process of its own,
one `pool()`, and all 8,191 subsets of 13 trials. Compilation is done before the clock starts;
everything is the best of several repeats.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SIZES = (13, 40)
SETS = (400, 20_000, 100_000)
REPEATS = 5

PYMARE = """
import sys, time, numpy as np
from pymare import Dataset
from pymare.estimators import VarianceBasedLikelihoodEstimator
Y, V, sets, repeats = np.load(sys.argv[1]), np.load(sys.argv[2]), sys.argv[3], int(sys.argv[4])
for d in map(int, sets.split(",")):
    y, v, best = Y[:d].T.copy(), V[:d].T.copy(), np.inf
    for _ in range(repeats):
        start = time.process_time()
        fit = VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(Dataset(y, v))
        fit.summary().get_fe_stats()
        best = min(best, time.process_time() - start)
    print(d / best)
"""


def data(n: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw effects and variances of `n` sets in place, without copies beside them."""
    rng = np.random.default_rng(seed)
    V = rng.random((n, k))
    V *= 0.38
    V += 0.02
    Y = rng.standard_normal((n, k))
    for rows in range(0, n, 10_000):
        part = slice(rows, rows + 10_000)
        Y[part] = 0.2 + Y[part] * np.sqrt(V[part] + 0.1)
    return Y, V


def best_cpu(call: Callable[[], object]) -> float:
    """CPU seconds of the fastest of several calls."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def best_wall(call: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several calls."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def pymare(python: str, Y: np.ndarray, V: np.ndarray) -> list[float]:
    """PyMARE's fits per CPU second for each number of sets."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("y.npy", "v.npy")]
        np.save(files[0], Y)
        np.save(files[1], V)
        command = [python, "-c", PYMARE, *map(str, files), ",".join(map(str, SETS)), str(REPEATS)]
        run = subprocess.run(
            command, capture_output=True, text=True, check=True, env=os.environ | ONE_THREAD
        )
    return [float(rate) for rate in run.stdout.split()]


def large_job() -> None:
    """Pool 500,000 sets of 40 trials; print wall seconds and peak memory in MB."""
    from equipoise.synthesis import batch  # noqa: PLC0415  (a process of its own)

    batch.pool(*data(64, 40, 1))
    Y, V = data(500_000, 40, 40)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    wall = best_wall(lambda: batch.pool(Y, V), 3)
    cpu = (time.process_time() - start) / 3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"500,000 x 40: {wall:.2f} s wall on {os.cpu_count()} cores ({cpu:.2f} s CPU)")
    print(f"    peak {peak:.0f} MB ({before:.0f} MB before the call, 320 of them data)")


def rates(python: str | None) -> None:
    """Print fits per CPU second, and ratios."""
    from equipoise.synthesis import batch  # noqa: PLC0415  (not in the process of the large job)

    for k in SIZES:
        Y, V = data(max(SETS), k, k)
        batch.pool(Y[:64], V[:64], workers=1)
        ours = [n / best_cpu(partial(batch.pool, Y[:n], V[:n], workers=1)) for n in SETS]
        theirs = pymare(python, Y, V) if python else [float("nan")] * len(SETS)
        for n, a, b in zip(SETS, ours, theirs, strict=True):
            print(f"k={k:2d}  D={n:6d}  equipoise {a:9,.0f}  PyMARE {b:7,.0f}  ratio {a / b:5.1f}")


def single() -> None:
    """Print the time of one pool and of GOSH."""
    from equipoise.synthesis import batch, pool  # noqa: PLC0415

    (y,), (v,) = data(1, 13, 1)
    pool(y, v)
    one = best_wall(lambda: [pool(y, v) for _ in range(100)], 20) / 100
    masks = (np.arange(1, 1 << 13)[:, None] >> np.arange(13)) & 1
    Y, V = np.where(masks, y, np.nan), np.where(masks, v, np.nan)
    subsets = best_wall(lambda: batch.pool(Y, V), 20)
    print(
        f"one pool(), k=13: {one * 1e3:.3f} ms; {len(masks)} subsets of 13: {subsets * 1e3:.1f} ms"
    )


def main() -> None:
    """Run everything, the large job in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pymare", help="Python with PyMARE")
    parser.add_argument("--large", action="store_true", help="only the large job")
    options = parser.parse_args()
    os.environ |= ONE_THREAD
    if options.large:
        large_job()
        return
    rates(options.pymare)
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__, "--large"], check=True)
    single()


if __name__ == "__main__":
    main()
