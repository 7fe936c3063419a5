"""Breaks in the golden model; the tests of each module find its own."""

from tests.mutations.mutation import mutation_of

__all__ = ["MUTATIONS"]

# Modules whose tests stand elsewhere.
_TESTS = {"patches": "convolution", "operators": "network"}

# Module, what it says, and what it says once broken.
_BREAKS = [
    ("formats", "+ (sums >> (shift - 1) & 1)", "+ (sums >> shift & 1)"),
    ("formats", "(sums >> shift) + (sums >> (shift - 1) & 1)", "sums >> shift"),
    (
        "formats",
        "(sums >> shift) + (sums >> (shift - 1) & 1)",
        "(sums + (1 << (shift - 1))) >> shift",
    ),
    ("formats", "<< min(-shift, bits)", "<< min(-shift, bits - 2)"),
    ("formats", "saturate(saturate(sums, bits) <<", "saturate(sums <<"),
    ("formats", "return 2 * data_bits + ", "return 2 * data_bits + 1 + "),
    ("formats", "return 2 * data_bits + ", "return 2 * data_bits - 1 + "),
    ("formats", "return -half, half - 1", "return 1 - half, half - 1"),
    ("quantisation", "(scaled - whole >= 0.5)", "(scaled - whole > 0.5)"),
    ("quantisation", "whole + (scaled - whole >= 0.5)", "np.floor(scaled + 0.5)"),
    ("quantisation", "(mantissa > limit_mantissa)", "(mantissa >= limit_mantissa)"),
    ("quantisation", "return bits - 1", "return min(bits - 1, _LARGEST_FRACTION)"),
    ("segments", "(runs >> index_bits) + 1", "-(-runs >> index_bits) + 1"),
    ("segments", "(runs >> index_bits) + 1", "(runs + 1 >> index_bits) + 1"),
    ("segments", "column[:-1][same_row] + 1", "column[:-1][same_row]"),
    ("segments", "-= column[:-1][same_row] + 1", "-= 0"),
    ("segments", "len(values), largest_count", "len(values), 0"),
    ("segments", "(column >= length)", "(column > length)"),
    ("segments", "(zeros > largest_count)", "(zeros > largest_count + 1)"),
    ("encoding", '"pairs") + 1) - 1', '"pairs")) - 1'),
    ("encoding", "np.zeros_like(values)", "np.ones_like(values)"),
    ("patches", "(top, bottom), (left, right)", "(bottom, top), (left, right)"),
    ("patches", "(top, bottom), (left, right)", "(top, bottom), (top, bottom)"),
    ("patches", ":: stride[0], :: stride[1]", ":: stride[1], :: stride[0]"),
    ("patches", "(taps - 1) * step + 1", "taps * step"),
    ("window", "(padded - reach) // ", "(padded - reach + 1) // "),
    ("convolution", "1 << 53", "1 << 54"),
    ("convolution", "return np.float64 if", "return np.float32 if"),
    ("convolution", "window.padding, 0).astype", "window.padding, 1).astype"),
    ("convolution", "weights.reshape(window.groups,", "weights[::-1].reshape(window.groups,"),
    (
        "convolution",
        "pad_map(inputs, window.padding, 0) !=",
        "pad_map(inputs, window.padding, 1) !=",
    ),
    ("convolution", "bound + magnitude(addends)", "bound"),
    (
        "pooling",
        "last * stride >= length + padding_before",
        "last * stride > length + padding_before",
    ),
    ("pooling", "last * stride >= length + padding_before", "last * stride >= length"),
    ("pooling", "-(-spare // stride) if", "spare // stride + 1 if"),
    ("pooling", "(2 * sums + elements)", "(2 * sums)"),
    ("pooling", "padding, int(count_padding)", "padding, 1"),
    ("pooling", "stride, (0, 0), pooled, 0)", "stride, (0, 0), pooled, 1)"),
    ("pooling", "pooled, lowest)", "pooled, 0)"),
    ("elementwise", "max(a_fraction, b_fraction, out_fraction)", "out_fraction"),
    ("elementwise", "(second << b_shift), finest", "second, finest"),
    ("resampling", "before + 3 * values", "after + 3 * values"),
    ("resampling", "np.arange(length) - 1, 0)", "np.arange(length) - 1, -1)"),
    ("resampling", "4 + fraction", "3 + fraction"),
    ("resampling", "((before, after),", "((after, before),"),
    ("operators", "6 >> -fraction", "6 << -fraction"),
    ("operators", "min(six, signed_range(numbers.bits)[1])", "six"),
    ("operators", "+ weight_fraction -", "-"),
    ("network", "if wrong.any()", "if wrong.all()"),
]

MUTATIONS = [
    mutation_of(
        f"golden.{module}", sound, broken, f"tests/golden/test_{_TESTS.get(module, module)}.py"
    )
    for module, sound, broken in _BREAKS
]
