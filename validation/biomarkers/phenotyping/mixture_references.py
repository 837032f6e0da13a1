"""The stored mixtures of a case, fitted anew.

python mixture_references.py ../../../tests/data/pam50/pam50_testdata.tsv EXPO_DATA.csv.gz

EXPO_DATA is `data.expos` of the R package genefu (353 tumours x 966 probes of GEO series GSE2109,
frozen RMA), written as CSV with write.csv. It is Artistic-2.0 and not kept here.
"""

import sys

import pandas as pd

from equipoise.biomarkers.phenotyping import fit_mixture

pam50 = pd.read_csv(sys.argv[1], sep="\t", index_col=0)
expo = pd.read_csv(sys.argv[2], index_col=0)
rows = {
    "test set, the gene after EGFR": pam50.iloc[pam50.index.get_loc("EGFR") + 1],
    "expO 216836_s_at": expo["216836_s_at"],
    "expO 205225_at": expo["205225_at"],
    "expO 210930_s_at (refused: not separated)": expo["210930_s_at"],
}
for name, values in rows.items():
    fit = fit_mixture(values)
    print(f"# {name}: {fit.status}, separation {fit.separation:.2f}")
    print(f"n = {fit.n}")
    print(f"means = [{fit.means[0]:.4f}, {fit.means[1]:.4f}]")
    print(f"sds = [{fit.sds[0]:.4f}, {fit.sds[1]:.4f}]")
    print(f"weight = {fit.weight:.4f}")
    print(f"lowest = {values.min():.3f}\nhighest = {values.max():.3f}\n")
