"""Row fetcher and weight registers: reads the rows of a work-item ahead of the index selector."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import TaggedRowLayout
from grus.hw.layouts import Activity, RowLayout, RowRequestLayout, TagLayout, WorkItemLayout
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ROW_REGISTERS", "RowFetcher"]

# A row is asked for, arrives one cycle later and can be passed on in the cycle after that:
# three registers keep one row per cycle flowing without a path from the consumer to the RAM.
ROW_REGISTERS = 3


class RowFetcher(wiring.Component):
    """Read the rows of one work-item after the other.

    Throughput is one row per cycle, also from one work-item to the next; latency is 2 cycles from
    a granted request to the row. A stalled output stops the requests when all registers are full;
    a refused request is repeated. No combinational path leads from ``o.ready`` to another port;
    one leads from ``requests.ready`` to ``finished`` and ``items.ready``.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size and number of rows.

    Members
    -------
    items : :py:`In(stream.Signature(WorkItemLayout(config)))`
        Work-items to fetch.
    requests : :py:`Out(stream.Signature(RowRequestLayout(config)))`
        Reads of the resident RAM.
    row : :py:`In(RowLayout(config))`
        The row asked for, in the cycle after its request was granted.
    o : :py:`Out(stream.Signature(TaggedRowLayout(config)))`
        Rows; each work-item starts at its offset.
    finished : :py:`Out(1)`
        The last row of the work-item is granted in this cycle.
    idle : :py:`In(Activity)`
        Why there is no work-item, when there is none.
    activity : :py:`Out(Activity)`
        What a bubble that leaves the fetcher in this cycle is lost to.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "items": In(stream.Signature(WorkItemLayout(config))),
                "requests": Out(stream.Signature(RowRequestLayout(config))),
                "row": In(RowLayout(config)),
                "o": Out(stream.Signature(TaggedRowLayout(config))),
                "finished": Out(1),
                "idle": In(Activity),
                "activity": Out(Activity),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this fetcher."""
        return self._config

    def elaborate(self, platform):
        """The work-item at hand, the row on its way, and the registers that wait for it."""
        m = Module()
        m.submodules.registers = registers = StreamFifo(TaggedRowLayout(self.config), ROW_REGISTERS)
        item = Signal(WorkItemLayout(self.config), reset_less=True)
        row = Signal(range(self.config.resident_rows), reset_less=True)
        active = Signal()
        on_its_way = Signal()

        granted = Signal()
        take = Signal()
        m.d.comb += [
            self.requests.valid.eq(active & (registers.level + on_its_way < ROW_REGISTERS)),
            self.requests.p.bank.eq(item.tag.bank),
            self.requests.p.half.eq(item.resident_half),
            self.requests.p.row.eq(row),
            granted.eq(self.requests.valid & self.requests.ready),
            self.finished.eq(granted & (row == item.last_row)),
            self.items.ready.eq(~active | self.finished),
            take.eq(self.items.valid & self.items.ready),
        ]
        with m.If(take):
            m.d.sync += [item.eq(self.items.p), row.eq(self.items.p.first_row), active.eq(1)]
        with m.Elif(self.finished):
            m.d.sync += active.eq(0)
        with m.Elif(granted):
            m.d.sync += row.eq(row + 1)

        self._receive(m, registers, item, granted, on_its_way)
        connect(m, registers.o, flipped(self.o))

        with m.If(active):
            refused = self.requests.valid & ~self.requests.ready
            m.d.comb += self.activity.eq(Mux(refused, Activity.CONFLICT, Activity.RESIDENT_FETCH))
        with m.Else():
            m.d.comb += self.activity.eq(Mux(self.items.valid, Activity.RESIDENT_FETCH, self.idle))
        return m

    def _receive(self, m: Module, registers, item, granted, on_its_way):
        """What was asked for arrives one cycle later, and there is room for it."""
        asked = data.StructLayout(
            {
                "last": 1,
                "tag": TagLayout(self.config),
                "offset": range(self.config.patch_positions),
            }
        )
        expected = Signal(asked, reset_less=True)
        m.d.sync += [
            on_its_way.eq(granted),
            expected.last.eq(self.finished),
            expected.tag.eq(item.tag),
            expected.offset.eq(item.offset),
        ]
        m.d.comb += [
            registers.i.valid.eq(on_its_way),
            registers.i.p.row.eq(self.row),
            registers.i.p.start.eq(expected.offset),
            registers.i.p.last.eq(expected.last),
            registers.i.p.tag.eq(expected.tag),
        ]
