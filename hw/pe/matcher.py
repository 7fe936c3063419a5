"""Matcher: which pairs of a resident row meet a non-zero value of the patch."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import LocatedLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.stream.stage import add_stage

__all__ = ["MatchedLayout", "Matcher"]

# Lanes that look into one window. Fewer take more windows, more take wider ones; with patches of
# 576 positions and 4-bit indices eight cost least.
_WINDOW_LANES = 8


class MatchedLayout(data.StructLayout):
    """A resident row with its effectual pairs marked.

    Members
    -------
    located : :class:`LocatedLayout`
        The row.
    hits : :py:`unsigned(lookahead)`
        Marks effectual pairs.
    misses_before : :py:`ArrayLayout(range(lookahead + 1), lookahead)`
        Pairs before each one that are not effectual: how far it moves when the effectual ones are
        moved together.
    hit_count : :py:`range(lookahead + 1)`
        Effectual pairs of the row.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "located": LocatedLayout(config),
                "hits": config.lookahead,
                "misses_before": data.ArrayLayout(range(config.lookahead + 1), config.lookahead),
                "hit_count": range(config.lookahead + 1),
            }
        )


class Matcher(wiring.Component):
    """Look the positions of a row up in the non-zero marks of its round's patch.

    Positions of a row ascend by at most ``2 ** index_bits`` from lane to lane, so that some
    neighbouring lanes look into one window of the patch, which begins with the first one's word.

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
        """Look-up and prefix count, then one register stage."""
        m = Module()
        lanes, row = self.config.lookahead, self.i.p
        marks = Signal(self.config.patch_positions)
        hits = Signal(lanes)
        m.d.comb += marks.eq(Mux(row.tag.round, self.nonzero[1], self.nonzero[0]))
        for first in range(0, lanes, _WINDOW_LANES):
            window = self._window(m, marks, first)
            for lane in range(first, min(first + _WINDOW_LANES, lanes)):
                # A filler, and a pair past the end of the row, has value zero and never matches.
                mark = self._look_up(m, window, first, lane)
                m.d.comb += hits[lane].eq(mark & row.values[lane].any())
        misses = [~hits[lane] for lane in range(lanes)]
        up_to = prefix_sums(m, misses, name="misses_up_to", bits=lanes.bit_length())

        matched = Signal(MatchedLayout(self.config))
        m.d.comb += [
            matched.located.eq(row),
            matched.hits.eq(hits),
            matched.hit_count.eq(lanes - up_to[-1]),
        ]
        for lane in range(1, lanes):
            m.d.comb += matched.misses_before[lane].eq(up_to[lane - 1])
        add_stage(m, i=self.i, o=self.o, payload=matched)
        return m

    def _window(self, m: Module, marks: Signal, first: int):
        """The words of marks that lane `first`, and those that share its window, can reach."""
        config = self.config
        farthest = (config.broadcast_lanes - 1) + ((_WINDOW_LANES - 1) << config.index_bits)
        reach = min(farthest // config.broadcast_lanes + 1, config.patch_words)
        words = [
            marks.word_select(word, config.broadcast_lanes) for word in range(config.patch_words)
        ]
        start = self.i.p.positions[first] >> config.lane_bits
        starts = Signal(config.patch_words, name=f"starts_{first}")
        m.d.comb += starts.eq(1 << start)
        window = Signal(reach * config.broadcast_lanes, name=f"window_{first}")
        m.d.comb += window.eq(
            Cat(
                reduce(
                    or_,
                    (
                        Mux(starts[word - ahead], words[word], 0)
                        for word in range(ahead, config.patch_words)
                    ),
                )
                for ahead in range(reach)
            )
        )
        return window

    def _look_up(self, m: Module, window: Signal, first: int, lane: int):
        """The mark at a lane's position."""
        config, positions = self.config, self.i.p.positions
        place = Signal(range(len(window)), name=f"place_{lane}")
        word = (positions[lane] >> config.lane_bits) - (positions[first] >> config.lane_bits)
        m.d.comb += place.eq(Cat(positions[lane][: config.lane_bits], word))
        return window.bit_select(place, 1)
