"""How a kernel moves over its inputs, and the shape that comes out."""

from dataclasses import dataclass

from grus.golden.checks import require_int, require_ints

__all__ = ["PLAIN", "Window", "output_shape"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """How a kernel moves over its inputs.

    Parameters
    ----------
    stride : tuple of int
        Distance of two output positions (rows, columns) [input elements].
    padding : tuple of int
        Zeros around the inputs (top, left, bottom, right) [elements].
    dilation : tuple of int
        Distance of two taps (rows, columns) [input elements].
    groups : int
        Number of equal parts of the channels that are convolved apart from each other.

    Raises
    ------
    TypeError
        If a parameter is not a tuple of integers, or `groups` not an integer.
    ValueError
        If a parameter is out of range or has a wrong number of elements.

    Notes
    -----
    Source: ONNX operator Conv (strides, pads, dilations, group).

    Examples
    --------
    >>> Window(padding=(1, 1, 1, 1)).stride
    (1, 1)
    """

    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilation: tuple[int, int] = (1, 1)
    groups: int = 1

    def __post_init__(self) -> None:
        require_ints("stride", self.stride, 2, 1)
        require_ints("padding", self.padding, 4, 0)
        require_ints("dilation", self.dilation, 2, 1)
        require_int("groups", self.groups, 1)


PLAIN = Window()


def output_shape(
    inputs_shape: tuple[int, ...], weights_shape: tuple[int, ...], window: Window = PLAIN
) -> tuple[int, int, int]:
    """Return the shape of a convolution's result.

    Parameters
    ----------
    inputs_shape : tuple of int
        Channels, rows, columns.
    weights_shape : tuple of int
        Outputs, channels per group, kernel rows, kernel columns.
    window : Window
        How the kernel moves.

    Returns
    -------
    outputs, rows, columns : int
        Shape of the result.

    Raises
    ------
    ValueError
        If a shape has the wrong number of axes, the channels do not match, the groups do not
        divide the outputs, or the kernel is larger than the padded inputs.

    Notes
    -----
    Source: ONNX operator Conv.

    Examples
    --------
    >>> output_shape((3, 227, 227), (96, 3, 7, 7), Window(stride=(2, 2)))
    (96, 111, 111)
    """
    if len(inputs_shape) != 3:
        raise ValueError(f"inputs must have shape (channels, rows, columns), not {inputs_shape}")
    if len(weights_shape) != 4:
        raise ValueError(
            "weights must have shape (outputs, channels, rows, columns), "
            f"not {tuple(weights_shape)}"
        )
    outputs, channels = weights_shape[:2]
    if channels * window.groups != inputs_shape[0]:
        raise ValueError(
            f"inputs must have {channels} channels for each of {window.groups} groups, "
            f"not {inputs_shape[0]} channels"
        )
    if outputs % window.groups:
        raise ValueError(f"outputs must be a multiple of {window.groups} groups, not {outputs}")
    rows, columns = (
        _positions(axis, inputs_shape[1 + axis], weights_shape[2 + axis], window) for axis in (0, 1)
    )
    return outputs, rows, columns


def _positions(axis: int, length: int, taps: int, window: Window) -> int:
    padded = length + window.padding[axis] + window.padding[axis + 2]
    reach = (taps - 1) * window.dilation[axis] + 1
    if not 1 <= reach <= padded:
        name = ("rows", "columns")[axis]
        raise ValueError(f"kernel {name} must reach over 1..{padded} elements, not {reach}")
    return (padded - reach) // window.stride[axis] + 1
