"""Exit of the pooling memory: completed windows leave, averages by way of a divider."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.tile import OutputLayout, PoolKind
from grus.hw.output.divider import Divider
from grus.hw.output.vector import ValuesLayout

__all__ = ["PoolExit"]


class PoolExit(wiring.Component):
    """Read one row of windows out of the pooling memory and let it leave.

    Throughput is one vector per cycle for maxima, one in ``pool_bits + 4`` cycles for averages;
    latency is 1 cycle, or as much as a division. A stalled output stops the reads.

    Source: project decisions D-003 and D-010.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, widths.

    Members
    -------
    start : :py:`In(1)`
        Begin with the next cycle.
    output : :py:`In(OutputLayout(config))`
        Shape and pooling of the tile.
    items : :py:`In(range(resident_rows + 1))`
        Lane groups of a position.
    offset, coordinate, beyond : :py:`In(...)`
        Row of the map: its distance from the beginning of the windows that leave, its number, and
        how many rows beyond the map's last it lies.
    read : :py:`Out(1)`
        Read `word`; `windows` brings it one cycle later and holds it until the next read.
    word : :py:`Out(range(pool_words + 1))`
        Word of the row.
    windows : :py:`In(ArrayLayout(signed(pool_bits), pes))`
        Windows read.
    done : :py:`Out(1)`
        The last word of the row is on its way out.
    o : :py:`Out(stream.Signature(ValuesLayout(config)))`
        Pooled values.
    busy : :py:`Out(1)`
        Something is still to leave.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "start": In(1),
                "output": In(OutputLayout(config)),
                "items": In(range(config.resident_rows + 1)),
                "offset": In(range(2 * config.pool_window + 1)),
                "coordinate": In(range(config.broadcast_positions + 1)),
                "beyond": In(range(config.pool_window + 1)),
                "read": Out(1),
                "word": Out(range(config.pool_words + 1)),
                "windows": In(data.ArrayLayout(signed(config.pool_bits), config.pes)),
                "done": Out(1),
                "o": Out(stream.Signature(ValuesLayout(config))),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this exit."""
        return self._config

    def elaborate(self, platform):
        """Reads, what is known of the windows read, and the two ways out."""
        m = Module()
        config = self.config
        reading = Signal()
        fetched = Signal()  # `windows` holds a word that has not left
        leave = Signal()
        group = Signal.like(self.items)
        last_group = group == self.items - 1
        m.d.comb += [
            self.read.eq(reading & (~fetched | leave)),
            self.done.eq(~reading & (~fetched | leave)),
        ]
        elements = self._elements(m, last_group)
        marks = Signal(
            data.StructLayout({"last_group": 1, "elements": range(config.pool_window + 1)}),
            reset_less=True,
        )
        with m.If(self.start):
            m.d.sync += [reading.eq(1), self.word.eq(0), group.eq(0)]
        with m.Elif(self.read):
            m.d.sync += [
                reading.eq(self.word != self.output.pool.row_words - 1),
                self.word.eq(self.word + 1),
                group.eq(Mux(last_group, 0, group + 1)),
                marks.last_group.eq(last_group),
                marks.elements.eq(elements),
            ]
        m.d.sync += fetched.eq(self.read | (fetched & ~leave))
        dividing = self._leave(m, fetched, leave, marks)
        m.d.comb += self.busy.eq(reading | fetched | dividing)
        return m

    def _elements(self, m: Module, last_group):
        """Elements of the window that lie inside the map."""
        pool = self.output.pool
        row_count = Signal(range(self.config.pool_window + 1))
        rows_since = Signal.like(self.coordinate)
        first_row = Mux(self.offset > self.coordinate, self.coordinate, self.offset)
        m.d.comb += [rows_since.eq(first_row + 1), row_count.eq(rows_since - self.beyond)]

        begin = Signal(signed(len(self.output.columns) + 2))  # of the window, in columns
        end = Signal.like(begin)
        with m.If(self.start):
            m.d.sync += begin.eq(-pool.left_padding)
        with m.Elif(self.read & last_group):
            m.d.sync += begin.eq(begin + pool.stride_columns)
        first = Mux(begin < 0, 0, begin)
        m.d.comb += end.eq(begin + pool.kernel_columns)
        stop = Mux(end > self.output.columns, self.output.columns, end)
        column_count = Signal(range(self.config.pool_window + 1))
        elements = Signal(range(self.config.pool_window + 1))
        m.d.comb += [column_count.eq(stop - first), elements.eq(row_count * column_count)]
        return elements

    def _leave(self, m: Module, fetched, leave, marks):
        """A maximum leaves as it is, an average after its division."""
        config = self.config
        m.submodules.divider = divider = Divider(
            lanes=config.pes,
            sum_bits=config.pool_bits,
            mean_bits=config.data_bits,
            largest=config.pool_window,
        )
        m.d.comb += [
            divider.i.p.sums.eq(self.windows),
            divider.i.p.elements.eq(marks.elements),
        ]
        with m.If(self.output.pool.kind == PoolKind.AVERAGE):
            mean_ends = Signal(reset_less=True)
            m.d.comb += [
                divider.i.valid.eq(fetched),
                leave.eq(fetched & divider.i.ready),
                self.o.valid.eq(divider.o.valid),
                self.o.p.values.eq(divider.o.payload),
                self.o.p.last_group.eq(mean_ends),
                divider.o.ready.eq(self.o.ready),
            ]
            with m.If(leave):
                m.d.sync += mean_ends.eq(marks.last_group)
        with m.Else():
            m.d.comb += [
                leave.eq(fetched & self.o.ready),
                self.o.valid.eq(fetched),
                self.o.p.last_group.eq(marks.last_group),
            ]
            for lane in range(config.pes):
                m.d.comb += self.o.p.values[lane].eq(self.windows[lane])
        return ~divider.i.ready
