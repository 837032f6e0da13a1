"""The wheel holds what the source folder holds: no case file, font or template is lost."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(root)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return zipfile.ZipFile(next(out.glob("*.whl")))


def source_files(root: Path) -> set[str]:
    source = root / "src"
    return {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_and_the_source_hold_the_same_files(root: Path, wheel: zipfile.ZipFile) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == source_files(root)


def test_the_case_folder_is_whole_byte_for_byte(root: Path, wheel: zipfile.ZipFile) -> None:
    cases = sorted((root / "src" / "equipoise" / "cases").rglob("*"))
    files = [path for path in cases if path.is_file() and "__pycache__" not in path.parts]
    assert any(path.name == "case.toml" for path in files)
    assert len([path for path in files if path.suffix == ".csv"]) >= 6
    for path in files:
        assert wheel.read(path.relative_to(root / "src").as_posix()) == path.read_bytes()


@pytest.mark.parametrize("ending", [".otf", ".woff2", "OFL.txt", ".j2", ".schema.json", "py.typed"])
def test_the_wheel_holds(wheel: zipfile.ZipFile, ending: str) -> None:
    assert [name for name in wheel.namelist() if name.endswith(ending)]


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE.md"])
def test_the_licence_and_the_notices_travel_with_it(
    root: Path, wheel: zipfile.ZipFile, name: str
) -> None:
    packed = next(n for n in wheel.namelist() if n.endswith(f".dist-info/licenses/{name}"))
    assert wheel.read(packed) == (root / name).read_bytes()
