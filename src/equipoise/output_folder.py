"""The folder a run writes into: ours, of one case, and of one run at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from equipoise.atomic import write_bytes
from equipoise.errors import UsageError

try:
    import fcntl
except ImportError:  # pragma: no cover  # not on Windows: two runs at once are then not noticed
    fcntl = None  # type: ignore[assignment]

STATE = ".equipoise"
"""Folder inside the output that holds room results; it also marks an output folder as ours."""

OWNER, LOCK = "case", "lock"


def check_output_folder(out: Path, case_folder: Path | None) -> None:
    """Refuse a folder that is not ours, or that is the case itself.

    Raises
    ------
    UsageError
        Naming the folder and what to do.
    """
    if case_folder is not None and out.resolve().is_relative_to(case_folder.resolve()):
        raise UsageError(
            f"{out} lies inside the case folder; choose another --out: a run writes nothing there"
        )
    if (out.exists() or out.is_symlink()) and not out.is_dir():
        raise UsageError(f"{out} is a file or leads nowhere; choose a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / STATE).is_dir():
        raise UsageError(
            f"{out} is not empty and was not written by equipoise; choose another --out"
        )


@contextlib.contextmanager
def claimed(out: Path, case_name: str) -> Iterator[Path]:
    """Hold the output folder for one run of one case; yield the folder of room results.

    Raises
    ------
    UsageError
        When it holds the dossier of another case, or another run is writing there.
    """
    state = out / STATE
    state.mkdir(parents=True, exist_ok=True)
    with (state / LOCK).open("ab") as lock:
        _lock(lock.fileno(), out)
        owner = state / OWNER
        written = owner.read_text(encoding="utf-8") if owner.is_file() else case_name
        if written != case_name:
            raise UsageError(f"{out} holds the dossier of case {written!r}; choose another --out")
        write_bytes(owner, case_name.encode())
        yield state


def _lock(handle: int, out: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UsageError(f"another run is writing to {out}; wait for it") from error
