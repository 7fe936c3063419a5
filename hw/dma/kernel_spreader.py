"""Kernel spreader: values of dense kernels become segments over the patch."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.kernel_shape import KernelShapeLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.encoding.run_length_encoder import VectorLayout
from grus.hw.layouts import PairLayout

__all__ = ["KernelSpreader"]


class KernelSpreader(wiring.Component):
    """Say where the values of each work-item lie: runs of them, with gaps.

    Throughput is one vector per cycle, each of a single run; a job takes one more cycle at its
    beginning. No cycle passes from values to their vector. The paths from `o.ready` to `take` and
    from all other inputs to `o` are combinational.

    Where values are missing the work-item at hand ends, and all further ones are empty.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    shape : :py:`In(KernelShapeLayout(slots))`
        The job's.
    segments : :py:`In(range(pes * resident_rows + 1))`
        Its work-items, at least 1.
    active : :py:`In(1)`
        There is such a job.
    next_job : :py:`In(1)`
        The job is done: begin anew.
    values : :py:`In(ArrayLayout(PairLayout(config), stream_pairs))`
        Values that can be taken, the first in lane 0.
    available, take : :py:`In(range(stream_pairs + 2))`, :py:`Out(range(stream_pairs + 1))`
        How many there are, and how many are taken.
    ended : :py:`In(1)`
        No more will come.
    o : :py:`Out(stream.Signature(VectorLayout(config, stream_pairs, spread=True)))`
        Spread segments.
    missing : :py:`Out(1)`
        Values are missing in this cycle.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        config, lanes = slots.config, slots.config.stream_pairs
        super().__init__(
            {
                "shape": In(KernelShapeLayout(slots)),
                "segments": In(range(slots.largest_tile_segments + 1)),
                "active": In(1),
                "next_job": In(1),
                "values": In(data.ArrayLayout(PairLayout(config), lanes)),
                "available": In(range(lanes + 2)),
                "take": Out(range(lanes + 1)),
                "ended": In(1),
                "o": Out(stream.Signature(VectorLayout(config, lanes, spread=True))),
                "missing": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Run by run; behind each the gap to the next one."""
        m = Module()
        shape, vector = self.shape, self.o.p
        lanes, count_bits = self.slots.config.stream_pairs, self.slots.config.count_bits
        begun = Signal()  # the first work-item's start is told
        left = Signal(range(self.slots.largest_tile_segments + 1))  # work-items, once begun
        wanted = Signal()
        inside = Signal()  # behind a run's first vector
        rest_stored = Signal(count_bits, reset_less=True)
        rest = Signal(count_bits)
        used = Signal(range(lanes + 1))
        enough = Signal()
        gap = Signal(count_bits)
        run_ends = Signal()
        last = Signal()
        leave = Signal()
        m.d.comb += [
            rest.eq(Mux(inside, rest_stored, shape.run)),
            used.eq(Mux(rest < lanes, rest, lanes)),
            enough.eq(self.available >= used),
            wanted.eq(self.active & begun & (left != 0)),
            self.missing.eq(wanted & self.ended & ~enough),
            run_ends.eq(rest <= lanes),
            self.o.valid.eq((self.active & ~begun) | (wanted & enough) | self.missing),
            leave.eq(self.o.valid & self.o.ready),
            self.take.eq(Mux(leave & begun & enough, used, 0)),
            vector.used.eq(Mux(begun & enough, used, 0)),
            vector.last.eq(begun & (last | self.missing)),
        ]
        with m.If(~begun):
            m.d.comb += vector.gap.eq(shape.start)
        with m.Elif(run_ends & enough & ~(last & (left == 1))):  # the next job has its own start
            m.d.comb += vector.gap.eq(gap)
        for lane in range(lanes):
            there = lane < vector.used
            m.d.comb += vector.values[lane].eq(Mux(there, self.values[lane].value, 0))
        self._walk(m, leave & begun, run_ends, gap, last)
        with m.If(self.next_job):
            m.d.sync += begun.eq(0)
        with m.Elif(leave):
            m.d.sync += [begun.eq(1), inside.eq(begun & ~run_ends & ~vector.last)]
            m.d.sync += rest_stored.eq(rest - used)
            with m.If(~begun):
                m.d.sync += left.eq(self.segments)
            with m.Elif(vector.last):
                m.d.sync += left.eq(left - 1)
        return m

    def _walk(self, m: Module, leave, run_ends, gap, last) -> None:
        """Taps, rows and work-items; the gap behind the run at hand, and whether it is the last."""
        shape, count_bits = self.shape, self.slots.config.count_bits
        tap, row = Signal(count_bits), Signal(count_bits)
        items = range(self.slots.largest_tile_segments + 1)
        item = Signal(items)  # of its group
        members = Signal(items)
        later = Signal()  # the group is not the tile's first
        start, start_after = Signal(count_bits), Signal(count_bits)
        row_ends, group_ends = Signal(), Signal()
        m.d.comb += [
            row_ends.eq(tap == shape.taps - 1),
            last.eq(run_ends & row_ends & (row == shape.rows - 1)),
            members.eq(Mux(later, shape.group_items, shape.first_items)),
            group_ends.eq(item == members - 1),
            start_after.eq(Mux(later, start, shape.start) + Mux(group_ends, shape.start_step, 0)),
            gap.eq(Mux(last, start_after, Mux(row_ends, shape.row_gap, shape.tap_gap))),
        ]
        with m.If(self.next_job):
            m.d.sync += [tap.eq(0), row.eq(0), item.eq(0), later.eq(0)]
        with m.Elif(leave & self.o.p.last):
            m.d.sync += [tap.eq(0), row.eq(0), item.eq(Mux(group_ends, 0, item + 1))]
            with m.If(group_ends):
                m.d.sync += [later.eq(1), start.eq(start_after)]
        with m.Elif(leave & run_ends):
            m.d.sync += tap.eq(Mux(row_ends, 0, tap + 1))
            with m.If(row_ends):
                m.d.sync += row.eq(row + 1)
