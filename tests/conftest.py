"""What all tests share: hypothesis profiles and the browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

SECONDS = (
    "cases/*",
    "test_cli.py",
    "test_hostile.py",
    "report/test_[!aln]*",  # whole pages and charts; axis, links and number texts stay quick
    "report/test_next_study*",
    "synthesis/*metafor*",
    "synthesis/*/*metafor*",
    "synthesis/*/test_*_r.py",
    "design/choice/*",
    "design/engines/*",
    "design/enrichment/*",
    "design/evaluation/*",
    "design/sequential/test_r*",
    "biomarkers/markers/test_subgroup_shrinkage.py",
    "biomarkers/patient/*",
    "mechanism/arms/*",
    "mechanism/calibration/test_[rt]*",
    "mechanism/combinations/*",
    "mechanism/rivals/*",
    "mechanism/sensitivity/*",
    "mechanism/solving/*",
    "mechanism/standards/test_published*",
    "mechanism/test_*",
    "test_simulate_command.py",
)
"""Files under tests/ that run whole cases, simulate, compile kernels or hold thousands of pinned
numbers: `make check` leaves them to `make test`."""

settings.register_profile("default", max_examples=50, deadline=None, derandomize=True)
settings.register_profile(
    "fuzz",
    max_examples=2000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("EQUIPOISE_HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what takes seconds, file by file."""
    for item in items:
        place = item.path.relative_to(ROOT / "tests").as_posix()
        if any(fnmatchcase(place, pattern) for pattern in SECONDS):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def root() -> Path:
    """Top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium (or Chrome) of this machine; the test is skipped where there is none."""
    named = os.environ.get("EQUIPOISE_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine")
    return Path(found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a browser is promised (CI), a browser test that skips has failed."""
    report = yield
    promised = os.environ.get("EQUIPOISE_REQUIRE_BROWSER") == "1"
    if promised and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped although EQUIPOISE_REQUIRE_BROWSER=1"
    return report
