"""Bias loader: one bias after the other goes to its group and lane."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.resident_loader import BlockLayout
from grus.hw.memory.ping_pong import PingPong
from grus.hw.output.requantiser import BiasWriteLayout

__all__ = ["BiasLoader"]


class BiasLoader(wiring.Component):
    """Load the biases of one block of output channels after the other.

    Throughput is one bias per cycle; a block waits until a half of the bias memory is free.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, widths.

    Members
    -------
    blocks : :py:`In(stream.Signature(BlockLayout(config)))`
        Blocks; taken with their last bias.
    i : :py:`In(stream.Signature(signed(accumulator_bits)))`
        Biases, channel by channel.
    writes : :py:`Out(stream.Signature(BiasWriteLayout(config), always_ready=True))`
        Biases with their places.
    full, free : :py:`Out(2)`, :py:`In(2)`
        Halves that are loaded, and that are needed no more.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "blocks": In(stream.Signature(BlockLayout(config))),
                "i": In(stream.Signature(signed(config.accumulator_bits))),
                "writes": Out(stream.Signature(BiasWriteLayout(config), always_ready=True)),
                "full": Out(2),
                "free": In(2),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this loader."""
        return self._config

    def elaborate(self, platform):
        """A lane and a group counter."""
        m = Module()
        m.submodules.halves = halves = PingPong()
        lane = Signal(range(self.config.pes))
        group = Signal(range(self.config.resident_rows))
        block = self.blocks.p
        ends = (group == block.items - 1) & (lane == block.last_pe)
        turn = lane == self.config.pes - 1
        m.d.comb += [
            self.i.ready.eq(self.blocks.valid & ~halves.full.bit_select(halves.half, 1)),
            self.writes.valid.eq(self.i.valid & self.i.ready),
            self.writes.p.half.eq(halves.half),
            self.writes.p.group.eq(group),
            self.writes.p.lane.eq(lane),
            self.writes.p.bias.eq(self.i.payload),
            self.blocks.ready.eq(self.writes.valid & ends),
            halves.filled.eq(self.blocks.ready),
            halves.free.eq(self.free),
            self.full.eq(halves.full),
        ]
        with m.If(self.writes.valid):
            m.d.sync += [
                lane.eq(Mux(ends | turn, 0, lane + 1)),
                group.eq(Mux(ends, 0, group + turn)),
            ]
        return m
