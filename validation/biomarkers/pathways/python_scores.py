"""Write python.csv: ssGSEA of gseapy and ULM of decoupler, on the same inputs.

Usage: PYTHON validation/biomarkers/pathways/python_scores.py, with a Python that has gseapy and
decoupler. They are never installed with equipoise; without them nothing is written.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pandas as pd

try:
    import decoupler
    import gseapy
except ImportError:
    print("left out: this Python has no gseapy or no decoupler")
    sys.exit(0)


def main(folder: Path) -> None:
    """Score both matrices and write one row a score."""
    lines = [line.split("\t") for line in (folder / "sets.gmt").read_text().splitlines()]
    sets = {line[0]: line[2:] for line in lines}
    weights = pd.read_csv(folder / "weights.csv")
    rows = []
    for name in ("expression", "tied"):
        x = pd.read_csv(folder / f"{name}.csv", index_col=0).astype(float)
        found = gseapy.ssgsea(
            data=x, gene_sets=sets, outdir=None, min_size=2, no_plot=True, threads=1, weight=0.25,
            sample_norm_method="rank",
        ).res2d  # fmt: skip
        rows += [
            (name, "gseapy ssgsea", r.Term, r.Name, f"{r.ES:.15g}") for r in found.itertuples()
        ]
        for method, net in (("ulm", weights), ("ulm unweighted", weights.assign(weight=1.0))):
            scores, _ = decoupler.mt.ulm(x.T, net, tmin=2, empty=False)
            rows += [
                (name, f"decoupler {method}", term, sample, f"{scores.loc[sample, term]:.15g}")
                for term in scores.columns
                for sample in scores.index
            ]
    with (folder / "python.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["matrix", "method", "set", "sample", "score"])
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(Path(__file__).parent)
