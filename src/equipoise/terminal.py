"""What a terminal shows while a command works, and how its answer is written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TextIO


def with_progress(title: str, work: Callable[[Callable[[str], None]], Any]) -> Any:
    """Run `work` with a progress bar on a terminal and in silence elsewhere."""
    if not sys.stderr.isatty():
        return work(lambda step: None)
    from rich.console import Console  # noqa: PLC0415  # only where a bar is shown
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (BarColumn(20), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        return work(lambda step: bar.update(task, description=f"{title}: {step}"))


def write(stream: TextIO | None, text: str) -> None:
    """Write a line and flush it, so that a full disk or a closed pipe is noticed here."""
    if stream is not None:
        stream.write(text + "\n")
        stream.flush()
