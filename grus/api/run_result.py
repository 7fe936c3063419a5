"""What ``grus.run`` gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.api.comparison import Comparison
from grus.api.html import html_table
from grus.compiler.network.network import IntegerNetwork
from grus.files import whole_file
from grus.golden.quantisation import dequantise
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.sim.network_run import StepRun

__all__ = ["HostShare", "Run"]


@dataclass(frozen=True, kw_only=True)
class HostShare:
    """What the host does of a network.

    Parameters
    ----------
    reasons : mapping of str to str
        Each of its nodes, and why it is the host's.
    share : float
        Its share of all operations on dense tensors.
    """

    reasons: Mapping[str, str] = field(default_factory=dict)
    share: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"reasons": dict(self.reasons), "share": self.share}


@dataclass(frozen=True, kw_only=True, repr=False)
class Run:
    """How a network went.

    Parameters
    ----------
    network : IntegerNetwork
        The network in fixed point.
    design : CraneConfig
        The design.
    engine : str
        What computed it: ``golden`` or ``rtl``.
    outputs : dict of str to ndarray of int64
        Outputs [2^-act_frac]; `values` has them as real numbers.
    comparisons : dict of str to Comparison
        Each output beside the float network's.
    simulator : str, optional
        What played the Verilog; none for a board, and none for the golden model, as all that
        follows.
    port : str, optional
        Where the board was that ran it.
    bus : AxiConfig, optional
        The way to memory.
    latency : int, optional
        Of memory [cycles].
    steps : list of StepRun
        Each step that ran on the RTL, and the host's between them.
    compared : int
        Tensors compared with the golden model's.
    differing : list of str
        Tensors that differ from the golden model's; none if all is well.
    violations : int
        Rules of AXI that the accelerator broke; 0 if all is well.
    host : HostShare
        What the host does of the whole network.
    """

    network: IntegerNetwork
    design: CraneConfig
    engine: str
    outputs: dict[str, NDArray[np.int64]]
    comparisons: dict[str, Comparison]
    simulator: str | None = None
    port: str | None = None
    bus: AxiConfig | None = None
    latency: int | None = None
    steps: list[StepRun] = field(default_factory=list)
    compared: int = 0
    differing: list[str] = field(default_factory=list)
    violations: int = 0
    host: HostShare = HostShare()

    @property
    def title(self) -> str:
        """What it is, in words."""
        machine = "the golden model" if self.engine == "golden" else self.design.name
        return f"{self.network.network.name} on {machine}"

    @property
    def passed(self) -> bool:
        """Whether all tensors equal the golden model's, and the bus was used by its rules."""
        return not self.differing and not self.violations

    @property
    def values(self) -> dict[str, NDArray[np.float64]]:
        """Outputs as real numbers."""
        fractions = self.network.act_frac
        return {name: dequantise(array, fractions[name]) for name, array in self.outputs.items()}

    @property
    def top(self) -> list[int]:
        """Best answers of a classifier, best first; empty if the network is none."""
        return next((found.top for found in self.comparisons.values() if found.top), [])

    @property
    def cycles(self) -> int:
        """Clock cycles of all steps on the accelerator."""
        return sum(step.cycles for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "network": self.network.network.name,
            "design": self.design.to_dict(),
            "engine": self.engine,
            "simulator": self.simulator,
            "port": self.port,
            "bus": self.bus.to_dict() if self.bus is not None else None,
            "latency": self.latency,
            "outputs": {name: found.to_dict() for name, found in self.comparisons.items()},
            "steps": [step.to_dict() for step in self.steps],
            "host": self.host.to_dict(),
            "differing": self.differing,
            "violations": self.violations,
        }

    def save_outputs(self, path: str | Path) -> None:
        """Write the integer outputs to an ``.npz`` file, whole or not at all."""
        with whole_file(Path(path)) as unfinished, unfinished.open("wb") as file:
            np.savez(file, **self.outputs)  # type: ignore[arg-type]

    def summary(self) -> list[str]:
        """The outputs beside the float network's, and the host's share, in sentences."""
        lines = []
        for name, found in self.comparisons.items():
            lines.append(
                f"{name}: at most {found.largest_error:.4g} from the float network's values"
            )
            if found.top:
                pairs = zip(found.top, found.scores, strict=True)
                answers = ", ".join(f"{index} ({score:.3f})" for index, score in pairs)
                same = "the same first" if found.same_answer else "another first"
                lines.append(f"  top {len(found.top)}: {answers}; float has {same}")
        if self.host.reasons:
            nodes = ", ".join(self.host.reasons)
            lines.append(f"On the host, {self.host.share:.2%} of the operations: {nodes}")
        return lines

    def __repr__(self) -> str:
        exact = "exact" if self.passed else f"{len(self.differing)} tensors differ"
        cycles = f", {len(self.steps)} steps, {self.cycles:,} cycles, {exact}" if self.bus else ""
        top = f", top {self.top}" if self.top else ""
        return f"<Run {self.title}{cycles}{top}>"

    def _repr_html_(self) -> str:
        rows = []
        for step in self.steps:
            account = step.account
            if account is None:
                rows.append((f"{step.name} (host)", "", "", "", "", ""))
                continue
            memory = f"{account.shares['memory']:.3f}"
            cells = f"{account.utilisation:.3f}", memory, f"{account.steals:,}"
            ratio = "" if step.ratio is None else f"{step.ratio:.3f}"
            rows.append((step.name, f"{step.cycles:,}", *cells, ratio))
        headings = ("step", "cycles", "utilisation", "memory", "steals", "traffic by dense")
        return html_table(self.title, headings, rows, self.summary())
