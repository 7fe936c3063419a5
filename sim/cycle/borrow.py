"""Arrays without reference counts, for compiled code that hands them down in its inner loops."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["borrow"]


@intrinsic
def borrow(typing_context, thing):
    """The same tuple of arrays, nested or not, uncounted.

    Counting is atomic and costs more than the work itself where functions are short. Whoever calls
    must hold the counted arrays: those that Python passes in live as long as the call.
    """
    signature = thing(thing)

    def generate(context, builder, signature, arguments):
        return _without_counts(context, builder, signature.return_type, arguments[0])

    return signature, generate


def _without_counts(context, builder, kind, value):
    if isinstance(kind, types.Array):
        array = cgutils.create_struct_proxy(kind)(context, builder, value=value)
        for owner in ("meminfo", "parent"):
            pointer = getattr(array, owner).type
            setattr(array, owner, ir.Constant(pointer, None))
        return array._getvalue()
    if isinstance(kind, types.BaseTuple):
        for index, part in enumerate(kind):
            inner = builder.extract_value(value, index)
            value = builder.insert_value(
                value, _without_counts(context, builder, part, inner), index
            )
    return value
