"""How many calls change when a cohort of one subtype is centred on itself, and what gaps do.

python self_centring.py CLASSIFIER_FOLDER ../../../tests/data/pam50 > self_centring.csv
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from equipoise.biomarkers.phenotyping import classifier_input, read_classifier, subtypes
from equipoise.biomarkers.phenotyping.nearest_centroid import spearman

classifier = read_classifier(Path(sys.argv[1]))
folder = Path(sys.argv[2])
table = pd.read_csv(folder / "pam50_testdata.tsv", sep="\t", index_col=0)
truth = pd.read_csv(folder / "pam50_testdata_assignments.tsv", sep="\t", index_col=0)["assignment"]
print("what,group,n,changed,share")


def line(what: str, group: str, old: np.ndarray, new: np.ndarray) -> None:
    changed = int((old != new).sum())
    print(f"{what},{group},{len(old)},{changed},{changed / len(old):.4f}")


for group in classifier.classes:
    chosen = table[truth.index[truth == group]]
    if len(chosen.columns) >= 30:
        found = subtypes(classifier, classifier_input(classifier, chosen, "log"), "self")
        line("one subtype centred on itself", group, truth[chosen.columns], np.array(found.calls))

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
    print(f"genes left out at random (20 times),{lost} of 50,200,{200 * mean:.1f},{mean:.4f}")
