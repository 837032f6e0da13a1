"""What may be in the repository, and how large its files may grow."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

MAX_LINES = 300
MAX_BODY = 40
"""Limits without exceptions."""
MACHINE = re.compile(
    r"(?<![\w.~:/-])(?:/home/|/root/|/Users/|/work/|/tmp/|/opt/)\w|\.pyenv/|\.\./shared"
)
HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|anaconda\.org|npmjs\.(?:com|org)|cran\.r-project")
THIS = "tests/house/test_repository.py"


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """Every file git knows or would add."""
    if shutil.which("git") is None or not (root / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in done.stdout.split("\0") if name and (root / name).is_file()]


def texts(files: list[Path], root: Path) -> dict[str, str]:
    found = {}
    for path in files:
        try:
            found[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("pattern", [MACHINE, HOSTS], ids=["machine paths", "registry hosts"])
def test_no_file_names(files: list[Path], root: Path, pattern: re.Pattern[str]) -> None:
    hits = [
        f"{name}: {match[0]}"
        for name, text in texts(files, root).items()
        if name != THIS
        for match in pattern.finditer(text)
    ]
    assert hits == []


def test_gitignore_names_folders_only(root: Path) -> None:
    lines = (root / ".gitignore").read_text().splitlines()
    assert [line for line in lines if line and not line.endswith("/")] == []


def test_no_source_file_is_too_long(root: Path) -> None:
    sources = [p for p in (root / "src").rglob("*") if p.suffix in {".py", ".j2", ".css", ".js"}]
    lengths = {
        p.relative_to(root).as_posix(): len(p.read_text(encoding="utf-8").splitlines())
        for p in sources
    }
    assert {name: n for name, n in lengths.items() if n > MAX_LINES} == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_no_function_body_is_too_long(root: Path) -> None:
    long = {}
    for path in sorted((root / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = body_lines(node)
                if lines > MAX_BODY:
                    long[f"{path.relative_to(root)}:{node.name}"] = lines
    assert long == {}


def test_the_ci_script_is_executable(root: Path) -> None:
    assert (root / ".ci" / "run").stat().st_mode & 0o111
