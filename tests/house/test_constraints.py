"""constraints.txt pins, and pins only: no host, no option, no local path."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.+!]+)")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    return (root / "constraints.txt").read_text().splitlines()


@pytest.mark.parametrize("forbidden", ["://", "--", "@"])
def test_nothing_but_pins_is_said(lines: list[str], forbidden: str) -> None:
    assert [line for line in lines if forbidden in line] == []


def test_every_line_is_a_pin_and_each_name_comes_once(lines: list[str]) -> None:
    matches = [PIN.fullmatch(line) for line in lines]
    assert [line for line, match in zip(lines, matches, strict=True) if match is None] == []
    names = [normal(match[1]) for match in matches if match]
    assert len(names) == len(set(names))
    assert "equipoise" not in names


def test_every_declared_dependency_is_pinned(lines: list[str], root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = [requirement for group in groups for requirement in group]
    names = {normal(re.split(r"[^A-Za-z0-9._-]", text)[0]) for text in declared}
    assert names - {normal(line.split("==")[0]) for line in lines} - {"equipoise"} == set()


def test_what_runs_here_is_what_is_pinned(lines: list[str]) -> None:
    wrong = {}
    for name, pinned in (line.split("==") for line in lines):
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        if installed != pinned:
            wrong[name] = (installed, pinned)
    assert wrong == {}
