"""How many calls change when a cohort of one subtype is centred on itself, and what gaps do.

python self_centring.py   prints the rows of the README
"""

from pathlib import Path

import numpy as np
import pandas as pd

from equipoise.biomarkers.phenotyping import classifier_input, read_classifier, subtypes
from equipoise.biomarkers.phenotyping.nearest_centroid import spearman

root = next(p for p in Path(__file__).resolve().parents if (p / "tests" / "data").is_dir())
cases = root / "src" / "equipoise" / "cases"
classifier = read_classifier(next(cases.glob("*/biomarkers/pam50")))
folder = root / "tests" / "data" / "pam50"
table = pd.read_csv(folder / "pam50_testdata.tsv", sep="\t", index_col=0)
truth = pd.read_csv(folder / "pam50_testdata_assignments.tsv", sep="\t", index_col=0)["assignment"]

for group in classifier.classes:
    chosen = table[truth.index[truth == group]]
    found = subtypes(classifier, classifier_input(classifier, chosen, "log"), "self")
    changed = sum(call != group for call in found.calls)
    n = len(found.calls)
    print(f"| {group} | {n} | {changed} | {100 * changed / n:.1f} % |")

whole = subtypes(classifier, classifier_input(classifier, table, "log"))
rng = np.random.default_rng(20261128)
for lost in (5, 10, 20):
    shares = []
    for _ in range(20):
        values = whole.standardised.copy()
        values[:, rng.choice(len(classifier.genes), lost, replace=False)] = np.nan
        again = spearman(values, classifier.centroids).argmax(axis=1)
        shares.append((again != whole.correlations.argmax(axis=1)).mean())
    mean = float(np.mean(shares))
    print(f"| {lost} of 50 genes left out, 20 times | {100 * mean:.1f} % |")
