"""Pixel requester: rows of a region become requests, and what their segments consist of."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.read_engine import ReadRequestLayout
from grus.hw.dma.region import CounterLayout, MapRowLayout
from grus.hw.dma.segment_former import FormedSegmentLayout, SlotRunLayout
from grus.hw.dma.slot_format import SlotFormat

__all__ = ["PixelRequester"]


class PixelRequester(wiring.Component):
    """Ask for the words of one segment after the other.

    Throughput is one segment per cycle, also from one row to the next; latency is 1 cycle from a
    row to its first segment, and none from a counter. Nothing is asked for where there are no
    slots; the values of a dense row are asked for at once, whatever its segments. The three outputs
    advance together, so `runs` and `segments` must lead to buffers, which are ready whether
    anything is offered or not; `requests` is offered once these are ready, and they once `requests`
    is.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    rows : :py:`In(stream.Signature(MapRowLayout(slots)))`
        Rows; taken with the last segment of the row before.
    counters : :py:`In(stream.Signature(CounterLayout(slots)))`
        Counters of all encoded pixels inside the map.
    requests : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`
        One request per dense row or encoded pixel that has slots in memory.
    runs : :py:`Out(stream.Signature(SlotRunLayout(slots)))`
        What the words of each request hold.
    segments : :py:`Out(stream.Signature(FormedSegmentLayout(slots)))`
        All segments.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "rows": In(stream.Signature(MapRowLayout(slots))),
                "counters": In(stream.Signature(CounterLayout(slots))),
                "requests": Out(stream.Signature(ReadRequestLayout(slots.axi))),
                "runs": Out(stream.Signature(SlotRunLayout(slots))),
                "segments": Out(stream.Signature(FormedSegmentLayout(slots))),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """The row at hand, and how much of it is left."""
        m = Module()
        active = Signal()
        row = Signal(MapRowLayout(self.slots), reset_less=True)
        pixel = Signal()  # the segment at hand is a pixel inside the map
        counted = Signal()  # and has a counter
        wanted = Signal()  # it has slots in memory that are not asked for
        known = Signal()
        go = Signal()
        buffers = self.runs.ready & self.segments.ready
        pairs = Signal(self.slots.config.count_bits)
        m.d.comb += [
            pixel.eq(~row.whole & (row.before == 0) & (row.inside != 0)),
            counted.eq(pixel & ~row.dense),
            pairs.eq(Mux(counted, self.counters.p.count, Mux(row.whole | pixel, row.values, 0))),
            wanted.eq(pairs != 0),
            known.eq(active & (~counted | self.counters.valid)),
            self.requests.valid.eq(known & wanted & buffers),
            self.runs.valid.eq(known & wanted & self.segments.ready & self.requests.ready),
            self.segments.valid.eq(known & (~wanted | (self.runs.ready & self.requests.ready))),
            go.eq(self.segments.valid & self.segments.ready),
            self.counters.ready.eq(go & counted),
            self.rows.ready.eq(~active | (go & (row.columns == 1))),
        ]
        with m.If(self.rows.ready):
            m.d.sync += [active.eq(self.rows.valid), row.eq(self.rows.p)]
        with m.Elif(go):
            m.d.sync += row.columns.eq(row.columns - 1)
            with m.If(row.before != 0):
                m.d.sync += row.before.eq(row.before - 1)
            with m.Elif(pixel):
                m.d.sync += [
                    row.inside.eq(row.inside - 1),
                    row.address.eq(row.address + row.pixel_stride),
                    row.values.eq(0),  # the row's first pixel asks for all of them
                ]
        self._describe(m, row, pixel, counted, pairs)
        return m

    def _describe(self, m: Module, row, pixel, counted, pairs) -> None:
        """An encoded pixel begins at a word, a row of values at any value."""
        slots = self.slots
        skip = row.address[slots.value_offset_bits : slots.axi.offset_bits]
        dense_words = Signal(slots.axi.words_bits)
        run, segment = self.runs.p, self.segments.p
        m.d.comb += [
            dense_words.eq((skip + row.values + (slots.dense_slots - 1)) >> slots.dense_slot_bits),
            self.requests.p.address.eq(row.address),
            self.requests.p.words.eq(Mux(counted, self.counters.p.words, dense_words)),
            run.dense.eq(row.dense),
            run.skip.eq(Mux(row.dense, skip, 0)),
            run.slots.eq(pairs),
            segment.zeros.eq(row.zeros),
            segment.pairs.eq(Mux(pixel & row.dense, row.length, pairs)),
        ]
