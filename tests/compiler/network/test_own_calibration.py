"""Real networks with our own calibration, against their float runs; GRUS_NETWORKS names them."""

import os
from pathlib import Path

import numpy as np
import pytest

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.float_run import run_float
from grus.compiler.network.onnx_file import read_onnx

ROOT = os.environ.get("GRUS_NETWORKS")
FOLDERS = sorted(path.parent for path in Path(ROOT).glob("*/model.onnx")) if ROOT else []
# Of the largest value, for outputs that are no scores: 16 bits through some tens of layers.
LARGEST_ERROR = 0.005

pytestmark = pytest.mark.skipif(
    not ROOT, reason="GRUS_NETWORKS does not name the folder of networks"
)


def images_of(folder, network):
    shape = network.shapes[network.source]
    return {path: np.load(path).reshape(shape) for path in sorted(folder.glob("input_*.npy"))}


@pytest.mark.parametrize("together", [True, False], ids=["on all images", "on each image alone"])
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_first_answer_is_the_float_networks(folder, together):
    network = read_onnx(folder / "model.onnx")
    images = images_of(folder, network)
    assert images
    integers = calibrate(network, list(images.values()), 16)
    for path, image in images.items():
        if not together:
            integers = calibrate(network, [image], 16)
        tensors = integers.run(quantise_image(integers, image))
        for name, real in run_float(network, image).items():
            found = tensors[name].reshape(real.shape) * 2.0 ** -integers.act_frac[name]
            error = np.abs(found - real).max() / np.abs(real).max()
            assert error < LARGEST_ERROR, (path.name, name, error)
            if real.ndim == 1:
                assert np.argmax(found) == np.argmax(real), path.name
