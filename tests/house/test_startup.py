"""The command answers at once: importing it must not pull in the rooms' heavy libraries."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("scipy", "pandas", "numpy", "altair", "vl_convert", "great_tables", "jinja2")


@pytest.mark.parametrize("module", ["equipoise", "equipoise.cli"])
def test_import_leaves_the_heavy_libraries_alone(module: str) -> None:
    code = f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(HEAVY) & set(json.loads(done.stdout)) == set()
