"""Drainer: reads finished sums out of the output RAM."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.chunk import ChunkLayout
from grus.hw.memory.output_ram import DrainLayout
from grus.hw.output.vector import SumsLayout

__all__ = ["Drainer"]


class Drainer(wiring.Component):
    """Drain one half of the output RAM after the other, word by word.

    Throughput is one word per cycle, latency 1 cycle; a stalled output stops the reads. After
    reset it first drains both halves without looking, because a RAM may wake up with anything.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Words.

    Members
    -------
    chunks : :py:`In(stream.Signature(ChunkLayout(config)))`
        Halves to drain; taken with the last word.
    needed : :py:`In(2)`
        Halves that results are still on their way to.
    items : :py:`In(range(resident_rows + 1))`
        Lane groups of a position.
    drains : :py:`Out(stream.Signature(DrainLayout(config), always_ready=True))`
        Reads; `drained` brings the answer one cycle later.
    drained : :py:`In(ArrayLayout(signed(accumulator_bits), pes))`
        Words read.
    o : :py:`Out(stream.Signature(SumsLayout(config)))`
        Sums, position by position, in each group by group.
    free : :py:`Out(2)`
        Halves whose last word is taken in this cycle.
    cleared : :py:`Out(1)`
        Both halves are cleared after reset.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        sums = data.ArrayLayout(signed(config.accumulator_bits), config.pes)
        super().__init__(
            {
                "chunks": In(stream.Signature(ChunkLayout(config))),
                "needed": In(2),
                "items": In(range(config.resident_rows + 1)),
                "drains": Out(stream.Signature(DrainLayout(config), always_ready=True)),
                "drained": In(sums),
                "o": Out(stream.Signature(SumsLayout(config))),
                "free": Out(2),
                "cleared": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this drainer."""
        return self._config

    def elaborate(self, platform):
        """An address counter, first over both halves blindly, then over each chunk."""
        m = Module()
        address = Signal(range(self.config.output_words))
        sweep_half = Signal()
        group = Signal(range(self.config.resident_rows))
        chunk = self.chunks.p
        complete = Signal()
        room = Signal()
        last = Signal()
        with m.If(~self.cleared):
            m.d.comb += [
                self.drains.valid.eq(1),
                self.drains.p.half.eq(sweep_half),
                last.eq(address == self.config.output_words - 1),
            ]
            with m.If(last):
                m.d.sync += [sweep_half.eq(1), self.cleared.eq(sweep_half)]
        with m.Else():
            m.d.comb += [
                complete.eq(~self.needed.bit_select(chunk.half, 1)),
                room.eq(~self.o.valid | self.o.ready),
                self.drains.valid.eq(self.chunks.valid & complete & room),
                self.drains.p.half.eq(chunk.half),
                last.eq(address == chunk.words - 1),
                self.chunks.ready.eq(self.drains.valid & last),
            ]
            with m.If(room):
                m.d.sync += self.o.valid.eq(self.drains.valid)
        m.d.comb += self.drains.p.address.eq(address)
        with m.If(self.drains.valid):
            m.d.sync += address.eq(Mux(last, 0, address + 1))

        last_group = group == self.items - 1
        mark = {"group": group.shape(), "last_group": 1, "last_word": 1, "half": 1}
        marks = Signal(data.StructLayout(mark), reset_less=True)
        with m.If(self.drains.valid & self.cleared):
            m.d.sync += [
                group.eq(Mux(last_group, 0, group + 1)),
                marks.group.eq(group),
                marks.last_group.eq(last_group),
                marks.last_word.eq(last),
                marks.half.eq(chunk.half),
            ]
        # The word stands in the RAM's read register until it is taken, so the half is not free
        # before that.
        done = self.o.valid & self.o.ready & marks.last_word
        for half in range(2):
            m.d.comb += self.free[half].eq(done & (marks.half == half))
        m.d.comb += [
            self.o.p.sums.eq(self.drained),
            self.o.p.group.eq(marks.group),
            self.o.p.last_group.eq(marks.last_group),
        ]
        return m
