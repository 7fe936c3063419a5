"""Run-length decoder of resident rows: zero counts become positions, a whole row at once."""

from amaranth.hdl import Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import RowLayout, TagLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.stream.stage import add_stage

__all__ = ["GROUP_LANES", "LocatedLayout", "PairLocator", "TaggedRowLayout", "position_of"]

# Neighbouring lanes that share a start. The matcher looks them up in one window: fewer take more
# windows, more take wider ones; with patches of 576 positions and 4-bit indices eight cost least.
GROUP_LANES = 8


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
    """A resident row whose pairs have found their positions (:func:`position_of`).

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), lookahead)`
        Values; zero in a filler and past the end of the row.
    starts : :py:`ArrayLayout(position_bits, ceil(lookahead / GROUP_LANES))`
        Position in the patch of the first value of each group of neighbouring lanes.
    offsets : :py:`ArrayLayout(offset_bits, lookahead)`
        Positions from there to each value; not more bits than a position.
    last : :py:`unsigned(1)`
        Marks the work-item's last row.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.lookahead
        furthest = (GROUP_LANES - 1) * (config.largest_run + 1)
        offset_bits = min(furthest.bit_length(), config.position_bits)
        super().__init__(
            {
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
                "starts": data.ArrayLayout(config.position_bits, -(-lanes // GROUP_LANES)),
                "offsets": data.ArrayLayout(offset_bits, lanes),
                "last": 1,
                "tag": TagLayout(config),
            }
        )


def position_of(located: data.View, lane: int) -> Value:
    """Position in the patch of one value of a :class:`LocatedLayout`."""
    start = located.starts[lane // GROUP_LANES]
    return (start + located.offsets[lane])[: len(start)]


class PairLocator(wiring.Component):
    """Decode the zero counts of a row.

    The position of pair n is ``base + zeros[0] + ... + zeros[n] + n``, modulo the width of a
    position; it is told as a start for each group of lanes and an offset for each lane. The base
    of a work-item's first row is where the work-item starts; those of the
    others, which follow in their order, are the positions behind the row before, which is full.
    Throughput is one row per cycle, latency 1 cycle. A stalled output holds its row. The path from
    ``o.ready`` to ``i.ready`` is combinational.

    Source: project decisions D-066 and D-067.

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
        """Sums in groups, those of whole groups, one register stage; where the next row goes on."""
        m = Module()
        row, bits, lanes = self.i.p.row, self.config.position_bits, self.config.lookahead
        begins = Signal(init=1)
        last_place = Signal(bits, reset_less=True)  # of the row before
        before = Signal(bits)
        m.d.comb += before.eq(Mux(begins, self.i.p.start - 1, last_place))
        located = Signal(LocatedLayout(self.config))
        m.d.comb += [located.last.eq(self.i.p.last), located.tag.eq(self.i.p.tag)]
        m.d.comb += [located.values[lane].eq(row.pairs[lane].value) for lane in range(lanes)]
        steps = [row.pairs[lane].zeros + 1 for lane in range(lanes)]
        firsts = range(0, lanes, GROUP_LANES)
        group_steps = []
        for group, first in enumerate(firsts):
            others = steps[first + 1 : first + GROUP_LANES]
            sums = prefix_sums(m, others, name=f"offset_{group}", bits=bits)
            for lane, offset in enumerate(sums, first + 1):
                m.d.comb += located.offsets[lane].eq(offset)
            group_steps.append(sum(sums[-1:], steps[first]))
        # Each sum by itself is a tree of carry-save adders: shorter than prefixes of a few terms.
        for group, first in enumerate(firsts):
            m.d.comb += located.starts[group].eq(sum(group_steps[:group], before + steps[first]))
        moves = add_stage(m, i=self.i, o=self.o, payload=located)
        with m.If(self.i.valid & moves):
            m.d.sync += [begins.eq(self.i.p.last), last_place.eq(sum(group_steps, before))]
        return m
