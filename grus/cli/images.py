"""Reads images for a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.network import FloatNetwork

__all__ = ["read_image"]


def read_image(path: Path, network: FloatNetwork) -> NDArray[np.float32]:
    """The first image of a file.

    Parameters
    ----------
    path : Path
        An array of shape (channels, rows, columns), or (images, channels, rows, columns).
    network : FloatNetwork
        The network that will read it.

    Returns
    -------
    ndarray of float32, shape (channels, rows, columns)
        The image.

    Raises
    ------
    ValueError
        If there is no such file, or it holds something else.
    """
    if not path.is_file():
        raise ValueError(f"input must be a .npy file, and there is no file {path}")
    try:
        pixels = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"input {path} must be a whole .npy file, and is not: {error}") from error
    shape = network.shapes[network.source]
    if not isinstance(pixels, np.ndarray) or pixels.shape[-3:] != shape or pixels.ndim > 4:
        found = getattr(pixels, "shape", "an archive")
        raise ValueError(
            f"input {path} must have shape {shape}, with or without a batch, not {found}"
        )
    image = pixels.reshape(-1, *shape)[0].astype(np.float32)
    if not np.isfinite(image).all():
        raise ValueError(f"input {path} must be finite, and holds NaN or infinity")
    return image
