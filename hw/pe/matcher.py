"""Matcher: which pairs of a resident row meet a non-zero value of the patch."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import GROUP_LANES, LocatedLayout, position_of
from grus.hw.layouts import TagLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.logic.select import one_of
from grus.hw.stream.stage import add_stage

__all__ = ["MatchedLayout", "Matcher"]


class MatchedLayout(data.StructLayout):
    """A resident row with its effectual pairs marked.

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), lookahead)`
        Its values.
    positions : :py:`ArrayLayout(position_bits, lookahead)`
        Position of each value in the patch.
    hits : :py:`unsigned(lookahead)`
        Marks effectual pairs.
    misses_before : :py:`ArrayLayout(range(GROUP_LANES), lookahead)`
        Pairs before each one, in its group of lanes, that are not effectual.
    misses_of : :py:`ArrayLayout(range(GROUP_LANES + 1), ceil(lookahead / GROUP_LANES))`
        Pairs of each group that are not effectual.
    last : :py:`unsigned(1)`
        Marks the work-item's last row.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.lookahead
        super().__init__(
            {
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
                "positions": data.ArrayLayout(config.position_bits, lanes),
                "hits": lanes,
                "misses_before": data.ArrayLayout(range(GROUP_LANES), lanes),
                "misses_of": data.ArrayLayout(range(GROUP_LANES + 1), -(-lanes // GROUP_LANES)),
                "last": 1,
                "tag": TagLayout(config),
            }
        )


class Matcher(wiring.Component):
    """Look the positions of a row up in the non-zero marks of its round's patch.

    Positions of a row ascend by at most ``2 ** index_bits`` from lane to lane, so that a group of
    lanes looks into one window of the patch, which begins with the word of the group's start.

    Throughput is one row per cycle, latency 1 cycle. A stalled output holds its row. The path
    from ``o.ready`` to ``i.ready`` is combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lookahead, size of a patch.

    Members
    -------
    i : :py:`In(stream.Signature(LocatedLayout(config)))`
        Rows.
    nonzero : :py:`In(ArrayLayout(patch_positions, 2))`
        Marks of the patches of the two rounds.
    o : :py:`Out(stream.Signature(MatchedLayout(config)))`
        Rows with their effectual pairs marked.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(LocatedLayout(config))),
                "nonzero": In(data.ArrayLayout(config.patch_positions, 2)),
                "o": Out(stream.Signature(MatchedLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this matcher."""
        return self._config

    def elaborate(self, platform):
        """Look-up and counts in groups, then one register stage."""
        m = Module()
        lanes, row = self.config.lookahead, self.i.p
        marks = Signal(self.config.patch_positions)
        m.d.comb += marks.eq(Mux(row.tag.round, self.nonzero[1], self.nonzero[0]))
        hits = Signal(lanes)
        matched = Signal(MatchedLayout(self.config))
        m.d.comb += [
            matched.values.eq(row.values),
            matched.hits.eq(hits),
            matched.last.eq(row.last),
            matched.tag.eq(row.tag),
        ]
        for group, first in enumerate(range(0, lanes, GROUP_LANES)):
            window = self._window(m, marks, group)
            group_lanes = range(first, min(first + GROUP_LANES, lanes))
            for lane in group_lanes:
                # A filler, and a pair past the end of the row, has value zero and never matches.
                mark = self._look_up(m, window, lane)
                m.d.comb += [
                    hits[lane].eq(mark & row.values[lane].any()),
                    matched.positions[lane].eq(position_of(row, lane)),
                ]
            misses = [~hits[lane] for lane in group_lanes]
            bits = GROUP_LANES.bit_length()
            up_to = prefix_sums(m, misses, name=f"misses_up_to_{group}", bits=bits)
            m.d.comb += matched.misses_of[group].eq(up_to[-1])
            for lane, before in enumerate(up_to[:-1], first + 1):
                m.d.comb += matched.misses_before[lane].eq(before)
        add_stage(m, i=self.i, o=self.o, payload=matched)
        return m

    def _window(self, m: Module, marks: Signal, group: int):
        """The words of marks that a group can reach."""
        config = self.config
        farthest = (config.broadcast_lanes - 1) + ((GROUP_LANES - 1) << config.index_bits)
        reach = min(farthest // config.broadcast_lanes + 1, config.patch_words)
        words = [
            marks.word_select(word, config.broadcast_lanes) for word in range(config.patch_words)
        ]
        start = self.i.p.starts[group] >> config.lane_bits
        starts = Signal(config.patch_words, name=f"starts_{group}")
        m.d.comb += starts.eq(1 << start)
        window = Signal(reach * config.broadcast_lanes, name=f"window_{group}")
        m.d.comb += window.eq(Cat(one_of(starts, words[ahead:]) for ahead in range(reach)))
        return window

    def _look_up(self, m: Module, window: Signal, lane: int):
        """The mark at a lane's position."""
        row = self.i.p
        place = Signal(range(len(window)), name=f"place_{lane}")
        lowest = row.starts[lane // GROUP_LANES][: self.config.lane_bits]
        m.d.comb += place.eq(lowest + row.offsets[lane])
        return window.bit_select(place, 1)
