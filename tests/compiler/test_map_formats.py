"""A map that is smaller encoded in all, but not for every layer that uses it."""

import numpy as np

from grus.compiler.accelerator import compile_steps
from grus.compiler.fitting import fit_step
from grus.compiler.layer import Layer
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.steps import LayerStep
from grus.hw.presets import SMALL

CHANNELS, ROWS = 16, 40
WIDTHS = SlotWidths(SMALL.data_bits, SMALL.index_bits, 16)


def pointwise(source, target):
    weights = np.ones((CHANNELS, CHANNELS, 1, 1), dtype=np.int64)
    layer = Layer(name=target, weights=weights)
    return LayerStep(layer=layer, source=source, target=target, nodes=[])


def map_of(counts):
    """A single column of pixels with so many values each."""
    values = np.zeros((CHANNELS, ROWS, 1), dtype=np.int64)
    for row in range(ROWS):
        values[: counts[row % len(counts)], row] = 7
    return values


def compiled(middle):
    sample = {"a": map_of([16]), "b": map_of(middle), "c": map_of([16])}
    shapes = {name: values.shape for name, values in sample.items()}
    layers = [pointwise("a", "b"), pointwise("b", "c")]
    steps = [step for layer in layers for step in fit_step(layer, shapes[layer.source], SMALL)]
    program = compile_steps(steps, shapes, SMALL, WIDTHS, steal=True, sample=sample)
    ratios = [launch.traffic.ratio for launch in program.steps]
    return program.maps["b"].plan.dense, ratios


def test_a_map_is_encoded_where_both_gain():
    """Words of 6 pairs or 8 values: one and a counter against two."""
    dense, ratios = compiled([3])
    assert not dense
    assert ratios[0] < 1
    assert ratios[1] <= 1


def test_a_map_is_dense_if_its_reader_alone_would_lose():
    """A counter costs a byte to write, but a whole word to read in a map of one column.

    Of five pixels three take one word and two take two: written 112 + 5 bytes instead of 160, read
    112 + 80.
    """
    dense, ratios = compiled([3, 3, 3, 10, 10])
    assert dense
    assert ratios == [1.0, 1.0]


def test_a_map_is_dense_where_both_lose():
    assert compiled([16]) == (True, [1.0, 1.0])
