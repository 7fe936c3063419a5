"""The core of a Cambricon-X against the golden model: values, counters, cycles."""

import numpy as np
import pytest

from grus.compiler.choose import choose_tiling
from grus.compiler.layer import Layer
from grus.compiler.packing import rows_of
from grus.compiler.program import compile_layer
from grus.golden.window import Window
from grus.hw.presets import CAMBRICON_X_TINY
from grus.sim.account import contradictions
from grus.sim.core_player import build_core, play, play_all
from grus.sim.random_layers import random_layers

CONFIG = CAMBRICON_X_TINY
TIMEOUT = 40_000  # cycles; the longest of these layers takes a fifth

pytestmark = pytest.mark.rtl


@pytest.fixture(scope="module")
def design():
    return build_core(CONFIG, simulator="verilator")


def check(played, program):
    assert played.errors == 0
    assert contradictions(played.counters, CONFIG, program.macs) == []
    assert played.counters["steals"] == 0
    assert played.exact


def total(played, name):
    return sum(played.counters[f"{name}_{pe}"] for pe in range(CONFIG.pes))


@pytest.mark.parametrize(("gap", "stall"), [(0.0, 0.0), (0.4, 0.4)])
def test_random_layers_are_exact(design, gap, stall):
    programs = [layer.program for layer in random_layers(CONFIG, 27, seed=5, most_macs=10_000)]
    options = {"gap": gap, "stall": stall, "timeout": TIMEOUT}
    for played, program in zip(
        play_all(programs, CONFIG, design, **options), programs, strict=True
    ):
        check(played, program)


def sparse_kernels(shape):
    rng = np.random.default_rng(3)
    return rng.integers(-9, 10, shape) * (rng.random(shape) < 0.6), rng


def test_an_input_of_zero_takes_its_multiplier(design):
    """Cycles of any inputs are those of inputs without zeros; only the products count less."""
    weights, rng = sparse_kernels((4, 6, 3, 3))
    layer = Layer(name="uneven", weights=weights, window=Window(padding=(1, 1, 1, 1)))
    full = rng.integers(1, 10, (6, 5, 5))
    tiling = choose_tiling(layer, full.shape, CONFIG)
    programs = [
        compile_layer(layer, inputs, CONFIG, tiling=tiling)
        for inputs in (full, full * (rng.random(full.shape) < 0.4), np.zeros_like(full))
    ]
    played = play_all(programs, CONFIG, design, timeout=TIMEOUT)
    for each, program in zip(played, programs, strict=True):
        check(each, program)
    assert len({total(each, "busy") for each in played}) == 1
    macs = [total(each, "macs") for each in played]
    assert macs[0] > macs[1] > macs[2] == 0


def test_a_row_of_weights_takes_a_cycle(design):
    """Busy cycles are the rows of all kernels, once for each output position."""
    weights, rng = sparse_kernels((7, 10, 1, 1))
    layer = Layer(name="uneven", weights=weights)
    inputs = rng.integers(-9, 10, (10, 4, 4))
    tiling = choose_tiling(layer, inputs.shape, CONFIG)
    program = compile_layer(layer, inputs, CONFIG, tiling=tiling)
    played = play(program, CONFIG, design, timeout=TIMEOUT)
    check(played, program)
    assert len(tiling.regions) == 1
    loaded = [tile.resident.counters for tile in program.tiles if tile.resident is not None]
    rows = sum(int(rows_of(counters, CONFIG).sum()) for counters in loaded)
    assert total(played, "busy") == rows * inputs[0].size


def test_lanes_behind_the_last_weight_choose_nothing():
    """Their positions wrap around to those of the first lanes, which share their multiplexers."""
    config = CONFIG.with_overrides(
        multipliers=8,
        lookahead=8,
        stream_pairs=4,
        index_bits=6,
        patch_positions=64,
        resident_ram_bytes=500,
        broadcast_ram_bytes=512,
    )
    rng = np.random.default_rng(7)
    weights = np.zeros((6, 64, 1, 1), np.int64)
    weights[:, [0, 2, 5, 63]] = rng.integers(1, 10, (6, 4, 1, 1))
    layer = Layer(name="wrapping", weights=weights)
    program = compile_layer(layer, rng.integers(-99, 100, (64, 2, 2)), config)
    design = build_core(config, simulator="icarus")
    assert play(program, config, design, timeout=TIMEOUT).exact
