"""Float runs of a network by onnxruntime: what the integers are measured against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from grus.compiler.network.network import FloatNetwork

__all__ = ["run_float", "run_float_all"]


def run_float(
    network: FloatNetwork, image: NDArray[np.float32], tensors: Iterable[str] | None = None
) -> dict[str, NDArray[np.float32]]:
    """Run one image in float32; see :func:`run_float_all`."""
    return next(run_float_all(network, [image], tensors))


def run_float_all(
    network: FloatNetwork,
    images: Iterable[NDArray[np.float32]],
    tensors: Iterable[str] | None = None,
) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Run images in float32, one after the other.

    Parameters
    ----------
    network : FloatNetwork
        The network.
    images : iterable of ndarray of float32, shape (channels, rows, columns)
        Inputs.
    tensors : iterable of str, optional
        Tensors to return; the outputs if left out.

    Yields
    ------
    dict of str to ndarray of float32
        Tensors of an image, without their batch axis.
    """
    names = list(network.outputs if tensors is None else tensors)
    model = onnx.load_from_string(network.model)
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in names if name not in (*known, network.source)
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    wanted = [name for name in names if name != network.source]
    for image in images:
        batch = np.asarray(image, np.float32)[np.newaxis]
        results = session.run(wanted, {network.source: batch})
        found = {name: array[0] for name, array in zip(wanted, results, strict=True)}
        yield {name: found.get(name, batch[0]) for name in names}
