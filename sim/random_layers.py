"""Random layers of every kind, small enough to be played in moments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.layer import Layer, Pool
from grus.compiler.program import Program, compile_layer
from grus.golden.formats import largest_bias, signed_range
from grus.golden.window import Window
from grus.hw.config import CraneConfig

__all__ = ["KINDS", "RandomLayer", "random_layers"]

KINDS = (
    "convolution",
    "pointwise",
    "strided",
    "dilated",
    "depthwise",
    "grouped",
    "max pooling",
    "average pooling",
    "whole map",
)
_LARGEST_MAP = 12
_DENSITIES = (0.0, 0.1, 0.3, 0.5, 0.8, 1.0)


class RandomLayer(NamedTuple):
    """A layer with inputs, compiled.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    layer : Layer
        The layer.
    inputs : ndarray of int64, shape (channels, rows, columns)
        Its inputs.
    program : Program
        Both, cut into tiles.
    """

    kind: str
    layer: Layer
    inputs: NDArray[np.int64]
    program: Program


def random_layers(
    config: CraneConfig, count: int, *, seed: int, most_macs: int = 400_000
) -> Iterator[RandomLayer]:
    """Draw layers that fit a design, each kind in its turn.

    Parameters
    ----------
    config : CraneConfig
        The design.
    count : int
        Layers.
    seed : int
        Equal seeds give equal layers.
    most_macs : int
        Most products in a layer, zeros included; a hundred layers of the usual size take about a
        minute on Verilator.

    Yields
    ------
    RandomLayer
        A layer; every second one with stealing.
    """
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        kind = KINDS[number % len(KINDS)]
        while True:
            layer, inputs = _draw(rng, kind, config, f"{kind} {number}", most_macs)
            try:
                program = compile_layer(layer, inputs, config, steal=number % 2 == 0)
            except ValueError:  # too large for the RAMs: the compiler's tests say when
                continue
            yield RandomLayer(kind, layer, inputs, program)
            break


def _draw(
    rng: np.random.Generator, kind: str, config: CraneConfig, name: str, most_macs: int
) -> tuple[Layer, NDArray[np.int64]]:
    while True:
        rows, columns = (int(size) for size in rng.integers(1, _LARGEST_MAP + 1, 2))
        kernel = _kernel(rng, kind, rows, columns)
        groups, channels, outputs = _channels(rng, kind)
        window = _window(rng, kind, kernel, groups)
        weights = _operand(rng, (outputs, channels // groups, *kernel), config.data_bits)
        layer = Layer(name=name, weights=weights, window=window)
        try:
            _, out_rows, out_columns = layer.map_shape((channels, rows, columns))
        except ValueError:  # the kernel is larger than the padded map
            continue
        if layer.terms * outputs * out_rows * out_columns <= most_macs:
            break
    inputs = _operand(rng, (channels, rows, columns), config.data_bits)
    layer = replace(_with_ending(rng, layer, config), pool=_pool(rng, kind, out_rows, out_columns))
    return layer, inputs


def _kernel(rng: np.random.Generator, kind: str, rows: int, columns: int) -> tuple[int, int]:
    if kind == "pointwise":
        return 1, 1
    if kind == "whole map":
        return rows, columns
    height, width = rng.choice([1, 2, 3, 3, 3, 5], 2)
    return int(height), int(width)


def _channels(rng: np.random.Generator, kind: str) -> tuple[int, int, int]:
    """Groups, input channels, output channels."""
    if kind == "depthwise":
        channels = int(rng.integers(1, 17))
        return channels, channels, channels * int(rng.integers(1, 3))
    if kind == "grouped":
        groups = int(rng.integers(2, 5))
        return groups, groups * int(rng.integers(1, 6)), groups * int(rng.integers(1, 6))
    return 1, int(rng.integers(1, 25)), int(rng.integers(1, 25))


def _window(rng: np.random.Generator, kind: str, kernel: tuple[int, int], groups: int) -> Window:
    def pair(limit: int) -> tuple[int, int]:
        return int(rng.integers(1, limit)), int(rng.integers(1, limit))

    def side(size: int) -> int:
        return 0 if kind == "whole map" else int(rng.integers(0, size))

    height, width = kernel
    return Window(
        stride=pair(4 if kind == "strided" else 2),
        padding=(side(height), side(width), side(height), side(width)),
        dilation=pair(3 if kind == "dilated" else 2),
        groups=groups,
    )


def _operand(rng: np.random.Generator, shape: tuple[int, ...], bits: int) -> NDArray[np.int64]:
    """Values of one of several densities; every eighth operand has only extreme ones."""
    low, high = signed_range(bits)
    values = rng.integers(low, high + 1, shape)
    if rng.random() < 0.125:
        values = rng.choice([low, high], shape)
    return np.where(rng.random(shape) < rng.choice(_DENSITIES), values, 0)


def _with_ending(rng: np.random.Generator, layer: Layer, config: CraneConfig) -> Layer:
    """Bias, shift, ReLU, ceiling."""
    reach = layer.terms << (2 * config.data_bits - 2)
    limit = min(reach, largest_bias(config.data_bits, config.max_terms))
    _, high = signed_range(config.data_bits)
    least = max(0, reach.bit_length() - config.data_bits - 4)
    most = min(reach.bit_length(), config.accumulator_bits - 2)
    return replace(
        layer,
        bias=rng.integers(-limit, limit + 1, layer.outputs) if rng.random() < 0.8 else None,
        shift=int(rng.integers(0 if rng.random() < 0.2 else min(least, most), most + 1)),
        relu=bool(rng.random() < 0.6),
        ceiling=int(rng.integers(0, high + 1)) if rng.random() < 0.2 else None,
    )


def _pool(rng: np.random.Generator, kind: str, rows: int, columns: int) -> Pool | None:
    if not kind.endswith("pooling"):
        return None
    height, width = (int(rng.integers(1, min(size, 4) + 1)) for size in (rows, columns))
    top, bottom = (int(rng.integers(0, height)) for _ in range(2))
    left, right = (int(rng.integers(0, width)) for _ in range(2))
    return Pool(
        kind=kind.split()[0],
        kernel=(height, width),
        stride=(int(rng.integers(1, 4)), int(rng.integers(1, 4))),
        padding=(top, left, bottom, right),
        ceil_mode=bool(rng.random() < 0.5),
    )
