"""A whole network on the RTL of an accelerator, its host operators in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.accelerator import Launch, NetworkProgram
from grus.compiler.memory.image import StoredMap
from grus.compiler.memory.maps import pack_map, unpack_map
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import HostStep
from grus.golden.network import run_network
from grus.hw.core.counters import counter_names
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.account import Account, account_of
from grus.sim.descriptors import pack_records, record_bytes
from grus.sim.host import Host

__all__ = ["NetworkRun", "StepRun"]


class StepRun(NamedTuple):
    """How a step went.

    Attributes
    ----------
    name : str
        The layer, or the node.
    target : str
        Tensor that it made.
    on_host : bool
        Whether the host did it.
    cycles : int
        Clock cycles from start to interrupt; 0 on the host.
    account : Account or None
        Where the cycles of the processing elements went.
    read_bytes, written_bytes : int
        All traffic, as the memory counted it.
    tensor_bytes, dense_bytes : int
        What of that moved kernels, inputs and results, and what the same tiles would move if all
        of these were dense.
    """

    name: str
    target: str
    on_host: bool
    cycles: int = 0
    account: Account | None = None
    read_bytes: int = 0
    written_bytes: int = 0
    tensor_bytes: int = 0
    dense_bytes: int = 0

    @property
    def ratio(self) -> float | None:
        """Traffic of the tensors against dense ones; none on the host."""
        return self.tensor_bytes / self.dense_bytes if self.dense_bytes else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        account = self.account.to_dict() if self.account is not None else None
        return {**self._asdict(), "account": account, "ratio": self.ratio}


class NetworkRun:
    """One image through a network on an accelerator, step by step.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    program : NetworkProgram
        The same, compiled for the design.
    slots : SlotFormat
        Machine and bus.
    accelerator : Host
        The machine, with memory of at least :meth:`memory_bytes`.
    watch : callable, optional
        Is told the step at hand, and its cycles so far, now and then.
    """

    def __init__(
        self,
        network: IntegerNetwork,
        program: NetworkProgram,
        slots: SlotFormat,
        accelerator: Host,
        *,
        watch: Callable[[str, int], None] | None = None,
    ):
        self._network, self._program, self._slots = network, program, slots
        self._accelerator, self._watch = accelerator, watch
        self._on_host: dict[str, NDArray[np.int64]] = {}
        content = program.image.content()
        records = pack_records(program.records, slots)
        self._descriptors = len(content)
        self._write(0, content + records)
        accelerator.allow_writes(*program.writable)

    @staticmethod
    def memory_bytes(program: NetworkProgram, slots: SlotFormat) -> int:
        """Memory that a run needs."""
        return program.image.size + len(program.records) * record_bytes(slots)

    def run(self, image: NDArray[np.integer], *, one_launch: bool = False) -> Iterator[StepRun]:
        """Run all steps; each is done when it is yielded.

        Parameters
        ----------
        image : ndarray of int, shape (channels, rows, columns)
            Input of the network.
        one_launch : bool
            Start all layers up to the host's next share at once, as a single step: the counters
            then tell their totals.

        Raises
        ------
        StoppedError
            If the accelerator stops for a fault.
        """
        self._on_host.clear()
        self._keep(self._network.network.source, np.asarray(image, dtype=np.int64))
        launches: list[Launch] = []
        for step in self._program.steps:
            if isinstance(step, HostStep):
                if launches:
                    yield self._launch(launches)
                launches = []
                yield self._compute(step)
            elif one_launch:
                launches.append(step)
            else:
                yield self._launch([step])
        if launches:
            yield self._launch(launches)

    def run_layers(
        self, launches: Sequence[Launch], tensors: Mapping[str, NDArray[np.integer]]
    ) -> Iterator[StepRun]:
        """Run some layers, each from its true inputs.

        Parameters
        ----------
        launches : sequence of Launch
            Layers to run.
        tensors : mapping of str to ndarray of int
            Tensors of the network by the golden model.

        Raises
        ------
        StoppedError
            If the accelerator stops for a fault.
        """
        self._on_host.clear()
        for launch in launches:
            source = launch.step.source
            self._keep(source, np.asarray(tensors[source], dtype=np.int64))
            yield self._launch([launch])

    def tensor(self, name: str) -> NDArray[np.int64]:
        """A tensor that exists so far, as the golden model shapes it."""
        if name not in self._on_host:
            stored = self._program.maps[name]
            content = self._read(stored.address, stored.plan.bytes_in_all)
            values = unpack_map(content, stored.plan, self._program.widths)
            self._on_host[name] = values.reshape(self._network.network.shapes[name])
        return self._on_host[name]

    def _launch(self, launches: list[Launch]) -> StepRun:
        machine = self._accelerator
        names = [launch.step.layer.name for launch in launches]
        name = names[0] if len(names) == 1 else f"{names[0]}..{names[-1]}"
        machine.write("control", 4)  # clear the counters
        before = machine.counts
        size = record_bytes(self._slots)
        address = self._descriptors + launches[0].first * size
        count = sum(launch.descriptors for launch in launches)
        watch = None if self._watch is None else partial(self._watch, name)
        cycles = machine.run(address, count, watch=watch)
        after = machine.counts
        counters = dict(zip(counter_names(self._slots.config), machine.counters(), strict=True))
        read = after.read_bytes - before.read_bytes
        written = after.written_bytes - before.written_bytes
        other = count * size + sum(launch.traffic.biases for launch in launches)
        counted = read + written > 0  # memory on a board does not count
        return StepRun(
            name=name,
            target=launches[-1].step.target,
            on_host=False,
            cycles=cycles,
            account=account_of(counters, self._slots.config),
            read_bytes=read,
            written_bytes=written,
            tensor_bytes=read + written - other if counted else 0,
            dense_bytes=sum(launch.traffic.dense.total for launch in launches) if counted else 0,
        )

    def _compute(self, step: HostStep) -> StepRun:
        network, node = self._network, step.node
        tensors = run_network(
            {"nodes": [node]},
            network.parameters_of(node),
            {"act_frac": network.act_frac, "weight_frac": network.weight_frac},
            {name: self.tensor(name) for name in node["in"]},
            bits=network.bits,
        )
        self._keep(node["out"], tensors[node["out"]])
        return StepRun(name=node["name"], target=node["out"], on_host=True)

    def _keep(self, name: str, values: NDArray[np.int64]) -> None:
        """Remember a tensor, and write it to memory if a layer reads it."""
        self._on_host[name] = values
        stored = self._program.maps.get(name)
        if stored is not None:
            self._write(stored.address, self._pack(values, stored))

    def _pack(self, values: NDArray[np.int64], stored: StoredMap) -> bytes:
        plan = stored.plan
        shape = plan.channels, plan.rows, plan.columns
        return pack_map(values.reshape(shape), plan, self._program.widths)

    def _write(self, address: int, content: bytes) -> None:
        memory = self._accelerator.memory
        memory[address : address + len(content)] = np.frombuffer(content, dtype=np.uint8)

    def _read(self, address: int, size: int) -> bytes:
        return self._accelerator.memory[address : address + size].tobytes()
