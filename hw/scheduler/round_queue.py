"""Round queue: rounds that wait for the scheduler, and what they keep others from reusing."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.scheduler.round import RoundLayout

__all__ = ["RoundQueue"]


class RoundQueue(wiring.Component):
    """Hold up to two rounds, in order.

    Two are enough: each needs a half of the broadcast buffers. Throughput is one round per cycle,
    latency 1 cycle; no combinational path leads from one port to another.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths.

    Members
    -------
    i, o : :py:`In(stream.Signature(RoundLayout(config)))`, :py:`Out(...)`
        Rounds.
    patch_needed, resident_needed, output_needed : :py:`Out(2)`
        Halves of the broadcast buffers, the resident RAM and the output RAM that a waiting round
        needs.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(RoundLayout(config))),
                "o": Out(stream.Signature(RoundLayout(config))),
                "patch_needed": Out(2),
                "resident_needed": Out(2),
                "output_needed": Out(2),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this queue."""
        return self._config

    def elaborate(self, platform):
        """Two places that are filled and emptied in turn."""
        m = Module()
        rounds = [
            Signal(RoundLayout(self.config), name=f"round_{place}", reset_less=True)
            for place in range(2)
        ]
        waits = Signal(2)
        enters = Signal()  # place that is filled next
        leaves = Signal()  # place that is emptied next
        m.d.comb += [
            self.i.ready.eq(~waits.bit_select(enters, 1)),
            self.o.valid.eq(waits.bit_select(leaves, 1)),
            self.o.payload.eq(Mux(leaves, rounds[1].as_value(), rounds[0].as_value())),
        ]
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [waits.bit_select(enters, 1).eq(1), enters.eq(~enters)]
            for place in range(2):
                with m.If(enters == place):
                    m.d.sync += rounds[place].eq(self.i.payload)
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += [waits.bit_select(leaves, 1).eq(0), leaves.eq(~leaves)]
        for place in range(2):
            held = rounds[place]
            with m.If(waits[place]):
                m.d.comb += [
                    self.patch_needed.bit_select(held.patch_half, 1).eq(1),
                    self.resident_needed.bit_select(held.resident_half, 1).eq(1),
                    self.output_needed.bit_select(held.output_half, 1).eq(1),
                ]
        return m
