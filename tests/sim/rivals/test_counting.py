"""Every machine against its definition, element by element, on small layers of every kind."""

import pytest

from grus.sim.rivals.cambricon_s import CambriconS
from grus.sim.rivals.cambricon_x import CambriconX
from grus.sim.rivals.dcnn import Dcnn
from grus.sim.rivals.dense import Dense
from grus.sim.rivals.ideal import Ideal
from grus.sim.rivals.scnn import Scnn
from tests.sim.rivals import reference
from tests.sim.rivals.layers import random_layer
from tests.sim.rivals.scnn_reference import scnn

LAYERS = [random_layer(seed) for seed in range(60)]
SMALL_X = {"pes": 3, "multipliers_per_pe": 4, "window_inputs": 8, "weight_ram_bytes": 100}
SMALL_SCNN = {"pe_rows": 2, "pe_columns": 3, "group_outputs": 3}


@pytest.fixture(params=LAYERS, ids=lambda layer: layer.name.replace(" ", "-"))
def layer(request):
    return request.param


def test_effectual_macs(layer):
    macs = reference.effectual_macs(layer)
    assert layer.effectual_macs == macs
    for machine in (Ideal(), Dense(), Dcnn(), CambriconX(), CambriconS(), Scnn()):
        assert machine.count(layer).effectual_macs == macs


def test_ideal(layer):
    count = Ideal(multipliers=7).count(layer)
    assert 7 * (count.cycles - 1) < count.effectual_macs <= 7 * count.cycles


def test_dense(layer):
    count = Dense(pes=3, multipliers_per_pe=5).count(layer)
    assert count.cycles == reference.dense_cycles(layer, 3, 5)


def test_dcnn(layer):
    for balanced in (True, False):
        machine = Dcnn(pe_rows=3, pe_columns=2, multipliers_per_pe=5, balanced=balanced)
        assert machine.count(layer).cycles == reference.dcnn_cycles(layer, machine)


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"interleaved": True},
        {"tiles_in_step": True},
        {"window_inputs": 0},
        {"placeholders": True, "step_bits": 1},
        {"placeholders": True, "step_bits": 2, "window_inputs": 0},
        {"weight_ram_bytes": 1 << 20, "fill_cycles": 0},
    ],
    ids=str,
)
def test_cambricon_x(layer, variant):
    machine = CambriconX(**{**SMALL_X, **variant})
    assert machine.count(layer).cycles == reference.cambricon_x_cycles(layer, machine)


@pytest.mark.parametrize("pes", [2, 5])
def test_cambricon_s(layer, pes):
    machine = CambriconS(pes=pes, multipliers_per_pe=3, window_inputs=64)
    count = machine.count(layer)
    cycles, taken = reference.cambricon_s(layer, machine)
    assert count.cycles == cycles
    assert count.effectual_macs + count.losses["ineffectual"] == taken


@pytest.mark.parametrize(
    "variant",
    [
        {},
        {"balanced": False},
        {"barrier": "none"},
        {"barrier": "channel"},
        {"activations_wide": 3, "weights_wide": 2},
        {"banks": "queues"},
        {"banks": "queues", "activations_wide": 8, "weights_wide": 9},
        {"banks": "pessimistic"},
    ],
    ids=str,
)
def test_scnn(layer, variant):
    machine = Scnn(**{**SMALL_SCNN, **variant})
    count = machine.count(layer)
    cycles, totals = scnn(layer, machine, machine.outputs_of_group(layer))
    slots = machine.activations_wide * machine.weights_wide
    assert count.cycles == cycles
    assert count.effectual_macs == totals["on map"]
    assert count.losses["edge"] == totals["products"] - totals["on map"]
    assert count.losses["fragmentation"] == totals["vectors"] * slots - totals["products"]
    assert count.losses["conflict"] == (totals["with conflicts"] - totals["vectors"]) * slots


def test_the_layers_reach_every_case():
    queues = Scnn(**SMALL_SCNN, banks="queues", activations_wide=8, weights_wide=9)
    assert any(queues.count(layer).losses["conflict"] for layer in LAYERS)
    tiles = [CambriconX(**SMALL_X).count(layer).choices["weight tiles"] for layer in LAYERS]
    assert max(tiles) > 4
    assert any(layer.dropped is not None and layer.dropped.any() for layer in LAYERS)
