# amaranth: UnusedElaboratable=no
"""Real networks on the RTL of the accelerator, every tensor's hash as the oracle has it."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from grus.compiler.accelerator import compile_network
from grus.compiler.network.calibration import quantise_image, with_scales
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.network_run import NetworkRun

ROOT = os.environ.get("GRUS_NETWORKS")
SLOTS = SlotFormat(config=SMALL, axi=AxiConfig())


@pytest.mark.rtl
@pytest.mark.skipif(not ROOT, reason="GRUS_NETWORKS does not name the folder of networks")
@pytest.mark.parametrize("name", ["lenet5_own", "resnet20_pruned"])
@pytest.mark.parametrize("dense", [False, True], ids=["encoded", "smaller"])
def test_every_tensor_has_the_oracles_hash(name, dense):
    """With all maps encoded, and with those dense that are smaller so."""
    folder = Path(ROOT) / name
    real = read_onnx(folder / "model.onnx")
    quant = json.loads((folder / "quant.json").read_text(encoding="utf-8"))
    network = with_scales(real, quant, SMALL.data_bits)
    image = sorted(quant["images"])[0]
    pixels = np.load(folder / f"input_{image}.npy").reshape(real.shapes[real.source])
    sample = network.run(quantise_image(network, pixels)) if dense else None
    program = compile_network(network, SMALL, word_bytes=SLOTS.axi.word_bytes, sample=sample)
    assert any(stored.plan.dense for stored in program.maps.values()) == dense
    machine = Accelerator(SLOTS, build_accelerator(SLOTS), NetworkRun.memory_bytes(program, SLOTS))
    run = NetworkRun(network, program, SLOTS, machine)
    hashes = quant["images"][image]["sha256_16"]
    for step in run.run(quantise_image(network, pixels)):
        content = run.tensor(step.target).astype(np.int16).tobytes()
        assert hashlib.sha256(content).hexdigest()[:16] == hashes[step.target], step.name
    assert machine.violations == 0
