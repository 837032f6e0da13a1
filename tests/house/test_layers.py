"""Imports run one way, and no late import hides a cycle."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

LATE = {"cli.py", "__init__.py"}
"""Where an import inside a function is allowed: a command importing its room, lazy packages."""


def test_import_contracts_hold(root: Path) -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([tool], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_is_in_a_layer(root: Path) -> None:
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    layered = {
        name.strip().removeprefix("equipoise.").split(".")[0]
        for contract in contracts["contracts"]
        for layer in contract.get("layers", [])
        for name in layer.replace(":", "|").split("|")
    }
    package = root / "src" / "equipoise"
    modules = {p.stem for p in package.glob("*.py")} | {
        p.parent.name for p in package.glob("*/__init__.py")
    }
    assert modules - layered - {"__init__", "__main__"} == set()


def late_imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    inside = {
        n for f in functions for n in ast.walk(f) if isinstance(n, ast.Import | ast.ImportFrom)
    }
    own = [
        n
        for n in inside
        if (isinstance(n, ast.ImportFrom) and (n.level or (n.module or "").startswith("equipoise")))
        or (isinstance(n, ast.Import) and any(a.name.startswith("equipoise") for a in n.names))
    ]
    return sorted(f"{path.name}:{n.lineno}" for n in own)


def test_late_imports_only_in_the_commands(root: Path) -> None:
    package = root / "src" / "equipoise"
    files = [p for p in sorted(package.rglob("*.py")) if p.name not in LATE]
    assert [hit for path in files for hit in late_imports(path)] == []


def test_no_module_has_the_name_of_what_its_room_exports(root: Path) -> None:
    clashes = {}
    for room in sorted((root / "src" / "equipoise").rglob("*/__init__.py")):
        exported = {
            alias.asname or alias.name
            for node in ast.walk(ast.parse(room.read_text()))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        same = exported & {path.stem for path in room.parent.glob("*.py")}
        if same:
            clashes[room.parent.name] = same
    assert clashes == {}
