"""Crane beside its rivals: what it multiplies, what it loses, what it is paid for."""

import numpy as np
import pytest

from grus.golden.window import Window
from grus.hw.presets import SMALL
from grus.sim.cycle.crane import Crane
from grus.sim.rivals.ideal import Ideal
from grus.sim.workloads.sparse_layer import SparseLayer


def drawn(weights=0.4, inputs=0.5, outputs=24, channels=20, size=9):
    rng = np.random.default_rng(5)
    return SparseLayer(
        name="drawn",
        window=Window(padding=(1, 1, 1, 1)),
        weights=rng.random((outputs, channels, 3, 3)) < weights,
        inputs=rng.random((channels, size, size)) < inputs,
        origin="synthetic, for this test",
    )


@pytest.mark.parametrize("steal", [True, False])
def test_multiplies_the_effectual_pairs(steal):
    layer = drawn()
    count = Crane(config=SMALL, steal=steal).count(layer)
    assert count.effectual_macs == layer.effectual_macs
    assert 0.3 < count.utilisation < 1


def test_stealing_helps_where_kernels_differ():
    layer = drawn()
    weights = layer.weights.copy()
    weights[::4] = True  # one element's kernels are full
    layer = SparseLayer(**{**vars(layer), "weights": weights})
    with_, without = (Crane(config=SMALL, steal=steal).count(layer) for steal in (True, False))
    assert with_.cycles < without.cycles
    assert without.choices["steals"] == 0


def test_dense_operands_keep_it_busy():
    layer = drawn(weights=2, inputs=2, outputs=32, channels=16, size=12)
    count = Crane(config=SMALL).count(layer)
    assert count.utilisation > 0.9
    assert count.cycles >= Ideal().count(layer).cycles * 256 / count.multipliers


def test_pays_for_each_multiplication():
    layer = drawn()
    count = Crane(config=SMALL).count(layer)
    paid = {(event.component, event.kind): event.times for event in count.events}
    assert paid["multipliers", "mac"] == layer.effectual_macs
    assert paid["multipliers", "mac"] + paid["multipliers", "idle"] == count.slots
    results = 24 * layer.positions
    assert paid["output RAM", "write"] >= results


def test_what_does_not_fit_says_so():
    layer = drawn(channels=4, size=64)
    wide = SparseLayer(**{**vars(layer), "weights": np.ones((4, 4, 40, 40), bool), "name": "wide"})
    with pytest.raises(ValueError, match="layer wide: a kernel of 40x40 must fit"):
        Crane(config=SMALL).count(wide)
