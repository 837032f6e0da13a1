"""Write a small commented case to start from."""

from __future__ import annotations

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from equipoise.atomic import write_bytes
from equipoise.errors import UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
PLACEHOLDER = b"@NAME@"


def write_case(name: str, into: Path) -> Path:
    """Copy the teaching case to ``into/name`` under its new name.

    Parameters
    ----------
    name : str
        Lower-case letters, digits and hyphens, at most 60.
    into : Path
        Folder in which the case folder is made.

    Returns
    -------
    Path
        The new folder.

    Raises
    ------
    UsageError
        When the name is not allowed or the folder already holds something.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"case name {name!r}: allowed are lower-case letters, digits and hyphens, at most 60"
        )
    if into.exists() and not into.is_dir():
        raise UsageError(f"{into} is a file; name a folder with --into")
    folder = into / name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists and is not empty; choose another name")
    template = resources.files("equipoise") / "case_template"
    for relative, file in _files(template, ""):
        write_bytes(folder / relative, file.read_bytes().replace(PLACEHOLDER, name.encode()))
    return folder


def _files(folder: Traversable, prefix: str) -> list[tuple[str, Traversable]]:
    found = []
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found += _files(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry))
    return found
