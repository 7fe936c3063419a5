"""Small layers for the machines' tests."""

import numpy as np

from grus.golden.window import Window
from grus.sim.workloads.sparse_layer import SparseLayer

DENSITIES = (0.0, 0.05, 0.3, 0.7, 1.0)


def layer_of(weights, inputs, window=None, dropped=None, name="layer"):
    return SparseLayer(
        name=name,
        window=window or Window(),
        weights=np.asarray(weights, bool),
        inputs=np.asarray(inputs, bool),
        origin="synthetic: a test",
        dropped=dropped,
    )


def dense_layer(channels, size, outputs, taps, padding=0):
    window = Window(padding=(padding,) * 4)
    return layer_of(
        np.ones((outputs, channels, taps, taps)), np.ones((channels, size, size)), window
    )


def random_layer(seed):
    """Any kernel, stride, padding, dilation and groups; every third is pruned at run time."""
    rng = np.random.default_rng((5, seed))
    while True:
        groups = int(rng.choice([1, 1, 2, 3]))
        channels, outputs = groups * rng.integers(1, 9), groups * rng.integers(1, 12)
        rows, columns = rng.integers(1, 12, 2)
        window = Window(
            stride=tuple(int(step) for step in rng.integers(1, 4, 2)),
            padding=tuple(int(pad) for pad in rng.integers(0, 3, 4)),
            dilation=tuple(int(step) for step in rng.integers(1, 3, 2)),
            groups=groups,
        )
        kernel = rng.integers(1, 5, 2)
        weights = rng.random((outputs, channels // groups, *kernel)) < rng.choice(DENSITIES)
        inputs = rng.random((channels, rows, columns)) < rng.choice(DENSITIES)
        dropped = rng.random(outputs) < 0.4 if seed % 3 == 0 else None
        try:
            return layer_of(weights, inputs, window, dropped, f"random {seed}")
        except ValueError:  # the kernel is larger than the padded map
            continue
