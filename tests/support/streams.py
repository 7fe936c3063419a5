"""Drivers and monitors for Amaranth streams under cocotb 2.x."""

import random

import cocotb
from amaranth.hdl import Shape
from amaranth.lib import data
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge


def plain(value):
    """A constant of a layout as numbers, dictionaries and lists, for comparisons."""
    if not isinstance(value, data.Const):
        return value
    shape = value.shape()
    if isinstance(shape, data.ArrayLayout):
        return [plain(value[index]) for index in range(shape.length)]
    return {name: plain(value[name]) for name, _ in shape}


def to_bits(shape, value):
    """`value` as the unsigned number that stands on the wires."""
    if isinstance(shape, data.Layout):
        return shape.const(value).as_bits()
    return value & ((1 << Shape.cast(shape).width) - 1)


def from_bits(shape, bits):
    """The inverse of :func:`to_bits`, plain."""
    if isinstance(shape, data.Layout):
        return plain(shape.from_bits(bits))
    shape = Shape.cast(shape)
    return bits - (1 << shape.width) if shape.signed and bits >> (shape.width - 1) else bits


class Stream:
    """Handles of one stream, and the shape of its payload as the RTL was built from."""

    def __init__(self, dut, name, shape, *, always_ready=False):
        self.clk = dut.clk
        self.valid = dut[f"{name}__valid"]
        self.ready = None if always_ready else dut[f"{name}__ready"]
        self.payload = dut[f"{name}__payload"]
        self.shape = shape

    def now(self):
        """The payload on the wires now, plain."""
        return from_bits(self.shape, self.payload.value.to_unsigned())


class Source:
    """Offers payloads; holds each until it is taken, and drives noise while idle."""

    def __init__(self, stream):
        self.stream = stream
        self.idle()

    def idle(self):
        self.stream.valid.value = 0
        self.stream.payload.value = random.getrandbits(len(self.stream.payload))

    async def send(self, value, *, gap=0):
        """Pause `gap` cycles, then offer `value` until it is taken."""
        for _ in range(gap):
            self.idle()
            await RisingEdge(self.stream.clk)
        self.stream.valid.value = 1
        self.stream.payload.value = to_bits(self.stream.shape, value)
        while True:
            await RisingEdge(self.stream.clk)
            if self.stream.ready is None or self.stream.ready.value == 1:
                break
        self.idle()

    async def send_all(self, values, *, chance_of_gap=0.0):
        """Offer all `values` in order, with random pauses."""
        for value in values:
            gap = 0
            while random.random() < chance_of_gap:
                gap += 1
            await self.send(value, gap=gap)


class Sink:
    """Takes payloads, refuses at random, and checks that an offer is held until it is taken."""

    def __init__(self, stream, *, chance_of_stall=0.0):
        self.stream = stream
        self.chance_of_stall = chance_of_stall
        self.cycle = 0
        self.transfers = []  # (cycle since start, payload)
        if stream.ready is not None:
            stream.ready.value = 0

    @property
    def payloads(self):
        """What was taken so far."""
        return [payload for _, payload in self.transfers]

    async def run(self):
        """Go on until cancelled."""
        held = None
        while True:
            accepts = self.stream.ready is None or random.random() >= self.chance_of_stall
            if self.stream.ready is not None:
                self.stream.ready.value = int(accepts)
            await RisingEdge(self.stream.clk)
            valid = self.stream.valid.value == 1
            bits = self.stream.payload.value.to_unsigned() if valid else None
            assert held is None or bits == held, f"cycle {self.cycle}: offer withdrawn or changed"
            if valid and accepts:
                self.transfers.append((self.cycle, from_bits(self.stream.shape, bits)))
            held = bits if valid and not accepts else None
            self.cycle += 1

    async def take(self, count, *, timeout):
        """Run until `count` payloads have come; fail after `timeout` cycles."""
        running = cocotb.start_soon(self.run())
        for _ in range(timeout):
            await FallingEdge(self.stream.clk)
            if len(self.transfers) >= count:
                break
        running.cancel()
        got = len(self.transfers)
        assert got >= count, f"only {got} of {count} payloads in {timeout} cycles"
        return self.payloads


async def reset(dut):
    """Start the clock and reset; the next rising edge is cycle 0."""
    Clock(dut.clk, 10, unit="ns").start()
    dut.rst.value = 1
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
