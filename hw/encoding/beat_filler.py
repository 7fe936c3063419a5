"""Beat filler: pairs of beats that are not full move together."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout
from grus.hw.logic.shift import shift_lanes

__all__ = ["BeatFiller"]


class BeatFiller(wiring.Component):
    """Fill all beats of each segment but its last.

    Throughput is one beat per cycle: a segment's last pairs leave while the next segment's first
    ones come. Pairs wait here until others show that they are not the last, so only a segment
    without pairs has a beat without. No cycle passes from a beat to the one that it completes. The
    paths from `o.ready` to `i.ready` and from `i` to `o` are combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths.
    lanes : int
        Pairs of a beat, at least 1.

    Members
    -------
    i : :py:`In(stream.Signature(BeatLayout(config, lanes)))`
        Segments, their beats filled in any way.
    o : :py:`Out(stream.Signature(BeatLayout(config, lanes)))`
        The same segments; lanes that hold no pair are zero.
    """

    def __init__(self, config: CraneConfig, lanes: int):
        self._config, self._lanes = config, lanes
        beat = stream.Signature(BeatLayout(config, lanes))
        super().__init__({"i": In(beat), "o": Out(beat)})

    @property
    def config(self) -> CraneConfig:
        """Widths."""
        return self._config

    def elaborate(self, platform):
        """What waits comes first, the beat's pairs behind it."""
        m = Module()
        lanes, beat = self._lanes, self.i.p
        waiting = [
            Signal(self.config.pair_bits, name=f"waiting_{lane}", reset_less=True)
            for lane in range(lanes)
        ]
        held = Signal(range(lanes + 1))
        ending = Signal()  # all that waits is a segment's last beat
        count = Signal.like(beat.count, reset_less=True)  # of that segment
        before = Signal(range(lanes + 1))  # pairs of the beat's own segment that wait
        total = Signal(range(2 * lanes + 1))
        fits = Signal()
        enter = Signal()
        m.d.comb += [
            before.eq(Mux(ending, 0, held)),
            total.eq(before + beat.used),
            fits.eq(total <= lanes),
            self.o.valid.eq(ending | (self.i.valid & (beat.last | ~fits))),
            self.o.p.used.eq(Mux(ending, held, Mux(fits, total, lanes))),
            self.o.p.last.eq(ending | (beat.last & fits)),
            self.o.p.count.eq(Mux(ending, count, beat.count)),
            self.i.ready.eq(self.o.ready | ~self.o.valid),
            enter.eq(self.i.valid & self.i.ready),
        ]
        row = self._row(m, waiting, before)
        stays = ending | ~self.o.valid  # all of the beat
        with m.If(enter):
            m.d.sync += [count.eq(beat.count), ending.eq(beat.last & (stays | ~fits))]
            m.d.sync += held.eq(Mux(stays, total, Mux(fits, 0, total - lanes)))
            for lane in range(lanes):
                m.d.sync += waiting[lane].eq(Mux(stays, row[lane], row[lane + lanes]))
        with m.Elif(self.o.valid & self.o.ready):
            m.d.sync += [held.eq(0), ending.eq(0)]
        for lane in range(lanes):
            pair = Mux(ending, waiting[lane], row[lane])
            there = lane < self.o.p.used
            m.d.comb += self.o.p.pairs[lane].as_value().eq(Mux(there, pair, 0))
        return m

    def _row(self, m: Module, waiting: list[Signal], before: Signal) -> list:
        """Pairs that wait, and behind them those of the beat."""
        lanes, bits = self._lanes, self.config.pair_bits
        pairs = []
        for lane in range(2 * lanes):
            pair = Signal(bits, name=f"pair_{lane}")
            if lane < lanes:
                m.d.comb += pair.eq(self.i.p.pairs[lane].as_value())
            pairs.append(pair)
        placed = shift_lanes(m, pairs, before, name="placed", up=True)
        return [
            Mux(before > lane, waiting[lane], pair) if lane < lanes else pair
            for lane, pair in enumerate(placed)
        ]
