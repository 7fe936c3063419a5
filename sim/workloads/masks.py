"""Random zero patterns of a given density, as uneven as those of real networks."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVEN", "UNEVEN", "Heterogeneity", "draw_inputs", "draw_weights"]

_BLOB = 4  # distance of independent points of the field that makes blobs [pixels]
_CLOSE = 1e-5
_MOST_STEPS = 200


@dataclass(frozen=True, kw_only=True)
class Heterogeneity:
    """Coefficients of variation (CV) of the density within a layer.

    Parameters
    ----------
    filters : float
        Between the kernels of different outputs, 0 to 2.
    weight_channels : float
        Between the input channels of the weights, 0 to 2.
    input_channels : float
        Between the channels of the inputs, 0 to 2.
    blobs : float
        Between places of one channel of the inputs, 0 to 2; neighbouring pixels are alike, channels
        are independent of each other.

    Raises
    ------
    TypeError, ValueError
        If a coefficient is no number or out of range.

    Notes
    -----
    Source: baselines, section 8.2: measured on pruned MobileNet 0.5-128 [S17], filters .07 to .57,
    channels of the inputs .3 to .64, pixels across channels about binomial. The shape of the
    distributions (gamma; lognormal for blobs) and the size of a blob are choices of ours [R],
    D-024.
    """

    filters: float = 0.0
    weight_channels: float = 0.0
    input_channels: float = 0.0
    blobs: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise TypeError(f"{field.name} must be a number, not {value!r}")
            if not 0 <= value <= 2:
                raise ValueError(f"{field.name} must be in 0..2, not {value}")

    def __str__(self) -> str:
        return "CV " + "/".join(f"{getattr(self, field.name):g}" for field in fields(self))


EVEN = Heterogeneity()  # independent and equal: the control
UNEVEN = Heterogeneity(filters=0.3, weight_channels=0.3, input_channels=0.5, blobs=0.5)


def draw_weights(
    rng: np.random.Generator,
    shape: tuple[int, int, int, int],
    density: float,
    heterogeneity: Heterogeneity,
) -> NDArray[np.bool_]:
    """Draw the pattern of a layer's weights.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    shape : tuple of int
        Outputs, channels, kernel rows, kernel columns.
    density : float
        Expected share of non-zeros, 0 to 1.
    heterogeneity : Heterogeneity
        How uneven.

    Returns
    -------
    ndarray of bool, shape as asked
        The pattern.

    Notes
    -----
    Source: project decision D-024. A weight is kept with chance ``min(1, s f_k h_c)``, where f and
    h are gamma factors of mean 1 for the kernel and the channel, and s makes the mean the density.
    """
    outputs, channels = shape[:2]
    factors = np.multiply.outer(
        _factors(rng, heterogeneity.filters, outputs),
        _factors(rng, heterogeneity.weight_channels, channels),
    )
    return rng.random(shape, np.float32) < _chances(factors, density)[:, :, None, None]


def draw_inputs(
    rng: np.random.Generator,
    shape: tuple[int, int, int],
    density: float,
    heterogeneity: Heterogeneity,
) -> NDArray[np.bool_]:
    """Draw the pattern of a layer's activations.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of chance.
    shape : tuple of int
        Channels, rows, columns.
    density : float
        Expected share of non-zeros, 0 to 1.
    heterogeneity : Heterogeneity
        How uneven.

    Returns
    -------
    ndarray of bool, shape as asked
        The pattern.

    Notes
    -----
    Source: project decision D-024. As :func:`draw_weights`, with a gamma factor for the channel and
    a smooth lognormal field for each channel.
    """
    factors = _factors(rng, heterogeneity.input_channels, shape[0])[:, None, None]
    if heterogeneity.blobs:
        factors = factors * _fields(rng, heterogeneity.blobs, shape)
    return rng.random(shape, np.float32) < _chances(factors, density)


def _factors(rng: np.random.Generator, variation: float, count: int) -> NDArray[np.float32]:
    if not variation:
        return np.ones(count, np.float32)
    form = variation**-2
    return (rng.standard_gamma(form, count) / form).astype(np.float32)


def _fields(
    rng: np.random.Generator, variation: float, shape: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Independent normal points, joined by straight lines, and made lognormal of mean 1."""
    channels, rows, columns = shape
    across, down = (_lines(length) for length in (columns, rows))
    points = rng.standard_normal((channels, down.shape[1], across.shape[1]), np.float32)
    field = down @ points @ across.T  # of variance 1 everywhere
    spread = np.log1p(variation**2)
    return np.exp(np.sqrt(spread) * field - spread / 2).astype(np.float32)


def _lines(length: int) -> NDArray[np.float32]:
    """Weights of the points at each pixel, shape (pixels, points); squares add up to 1."""
    place = np.arange(length) / _BLOB
    points = np.arange(int(place[-1]) + 2)
    weights = np.maximum(0, 1 - np.abs(place[:, None] - points[None, :]))
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)


def _chances(factors: NDArray[np.float32], density: float) -> NDArray[np.float32]:
    """``min(1, s factors)`` with the mean that is asked for."""
    if not 0 <= density <= 1:
        raise ValueError(f"density must be in 0..1, not {density}")
    if density == 1:
        return np.ones_like(factors)
    chances = np.minimum(1, density * factors)
    for _ in range(_MOST_STEPS):  # what the limit cuts off is given to the others
        mean = float(chances.mean(dtype=np.float64))
        if abs(mean - density) <= density * _CLOSE or not mean:
            break
        factors = factors * np.float32(density / mean)
        chances = np.minimum(1, density * factors)
    return chances
