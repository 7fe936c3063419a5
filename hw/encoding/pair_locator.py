"""Run-length decoder of resident rows: zero counts become positions, a whole row at once."""

from amaranth.hdl import Module, Mux, Signal, signed
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
    start : :py:`unsigned(position_bits)`
        Position that a first pair of the work-item would have, without zeros before it.
    last : :py:`unsigned(1)`
        Marks the work-item's last row.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "row": RowLayout(config),
                "start": config.position_bits,
                "last": 1,
                "tag": TagLayout(config),
            }
        )


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
    position. The base of a work-item's first row is where the work-item starts; those of the
    others, which follow in their order, are the positions behind the row before, which is full.
    Throughput is one row per cycle, latency 1 cycle. A stalled output holds its row. The path from
    ``o.ready`` to ``i.ready`` is combinational.

    Source: project decision D-066.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lookahead, widths.

    Members
    -------
    i : :py:`In(stream.Signature(TaggedRowLayout(config)))`
        Encoded rows, those of one work-item in a run.
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
        """A prefix tree, then one register stage; and where the next row goes on."""
        m = Module()
        row, bits, lanes = self.i.p.row, self.config.position_bits, self.config.lookahead
        begins = Signal(init=1)
        last_place = Signal(bits, reset_less=True)  # of the row before
        before = Signal(bits)
        m.d.comb += before.eq(Mux(begins, self.i.p.start - 1, last_place))
        steps = [row.pairs[lane].zeros + 1 for lane in range(lanes)]
        sums = prefix_sums(m, steps, name="steps_up_to", bits=bits)
        # Added last, what rows hand on to each other is one adder from register to register.
        places = [(before + steps_up_to)[:bits] for steps_up_to in sums]
        located = Signal(LocatedLayout(self.config))
        m.d.comb += [located.last.eq(self.i.p.last), located.tag.eq(self.i.p.tag)]
        for lane, place in enumerate(places):
            m.d.comb += [
                located.values[lane].eq(row.pairs[lane].value),
                located.positions[lane].eq(place),
            ]
        moves = add_stage(m, i=self.i, o=self.o, payload=located)
        with m.If(self.i.valid & moves):
            m.d.sync += [begins.eq(self.i.p.last), last_place.eq(places[-1])]
        return m
