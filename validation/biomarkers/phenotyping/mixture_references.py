"""The stored mixtures of a case, fitted anew.

python mixture_references.py [EXPO.csv.gz]

EXPO is `data.expos` of the R package genefu (353 tumours x 966 probes of GEO series GSE2109, frozen
RMA), written as CSV with write.csv. It is Artistic-2.0 and not kept here; without it only the
reference made from the test samples of pam50 is fitted.
"""

import sys
from pathlib import Path

import pandas as pd

from equipoise.biomarkers.phenotyping import fit_mixture, read_mixtures

root = next(p for p in Path(__file__).resolve().parents if (p / "tests" / "data").is_dir())
file = next((root / "src" / "equipoise" / "cases").glob("*/biomarkers/expression_references.toml"))
stored = read_mixtures(file).values()
table = pd.read_csv(root / "tests" / "data" / "pam50" / "pam50_testdata.tsv", sep="\t", index_col=0)
values = {one.platform: table.loc[one.gene] for one in stored if "log ratio" in one.platform}
if len(sys.argv) > 1:
    expo = pd.read_csv(sys.argv[1], index_col=0)
    for probe in ("216836_s_at", "205225_at", "210930_s_at"):
        values[probe] = expo[probe]
for name, x in values.items():
    fit = fit_mixture(x)
    print(
        f"| {name} | {fit.n} | {fit.means[0]:.4f} | {fit.means[1]:.4f} | {fit.sds[0]:.4f} | "
        f"{fit.sds[1]:.4f} | {fit.weight:.4f} | {fit.separation:.2f} | {fit.status} |"
    )
