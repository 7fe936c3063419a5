"""Integer formats: ranges, rounding and the width of an accumulator."""

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, require_int

__all__ = [
    "LARGEST_DATA_BITS",
    "accumulator_bits",
    "largest_bias",
    "requantise",
    "saturate",
    "signed_range",
]

LARGEST_DATA_BITS = 32  # a product of two then fits in int64


def signed_range(bits: int) -> tuple[int, int]:
    """Return the smallest and the largest two's complement number.

    Parameters
    ----------
    bits : int
        Width of the number [bits], 1 to 64.

    Returns
    -------
    low, high : int
        Smallest and largest number.

    Raises
    ------
    TypeError
        If `bits` is not an integer.
    ValueError
        If `bits` is out of range.

    Notes
    -----
    Source: Crane, section 5.1.4 (16-bit fixed-point numbers).

    Examples
    --------
    >>> signed_range(16)
    (-32768, 32767)
    """
    half = 1 << (require_int("bits", bits, 1, 64) - 1)
    return -half, half - 1


def saturate(values: NDArray[np.integer], bits: int) -> NDArray[np.int64]:
    """Replace every value that does not fit by the nearest that does.

    Parameters
    ----------
    values : ndarray of int, any shape
        Values in any unit.
    bits : int
        Width of the result [bits], 1 to 64.

    Returns
    -------
    ndarray of int64, shape as `values`
        Saturated values, in the same unit.

    Raises
    ------
    TypeError
        If `values` are no integers within int64, or `bits` is none.
    ValueError
        If `bits` is out of range.

    Notes
    -----
    Source: project decision D-002.

    Examples
    --------
    >>> import numpy as np
    >>> saturate(np.array([-200, 5, 200]), 8)
    array([-128,    5,  127])
    """
    low, high = signed_range(bits)
    return np.clip(as_int64("values", values), low, high)


def requantise(accumulators: NDArray[np.integer], shift: int, bits: int) -> NDArray[np.int64]:
    """Divide by a power of two, round half up and saturate.

    Parameters
    ----------
    accumulators : ndarray of int, any shape
        Exact sums; the whole range of int64 is legal.
    shift : int
        Fraction of the accumulators minus fraction of the result [bits]; may be negative.
    bits : int
        Width of the result [bits], 2 to 32.

    Returns
    -------
    ndarray of int64, shape as `accumulators`
        Data of `bits` bits.

    Raises
    ------
    TypeError
        If `accumulators` are no integers within int64, or `shift` or `bits` is none.
    ValueError
        If `bits` is out of range.

    Notes
    -----
    Source: project decision D-002: ``saturate((accumulator + 2^(shift-1)) >> shift)``. Half of the
    unit is added after the shift, as the last bit shifted out, because the sum could leave int64.

    Examples
    --------
    >>> import numpy as np
    >>> requantise(np.array([-6, -2, 2, 5, 6, 1000]), 2, 8)
    array([ -1,   0,   1,   1,   2, 127])
    """
    require_int("bits", bits, 2, LARGEST_DATA_BITS)
    shift = require_int("shift", shift, -(1 << 31), 1 << 31)
    sums = as_int64("accumulators", accumulators)
    if shift > 0:
        return saturate((sums >> shift) + (sums >> (shift - 1) & 1), bits)
    # Whatever saturates before the shift does after it; a shift by `bits` saturates all but 0.
    return saturate(saturate(sums, bits) << min(-shift, bits), bits)


def largest_bias(data_bits: int, terms: int) -> int:
    """Return the largest bias for which :func:`accumulator_bits` leaves room.

    Parameters
    ----------
    data_bits : int
        Width of an activation and of a weight [bits], 2 to 32.
    terms : int
        Largest number of products in a sum, at least 1.

    Returns
    -------
    int
        Largest magnitude of a bias, at accumulator scale: as much as the products can reach.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: architecture brief, section 3 (accumulators never overflow).

    Examples
    --------
    >>> largest_bias(8, 9) == 9 * 128 * 128
    True
    """
    require_int("data_bits", data_bits, 2, LARGEST_DATA_BITS)
    return require_int("terms", terms, 1) << (2 * data_bits - 2)


def accumulator_bits(data_bits: int, terms: int) -> int:
    """Return how wide a sum of products and a bias has to be, and not a bit more.

    Parameters
    ----------
    data_bits : int
        Width of an activation and of a weight [bits], 2 to 32.
    terms : int
        Largest number of products in a sum, at least 1.

    Returns
    -------
    int
        Width of the accumulator [bits]: ``2 * data_bits + bit_length(terms)``.

    Raises
    ------
    TypeError
        If an argument is not an integer.
    ValueError
        If an argument is out of range.

    See Also
    --------
    largest_bias : the bias that is provided for.

    Notes
    -----
    Source: architecture brief, section 3 (prove the width).

    Let d be `data_bits` and t be `terms`. A product lies between -2^(d-1) (2^(d-1) - 1) and
    2^(2d-2), and the bias between -t 2^(2d-2) and t 2^(2d-2). So the largest sum is
    t 2^(2d-2) + t 2^(2d-2) = t 2^(2d-1), and no sum is more negative than that.

    It fits: with n the bit length of t, t <= 2^n - 1, so t 2^(2d-1) < 2^(2d-1+n), which is one
    more than the largest number of 2d + n bits. It is tight: t >= 2^(n-1), so
    t 2^(2d-1) >= 2^(2d+n-2), which is one more than the largest number of 2d + n - 1 bits.

    Examples
    --------
    >>> accumulator_bits(16, 4608)
    45
    """
    require_int("data_bits", data_bits, 2, LARGEST_DATA_BITS)
    return 2 * data_bits + require_int("terms", terms, 1).bit_length()
