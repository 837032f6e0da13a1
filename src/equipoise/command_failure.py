"""What a command that failed tells, and what is looked at before one begins."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys

from equipoise.errors import InputError, UsageError
from equipoise.terminal import write


def failed(error: Exception | str, code: int, as_json: bool) -> int:
    """Report an error on stderr (and as the JSON object, when one was asked for)."""
    if as_json:
        problems = [vars(p) for p in error.problems] if isinstance(error, InputError) else []
        document = {
            "schema_version": 1,
            "command": "error",
            "exit_code": code,
            "message": str(error),
            "problems": problems,
        }
        text, stream = json.dumps(document, ensure_ascii=False, indent=2), sys.stdout
    else:
        text, stream = f"equipoise: {error}", sys.stderr
    with contextlib.suppress(OSError, ValueError):
        write(stream, text)
    return code


def check_epoch() -> None:
    """Refuse a SOURCE_DATE_EPOCH that is no time, before a library stumbles over it."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch == "":
        del os.environ["SOURCE_DATE_EPOCH"]
    elif epoch is not None and not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 11):
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}: allowed are seconds since 1970")


def silence_stdout() -> None:
    """Point stdout at nothing: the reader of the pipe has gone, as ``head`` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def prepare_streams(*, plain: bool) -> None:
    """Let no character stop an answer: JSON is UTF-8, text shows what a terminal cannot."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding=None if plain else "utf-8", errors="backslashreplace" if plain else None
            )
