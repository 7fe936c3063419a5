"""The cycle model against the RTL's own counters, and its two ways of playing each other."""

import itertools
import os

import numpy as np
import pytest

from grus.hw.presets import CAMBRICON_X_TINY, SMALL, TINY
from grus.sim.core_player import build_core, play_all
from grus.sim.cycle.model import count_cycles
from grus.sim.random_layers import random_layers

# Different numbers of elements, groups, multipliers, lookaheads, slices.
CRANES = {
    "tiny": TINY,
    "small": SMALL,
    "two groups": TINY.with_overrides(
        pes=4,
        group_pes=2,
        multipliers=2,
        lookahead=4,
        resident_ram_bytes=400,
        output_ram_bytes=400,
    ),
    "wide": TINY.with_overrides(
        pes=6,
        group_pes=6,
        multipliers=4,
        lookahead=12,
        stream_pairs=4,
        patch_positions=64,
        resident_ram_bytes=2000,
        broadcast_ram_bytes=512,
        output_ram_bytes=700,
    ),
}
DESIGNS = {**CRANES, "cambricon-x": CAMBRICON_X_TINY}
# More elements than a vector has lanes, groups that lie across two vectors, all bits of a word.
MANY = {
    "twenty": TINY.with_overrides(
        pes=20, group_pes=10, multipliers=2, resident_ram_bytes=2000, output_ram_bytes=2000
    ),
    "sixty-four": TINY.with_overrides(
        pes=64, group_pes=64, multipliers=2, resident_ram_bytes=8000, output_ram_bytes=4000
    ),
}
LAYERS = 50
SEED = int(os.environ.get("SEED", "1"))


def counted(layer, config, **options):
    steal = options.pop("steal")
    return count_cycles(
        layer.layer,
        layer.inputs != 0,
        layer.program.expected != 0,
        config,
        layer.program.tiling,
        steal=steal,
        **options,
    )


@pytest.mark.rtl
@pytest.mark.parametrize("design", DESIGNS)
def test_counts_what_the_rtl_counts(design):
    config = DESIGNS[design]
    built = build_core(config, simulator="verilator")
    layers = list(random_layers(config, LAYERS, seed=SEED))
    runs = play_all([layer.program for layer in layers], config, built)
    for number, (layer, played) in enumerate(zip(layers, runs, strict=True)):
        steal = number % 2 == 0  # as random_layers compiles it
        assert played.exact
        assert counted(layer, config, steal=steal) == played.counters, (number, layer.kind)


@pytest.mark.parametrize("design", CRANES | MANY)
def test_step_by_step_is_the_same(design):
    config = (CRANES | MANY)[design]
    for layer, steal in itertools.product(random_layers(config, 30, seed=SEED + 1), (True, False)):
        quick = counted(layer, config, steal=steal)
        assert quick == counted(layer, config, steal=steal, step_by_step=True), layer.kind


def test_full_result_registers_hold_up_the_same():
    # Thieves of one bank finish in the same cycles, which few random layers make them do.
    config = CRANES["wide"].with_overrides(multipliers=2)
    (layer,) = random_layers(config, 1, seed=3)
    quick = counted(layer, config, steal=True)
    assert quick == counted(layer, config, steal=True, step_by_step=True)


def test_dense_results_pay_no_fillers():
    config = SMALL.with_overrides(index_bits=1)
    (layer,) = random_layers(config, 1, seed=3)
    nothing = np.zeros_like(layer.program.expected, dtype=bool)
    nothing[-1] = True  # behind a long run of zeros
    arguments = layer.layer, layer.inputs != 0, nothing, config, layer.program.tiling
    encoded, dense = count_cycles(*arguments), count_cycles(*arguments, dense_results=True)
    assert dense["cycles"] <= encoded["cycles"]
