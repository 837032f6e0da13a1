"""Coverage of the Hartung-Knapp interval; the table is in validation/coverage/README.md."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "validation" / "coverage" / "interval_coverage.py"


@pytest.mark.slow
@pytest.mark.parametrize("k", [5, 10, 20])
@pytest.mark.parametrize("tau2", [0.0, 0.05, 0.2])
def test_with_equal_variances_and_five_trials_hksj_covers(k, tau2):
    spec = importlib.util.spec_from_file_location("interval_coverage", SCRIPT)
    study = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(study)
    found = study.coverage(study.equal, k, tau2, replicates=20_000, seed=1)  # MCSE 0.0015
    assert 0.94 <= found["hksj"] <= 0.96
