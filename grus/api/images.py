"""Images for a network, from a file or an array."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.network import FloatNetwork

__all__ = ["Images", "read_images"]

Images = str | Path | NDArray[Any]


def read_images(source: Images, network: FloatNetwork) -> list[NDArray[np.float32]]:
    """All images of a file or an array.

    Parameters
    ----------
    source : str, Path or ndarray
        A ``.npy`` file or an array, of shape (channels, rows, columns) or (images, channels, rows,
        columns).
    network : FloatNetwork
        The network that will read them.

    Returns
    -------
    list of ndarray of float32, shape (channels, rows, columns)
        The images, at least one.

    Raises
    ------
    ValueError
        If there is no such file, or it holds something else.
    """
    name, values = ("input", source) if isinstance(source, np.ndarray) else _load(Path(source))
    shape = network.shapes[network.source]
    fits = isinstance(values, np.ndarray) and values.shape[-3:] == shape and values.ndim <= 4
    if not fits or not values.size:
        found = getattr(values, "shape", "an archive")
        raise ValueError(f"{name} must have shape {shape}, with or without a batch, not {found}")
    if values.dtype.kind not in "fiub":
        raise ValueError(f"{name} must hold real numbers, not {values.dtype}")
    with np.errstate(over="ignore"):
        images = values.reshape(-1, *shape).astype(np.float32)
    if not np.isfinite(images).all():
        raise ValueError(f"{name} must be finite in float32, and holds NaN or infinity")
    return list(images)


def _load(path: Path) -> tuple[str, Any]:
    if not path.is_file():
        raise ValueError(f"input must be a .npy file, and there is no file {path}")
    try:
        return f"input {path}", np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ValueError(f"input {path} must be a whole .npy file, and is not: {error}") from error
