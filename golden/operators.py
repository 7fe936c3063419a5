"""The operators of a network: one function each, from a node and its operands to its result."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.golden.convolution import convolve, multiply
from grus.golden.elementwise import add, clip, concatenate, relu
from grus.golden.formats import requantise, signed_range
from grus.golden.pooling import average_pool, global_average_pool, max_pool
from grus.golden.quantisation import quantise_limits
from grus.golden.resampling import resize_double, subsample_and_pad
from grus.golden.window import Window

__all__ = ["OPERATORS", "Numbers", "look_up"]

_Tensor = NDArray[np.int64]
_Node = Mapping[str, Any]


def look_up(table: Mapping[str, Any], name: str, key: str) -> Any:
    """Return an entry of a table.

    Parameters
    ----------
    table : mapping
        The table.
    name : str
        What the error message calls the table.
    key : str
        Name of the entry.

    Returns
    -------
    object
        The entry.

    Raises
    ------
    ValueError
        If there is none.

    Notes
    -----
    Source: project style, section 3 (form of the error texts).

    Examples
    --------
    >>> look_up({"conv1": 12}, "weight_frac", "conv1")
    12
    """
    if key not in table:
        raise ValueError(f"{name} must hold {key!r}, not only {len(table)} other entries")
    return table[key]


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What the operators need beside their operands.

    Parameters
    ----------
    parameters : mapping of str to ndarray of int
        Weights and biases, as in :func:`grus.golden.network.run_network`.
    act_frac, weight_frac : mapping of str to int
        Fraction of each tensor, and of the weights of each layer [bits].
    bits : int
        Width of weights and activations [bits].
    """

    parameters: Mapping[str, NDArray[np.integer]]
    act_frac: Mapping[str, int]
    weight_frac: Mapping[str, int]
    bits: int

    def fraction(self, tensor: str) -> int:
        """Fraction of a tensor [bits]."""
        return int(look_up(self.act_frac, "act_frac", tensor))

    def weights(self, node: _Node) -> NDArray[np.integer]:
        """Weights of a layer."""
        return look_up(self.parameters, "parameters", f"{node['name']}.weight")

    def bias(self, node: _Node) -> NDArray[np.integer] | None:
        """Biases of a layer, if it has any."""
        return self.parameters.get(f"{node['name']}.bias")

    def requantise(self, node: _Node, accumulators: _Tensor) -> _Tensor:
        """Bring the sums of a layer to the fraction of its output."""
        weight_fraction = int(look_up(self.weight_frac, "weight_frac", node["name"]))
        shift = self.fraction(node["in"][0]) + weight_fraction - self.fraction(node["out"])
        return requantise(accumulators, shift, self.bits)

    def kept_fraction(self, node: _Node) -> int:
        """Fraction of an output, once it is known to be that of all inputs [bits]."""
        fraction = self.fraction(node["out"])
        for tensor in node["in"]:
            if self.fraction(tensor) != fraction:
                raise ValueError(
                    f"fraction of {node['out']!r} must be {self.fraction(tensor)} as that of "
                    f"{tensor!r}, not {fraction}"
                )
        return fraction


_Operator = Callable[[_Node, Sequence[_Tensor], Numbers], _Tensor]


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else value
    return rows, columns


def _padding(node: _Node) -> tuple[int, int, int, int]:
    top, left, bottom, right = node.get("pad", (0, 0, 0, 0))
    return top, left, bottom, right


def _conv(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    window = Window(
        stride=_pair(node["stride"]),
        padding=_padding(node),
        dilation=_pair(node.get("dilation", 1)),
        groups=node["group"],
    )
    sums = convolve(operands[0], numbers.weights(node), numbers.bias(node), window)
    return numbers.requantise(node, sums)


def _gemm(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    sums = multiply(numbers.weights(node), operands[0].ravel(), numbers.bias(node))
    return numbers.requantise(node, sums)


def _relu(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    return relu(operands[0])


def _relu6(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    fraction = numbers.kept_fraction(node)
    six = 6 << fraction if fraction >= 0 else 6 >> -fraction
    return clip(operands[0], 0, min(six, signed_range(numbers.bits)[1]))


def _clip(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    fraction = numbers.kept_fraction(node)
    return clip(operands[0], *quantise_limits(node["low"], node["high"], fraction, numbers.bits))


def _maxpool(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    kernel, stride = _pair(node["kernel"]), _pair(node["stride"])
    ceil_mode = bool(node.get("ceil", 0))
    return max_pool(operands[0], kernel, stride, _padding(node), ceil_mode=ceil_mode)


def _avgpool(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    return average_pool(
        operands[0],
        _pair(node["kernel"]),
        _pair(node["stride"]),
        _padding(node),
        ceil_mode=bool(node.get("ceil", 0)),
        count_padding=bool(node.get("count_pad", 0)),
    )


def _gap(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    return global_average_pool(operands[0])


def _add(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    a, b = operands
    a_fraction, b_fraction = (numbers.fraction(tensor) for tensor in node["in"])
    return add(a, a_fraction, b, b_fraction, numbers.fraction(node["out"]), numbers.bits)


def _concat(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    return concatenate(operands, [numbers.fraction(tensor) for tensor in node["in"]])


def _flatten(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    return operands[0].ravel()


def _slicepad(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    numbers.kept_fraction(node)
    before, after = node["cpad"]
    return subsample_and_pad(operands[0], node["stride"], before, after)


def _resize2(node: _Node, operands: Sequence[_Tensor], numbers: Numbers) -> _Tensor:
    fraction, out_fraction = numbers.fraction(node["in"][0]), numbers.fraction(node["out"])
    return resize_double(operands[0], fraction, out_fraction, numbers.bits)


OPERATORS: dict[str, _Operator] = {
    "add": _add,
    "avgpool": _avgpool,
    "clip": _clip,
    "concat": _concat,
    "conv": _conv,
    "flatten": _flatten,
    "gap": _gap,
    "gemm": _gemm,
    "maxpool": _maxpool,
    "relu": _relu,
    "relu6": _relu6,
    "resize2": _resize2,
    "slicepad": _slicepad,
}
