"""NOTICE.md names every third-party file in the package and every run-time dependency."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

OWN = {".py", ".j2", ".css", ".js", ".csv", ".toml", ".json", ".md", ".typed", ".ant", ".sha256"}
"""Kinds of file we write ourselves; any other file in the package is somebody else's."""

BUILT = {"mechanism/model.xml"}
"""Files of a case that scripts/ build from what we write."""

ROW = re.compile(
    r"^\| \**(?P<name>(?!package )[a-z0-9-]+)\** \| (?P<licence>[A-Z0][^|]+) \|$", re.MULTILINE
)


@pytest.fixture(scope="module")
def notice(root: Path) -> str:
    return (root / "NOTICE.md").read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: list[str]) -> set[str]:
    """The names and everything they require on this Python, without extras."""
    found: set[str] = set()
    waiting = [normal(name) for name in names]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(normal(requirement.name))
    return found


def test_third_party_files_are_named(root: Path, notice: str) -> None:
    package = root / "src" / "equipoise"
    foreign = [
        path.relative_to(package).as_posix()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.suffix not in OWN and "__pycache__" not in path.parts
        if "/".join(path.parts[-2:]) not in BUILT
    ]
    assert foreign
    assert [name for name in foreign if f"`{name}`" not in notice] == []


def test_run_time_dependencies_are_named(root: Path, notice: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    direct = [Requirement(text).name for text in project["dependencies"]]
    listed = {match["name"] for match in ROW.finditer(notice)}
    assert needed(direct) - listed == set()
    assert listed - needed(direct) == set()
    assert [name for name in direct if f"| **{normal(name)}** |" not in notice] == []


def test_every_licence_is_permissive(notice: str) -> None:
    allowed = {"MIT", "MIT-0", "0BSD", "Zlib", "CC0-1.0", "PSF-2.0", "Apache-2.0"}
    allowed |= {"BSD-2-Clause", "BSD-3-Clause"}
    licences = {
        word
        for match in ROW.finditer(notice)
        for word in re.split(r",? and |, | or ", match["licence"].strip())
    }
    assert licences - allowed == set()


@pytest.mark.parametrize("word", ["OFL-1.1", "report/fonts/OFL.txt", "evidence", "dat.bcg"])
def test_fonts_and_data_are_named(notice: str, word: str) -> None:
    assert word in notice
