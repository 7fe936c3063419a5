"""Networks of the folder that ``GRUS_NETWORKS`` names, with their scales and an image."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.calibration import quantise_image, with_scales
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx

__all__ = ["read_network"]


def read_network(folder: Path, data_bits: int) -> tuple[IntegerNetwork, NDArray[np.integer]]:
    """A network in fixed point with the oracle's fractions, and its first image.

    Parameters
    ----------
    folder : Path
        Holds ``model.onnx``, ``quant.json`` and images ``input_*.npy``.
    data_bits : int
        Width of a value [bits].

    Returns
    -------
    tuple of IntegerNetwork and ndarray of int, shape (channels, rows, columns)
        The network, the image [input LSB].
    """
    real = read_onnx(folder / "model.onnx")
    scales = json.loads((folder / "quant.json").read_text(encoding="utf-8"))
    integers = with_scales(real, scales, data_bits)
    pixels = np.load(min(folder.glob("input_*.npy"))).reshape(real.shapes[real.source])
    return integers, quantise_image(integers, pixels)
