"""Write docs/cli.md: the help of each command, as the command prints it (``make docs``)."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console

from equipoise.cli import app

TARGET = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
WIDTH = 92
HEAD = """# Command line

Written by `make docs` from the program's own help; do not edit.
"""


def help_text(*command: str) -> str:
    """Help of one command as plain text of a fixed width."""
    page = io.StringIO()
    console = Console(file=page, width=WIDTH, color_system=None, force_terminal=False)
    app.help_print(list(command), console=console)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()).strip("\n")


def reference() -> str:
    """Compose the whole page."""
    names = sorted(name for name in app if not name.startswith("-"))
    parts = [HEAD, f"```\n{help_text()}\n```\n"]
    for name in names:
        parts.append(f"## equipoise {name}\n\n```\n{help_text(name)}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"docs/{TARGET.name}\n")
