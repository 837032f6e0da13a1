"""The centres shipped with a classifier against the medians of the test samples of pam50.

python reference_centres.py [--write]   --write makes ``centres.csv`` of the case anew
"""

import sys
from pathlib import Path

import pandas as pd

root = next(p for p in Path(__file__).resolve().parents if (p / "tests" / "data").is_dir())
shipped = next((root / "src" / "equipoise" / "cases").glob("*/biomarkers/pam50/centres.csv"))
table = pd.read_csv(root / "tests" / "data" / "pam50" / "pam50_testdata.tsv", sep="\t", index_col=0)
medians = table.median(axis=1).rename("median").sort_index()
if "--write" in sys.argv:
    medians.to_csv(shipped, lineterminator="\n")
stored = pd.read_csv(shipped, index_col=0, float_precision="round_trip")["median"]
print(f"| centres that are the median | {int((stored == medians).sum())} of {len(medians)} |")
