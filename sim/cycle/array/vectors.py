"""Vectors of the processor's own kind, for compiled code that does the same for many lanes.

A vector is a value like any other: it lives in registers, and its operations are single
instructions where the processor has them. A comparison gives *marks*: a word whose bit n says
whether it holds in lane n.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, overload, register_model

__all__ = [
    "LANES",
    "WORDS",
    "broadcast",
    "count_each",
    "gather",
    "load_lanes",
    "load_words",
    "marks_above",
    "smaller",
    "store_halves",
    "store_lanes",
    "where",
]

LANES = 16  # of 32 bits, signed
WORDS = 8  # of 64 bits


class VectorType(types.Type):
    """A vector of integers.

    Parameters
    ----------
    count, bits : int
        Elements, and bits of each.
    """

    def __init__(self, count: int, bits: int) -> None:
        self.llvm = ir.VectorType(ir.IntType(bits), count)
        super().__init__(name=f"Vector({count} x {bits} bits)")


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: VectorType) -> None:
        super().__init__(manager, kind, kind.llvm)


_lanes = VectorType(LANES, 32)
_words = VectorType(WORDS, 64)


def _address(context, builder, array_type, array, index, kind):
    """Where element `index` of an array stands, as a place for a value of type `kind`."""
    data = cgutils.create_struct_proxy(array_type)(context, builder, value=array).data
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


def _load(kind):
    def typed(typing_context, array, index):
        def generate(context, builder, signature, arguments):
            place = _address(context, builder, signature.args[0], *arguments, kind.llvm)
            return builder.load(place, align=array.dtype.bitwidth // 8)

        return kind(array, types.intp), generate

    return typed


@intrinsic
def load_lanes(typing_context, array, index):
    """Lanes from element `index` of a flat array of int32 on."""
    return _load(_lanes)(typing_context, array, index)


@intrinsic
def load_words(typing_context, array, index):
    """Words from element `index` of a flat array of uint64 on."""
    return _load(_words)(typing_context, array, index)


@intrinsic
def store_lanes(typing_context, array, index, lanes):
    """Write lanes to a flat array of int32, from element `index` on."""

    def generate(context, builder, signature, arguments):
        array, index, value = arguments
        place = _address(context, builder, signature.args[0], array, index, value.type)
        builder.store(value, place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), generate


@intrinsic
def store_halves(typing_context, array, index, words):
    """Write the low 16 bits of each word to a flat array of uint16, from element `index` on."""

    def generate(context, builder, signature, arguments):
        array, index, value = arguments
        narrow = builder.trunc(value, ir.VectorType(ir.IntType(16), WORDS))
        place = _address(context, builder, signature.args[0], array, index, narrow.type)
        builder.store(narrow, place, align=2)
        return context.get_dummy_value()

    return types.void(array, types.intp, words), generate


def _splat(builder, kind, value):
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.IntType(32)(0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), kind.count), [0] * kind.count)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), mask)


@intrinsic
def broadcast(typing_context, value):
    """Lanes that all hold `value`, an integer; words if it is an unsigned one of 64 bits."""
    kind = _words if value == types.uint64 else _lanes

    def generate(context, builder, signature, arguments):
        value = arguments[0]
        if value.type.width > kind.llvm.element.width:
            value = builder.trunc(value, kind.llvm.element)
        return _splat(builder, kind.llvm, value)

    return kind(value), generate


def _binary(instruction):
    @intrinsic
    def apply(typing_context, left, right):
        def generate(context, builder, signature, arguments):
            return getattr(builder, instruction)(*arguments)

        return left(left, right), generate

    return apply


def _overload_operator(function, instruction):
    apply = _binary(instruction)

    @overload(function)
    def implement(left, right):
        if isinstance(left, VectorType) and left == right:
            return lambda left, right: apply(left, right)
        return None


for _add in (operator.add, operator.iadd):
    _overload_operator(_add, "add")
_overload_operator(operator.sub, "sub")
_overload_operator(operator.mul, "mul")
_overload_operator(operator.and_, "and_")
_overload_operator(operator.or_, "or_")


def _as_word(builder, marks):
    """Marks of a comparison as a word."""
    return builder.zext(builder.bitcast(marks, ir.IntType(marks.type.count)), ir.IntType(64))


@intrinsic
def marks_above(typing_context, left, right):
    """Marks of the lanes in which `left` is greater than `right`."""

    def generate(context, builder, signature, arguments):
        return _as_word(builder, builder.icmp_signed(">", *arguments))

    return types.uint64(left, right), generate


@intrinsic
def smaller(typing_context, left, right):
    """The smaller of two in each lane."""

    def generate(context, builder, signature, arguments):
        return builder.select(builder.icmp_signed("<", *arguments), *arguments)

    return left(left, right), generate


@intrinsic
def where(typing_context, marks, left, right):
    """Lanes of `left` where they are marked, and of `right` elsewhere."""

    def generate(context, builder, signature, arguments):
        marks, left, right = arguments
        return builder.select(_as_marks(builder, marks), left, right)

    return left(types.uint64, left, right), generate


def _as_marks(builder, word):
    narrow = builder.trunc(word, ir.IntType(LANES))
    return builder.bitcast(narrow, ir.VectorType(ir.IntType(1), LANES))


@intrinsic
def gather(typing_context, array, places, marks):
    """Elements of a flat array of uint16 at `places`, zero where there is no mark.

    The element behind each is read as well, so that the array must be longer by one.
    """

    def generate(context, builder, signature, arguments):
        array, places, marks = arguments
        kind = signature.args[0]
        data = cgutils.create_struct_proxy(kind)(context, builder, value=array).data
        pointers = builder.gep(data, [places], source_etype=ir.IntType(16))
        wide = ir.VectorType(ir.PointerType(), LANES)
        pointers.type = wide  # llvmlite does not know that places may be a vector
        bits = ir.VectorType(ir.IntType(1), LANES)
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(_lanes.llvm, [wide, ir.IntType(32), bits, _lanes.llvm]),
            f"llvm.masked.gather.v{LANES}i32.v{LANES}p0",
        )
        zero = ir.Constant(_lanes.llvm, [0] * LANES)
        read = builder.call(
            function, [pointers, ir.IntType(32)(2), _as_marks(builder, marks), zero]
        )
        low = ir.Constant(_lanes.llvm, [0xFFFF] * LANES)
        return builder.and_(read, low)

    return _lanes(array, places, types.uint64), generate


@intrinsic
def count_each(typing_context, words):
    """Ones of each word."""

    def generate(context, builder, signature, arguments):
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(words.llvm, [words.llvm]), f"llvm.ctpop.v{WORDS}i64"
        )
        return builder.call(function, arguments)

    return words(words), generate
