"""Pair joiner: packs the effectual pairs of one row after the other into full matches."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import GROUP_LANES
from grus.hw.layouts import MatchLayout, TagLayout
from grus.hw.logic.compactor import Compactor
from grus.hw.logic.prefix import prefix_sums
from grus.hw.pe.matcher import MatchedLayout

__all__ = ["PairJoiner"]


class PairJoiner(wiring.Component):
    """Hand out effectual pairs, `multipliers` at a time.

    Pairs left over from one row are joined with the next row's, so that a work-item's pairs leave
    in full matches but for its last one. Pairs of two work-items never share a match: their sums
    are two results. The next work-item's pairs follow in the cycle after the last match.

    Throughput is one row or one match per cycle, whichever takes longer; a work-item without any
    effectual pair takes one cycle and yields one empty match. Latency is 1 cycle. A stalled
    output holds its match. The path from ``o.ready`` to ``i.ready`` is combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lookahead, multipliers.

    Members
    -------
    i : :py:`In(stream.Signature(MatchedLayout(config)))`
        Rows, those of one work-item in a run.
    o : :py:`Out(stream.Signature(MatchLayout(config)))`
        Matches.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(MatchedLayout(config))),
                "o": Out(stream.Signature(MatchLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this joiner."""
        return self._config

    @property
    def _capacity(self) -> int:
        """Pairs pending at most: a row is taken when fewer than `multipliers` are left."""
        return self.config.lookahead + self.config.multipliers - 1

    def elaborate(self, platform):
        """Pending pairs, how many they are, and whether their work-item's last row is in."""
        m = Module()
        multipliers = self.config.multipliers
        pair = data.StructLayout(
            {"value": signed(self.config.data_bits), "position": self.config.position_bits}
        )
        pending = Signal(data.ArrayLayout(pair, self._capacity), reset_less=True)
        count = Signal(range(self._capacity + 1))
        active = Signal()
        ended = Signal()
        tag = Signal(TagLayout(self.config), reset_less=True)

        leave = Signal()
        left = Signal.like(count)
        done = Signal()
        # `left` would come to the same, but later: all stages before this one wait for `ready`.
        stays_ready = Signal()
        leaves_ready = Signal()
        m.d.comb += [
            self.o.valid.eq(active & (ended | (count >= multipliers))),
            self.o.p.count.eq(Mux(count < multipliers, count, multipliers)),
            self.o.p.last.eq(ended & (count <= multipliers)),
            self.o.p.tag.eq(tag),
            leave.eq(self.o.valid & self.o.ready),
            left.eq(Mux(leave, count - self.o.p.count, count)),
            done.eq(leave & self.o.p.last),
            stays_ready.eq(~active | (~ended & (count < multipliers))),
            leaves_ready.eq(self.o.p.last | (~ended & (count < 2 * multipliers))),
            self.i.ready.eq(stays_ready | (self.o.valid & leaves_ready & self.o.ready)),
        ]
        for lane in range(multipliers):
            m.d.comb += [
                self.o.p.values[lane].eq(pending[lane].value),
                self.o.p.positions[lane].eq(pending[lane].position),
            ]

        enter = Signal()
        m.d.comb += enter.eq(self.i.valid & self.i.ready)
        misses = prefix_sums(
            m,
            list(self.i.p.misses_of),
            name="misses_up_to",
            bits=self.config.lookahead.bit_length(),
        )
        with m.If(enter):
            m.d.sync += [
                count.eq(left + (self.config.lookahead - misses[-1])),
                active.eq(1),
                ended.eq(self.i.p.last),
                tag.eq(self.i.p.tag),
            ]
        with m.Else():
            m.d.sync += [count.eq(left), active.eq(active & ~done)]

        arriving = self._behind(m, pair, misses, left)
        for index in range(self._capacity):
            ahead = index + multipliers
            shifted = pending[ahead] if ahead < self._capacity else pending[index]
            stays = Mux(leave, shifted.as_value(), pending[index].as_value())
            if index < multipliers - 1:
                joined = Mux(index < left, stays, arriving[index].as_value())
            else:
                joined = arriving[index].as_value()
            m.d.sync += pending[index].eq(Mux(enter, joined, stays))
        return m

    def _behind(self, m: Module, pair: data.StructLayout, misses, left: Signal):
        """The row's effectual pairs, moved together behind `left` pairs that stay.

        `misses` are pairs that are not effectual, up to each group of lanes.
        """
        config, row = self.config, self.i.p
        room = config.multipliers - 1
        m.submodules.compactor = compactor = Compactor(pair, self._capacity)
        m.d.comb += compactor.valid.eq(Cat(Signal(room, name="no_lanes"), row.hits))
        for lane in range(config.lookahead):
            group = lane // GROUP_LANES
            before = (misses[group - 1] if group else 0) + row.misses_before[lane]
            m.d.comb += [
                compactor.i[room + lane].value.eq(row.values[lane]),
                compactor.i[room + lane].position.eq(row.positions[lane]),
                compactor.distance[room + lane].eq(before + (room - left)),
            ]
        return compactor.o
