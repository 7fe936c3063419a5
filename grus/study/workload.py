"""What is put on the machines: a benchmark network with drawn zeros, or a real one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grus.api.networks import read_network
from grus.compiler.network.calibration import quantise_image
from grus.sim.workloads.benchmarks import (
    NETWORKS,
    density_sets,
    draw_network,
    shapes_of,
    title_of,
)
from grus.sim.workloads.masks import EVEN, UNEVEN, Heterogeneity, draw_inputs, draw_weights
from grus.sim.workloads.real_network import real_layers
from grus.sim.workloads.sparse_layer import SparseLayer
from grus.sim.workloads.structured import Pruning, prune

__all__ = ["MASKS", "Workload"]

MASKS = {"even": EVEN, "uneven": UNEVEN}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Layers of one network.

    Parameters
    ----------
    network : str
        Name of a benchmark, or path of an ONNX file.
    image, scales : str
        Files that a real network needs: its input, and its fractions, which are measured on the
        input without them. Empty for a benchmark.
    products : bool
        Whether a real network's matrix products are layers too.
    masks : str
        How uneven drawn patterns are: ``even`` or ``uneven``.
    seed : int
        Equal seeds give equal patterns, from 0 on.
    densities : str
        A published set of densities, see :func:`grus.sim.workloads.benchmarks.density_sets`;
        empty for the first.
    sparsity : float, optional
        Share of zeros of all weights and of all inputs, in place of published ones, 0 to 1.
    pruning : Pruning, optional
        How the weights of all layers but the first are pruned, in place of published densities.
    only : sequence of str
        Names of the layers that count; empty for all.

    Raises
    ------
    ValueError
        If there is no such network, masks, densities or file, or parameters contradict.
    """

    network: str
    image: str = ""
    scales: str = ""
    products: bool = False
    masks: str = "uneven"
    seed: int = 0
    densities: str = ""
    sparsity: float | None = None
    pruning: Pruning | None = None
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or self.seed < 0:
            raise ValueError(f"seed must be an integer from 0 on, not {self.seed!r}")
        if self.masks not in MASKS:
            raise ValueError(f"masks must be one of {', '.join(MASKS)}, not {self.masks!r}")
        if self.synthetic:
            self._require_benchmark()
        else:
            self._require_files()

    def _require_benchmark(self) -> None:
        if self.image or self.scales:
            raise ValueError(
                f"an input must go with an ONNX file, and {self.network} is a benchmark: "
                "its patterns are drawn"
            )
        sets = density_sets(self.network)
        if self.densities and self.densities not in sets:
            raise ValueError(
                f"densities of {self.network} must be one of {', '.join(sets)}, "
                f"not {self.densities!r}"
            )
        share = self.sparsity
        if share is not None and (
            isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1
        ):
            raise ValueError(f"sparsity must be in 0..1, not {share!r}")

    def _require_files(self) -> None:
        if not Path(self.network).is_file():
            raise ValueError(
                f"network must be one of {', '.join(NETWORKS)} or an ONNX file, not {self.network}"
            )
        if not self.image:
            raise ValueError(f"input must be given for {self.network}: its zeros are an image's")
        if self.densities or self.sparsity is not None or self.pruning is not None:
            raise ValueError(
                f"densities, sparsity and pruning must go with a benchmark, and {self.network} "
                "is a file with zeros of its own"
            )

    @property
    def synthetic(self) -> bool:
        """Whether patterns are drawn."""
        return self.network in NETWORKS

    @property
    def title(self) -> str:
        """What reports call it."""
        return title_of(self.network) if self.synthetic else Path(self.network).stem

    @property
    def masks_used(self) -> Heterogeneity:
        """How uneven drawn patterns are."""
        return MASKS[self.masks]

    @property
    def description(self) -> str:
        """Where the zeros come from, in a sentence."""
        if not self.synthetic:
            return f"{self.title}: real weights, activations of one image ({self.image})"
        rule = f"densities {self.densities or density_sets(self.network)[0]}"
        if self.sparsity is not None:
            rule = f"sparsity {self.sparsity:g} of weights and inputs"
        if self.pruning is not None:
            rule += f", {self.pruning}"
        return f"{self.title}: SYNTHETIC patterns, {self.masks} masks, seed {self.seed}, {rule}"

    def layers(self, data_bits: int = 16) -> Iterator[SparseLayer]:
        """Layers in their order.

        Parameters
        ----------
        data_bits : int
            Width in which a real network is calibrated [bits].

        Raises
        ------
        ValueError
            If one of those that count is not a layer; of a benchmark before any is drawn.
        """
        if self.synthetic:
            self._require_known([shape.name for shape in shapes_of(self.network)])
        known = []
        for layer in self._all_layers(data_bits):
            known.append(layer.name)
            if not self.only or layer.name in self.only:
                yield layer
        self._require_known(known)

    def _require_known(self, names: list[str]) -> None:
        for name in self.only:
            if name not in names:
                raise ValueError(
                    f"layer of {self.title} must be one of {', '.join(names)}, not {name}"
                )

    def _all_layers(self, data_bits: int) -> Iterator[SparseLayer]:
        if not self.synthetic:
            scales = Path(self.scales) if self.scales else None
            integers, pixels = read_network(Path(self.network), Path(self.image), scales, data_bits)
            pixels_fixed = quantise_image(integers, pixels)
            yield from real_layers(integers, pixels_fixed, products=self.products)
            return
        drawn = self._drawn() if self.sparsity is None else self._uniform(1 - self.sparsity)
        for number, layer in enumerate(drawn):
            if self.pruning is None or not number:
                yield layer
            else:
                yield prune(layer, self.pruning, self.masks_used, self.seed + number)

    def _drawn(self) -> Iterator[SparseLayer]:
        return draw_network(
            self.network,
            densities=self.densities or None,
            heterogeneity=self.masks_used,
            seed=self.seed,
        )

    def _uniform(self, density: float) -> Iterator[SparseLayer]:
        for number, shape in enumerate(shapes_of(self.network)):
            rngs = np.random.default_rng((self.seed, number)).spawn(2)
            yield SparseLayer(
                name=shape.name,
                window=shape.window,
                weights=draw_weights(rngs[0], shape.weights_shape, density, self.masks_used),
                inputs=draw_inputs(rngs[1], shape.inputs_shape, density, self.masks_used),
                origin=f"synthetic: {self.masks_used}, seed {self.seed}, density {density:g}",
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    def content(self) -> dict[str, Any]:
        """As :meth:`to_dict`, with what the files hold, so that a change of them is seen."""
        files = [path for path in (self.network, self.image, self.scales) if path]
        digests = [
            hashlib.sha256(Path(path).read_bytes()).hexdigest()
            for path in ([] if self.synthetic else files)
        ]
        return {**self.to_dict(), "files": digests}
