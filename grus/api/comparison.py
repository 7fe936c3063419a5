"""How near an integer output comes to the float network's."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.float_run import run_float
from grus.compiler.network.network import IntegerNetwork
from grus.golden.quantisation import dequantise

__all__ = ["TOP", "Comparison", "compare"]

TOP = 5  # answers shown of a classifier


class Comparison(NamedTuple):
    """One output, beside the float network's.

    Attributes
    ----------
    largest_error : float
        Largest difference from the float network's values.
    largest_value : float
        Largest magnitude of these.
    top : list of int
        The best answers of a classifier, best first; empty for other outputs.
    scores : list of float
        Their values.
    float_top : list of int
        The float network's best answers.
    """

    largest_error: float
    largest_value: float
    top: list[int]
    scores: list[float]
    float_top: list[int]

    @property
    def same_answer(self) -> bool:
        """Whether both networks give one first answer; true where there is no answer."""
        return self.top[:1] == self.float_top[:1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self._asdict()


def compare(
    network: IntegerNetwork,
    pixels: NDArray[np.float32],
    outputs: dict[str, NDArray[np.int64]],
) -> dict[str, Comparison]:
    """Compare the outputs of an image with those of the float network by onnxruntime.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    pixels : ndarray of float32, shape (channels, rows, columns)
        The image.
    outputs : dict of str to ndarray of int64
        Its outputs [2^-act_frac].
    """
    found = {}
    for name, real in run_float(network.network, pixels).items():
        values = dequantise(outputs[name], network.act_frac[name]).reshape(real.shape)
        best = np.argsort(-values, kind="stable")[:TOP] if real.ndim == 1 else np.array([], int)
        float_best = np.argsort(-real, kind="stable")[: len(best)]
        found[name] = Comparison(
            largest_error=float(np.abs(values - real).max()),
            largest_value=float(np.abs(real).max()),
            top=best.tolist(),
            scores=values[best].tolist() if real.ndim == 1 else [],
            float_top=float_best.tolist() if real.ndim == 1 else [],
        )
    return found
