import numpy as np
import pytest

from grus.golden.window import Window
from grus.sim.workloads.masks import EVEN, UNEVEN
from grus.sim.workloads.structured import Pruning, prune
from tests.sim.rivals.layers import layer_of

LAYER = layer_of(np.ones((512, 64, 3, 3)), np.ones((64, 8, 8)))


@pytest.mark.parametrize("heterogeneity", [EVEN, UNEVEN], ids=str)
@pytest.mark.parametrize("kernels", [0, 0.3, 0.5])
def test_density_and_empty_kernels(kernels, heterogeneity):
    pruned = prune(LAYER, Pruning(density=0.2, kernels=kernels), heterogeneity, 1)
    assert pruned.weights.mean() == pytest.approx(0.2, abs=0.01)
    empty = 1 - pruned.weights.any(axis=(2, 3)).mean()
    assert empty == pytest.approx(max(kernels, empty if not kernels else 0), abs=0.01)
    assert pruned.origin.startswith("synthetic: Pruning(")
    assert pruned.inputs is not None
    assert pruned.dropped is None


def test_outputs_of_a_block_share_positions():
    pruned = prune(LAYER, Pruning(density=0.3), EVEN, 1)
    blocks = pruned.weights.reshape(32, 16, -1)
    assert (blocks == blocks[:, :1]).all()
    assert (blocks[0] != blocks[1]).any()


def test_blocks_end_with_their_group():
    window = Window(groups=4)
    layer = layer_of(np.ones((80, 8, 1, 1)), np.ones((32, 4, 4)), window)
    weights = prune(layer, Pruning(density=0.5), EVEN, 1).weights.reshape(4, 20, 8)
    assert (weights[:, :16] == weights[:, :1]).all()
    assert (weights[:, 16:] == weights[:, 16:17]).all()
    assert (weights[:, 16] != weights[:, 0]).any()


def test_pruned_kernels_are_scattered_over_their_blocks():
    pruned = prune(LAYER, Pruning(density=0.2, kernels=0.5), EVEN, 1)
    there = pruned.weights.any(axis=(2, 3)).reshape(32, 16, 64).mean(axis=1)
    assert 0.2 < np.median(there) < 0.8


def test_dropped_outputs():
    pruned = prune(LAYER, Pruning(dropped=0.25), EVEN, 1)
    assert pruned.dropped.sum() == 128
    assert pruned.effectual_weights[pruned.dropped].sum() == 0
    assert pruned.weights[pruned.dropped].any()


@pytest.mark.parametrize(
    ("parameter", "value", "error", "text"),
    [
        ("density", 1.5, ValueError, r"density must be in 0\.\.1, not 1\.5"),
        ("kernels", -0.5, ValueError, r"kernels must be in 0\.\.1, not -0\.5"),
        ("dropped", True, TypeError, "dropped must be a number, not True"),
        ("block_outputs", 2.5, TypeError, r"block_outputs must be an integer, not 2\.5"),
        ("block_outputs", 0, ValueError, r"block_outputs must be in 1\.\.256, not 0"),
    ],
)
def test_refuses(parameter, value, error, text):
    with pytest.raises(error, match=text):
        Pruning(**{parameter: value})
