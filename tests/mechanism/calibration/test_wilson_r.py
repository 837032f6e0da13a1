"""Wilson's interval against R's prop.test (recipe: validation/mechanism/calibration/wilson.R)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from equipoise.mechanism.calibration.response_targets import wilson_interval


def test_limits_are_those_of_prop_test(root: Path) -> None:
    file = root / "validation" / "mechanism" / "calibration" / "wilson.csv"
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 10
    for row in rows:
        found = wilson_interval(int(row["events"]), int(row["n"]))
        assert found == pytest.approx((float(row["low"]), float(row["high"])), abs=1e-12)
