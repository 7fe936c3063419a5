"""cocotbext-axi's models: a memory behind AXI4, and a host in front of AXI4-Lite."""

from __future__ import annotations

import logging
import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import cocotb
from cocotb.queue import Queue
from cocotb.simtime import get_sim_time
from cocotb.triggers import Timer

from grus.sim.contents import Contents

__all__ = ["CheckedBytes", "delay", "host", "memory", "pause", "quieten"]

# cocotbext-axi 0.1.28 still says kill(), Edge and setimmediatevalue() to cocotb 2.1.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"cocotbext\.axi\b")


def memory(dut: Any, prefix: str, size: int, content: Any = None) -> Any:
    """An `AxiRam` of `size` bytes, or of `content`, at the ports ``prefix_araddr``, ..."""
    from cocotbext.axi import AxiBus, AxiRam

    bus = AxiBus.from_prefix(dut, prefix)
    ram = AxiRam(bus, dut.clk, dut.rst, size=size, mem=content)
    quieten(ram.read_if, ram.write_if)
    return ram


def host(dut: Any, prefix: str) -> Any:
    """An `AxiLiteMaster` at the ports ``prefix_araddr``, ..."""
    from cocotbext.axi import AxiLiteBus, AxiLiteMaster

    master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, prefix), dut.clk, dut.rst)
    quieten(master.read_if, master.write_if)
    return master


def pause(*channels: Any, chance: float) -> None:
    """Let each channel pause at random."""

    def pauses() -> Iterator[bool]:
        while True:
            yield random.random() < chance

    for channel in channels:
        channel.set_pause_generator(pauses())


def delay(channel: Any, nanoseconds: int, note: Callable[[Any], None]) -> None:
    """Let each transfer of a memory's R or B channel come later, after those before it.

    Parameters
    ----------
    channel : AxiRSource or AxiBSource
        The channel.
    nanoseconds : int
        From the time when the model would send it.
    note : callable
        Is told of each transfer.
    """
    send = channel.send
    late: Queue[tuple[float, Any]] = Queue()

    async def put(transfer: Any) -> None:
        note(transfer)
        late.put_nowait((get_sim_time("ns") + nanoseconds, transfer))

    async def send_late() -> None:
        while True:
            due, transfer = await late.get()
            if (left := due - get_sim_time("ns")) > 0:
                await Timer(left, "ns")
            await send(transfer)

    channel.send = put
    cocotb.start_soon(send_late())


class CheckedBytes:
    """What an `AxiRam` takes for its bytes: :class:`Contents`, at all addresses of the bus.

    Parameters
    ----------
    contents : Contents
        The bytes.
    size : int
        Addresses of the bus; `AxiRam` would wrap them at the end of a smaller memory.
    """

    def __init__(self, contents: Contents, size: int):
        self._contents, self._size = contents, size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        word, sound = self._contents.read(place.start)
        if not sound:
            raise OSError("memory refuses to read")
        return word

    def __setitem__(self, place: slice, content: bytes) -> None:
        if not self._contents.write(place.start, content):
            raise OSError("memory refuses to write")


def quieten(*interfaces: Any) -> None:
    """Say nothing about each transfer."""
    for interface in interfaces:
        interface.log.setLevel(logging.ERROR)
