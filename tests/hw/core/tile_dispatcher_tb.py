# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.tile_dispatcher; started by test_tile_dispatcher.py."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.tile import PoolKind, TileLayout
from grus.hw.core.tile_dispatcher import TileDispatcher
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters()["config"])


def block(tile):
    return {"items": tile["items"], "last_pe": tile["last_pe"]}


# Whether a part is concerned, and what it is told.
SHARES = {
    "blocks": (lambda tile: tile["load_resident"], block),
    "loads": (lambda tile: tile["load_broadcast"], lambda tile: tile["load"]),
    "rounds": (lambda tile: True, lambda tile: tile),
    "bias_blocks": (lambda tile: tile["drain"] and tile["load_biases"], block),
    "outputs": (lambda tile: tile["drain"], lambda tile: tile),
}


def share(part, tiles):
    concerned, told = SHARES[part]
    return [told(tile) for tile in tiles if concerned(tile)]


def random_tile():
    while True:
        try:
            return random_payload(TileLayout(CONFIG))
        except ValueError:  # no such kind of pooling
            pass


class Bench:
    """One dispatcher, and a sink for each part."""

    def __init__(self, dut, stalls):
        self.dut = dut
        self.ports = Ports(dut, TileDispatcher(CONFIG))
        self.source = Source(self.ports.stream("tiles"))
        self.sinks = {
            part: Sink(self.ports.stream(part), chance_of_stall=stalls.get(part, 0.0))
            for part in SHARES
        }
        self.taken = 0

    async def begin(self):
        await reset(self.dut)
        for sink in self.sinks.values():
            cocotb.start_soon(sink.run())
        cocotb.start_soon(self._count())

    async def _count(self):
        while True:
            await FallingEdge(self.dut.clk)
            self.taken += self.ports["taken"]

    def payloads(self):
        return {part: sink.payloads for part, sink in self.sinks.items()}


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.6])
async def every_part_gets_its_share_in_order(dut, gap, stall):
    """Whatever the pauses of each; idle again when all have theirs."""
    bench = Bench(dut, dict.fromkeys(SHARES, stall))
    await bench.begin()
    tiles = [random_tile() for _ in range(40)]
    await bench.source.send_all(tiles, chance_of_gap=gap)
    await ClockCycles(dut.clk, 60)
    assert bench.payloads() == {part: share(part, tiles) for part in SHARES}
    assert bench.taken == 40
    assert bench.ports["busy"] == 0


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(stalled=list(SHARES))
async def two_tiles_wait_for_a_stalled_part(dut, stalled):
    """The others get their shares of those two at once; the third tile is not taken."""
    bench = Bench(dut, {stalled: 1.0})
    await bench.begin()
    everything = {"load_resident": 1, "load_broadcast": 1, "load_biases": 1, "drain": 1}
    tiles = [random_tile() | everything for _ in range(3)]
    cocotb.start_soon(bench.source.send_all(tiles))
    await ClockCycles(dut.clk, 8)
    expected = {part: share(part, tiles[:2]) for part in SHARES}
    assert bench.payloads() == expected | {stalled: []}
    assert bench.taken == 2
    assert bench.ports["busy"] == 1
    assert bench.ports["tiles__ready"] == 0


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def passes_one_tile_a_cycle(dut):
    """Latency is one cycle."""
    bench = Bench(dut, {})
    await bench.begin()
    tile = random_tile() | {"output": {"pool": {"kind": PoolKind.NONE}}}
    await bench.source.send_all([tile] * 10)
    await ClockCycles(dut.clk, 3)
    assert [cycle for cycle, _ in bench.sinks["rounds"].transfers] == list(range(1, 11))
