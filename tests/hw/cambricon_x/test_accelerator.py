"""A Cambricon-X behind the same DMA and registers: a small network through memory."""

import numpy as np
import pytest

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import CAMBRICON_X_TINY
from grus.sim.accelerator_player import PlayedAccelerator, build_for_cocotb
from tests.sim.prepared import little_network

SLOTS = SlotFormat(
    config=CAMBRICON_X_TINY.with_overrides(
        name="little", resident_ram_bytes=450, broadcast_ram_bytes=500, output_ram_bytes=800
    ),
    axi=AxiConfig(data_bits=64, burst_words=8),
)


@pytest.mark.rtl
def test_every_tensor_is_exact(tmp_path):
    little = little_network(tmp_path, SLOTS)
    design = build_for_cocotb(SLOTS, simulator="icarus")
    options = {"memory": "cocotbext", "latency": 30, "seed": 1}
    with PlayedAccelerator(SLOTS, design, little.memory_bytes, **options) as machine:
        run = little.on(machine)
        for step in run.run(little.image):
            found, expected = run.tensor(step.target), little.expected[step.target]
            np.testing.assert_array_equal(found, expected, step.name)
            assert step.account is None or step.account.steals == 0
        assert machine.violations == 0
