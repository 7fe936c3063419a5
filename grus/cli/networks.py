"""Networks as commands read them: an ONNX file, an image, fractions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.cli.images import read_image
from grus.compiler.network.calibration import calibrate, with_scales
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx

__all__ = ["read_network"]


def read_network(
    network: Path, image: Path, scales: Path | None, bits: int
) -> tuple[IntegerNetwork, NDArray[np.float32]]:
    """A network in fixed point, and the image that it is to see.

    Parameters
    ----------
    network, image : Path
        ONNX file and ``.npy`` file.
    scales : Path, optional
        Fractions as JSON; measured on the image if left out.
    bits : int
        Width of a value [bits].

    Raises
    ------
    ValueError
        If a file is missing, damaged, or holds what is not supported.
    """
    real = read_onnx(network)
    pixels = read_image(image, real)
    if scales is None:
        return calibrate(real, [pixels], bits), pixels
    return with_scales(real, _read_scales(scales), bits), pixels


def _read_scales(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ValueError(f"scales {path} must be a JSON file, and is not: {error}") from error
