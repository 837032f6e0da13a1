"""The call of native code, with its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from equipoise.mechanism import formulas

call_native = cast(Callable[[int, int, int, int], None], formulas.call_native)
"""See `equipoise.mechanism.formulas.call_native`: address, x, p, out."""
