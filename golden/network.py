"""Execution of a whole network in integers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, require_int
from grus.golden.formats import LARGEST_DATA_BITS, saturate, signed_range
from grus.golden.operators import OPERATORS, Numbers, look_up

__all__ = ["run_network"]


def _require_bits(name: str, values: NDArray[np.integer], bits: int) -> NDArray[np.int64]:
    integers = as_int64(name, values)
    wrong = saturate(integers, bits) != integers
    if wrong.any():
        low, high = signed_range(bits)
        raise ValueError(f"{name} must be in {low}..{high}, not {integers[wrong][0]}")
    return integers


def run_network(
    graph: Mapping[str, Any],
    parameters: Mapping[str, NDArray[np.integer]],
    fractions: Mapping[str, Mapping[str, int]],
    inputs: Mapping[str, NDArray[np.integer]],
    *,
    bits: int = 16,
) -> dict[str, NDArray[np.int64]]:
    """Run a network on one image and return every tensor.

    Parameters
    ----------
    graph : mapping
        ``nodes``, in an order in which they can run. A node has ``op``, ``name``, ``in``, ``out``
        and the attributes of its operator: conv (``stride``, ``pad``, ``dilation``, ``group``),
        maxpool and avgpool (``kernel``, ``stride``, ``pad``, ``ceil``; avgpool ``count_pad``),
        clip (``low``, ``high``, real numbers), slicepad (``stride``, ``cpad``); none: add,
        concat, flatten, gap, gemm, relu, relu6, resize2. Padding is (top, left, bottom, right).
    parameters : mapping of str to ndarray of int
        ``<name>.weight`` of `bits` bits and, where there is one, ``<name>.bias`` at accumulator
        scale, for each conv and gemm.
    fractions : mapping
        ``act_frac`` of each tensor and ``weight_frac`` of each conv and gemm [bits].
    inputs : mapping of str to ndarray of int, shape (channels, rows, columns)
        Tensors that the network starts from, of `bits` bits, without a batch axis.
    bits : int
        Width of weights and activations [bits], 2 to 32.

    Returns
    -------
    dict of str to ndarray of int64
        The inputs, and the result of each node by the name of its ``out``.

    Raises
    ------
    TypeError
        If an array is not of an integer type.
    ValueError
        If an operator is unknown, a tensor, parameter or fraction missing, an input or weight
        wider than `bits`, or the fraction changes in an operator that has to keep it.

    Notes
    -----
    Source: integer rules of the development networks; project decisions D-002 and D-003. All
    operators but conv, gemm, add and resize2 keep the fraction.

    Examples
    --------
    >>> import numpy as np
    >>> node = {"op": "gemm", "name": "fc", "in": ["x"], "out": "y"}
    >>> parameters = {"fc.weight": np.array([[3, -1]]), "fc.bias": np.array([1])}
    >>> fractions = {"act_frac": {"x": 1, "y": 0}, "weight_frac": {"fc": 1}}
    >>> run_network({"nodes": [node]}, parameters, fractions, {"x": np.array([2, 1])})["y"]
    array([2])
    """
    numbers = Numbers(
        parameters=parameters,
        act_frac=look_up(fractions, "fractions", "act_frac"),
        weight_frac=look_up(fractions, "fractions", "weight_frac"),
        bits=require_int("bits", bits, 2, LARGEST_DATA_BITS),
    )
    for name, values in parameters.items():
        if name.endswith(".weight"):
            _require_bits(name, values, bits)
    tensors = {name: _require_bits(name, values, bits) for name, values in inputs.items()}
    for node in graph["nodes"]:
        if node["op"] not in OPERATORS:
            raise ValueError(f"op must be one of {', '.join(OPERATORS)}, not {node['op']!r}")
        missing = [name for name in node["in"] if name not in tensors]
        if missing:
            raise ValueError(f"in of {node['name']!r} must be known tensors, not {missing[0]!r}")
        operands = [tensors[name] for name in node["in"]]
        tensors[node["out"]] = OPERATORS[node["op"]](node, operands, numbers)
    return tensors
