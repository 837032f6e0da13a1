"""How kernels are compiled: two decorators, typed, so that strict checking sees through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a pure function of numbers and arrays; the same arithmetic in the same order.

    No `fastmath`, so that a sum is added in the order written and the same row gives the same
    bits whoever asks; no `parallel`, the caller owns the threads; a division by zero is an
    infinity as in NumPy, not an exception.
    """
    return cast(Function, njit(nogil=True, cache=True, error_model="numpy")(function))


def part(function: Function) -> Function:
    """Compile a function that only kernels call; it is kept within theirs and not by itself."""
    return cast(Function, njit(nogil=True, error_model="numpy")(function))
