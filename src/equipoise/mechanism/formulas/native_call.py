"""How a compiled kernel calls machine code of which it knows the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def _call_native(typingctx: Any, address: Any, x: Any, p: Any, out: Any) -> Any:
    """Call ``void f(const double* x, const double* p, double* out)`` from within a kernel.

    Parameters
    ----------
    address : uintp
        `MachineCode.address`; the `MachineCode` must be alive.
    x, p, out : uintp
        Addresses of contiguous float64 arrays (``array.ctypes.data``), long enough for the slots
        and the formulas of the function. `out` overlaps neither `x` nor `p`. Nothing is checked.

    Notes
    -----
    The address is an argument, so a kernel that calls it can be kept between runs.
    """
    integers = (types.Integer,)
    if not all(isinstance(kind, integers) for kind in (address, x, p, out)):
        return None
    signature = types.void(types.uintp, types.uintp, types.uintp, types.uintp)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        double = ir.DoubleType().as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [double] * 3)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        builder.call(function, [builder.inttoptr(a, double) for a in arguments[1:]])
        return context.get_dummy_value()

    return signature, generate


call_native = cast(Callable[[int, int, int, int], None], _call_native)
"""Typed as a kernel sees it: address, x, p, out."""
