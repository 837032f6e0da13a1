"""ssGSEA of 20,000 genes x 1,000 samples x 50 sets: ours beside gseapy and R GSVA, CPU seconds.

Usage: python benchmarks/pathways.py [--gseapy PYTHON] [--rscript RSCRIPT] [--samples N]
       python benchmarks/pathways.py --stream FILE --samples-in rows|columns

`--gseapy` is a Python that has gseapy (never installed with equipoise), `--rscript` an Rscript
that has GSVA; what is not given is left out. All read the same matrix and sets; each times its own
scoring in CPU seconds of one core, start-up and reading excluded; threads of the linear algebra
libraries are held to one. Ours runs in a process of its own, so that its peak memory is its own.

`--stream` scores 50 sets of random genes in a file of any size and prints CPU seconds and memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from equipoise.biomarkers.pathways import (
    ExpressionMatrix,
    GeneSet,
    GeneSets,
    expression_blocks,
    expression_matrix,
    index_sets,
    pathway_activity,
    read_gmt,
    singscore,
    ssgsea,
    ulm,
)

GENES, SETS = 20_000, 50
REACH = 15.0
"""Times faster than GSVA that ours has to be."""
MEMORY_GB = 1.0
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

GSEAPY = """
import sys, time, numpy as np, pandas as pd, gseapy
folder = sys.argv[1]
x = np.load(folder + "/x.npy")
lines = [line.split("\\t") for line in open(folder + "/sets.gmt").read().splitlines()]
sets = {line[0]: line[2:] for line in lines}
frame = pd.DataFrame(x.T, index=[f"G{i}" for i in range(x.shape[1])],
                     columns=[f"S{i}" for i in range(x.shape[0])])
start = time.process_time()
found = gseapy.ssgsea(data=frame, gene_sets=sets, outdir=None, min_size=2, max_size=100000,
                      no_plot=True, threads=1, weight=0.25, sample_norm_method="rank").res2d
print(time.process_time() - start)
wide = found.pivot(index="Name", columns="Term", values="ES").loc[list(frame.columns), list(sets)]
np.savetxt(folder + "/gseapy.txt", wide.to_numpy(dtype=float))
"""

GSVA = """
suppressMessages(library(GSVA)); folder <- commandArgs(trailingOnly = TRUE)[1]
size <- scan(file.path(folder, "size.txt"), quiet = TRUE)
x <- matrix(readBin(file.path(folder, "x.bin"), "double", prod(size)), size[2], size[1])
dimnames(x) <- list(paste0("G", seq_len(size[2]) - 1), paste0("S", seq_len(size[1]) - 1))
lines <- strsplit(readLines(file.path(folder, "sets.gmt")), "\\t")
sets <- setNames(lapply(lines, function(l) l[-(1:2)]), vapply(lines, `[`, "", 1))
sink(tempfile())
spent <- system.time(es <- gsva(x, sets, method = "ssgsea", ssgsea.norm = FALSE, min.sz = 2,
                                verbose = FALSE))
sink(); cat(sum(spent[1:2]), "\\n")
write.table(format(t(es), digits = 15), file.path(folder, "gsva.txt"),
            row.names = FALSE, col.names = FALSE, quote = FALSE)
