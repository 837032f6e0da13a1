"""An invented model that is right, and copies of it with one thing changed."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from equipoise.errors import InputError, Problem
from equipoise.mechanism.models import MechanismModel, read_model

DRUGX = Path(__file__).parent / "drugx"
Changed = Callable[..., tuple[Problem, ...]]


def rehash(folder: Path) -> None:
    """Write the hashes anew, as the build does."""
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("model.xml", "equations.csv")
    ]
    (folder / "model.sha256").write_text("".join(lines))


@pytest.fixture(scope="session")
def drugx() -> MechanismModel:
    return read_model(DRUGX / "mechanism", "drugx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DRUGX / "mechanism", tmp_path / "mechanism"))


@pytest.fixture
def changed(folder: Path) -> Changed:
    """Return the problems after texts of files are replaced: (file, old, new), ..."""

    def problems(*changes: tuple[str, str, str], hashes: bool = True) -> tuple[Problem, ...]:
        for name, old, new in changes:
            text = (folder / name).read_text()
            assert old in text
            (folder / name).write_text(text.replace(old, new))
        if hashes:
            rehash(folder)
        with pytest.raises(InputError) as caught:
            read_model(folder)
        return caught.value.problems

    return problems
