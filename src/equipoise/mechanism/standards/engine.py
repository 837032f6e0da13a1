"""Packages of the extra `mechanism`, asked for only where they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from equipoise.errors import MissingExtraError

EXTRA = "mechanism"


def require(module: str, needed_for: str) -> Any:
    """Import a package of the extra and return it.

    Raises
    ------
    MissingExtraError
        If it is not installed; the message holds the pip command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(EXTRA, needed_for) from error
