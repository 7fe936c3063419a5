"""What a job starts from: a network in fixed point, its image, a design, a bus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.api.images import Images, read_images
from grus.compiler.network.calibration import calibrate, with_scales
from grus.compiler.network.network import FloatNetwork, IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.config import CraneConfig
from grus.hw.presets import load_config

__all__ = ["Design", "Network", "Scales", "read_design", "read_network"]

Network = str | Path | FloatNetwork
Scales = str | Path | Mapping[str, Any]
Design = str | Path | CraneConfig


def read_design(design: Design) -> CraneConfig:
    """A design by name, by its TOML file, or as it is.

    Raises
    ------
    TypeError, ValueError
        As in :func:`load_config`.
    """
    return design if isinstance(design, CraneConfig) else load_config(str(design))


def read_network(
    network: Network, images: Images, scales: Scales | None, bits: int
) -> tuple[IntegerNetwork, NDArray[np.float32]]:
    """A network in fixed point, and the image that it is to see.

    Parameters
    ----------
    network : str, Path or FloatNetwork
        An ONNX file, or a network read from one.
    images : str, Path or ndarray
        As in :func:`read_images`.
    scales : str, Path or mapping, optional
        Fractions, as a JSON file or a mapping; measured on all images if left out.
    bits : int
        Width of a value [bits].

    Returns
    -------
    tuple of IntegerNetwork and ndarray of float32
        The network, and the first image.

    Raises
    ------
    TypeError, ValueError
        If a file is missing, damaged, or holds what is not supported.
    """
    real = network if isinstance(network, FloatNetwork) else read_onnx(Path(network))
    pixels = read_images(images, real)
    if scales is None:
        return calibrate(real, pixels, bits), pixels[0]
    table = scales if isinstance(scales, Mapping) else _read_scales(Path(scales))
    return with_scales(real, table, bits), pixels[0]


def _read_scales(path: Path) -> Mapping[str, Any]:
    try:
        scales = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ValueError(f"scales {path} must be a JSON file, and is not: {error}") from error
    if not isinstance(scales, dict):
        raise TypeError(f"scales {path} must be a JSON object, not {type(scales).__name__}")
    return scales
