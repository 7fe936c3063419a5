"""``grus.compile``: what the accelerator needs of a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.api.html import html_table
from grus.api.images import Images
from grus.api.networks import Design, Network, Scales, read_design, read_network
from grus.compiler.accelerator import Launch, NetworkProgram, compile_network
from grus.compiler.network.calibration import quantise_image
from grus.compiler.network.network import IntegerNetwork
from grus.files import write_bytes
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.descriptors import pack_records, record_bytes

__all__ = ["Compiled", "compile"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Compiled:
    """A network for an accelerator.

    Parameters
    ----------
    network : IntegerNetwork
        The network in fixed point.
    pixels : ndarray of float32, shape (channels, rows, columns)
        The image that it was compiled with.
    tensors : dict of str to ndarray of int64
        Every tensor of this image, by the golden model.
    slots : SlotFormat
        Machine and bus.
    program : NetworkProgram
        Tiles, descriptors, places in memory.
    """

    network: IntegerNetwork
    pixels: NDArray[np.float32]
    tensors: dict[str, NDArray[np.int64]]
    slots: SlotFormat
    program: NetworkProgram

    @property
    def design(self) -> CraneConfig:
        """The design."""
        return self.slots.config

    @property
    def title(self) -> str:
        """What it is, in words."""
        return f"{self.network.network.name} for {self.design.name}"

    def to_dict(self) -> dict[str, Any]:
        """The plan: where everything lies, and which descriptors make which layer."""
        maps = {
            name: {"address": stored.address, **stored.plan._asdict()}
            for name, stored in self.program.maps.items()
        }
        return {
            "network": self.network.network.name,
            "design": self.design.to_dict(),
            "bus": self.slots.axi.to_dict(),
            "descriptors_address": self.program.image.size,
            "descriptor_bytes": record_bytes(self.slots),
            "writable": self.program.writable,
            "act_frac": dict(self.network.act_frac),
            "weight_frac": dict(self.network.weight_frac),
            "maps": maps,
            "steps": self._steps(),
        }

    def _steps(self) -> list[dict[str, Any]]:
        return [
            {
                "layer": step.step.layer.name,
                "source": step.step.source,
                "target": step.step.target,
                "first_descriptor": step.first,
                "descriptors": step.descriptors,
                "traffic": step.traffic.to_dict(),
            }
            if isinstance(step, Launch)
            else {
                "host": step.node["op"],
                "name": step.node["name"],
                "target": step.target,
                "reason": step.reason,
            }
            for step in self.program.steps
        ]

    def save(self, folder: str | Path) -> None:
        """Write image.bin for address 0, descriptors.bin for behind it, and plan.json."""
        place = Path(folder)
        write_bytes(place / "image.bin", self.program.image.content())
        write_bytes(place / "descriptors.bin", pack_records(self.program.records, self.slots))
        write_bytes(place / "plan.json", (json.dumps(self.to_dict(), indent=2) + "\n").encode())

    def __repr__(self) -> str:
        launches = sum(isinstance(step, Launch) for step in self.program.steps)
        return (
            f"<Compiled {self.title}: {launches} layers, {len(self.program.steps) - launches} "
            f"steps of the host, {len(self.program.records)} descriptors, "
            f"{self.program.image.size:,} bytes>"
        )

    def _repr_html_(self) -> str:
        rows = [
            (step["layer"], step["target"], step["descriptors"], f"{step['traffic']['ratio']:.3f}")
            if "layer" in step
            else (f"{step['name']} (host: {step['host']})", step["target"], "", "")
            for step in self._steps()
        ]
        return html_table(self.title, ("step", "result", "descriptors", "traffic by dense"), rows)


def compile(
    network: Network,
    input: Images,
    *,
    design: Design = "crane-is",
    scales: Scales | None = None,
    bus_bits: int = 128,
    steal: bool = True,
) -> Compiled:
    """Bring a network into fixed point, cut it into tiles, and lay it out in memory.

    Parameters
    ----------
    network : str, Path or FloatNetwork
        An ONNX file, or a network read from one.
    input : str, Path or ndarray of float, shape ([images,] channels, rows, columns)
        Images to calibrate on; how maps are stored is decided on the first.
    design : str, Path or CraneConfig
        A preset, a TOML file, or a design.
    scales : str, Path or mapping, optional
        Fractions, as a JSON file or a mapping; measured on the images if left out.
    bus_bits : int
        Width of the AXI bus [bits].
    steal : bool
        Let idle processing elements steal work-items.

    Returns
    -------
    Compiled
        Everything that the accelerator needs; ``save`` writes it.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or no layer fits the design.
    """
    config = read_design(design)
    slots = SlotFormat(config=config, axi=AxiConfig(data_bits=bus_bits))
    integers, pixels = read_network(network, input, scales, config.data_bits)
    tensors = integers.run(quantise_image(integers, pixels))
    program = compile_network(
        integers, config, word_bytes=slots.axi.word_bytes, steal=steal, sample=tensors
    )
    return Compiled(network=integers, pixels=pixels, tensors=tensors, slots=slots, program=program)
