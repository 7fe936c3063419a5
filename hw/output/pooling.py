"""Pooling: maximum or average over windows, while the map streams by."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.tile import OutputLayout, PoolKind
from grus.hw.output.pool_exit import PoolExit
from grus.hw.output.vector import ValuesLayout
from grus.hw.output.window_axis import WindowAxis

__all__ = ["Pooling"]


class Pooling(wiring.Component):
    """Reduce windows of a map that comes row by row; pass it through if there is none.

    The pooling memory holds the windows that are open. Each vector takes one cycle for each
    window that covers it. After a row that completes windows these leave, one vector per cycle
    (an average in ``pool_bits + 4`` cycles); meanwhile nothing is taken. Windows that
    reach beyond the last row leave after it. A map may come in several tiles below each other.
    Without pooling the path from ``i`` to ``o`` and back is combinational.

    Source: Crane, section 4.5; averages: project decision D-003; the order of work: D-010.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, pooling memory.

    Members
    -------
    start : :py:`In(1)`
        A tile begins in the next cycle.
    output : :py:`In(OutputLayout(config))`
        The tile's shape and pooling, from `start` on; must not change while `busy`.
    items : :py:`In(range(resident_rows + 1))`
        Lane groups of a position.
    i : :py:`In(stream.Signature(ValuesLayout(config)))`
        The map: row by row, position by position, group by group.
    o : :py:`Out(stream.Signature(ValuesLayout(config)))`
        The pooled map in the same order.
    busy : :py:`Out(1)`
        Vectors of the tile are still to leave although none is to come.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "start": In(1),
                "output": In(OutputLayout(config)),
                "items": In(range(config.resident_rows + 1)),
                "i": In(stream.Signature(ValuesLayout(config))),
                "o": Out(stream.Signature(ValuesLayout(config))),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this pooling."""
        return self._config

    def elaborate(self, platform):
        """Add a row to its windows; find the windows that it completes; let them leave."""
        m = Module()
        shape = data.ArrayLayout(signed(self.config.pool_bits), self.config.pes)
        m.submodules.windows = memory = Memory(shape=shape, depth=self.config.pool_words, init=[])
        write = memory.write_port()
        read = memory.read_port(transparent_for=(write,))
        m.submodules.exit = exit_ = PoolExit(self.config)
        rows, columns = self._axes(m)
        self._connect_exit(m, exit_, rows, read)

        pool = self.output.pool
        beyond = Signal.like(exit_.beyond)  # rows since the map's last
        tile_row = Signal.like(self.output.rows)
        enable = Signal()  # read a window
        with m.If(self.start):
            m.d.sync += [tile_row.eq(0), beyond.eq(0)]
        m.d.comb += exit_.beyond.eq(beyond)
        with m.FSM() as fsm:
            with m.State("ADD"):
                with m.If(self.start):
                    m.d.comb += columns.restart.eq(1)
                with m.If(self._add_row(m, rows, columns, read.addr, enable)):
                    m.next = "FIND"
            with m.State("FIND"):
                completed = rows.offset == pool.kernel_rows - 1
                with m.If(completed & rows.there):
                    m.d.comb += exit_.start.eq(1)
                    m.next = "LEAVE"
                with m.Elif(~completed & rows.more):
                    m.d.comb += rows.visit.eq(1)
                with m.Else():
                    m.next = "NEXT"
            with m.State("LEAVE"):
                m.d.comb += [enable.eq(exit_.read), read.addr.eq(rows.place + exit_.word)]
                with m.If(exit_.done):
                    m.next = "NEXT"
            with m.State("NEXT"):
                m.d.comb += rows.advance.eq(1)
                m.d.sync += tile_row.eq(tile_row + 1)
                ends = pool.last & (tile_row >= self.output.rows - 1)
                # Windows that reach beyond the last row are completed by rows that do not exist.
                with m.If(ends & (beyond != pool.kernel_rows - 1)):
                    m.d.sync += beyond.eq(beyond + 1)
                    m.next = "FIND"
                with m.Else():
                    m.next = "ADD"
        m.d.comb += read.en.eq(enable)
        self._combine(m, fsm.ongoing("ADD") & enable, rows, columns, read, write)
        m.d.comb += self.busy.eq(~fsm.ongoing("ADD") | exit_.busy)
        return m

    def _axes(self, m: Module) -> tuple[WindowAxis, WindowAxis]:
        pool = self.output.pool
        m.submodules.rows = rows = WindowAxis(self.config)
        m.submodules.columns = columns = WindowAxis(self.config)
        m.d.comb += [
            rows.edge.eq(pool.top),
            rows.kernel.eq(pool.kernel_rows),
            rows.stride.eq(pool.stride_rows),
            rows.windows.eq(pool.rows),
            rows.place_step.eq(pool.row_words),
            rows.place_limit.eq(pool.open_words),
            rows.restart.eq(self.start & pool.first),
            columns.edge.eq(pool.left),
            columns.kernel.eq(pool.kernel_columns),
            columns.stride.eq(pool.stride_columns),
            columns.windows.eq(pool.columns),
            columns.place_step.eq(self.items),
            columns.place_limit.eq(pool.row_words),
        ]
        return rows, columns

    def _add_row(self, m: Module, rows: WindowAxis, columns: WindowAxis, address, enable):
        """Take each vector to all its windows; tells when the row is complete.

        A window is read in one cycle and written in the next; the memory passes the newest value
        on if the same window follows at once.
        """
        group = Signal.like(self.items)
        last_window = Signal()
        row_done = Signal()
        column_ends = columns.coordinate == self.output.columns - 1
        pooled = self.output.pool.kind != PoolKind.NONE
        take = Signal()
        with m.If(pooled):
            m.d.comb += [
                take.eq(self.i.valid),
                last_window.eq(~columns.more & ~rows.more),
                self.i.ready.eq(last_window),
            ]
        with m.Else():
            m.d.comb += self.i.ready.eq(self.o.ready)
        with m.If(take):
            m.d.comb += [
                enable.eq(rows.there & columns.there),
                address.eq(rows.place + columns.place + group),
            ]
            with m.If(columns.more):
                m.d.comb += columns.visit.eq(1)
            with m.Elif(rows.more):
                m.d.comb += [columns.revisit.eq(1), rows.visit.eq(1)]
            with m.Else():
                m.d.comb += [columns.revisit.eq(1), rows.revisit.eq(1)]
                m.d.sync += group.eq(Mux(self.i.p.last_group, 0, group + 1))
                with m.If(self.i.p.last_group):
                    m.d.comb += [columns.advance.eq(1), row_done.eq(column_ends)]
            m.d.comb += columns.restart.eq(row_done)
        return row_done

    def _combine(self, m: Module, adds, rows: WindowAxis, columns: WindowAxis, read, write):
        """Second cycle of adding: the window read, and the vector that came with the read."""
        adding = Signal()
        fresh = Signal(reset_less=True)
        address = Signal.like(read.addr, reset_less=True)
        vector = Signal.like(self.i.p.values, reset_less=True)
        top = (rows.offset == 0) | (rows.coordinate == 0)
        left = (columns.offset == 0) | (columns.coordinate == 0)
        m.d.sync += [
            adding.eq(adds),
            fresh.eq(top & left),
            address.eq(read.addr),
            vector.eq(self.i.p.values),
        ]
        m.d.comb += [write.en.eq(adding), write.addr.eq(address)]
        for lane in range(self.config.pes):
            so_far, value = read.data[lane], vector[lane]
            largest = Mux(value > so_far, value, so_far)
            is_average = self.output.pool.kind == PoolKind.AVERAGE
            combined = Mux(is_average, so_far + value, largest)
            m.d.comb += write.data[lane].eq(Mux(fresh, value, combined))

    def _connect_exit(self, m: Module, exit_: PoolExit, rows: WindowAxis, read):
        m.d.comb += [
            exit_.output.eq(self.output),
            exit_.items.eq(self.items),
            exit_.offset.eq(rows.offset),
            exit_.coordinate.eq(rows.coordinate),
            exit_.windows.eq(read.data),
        ]
        with m.If(self.output.pool.kind == PoolKind.NONE):
            m.d.comb += [self.o.valid.eq(self.i.valid), self.o.payload.eq(self.i.payload)]
        with m.Else():
            m.d.comb += [
                self.o.valid.eq(exit_.o.valid),
                self.o.payload.eq(exit_.o.payload),
                exit_.o.ready.eq(self.o.ready),
            ]
