"""Cambricon-X as its RTL computes it: what it multiplies, and what stands in its way."""

import pytest

from grus.hw.presets import CAMBRICON_X_SMALL
from grus.sim.cycle.clocked_cambricon_x import ClockedCambriconX
from grus.sim.rivals.cambricon_x import CambriconX
from tests.sim.cycle.test_crane import drawn

CONFIG = CAMBRICON_X_SMALL
RECONSTRUCTION = CambriconX(
    pes=CONFIG.pes,
    multipliers_per_pe=CONFIG.multipliers,
    window_inputs=CONFIG.patch_positions,
    interleaved=True,
    placeholders=True,
    weight_ram_bytes=CONFIG.resident_ram_bytes,
)


@pytest.mark.parametrize("inputs", [0.0, 0.5, 1.0])
def test_multiplies_what_the_reconstruction_does(inputs):
    layer = drawn(inputs=inputs)
    clocked, wanted = (
        machine.count(layer) for machine in (ClockedCambriconX(config=CONFIG), RECONSTRUCTION)
    )
    assert clocked.effectual_macs == layer.effectual_macs
    assert clocked.losses["ineffectual"] == wanted.losses["ineffectual"]
    assert clocked.cycles == pytest.approx(wanted.cycles, rel=0.25)


def test_zeros_of_inputs_change_nothing_but_the_losses():
    full, half = (ClockedCambriconX(config=CONFIG).count(drawn(inputs=d)) for d in (2.0, 0.5))
    assert full.cycles == half.cycles
    assert full.losses["fragmentation"] == half.losses["fragmentation"]
    assert full.losses["ineffectual"] < half.losses["ineffectual"]


def test_pays_for_each_weight_and_one_window():
    layer = drawn()
    count = ClockedCambriconX(config=CONFIG).count(layer)
    paid = {(event.component, event.kind): event.times for event in count.events}
    multiplied = count.effectual_macs + count.losses["ineffectual"]
    assert paid["multipliers", "mac"] == multiplied
    assert paid["multipliers", "mac"] + paid["multipliers", "idle"] == count.slots
    assert paid["input buffers", "register"] == paid["input RAM", "read"]
