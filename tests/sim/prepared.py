"""Networks small enough for Icarus, compiled, with an image and all that must come of it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from onnx import helper

from grus.compiler.accelerator import NetworkProgram, compile_network
from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.host import Host
from grus.sim.network_run import NetworkRun
from tests.compiler.network.models import conv, save

DIGITS = Path(__file__).parents[2] / "examples" / "digits"


class Prepared(NamedTuple):
    """A network for a machine, and every tensor that must come of its image."""

    network: IntegerNetwork
    program: NetworkProgram
    image: np.ndarray
    expected: dict[str, np.ndarray]
    slots: SlotFormat

    @property
    def memory_bytes(self) -> int:
        return NetworkRun.memory_bytes(self.program, self.slots)

    def on(self, machine: Host) -> NetworkRun:
        return NetworkRun(self.network, self.program, self.slots, machine)


def launch_all(run, image):
    """All layers in one launch."""
    (step,) = run.run(image, one_launch=True)
    return step


def prepare(path, slots, images, number=0):
    """Calibrate, compile and compute what must come out."""
    network = calibrate(read_onnx(path), images, slots.config.data_bits)
    program = compile_network(network, slots.config, word_bytes=slots.axi.word_bytes)
    image = quantise_image(network, images[number])
    return Prepared(network, program, image, network.run(image), slots)


def digits_network(slots):
    """The example."""
    return prepare(DIGITS / "digits.onnx", slots, list(np.load(DIGITS / "inputs.npy")), 4)


def little_network(folder, slots):
    """A convolution with padding and pooling, a pointwise one, a depthwise one."""
    rng = np.random.default_rng(3)

    def sparse(*shape):
        values = rng.normal(size=shape) * (rng.random(shape) < 0.6)
        return values.astype(np.float32)

    nodes = [
        conv("c1", "x", "t1", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["t1"], ["t2"], name="r1"),
        helper.make_node("MaxPool", ["t2"], ["t3"], name="p1", kernel_shape=[2, 2], strides=[2, 2]),
        conv("c2", "t3", "t4"),
        helper.make_node("Relu", ["t4"], ["t5"], name="r2"),
        conv("c3", "t5", "y", group=5),
    ]
    constants = {
        "c1.w": sparse(4, 2, 3, 3),
        "c1.b": sparse(4),
        "c2.w": sparse(5, 4, 1, 1),
        "c2.b": sparse(5),
        "c3.w": sparse(5, 1, 2, 2),
        "c3.b": sparse(5),
    }
    shape = (2, 6, 6)
    path = save(folder, nodes, constants, shape=("N", *shape))
    return prepare(path, slots, [np.abs(sparse(*shape))])
