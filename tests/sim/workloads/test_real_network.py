from pathlib import Path

import numpy as np

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.onnx_file import read_onnx
from grus.golden.convolution import effectual_macs
from grus.sim.workloads.real_network import real_layers

DIGITS = Path(__file__).parents[3] / "examples" / "digits"


def test_layers_of_the_digits_network():
    network = read_onnx(next(DIGITS.glob("*.onnx")))
    pixels = np.load(min(DIGITS.glob("*.npy")))
    shape = network.shapes[network.source]
    image = pixels.reshape(-1, *shape)[0].astype(np.float32)
    integers = calibrate(network, [image], 16)
    given = quantise_image(integers, image)
    layers = list(real_layers(integers, given))
    assert [layer.name for layer in layers] == ["conv1", "conv2", "conv3", "conv4", "conv5"]
    assert [layer.name for layer in real_layers(integers, given, products=True)][-1] == "fc"
    assert all(layer.origin.startswith("real") for layer in layers)
    weights, inputs = integers.parameters["conv1.weight"], integers.run(given)[network.source]
    assert layers[0].effectual_macs == effectual_macs(inputs, weights, layers[0].window)
