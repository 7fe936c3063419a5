"""Checks of arguments that the modules of the golden model share."""

from numbers import Integral

import numpy as np
from numpy.typing import NDArray

__all__ = ["as_int64", "magnitude", "require_int", "require_int64", "require_ints"]


def require_int(name: str, value: object, low: int, high: int | None = None) -> int:
    """Return `value` as a Python integer, once it is known to be one in range.

    Parameters
    ----------
    name : str
        What the error message calls the value.
    value : object
        The value to check; a bool is no integer.
    low, high : int
        Smallest and largest legal value; a `high` of None leaves the range open.

    Returns
    -------
    int
        `value`.

    Raises
    ------
    TypeError
        If `value` is not an integer.
    ValueError
        If `value` is out of range.

    Notes
    -----
    Source: project style, section 3 (form of the error texts).

    Examples
    --------
    >>> require_int("bits", 16, 2, 32)
    16
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, not {value!r}")
    number = int(value)
    if high is None and number < low:
        raise ValueError(f"{name} must be at least {low}, not {number}")
    if high is not None and not low <= number <= high:
        raise ValueError(f"{name} must be in {low}..{high}, not {number}")
    return number


def require_ints(name: str, values: object, length: int, low: int) -> tuple[int, ...]:
    """Return `values` once they are known to be a tuple of integers in range.

    Parameters
    ----------
    name : str
        What the error message calls the tuple.
    values : object
        The tuple to check.
    length : int
        Number of integers that it must hold.
    low : int
        Smallest legal integer.

    Returns
    -------
    tuple of int
        `values`.

    Raises
    ------
    TypeError
        If `values` is not a tuple, or an element not an integer.
    ValueError
        If the number of elements is wrong, or an element too small.

    Notes
    -----
    Source: project style, section 3 (form of the error texts).

    Examples
    --------
    >>> require_ints("stride", (2, 1), 2, 1)
    (2, 1)
    """
    if not isinstance(values, tuple):
        raise TypeError(f"{name} must be a tuple of {length} integers, not {values!r}")
    if len(values) != length:
        raise ValueError(f"{name} must hold {length} integers, not {values!r}")
    return tuple(require_int(f"each of {name}", value, low) for value in values)


def as_int64(name: str, values: NDArray[np.integer], *axes: str) -> NDArray[np.int64]:
    """Return an array of integers as int64.

    Parameters
    ----------
    name : str
        What the error message calls the array.
    values : ndarray of int
        The array; any integer type of which every value fits in int64.
    *axes : str
        Names of the axes that the array must have; none at all leaves its shape open.

    Returns
    -------
    ndarray of int64
        `values`; a view where the type fits already.

    Raises
    ------
    TypeError
        If the elements are no integers, or unsigned ones of 64 bits.
    ValueError
        If the number of axes is wrong.

    Notes
    -----
    Source: project style, section 5 (golden models are functions of integer arrays).

    Examples
    --------
    >>> import numpy as np
    >>> as_int64("dense", np.array([1, 2], np.int16), "length").dtype
    dtype('int64')
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iu" or not np.can_cast(array.dtype, np.int64):
        raise TypeError(f"{name} must be of an integer type within int64, not {array.dtype}")
    if axes and array.ndim != len(axes):
        raise ValueError(f"{name} must have the axes ({', '.join(axes)}), not shape {array.shape}")
    return array.astype(np.int64, copy=False)


def magnitude(values: NDArray[np.int64]) -> int:
    """Return the largest absolute value, as a Python integer that cannot overflow.

    Parameters
    ----------
    values : ndarray of int64, any shape
        The values; none at all have the magnitude 0.

    Returns
    -------
    int
        Largest absolute value, in the unit of `values`.

    Notes
    -----
    Source: project style, section 3 (widths are proven, not hoped for).

    Examples
    --------
    >>> import numpy as np
    >>> magnitude(np.array([-(2**63), 5]))
    9223372036854775808
    """
    return max(-int(values.min()), int(values.max())) if values.size else 0


def require_int64(name: str, bound: int) -> None:
    """Refuse a computation whose results could leave int64.

    Parameters
    ----------
    name : str
        What the error message calls the results.
    bound : int
        Proven upper bound of their magnitude.

    Raises
    ------
    ValueError
        If `bound` is 2^63 or more.

    Notes
    -----
    Source: architecture brief, section 3 (prove the width, don't saturate silently).

    Examples
    --------
    >>> require_int64("the sums", 2**63 - 1)
    """
    if bound >= 1 << 63:
        raise ValueError(f"the bound of {name} must be below 2**63, not {bound}")
