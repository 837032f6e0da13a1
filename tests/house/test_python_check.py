"""The first step of every target says what to install, instead of failing later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = "scripts/python_check.py"


def run(script: Path, *options: str, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | extra
    command = [sys.executable, str(script), *options]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_a_good_python_is_silent(root: Path) -> None:
    done = run(root / SCRIPT, cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("missing", ["ensurepip", "venv"])
def test_a_python_without_venv_names_the_package_to_install(
    root: Path, tmp_path: Path, missing: str
) -> None:
    (tmp_path / f"{missing}.py").write_text(f"raise ImportError('No module named {missing}')\n")
    done = run(root / SCRIPT, "--key", cwd=root, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert missing in done.stderr
    assert "python3-venv" in done.stderr


def test_an_unsupported_python_says_which_are_supported(root: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 9, 18)\n")
    done = run(root / SCRIPT, cwd=root, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13" in done.stderr


def test_another_folder_is_another_environment(root: Path, tmp_path: Path) -> None:
    here, there = (run(root / SCRIPT, "--key", cwd=folder).stdout for folder in (root, tmp_path))
    assert here != there
    assert here.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}-")
