"""The worked case's table of experiments is read; what cannot be is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.errors import InputError
from equipoise.mechanism.sensitivity import read_cell_experiments

HEADER = (
    "id,system,low_umol_per_l,high_umol_per_l,finding,outlier,source_url,quote,confidence,note\n"
)


def test_the_worked_case(root: Path):
    (file,) = (root / "src" / "equipoise" / "cases").glob("*/mechanism/cell_experiments.csv")
    rows = read_cell_experiments(file)
    assert sum(row.outlier == "yes" for row in rows) == 1
    placed = [row for row in rows if row.low_umol_per_l and row.high_umol_per_l]
    assert 3 <= len(placed) < len(rows)
    assert all((row.low_umol_per_l or 0) <= (row.high_umol_per_l or 0) for row in placed)


def test_problems_name_row_and_field(tmp_path: Path):
    file = tmp_path / "cells.csv"
    file.write_text(HEADER + "a,cells,-1,2,less,maybe,https://example.org,words,high,\n")
    with pytest.raises(InputError) as caught:
        read_cell_experiments(file, "cells.csv")
    assert {p.field for p in caught.value.problems} == {"low_umol_per_l", "outlier"}
