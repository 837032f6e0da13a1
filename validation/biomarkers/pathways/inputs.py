"""Write the invented inputs of the comparison: matrices without and with ties, sets, weights.

Usage: python validation/biomarkers/pathways/inputs.py (writes beside itself)
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

GENES, SAMPLES, SETS = 150, 12, 6


def main(folder: Path) -> None:
    """Draw 150 genes in 12 samples; `tied` holds small whole numbers, 40 % of them 0."""
    rng = np.random.default_rng(20261128)
    genes = [f"G{i + 1}" for i in rng.permutation(GENES)]
    samples = [f"S{i + 1}" for i in range(SAMPLES)]
    levels = rng.normal(6, 2, (GENES, 1))
    smooth = levels + rng.normal(0, 1, (GENES, SAMPLES))
    counts = rng.poisson(np.exp(0.45 * (levels - 6)) * rng.uniform(0.3, 1.2, (1, SAMPLES)))
    for name, values, digits in (("expression", smooth, 6), ("tied", counts, 0)):
        with (folder / f"{name}.csv").open("w", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["gene", *samples])
            for gene, row in zip(genes, values, strict=True):
                writer.writerow([gene, *(f"{value:.{digits}f}" for value in row)])
    with (folder / "sets.gmt").open("w") as stream, (folder / "weights.csv").open("w") as table:
        table.write("source,target,weight\n")
        for j, size in enumerate(np.linspace(5, 60, SETS).astype(int)):
            chosen = [genes[i] for i in rng.choice(GENES, size, replace=False)]
            stream.write("\t".join([f"set{j + 1}", "invented", *chosen, f"ABSENT{j}"]) + "\n")
            for gene in chosen:
                table.write(f"set{j + 1},{gene},{rng.normal(0.5, 2):.4f}\n")


if __name__ == "__main__":
    main(Path(__file__).parent)
