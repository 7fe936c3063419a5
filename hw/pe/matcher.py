"""Matcher: which pairs of a resident row meet a non-zero value of the patch."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import LocatedLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.stream.stage import add_stage

__all__ = ["MatchedLayout", "Matcher"]


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
        for lane in range(lanes):
            # A filler, and a pair past the end of the row, has value zero and never matches.
            mark = marks.bit_select(row.positions[lane], 1)
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