"""


def write_inputs(folder: Path, samples: int) -> None:
    """Draw the matrix and the sets (seeded) and write them for all programs."""
    rng = np.random.default_rng(5)
    x = rng.normal(8, 2, (samples, GENES))
    np.save(folder / "x.npy", x)
    x.tofile(folder / "x.bin")
    (folder / "size.txt").write_text(f"{samples} {GENES}")
    with (folder / "sets.gmt").open("w") as stream:
        for j in range(SETS):
            size = int(rng.integers(15, 201))
            genes = [f"G{i}" for i in rng.choice(GENES, size, replace=False)]
            stream.write("\t".join([f"set{j}", "drawn", *genes]) + "\n")


def ours(folder: Path) -> None:
    """Print CPU seconds: checks, ssGSEA, its sorting alone, singscore, ULM; then peak memory."""
    x = np.load(folder / "x.npy")
    genes, names = [f"G{i}" for i in range(GENES)], [f"S{i}" for i in range(len(x))]
    sets = read_gmt(folder / "sets.gmt")
    warm_up = expression_matrix(x[:2], genes, names[:2], scale="log")
    for method in (ssgsea, singscore, ulm):
        method(warm_up, index_sets(sets, genes))
    start = time.process_time()
    matrix = expression_matrix(x, genes, names, scale="log")
    index = index_sets(sets, matrix.genes)
    spent = [time.process_time() - start]
    start = time.process_time()
    scores = ssgsea(matrix, index).scores
    spent.append(time.process_time() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    np.savetxt(folder / "ours.txt", scores, fmt="%.17g")
    spent += [sorting(matrix), timed(lambda: singscore(matrix, index))]
    spent.append(timed(lambda: ulm(matrix, index)))
    print(*spent, peak)


def sorting(matrix: ExpressionMatrix) -> float:
    """CPU seconds of ranking alone, in the blocks that ssGSEA uses."""
    starts = range(0, len(matrix.samples), 64)
    return timed(lambda: [np.argsort(matrix.values[i : i + 64], axis=1) for i in starts])


def timed(call: object) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def run(command: list[str]) -> list[float]:
    """Run a program in a process of its own and read the numbers it prints last."""
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD
    )
    if done.returncode:
        sys.exit(f"{command[0]}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


def compare(folder: Path, name: str, seconds: float, mine: float) -> float:
    """Print the time of another program and how far its scores are from ours."""
    scores, theirs = np.loadtxt(folder / "ours.txt"), np.loadtxt(folder / f"{name}.txt")
    far = np.abs(scores / theirs - 1).max()
    print(f"{name:8} {seconds:8.2f} s   {seconds / mine:6.1f} times ours, scores within {far:.1e}")
    return float(far)


def stream(path: Path, samples_in: str) -> None:
    """Score a file in blocks; print CPU seconds and memory."""
    blocks = expression_blocks(path, samples_in=samples_in)
    first = next(blocks)
    rng = np.random.default_rng(5)
    sets = tuple(
        GeneSet(f"set{j}", tuple(rng.choice(first.genes, 100, replace=False)), (1.0,) * 100)
        for j in range(SETS)
    )
    drawn = GeneSets("drawn", "1", "", "drawn", "none", sets)
    found = pathway_activity(itertools.chain([first], blocks), drawn)
    del first
    print(
        f"{len(found.samples):,} samples x {found.genes:,} genes x {SETS} sets: "
        f"{time.process_time():.1f} CPU s, start-up included, "
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
    )


def main() -> int:
    """Run what is given; 1 if ours misses its limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gseapy")
    parser.add_argument("--rscript")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--stream", type=Path)
    parser.add_argument("--samples-in", default="columns")
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ours:
        ours(given.ours)
        return 0
    if given.stream:
        stream(given.stream, given.samples_in)
        return 0
    missed = False
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, given.samples)
        checks, mine, sort, sing, linear, peak = run([sys.executable, __file__, "--ours", name])
        print(f"{GENES:,} genes x {given.samples:,} samples x {SETS} sets, CPU seconds of one core")
        print(f"ours     {mine:8.2f} s   of which ranking {sort:.2f} s; checks {checks:.2f} s more")
        print(f"         peak memory {peak:.2f} GB, the matrix and its interpreter included")
        print(f"         singscore {sing:.2f} s, ULM {linear:.2f} s")
        missed |= peak > MEMORY_GB
        if given.gseapy:
            compare(folder, "gseapy", run([given.gseapy, "-c", GSEAPY, name])[0], mine)
        if given.rscript:
            spent = run([given.rscript, "--vanilla", "-e", GSVA, name])[0]
            missed |= compare(folder, "gsva", spent, mine) > 1e-4 or spent / mine < REACH
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
