"""Real numbers to fixed-point numbers and back.

A number with the fraction f stands for integer x 2^-f. The fraction may exceed the width of the
number, and may be negative.
"""

from math import frexp, inf

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, require_int
from grus.golden.formats import LARGEST_DATA_BITS, signed_range

__all__ = ["dequantise", "fraction_for", "quantise", "quantise_bias", "quantise_limits"]

_LARGEST_FRACTION = 24
_FRACTION_LIMIT = 128
_BEYOND_ALL = 2.0**300  # saturates at every fraction and width, and is finite at every fraction


def fraction_for(largest: float, bits: int) -> int:
    """Choose the finest power of two at which a magnitude still fits.

    Parameters
    ----------
    largest : float
        Largest magnitude to be represented; not negative.
    bits : int
        Width of the data [bits], 2 to 32.

    Returns
    -------
    int
        Largest f, up to 24, for which ``largest * 2^f <= 2^(bits-1) - 1``; for a `largest` of 0 it
        is ``bits - 1``.

    Raises
    ------
    TypeError
        If `bits` is not an integer.
    ValueError
        If `largest` is negative or not finite, or `bits` out of range.

    Notes
    -----
    Source: integer rules of the development networks (one power of two per tensor). Mantissas and
    exponents are compared instead of logarithms, so that no rounding moves the boundary.

    Examples
    --------
    >>> fraction_for(1.0, 16), fraction_for(32767 / 2**14, 16), fraction_for(100_000, 16)
    (14, 14, -2)
    """
    require_int("bits", bits, 2, LARGEST_DATA_BITS)
    if not 0 <= largest < inf:
        raise ValueError(f"largest must be finite and at least 0, not {largest}")
    if largest == 0:
        return bits - 1
    mantissa, exponent = frexp(largest)
    limit_mantissa, limit_exponent = frexp(signed_range(bits)[1])
    return min(limit_exponent - exponent - (mantissa > limit_mantissa), _LARGEST_FRACTION)


def _round_half_up(name: str, values: NDArray[np.floating], fraction: int) -> NDArray[np.float64]:
    exponent = require_int("fraction", fraction, -_FRACTION_LIMIT, _FRACTION_LIMIT)
    reals = np.asarray(values, np.float64)
    with np.errstate(over="ignore"):
        scaled = np.ldexp(reals, exponent)
    wrong = ~np.isfinite(scaled)
    if wrong.any():
        raise ValueError(f"{name} must be finite at fraction {fraction}, not {reals[wrong][0]}")
    whole = np.floor(scaled)
    return whole + (scaled - whole >= 0.5)


def quantise(values: NDArray[np.floating], fraction: int, bits: int) -> NDArray[np.int64]:
    """Turn real numbers into fixed-point numbers: round half up, then saturate.

    Parameters
    ----------
    values : ndarray of float, any shape
        Finite real numbers.
    fraction : int
        Fraction of the result [bits]; may be negative.
    bits : int
        Width of the result [bits], 2 to 32.

    Returns
    -------
    ndarray of int64, shape as `values`
        Data of `bits` bits [2^-fraction].

    Raises
    ------
    TypeError
        If `fraction` or `bits` is not an integer.
    ValueError
        If a scaled value is not finite, or `fraction` or `bits` out of range.

    Notes
    -----
    Source: integer rules of the development networks; rounding as in project decision D-002.

    Examples
    --------
    >>> import numpy as np
    >>> quantise(np.array([-0.75, -0.25, 0.25, 9.0]), 1, 4)
    array([-1,  0,  1,  7])
    """
    require_int("bits", bits, 2, LARGEST_DATA_BITS)
    return np.clip(_round_half_up("values", values, fraction), *signed_range(bits)).astype(np.int64)


def quantise_bias(bias: NDArray[np.floating], fraction: int) -> NDArray[np.int64]:
    """Turn real biases into integers at accumulator scale: round half up, never saturate.

    Parameters
    ----------
    bias : ndarray of float, any shape
        Finite real numbers.
    fraction : int
        Fraction of the inputs plus fraction of the weights [bits].

    Returns
    -------
    ndarray of int64, shape as `bias`
        Biases at accumulator scale [2^-fraction].

    Raises
    ------
    TypeError
        If `fraction` is not an integer.
    ValueError
        If a scaled bias is not finite or leaves int64, or `fraction` is out of range.

    Notes
    -----
    Source: architecture brief, section 3 (bias at accumulator scale); rounding as in project
    decision D-002.

    Examples
    --------
    >>> import numpy as np
    >>> quantise_bias(np.array([-0.5, 0.375]), 2)
    array([-2,  2])
    """
    rounded = _round_half_up("bias", bias, fraction)
    if rounded.size and np.abs(rounded).max() >= 2.0**63:
        raise ValueError(f"bias must stay below 2**63 units, not {np.abs(rounded).max()}")
    return rounded.astype(np.int64)


def dequantise(values: NDArray[np.integer], fraction: int) -> NDArray[np.float64]:
    """Return the real numbers that fixed-point numbers stand for.

    Parameters
    ----------
    values : ndarray of int, any shape
        Fixed-point numbers [2^-fraction].
    fraction : int
        Their fraction [bits].

    Returns
    -------
    ndarray of float64, shape as `values`
        ``values * 2^-fraction``, exact for up to 53 bits.

    Raises
    ------
    TypeError
        If `values` are no integers within int64, or `fraction` is none.
    ValueError
        If `fraction` is out of range.

    Notes
    -----
    Source: Crane, section 5.1.4 (fixed-point numbers).

    Examples
    --------
    >>> import numpy as np
    >>> dequantise(np.array([-3, 8]), 2)
    array([-0.75,  2.  ])
    """
    exponent = -require_int("fraction", fraction, -_FRACTION_LIMIT, _FRACTION_LIMIT)
    return np.ldexp(as_int64("values", values).astype(np.float64), exponent)


def quantise_limits(low: float, high: float, fraction: int, bits: int) -> tuple[int, int]:
    """Turn the limits of a range into fixed-point numbers.

    Parameters
    ----------
    low, high : float
        Limits; an infinite one, and one beyond the format, becomes the format's.
    fraction : int
        Fraction of the values that are limited [bits]; may be negative.
    bits : int
        Width of the values [bits], 2 to 32.

    Returns
    -------
    tuple of int
        Limits of `bits` bits [2^-fraction].

    Raises
    ------
    TypeError
        If `fraction` or `bits` is not an integer.
    ValueError
        If `low` is above `high` or one is no number, or `fraction` or `bits` out of range.

    Notes
    -----
    Source: ONNX operator Clip; project decision D-022 (limits are rounded as values are).

    Examples
    --------
    >>> quantise_limits(-0.75, float("inf"), 1, 4)
    (-1, 7)
    """
    if not low <= high:
        raise ValueError(f"low must be at most high={high}, not {low}")
    limits = np.clip(np.array([low, high], np.float64), -_BEYOND_ALL, _BEYOND_ALL)
    first, last = quantise(limits, fraction, bits)
    return int(first), int(last)
