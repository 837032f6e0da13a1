"""Medians of the 200 test samples of pam50, the centres shipped with the classifier.

python reference_centres.py ../../../tests/data/pam50/pam50_testdata.tsv > centres.csv
"""

import sys

import pandas as pd

table = pd.read_csv(sys.argv[1], sep="\t", index_col="gene")
medians = table.median(axis=1).rename("median")
medians.sort_index().to_csv(sys.stdout, lineterminator="\n")
