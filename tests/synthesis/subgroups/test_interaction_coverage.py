"""Coverage of the pooled interaction; the table is in validation/subgroups/README.md."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "validation" / "subgroups" / "interaction_coverage.py"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("interaction_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("variances", ["equal", "unequal"])
def test_the_study_pools_as_interaction_does(study, variances):
    assert study.agrees(getattr(study, variances), 5, seed=1, replicates=5) < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("variances", ["equal", "unequal"])
@pytest.mark.parametrize("k", [5, 10])
def test_without_spread_the_interval_covers(study, variances, k):
    found = study.coverage(getattr(study, variances), k, 0.0, replicates=20_000, seed=1)
    mcse = (0.95 * 0.05 / 20_000) ** 0.5
    assert found["hksj"] - 2.0 * mcse >= 0.94
    assert found["wald"] - 2.0 * mcse >= 0.94
