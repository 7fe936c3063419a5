"""Without zeros, every machine takes the cycles of a dense one (baselines, section 11.2)."""

import pytest

from grus.sim.rivals.cambricon_s import CambriconS
from grus.sim.rivals.cambricon_x import CambriconX
from grus.sim.rivals.dcnn import Dcnn
from grus.sim.rivals.dense import Dense
from grus.sim.rivals.scnn import Scnn
from tests.sim.rivals.layers import dense_layer

# Channels, size, outputs, kernel: the last with patches and outputs that fill no PE.
SHAPES = [(256, 14, 64, 3), (512, 7, 32, 1), (128, 10, 48, 3), (19, 9, 21, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_cambricon_machines_take_the_dense_cycles(shape):
    layer = dense_layer(*shape)
    cycles = Dense().count(layer).cycles
    assert CambriconX(fill_cycles=0).count(layer).cycles == cycles
    assert CambriconX(fill_cycles=0, tiles_in_step=True).count(layer).cycles == cycles
    assert CambriconS().count(layer).cycles == cycles


def test_padding_is_multiplied_by_all_but_cambricon_s():
    layer = dense_layer(256, 14, 64, 3, 1)
    cycles = Dense().count(layer).cycles
    assert CambriconX(fill_cycles=0).count(layer).cycles == cycles
    # 16 of 256 inputs of a window in a cycle, so that all taps on the map fill whole cycles.
    on_map = (3 * 14 - 2) ** 2
    assert CambriconS().count(layer).cycles == 4 * (16 * on_map + 9 * 14**2 - on_map)


def test_a_layer_that_fills_the_array_has_no_loss_but_padding():
    layer = dense_layer(256, 14, 64, 3, 0)
    for machine in (Dense(), CambriconX(fill_cycles=0), CambriconS()):
        count = machine.count(layer)
        assert count.utilisation == 1
        assert sum(count.losses.values()) == 0


def test_scnn_takes_the_dense_cycles_and_those_of_the_edge():
    layer = dense_layer(8, 32, 16, 3, 1)  # tiles of 16 activations, groups of 16 x 9 weights
    count = Scnn().count(layer)
    assert count.cycles * count.multipliers == 8 * 16 * 9 * 32 * 32
    assert count.losses["edge"] == 8 * 16 * (9 * 32 * 32 - (3 * 32 - 2) ** 2)
    assert count.effectual_macs == 8 * 16 * (3 * 32 - 2) ** 2


def test_dcnn_has_no_loss_on_a_map_of_equal_tiles():
    assert Dcnn().count(dense_layer(16, 16, 8, 1)).utilisation == 1


def test_dense_cycles_by_hand():
    # 81 positions, 2 blocks of 16 outputs, 171 products in 11 vectors.
    assert Dense().count(dense_layer(19, 9, 21, 3, 1)).cycles == 81 * 2 * 11
