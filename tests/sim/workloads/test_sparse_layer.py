import numpy as np
import pytest

from grus.golden.convolution import effectual_macs
from grus.golden.window import Window
from grus.sim.workloads.sparse_layer import SparseLayer
from tests.sim.rivals.layers import layer_of, random_layer


@pytest.mark.parametrize("seed", range(30))
def test_effectual_macs_are_those_of_the_golden_model(seed):
    layer = random_layer(seed)
    weights = layer.effectual_weights.astype(int)
    assert layer.effectual_macs == effectual_macs(layer.inputs.astype(int), weights, layer.window)


def test_dense_macs_count_padding_and_zeros():
    window = Window(padding=(1, 1, 1, 1), groups=2)
    layer = layer_of(np.zeros((6, 2, 3, 3)), np.zeros((4, 5, 7)), window)
    assert layer.dense_macs == 6 * 5 * 7 * 2 * 9
    assert layer.effectual_macs == 0
    assert layer.groups == 2


def test_dropped_outputs_are_stored_but_not_needed():
    layer = layer_of(np.ones((3, 2, 1, 1)), np.ones((2, 4, 4)), dropped=np.array([0, 1, 0], bool))
    assert layer.effectual_macs == 2 * 2 * 16
    assert layer.pairs_with(layer.weights) == 3 * 2 * 16


def test_patterns_cannot_be_changed():
    weights = np.ones((1, 1, 1, 1), bool)
    layer = layer_of(weights, np.ones((1, 1, 1)))
    with pytest.raises(ValueError, match="read-only"):
        layer.weights[0] = False
    weights[0] = False  # the caller may still change what is theirs


@pytest.mark.parametrize(
    ("changed", "error", "text"),
    [
        (
            {"weights": np.ones((1, 1, 1, 1))},
            TypeError,
            "weights of l must be .* bool, not float64",
        ),
        ({"inputs": [[[True]]]}, TypeError, "inputs of l must be an array of bool, not list"),
        ({"inputs": np.ones((2, 1, 1), bool)}, ValueError, "inputs must have 1 channels"),
        ({"dropped": np.ones(2, bool)}, ValueError, r"dropped of l must have shape \(1,\)"),
        ({"origin": "guessed"}, ValueError, "origin of l must begin with synthetic or real"),
    ],
)
def test_refuses(changed, error, text):
    good = {
        "name": "l",
        "window": Window(),
        "weights": np.ones((1, 1, 1, 1), bool),
        "inputs": np.ones((1, 1, 1), bool),
        "origin": "real: x",
    }
    SparseLayer(**good)
    with pytest.raises(error, match=text):
        SparseLayer(**{**good, **changed})
