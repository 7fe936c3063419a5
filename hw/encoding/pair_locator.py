"""Run-length decoder of resident rows: zero counts become positions, a whole row at once."""

from amaranth.hdl import Module, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import RowLayout, TagLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.stream.stage import add_stage

__all__ = ["LocatedLayout", "PairLocator", "TaggedRowLayout"]


class TaggedRowLayout(data.StructLayout):
    """A resident row and the work-item that it belongs to.

    Members
    -------
    row : :class:`RowLayout`
        Its pairs.
    last : :py:`unsigned(1)`
        Marks the work-item's last row.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"row": RowLayout(config), "last": 1, "tag": TagLayout(config)})


class LocatedLayout(data.StructLayout):
    """A resident row whose pairs have found their positions.

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), lookahead)`
        Values; zero in a filler and past the end of the row.
    positions : :py:`ArrayLayout(position_bits, lookahead)`
        Position of each value in the patch.
    last : :py:`unsigned(1)`
        Marks the work-item's last row.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "values": data.ArrayLayout(signed(config.data_bits), config.lookahead),
                "positions": data.ArrayLayout(config.position_bits, config.lookahead),
                "last": 1,
                "tag": TagLayout(config),
            }
        )


class PairLocator(wiring.Component):
    """Decode the zero counts of a row.

    The position of pair n is ``base + zeros[0] + ... + zeros[n] + n``, modulo the width of a
    position. Throughput is one row per cycle, latency 1 cycle. A stalled output holds its row.
    The path from ``o.ready`` to ``i.ready`` is combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lookahead, widths.

    Members
    -------
    i : :py:`In(stream.Signature(TaggedRowLayout(config)))`
        Encoded rows.
    o : :py:`Out(stream.Signature(LocatedLayout(config)))`
        Decoded rows.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(TaggedRowLayout(config))),
                "o": Out(stream.Signature(LocatedLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this decoder."""
        return self._config

    def elaborate(self, platform):
        """A prefix tree, then one register stage."""
        m = Module()
        row, bits = self.i.p.row, self.config.position_bits
        zeros = [row.pairs[lane].zeros for lane in range(self.config.lookahead)]
        sums = prefix_sums(m, zeros, name="zeros_up_to", bits=bits)
        located = Signal(LocatedLayout(self.config))
        m.d.comb += [located.last.eq(self.i.p.last), located.tag.eq(self.i.p.tag)]
        for lane, total in enumerate(sums):
            m.d.comb += [
                located.values[lane].eq(row.pairs[lane].value),
                located.positions[lane].eq(row.base + total + lane),
            ]
        add_stage(m, i=self.i, o=self.o, payload=located)
        return m
