"""Images for networks: all of a file, with or without a batch."""

import numpy as np
import pytest

from grus.api.images import read_images
from grus.compiler.network.onnx_file import read_onnx
from tests.support.sources import ROOT


@pytest.fixture(scope="module")
def network():
    return read_onnx(ROOT / "examples" / "digits" / "digits.onnx")


@pytest.mark.parametrize("batch", [(), (1,), (3,)], ids=str)
def test_all_images_of_a_batch_count(network, batch, tmp_path):
    images = np.random.default_rng(7).normal(size=(*batch, 1, 8, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", images)
    expected = images if batch else [images]
    np.testing.assert_array_equal(read_images(tmp_path / "x.npy", network), expected)


def test_batches_of_batches_are_refused(network, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 2, 1, 8, 8)))
    with pytest.raises(ValueError, match=r"must have shape \(1, 8, 8\), with or without a batch"):
        read_images(tmp_path / "x.npy", network)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_single_pixel_without_a_number_is_refused(network, value, tmp_path):
    image = np.ones((1, 8, 8))
    image[0, 3, 4] = value
    np.save(tmp_path / "x.npy", image)
    with pytest.raises(
        ValueError, match=r"^input .* must be finite in float32, and holds NaN or infinity$"
    ):
        read_images(tmp_path / "x.npy", network)
