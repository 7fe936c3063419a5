"""Tensor reader: regions of a map come from memory as beats for the core."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.dma.counter_reader import CounterReader
from grus.hw.dma.pixel_requester import PixelRequester
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.region import CounterRunLayout, MapRowLayout, RegionLayout
from grus.hw.dma.row_walker import RowWalker
from grus.hw.dma.segment_former import FormedSegmentLayout, SegmentFormer, SlotRunLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.layouts import BeatLayout
from grus.hw.stream.fifo import StreamFifo

__all__ = ["TensorReader"]


class TensorReader(wiring.Component):
    """Read regions of maps, part by part, row by row: segments, as the core expects them.

    In the encoded format every pixel is a segment, and in the dense format, too, if several parts
    are read; of a single dense part every row is. Pixels outside the map are empty segments, and
    so are whole rows without a pixel inside it; in other whole rows the columns to its left are
    pairs of value zero, and those to its right end the segment early.

    Throughput is one beat per cycle, one segment per cycle, and one word of pixels per cycle, as
    long as memory and core keep up: the words of up to `2 * outstanding_bursts + 4` segments are
    asked for in advance, and the counters of 4 rows. A region takes about 20 cycles for each part
    until its first request, during which the segments before it go on. A beat leaves two cycles
    after its last word at the soonest (D-068). A stalled output stops the words. The path from
    `pixel_requests.ready` to `count_words.ready` is combinational; no others lead from port to port
    but those of :class:`CounterReader`, whose runs come out of a buffer.

    A counter that is larger than the part's length is malformed: that pixel becomes an empty
    segment, and nothing of it is read.

    Source: ``docs/memory.md``, broadcast operand.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    regions : :py:`In(stream.Signature(RegionLayout(slots)))`
        What to read; taken once all its rows are known.
    count_requests, pixel_requests : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`
        Requests for counters, and for pixels.
    count_words, pixel_words : :py:`In(stream.Signature(ReadWordLayout(axi)))`
        What was asked for. Counters must not wait for pixels that wait at `o`; the other way round
        they may.
    o : :py:`Out(stream.Signature(BeatLayout(config, stream_pairs)))`
        Beats; lanes that hold no pair are zero.
    malformed : :py:`Out(1)`
        A counter was too large; stays set until reset.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        beat = BeatLayout(slots.config, slots.config.stream_pairs)
        requests = stream.Signature(ReadRequestLayout(slots.axi))
        words = stream.Signature(ReadWordLayout(slots.axi))
        super().__init__(
            {
                "regions": In(stream.Signature(RegionLayout(slots))),
                "count_requests": Out(requests),
                "count_words": In(words),
                "pixel_requests": Out(requests),
                "pixel_words": In(words),
                "o": Out(stream.Signature(beat)),
                "malformed": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Each part runs ahead of the next as far as the buffer between them allows."""
        m = Module()
        slots = self.slots
        in_advance = 2 * slots.axi.outstanding_bursts + 4
        m.submodules.walker = walker = RowWalker(slots)
        m.submodules.counters = counters = CounterReader(slots)
        m.submodules.requester = requester = PixelRequester(slots)
        m.submodules.former = former = SegmentFormer(slots)
        m.submodules.beats = beats = StreamFifo(former.o.payload.shape(), depth=2)
        for name, layout, depth, source, sink in (
            ("rows", MapRowLayout, 4, walker.rows, requester.rows),
            ("counter_runs", CounterRunLayout, 2, walker.counters, counters.runs),
            ("runs", SlotRunLayout, in_advance, requester.runs, former.runs),
            ("segments", FormedSegmentLayout, in_advance, requester.segments, former.segments),
        ):
            m.submodules[name] = fifo = StreamFifo(layout(slots), depth=depth)
            connect(m, source, fifo.i)
            connect(m, fifo.o, sink)
        connect(m, flipped(self.regions), walker.regions)
        connect(m, counters.requests, flipped(self.count_requests))
        connect(m, flipped(self.count_words), counters.words)
        connect(m, counters.o, requester.counters)
        connect(m, requester.requests, flipped(self.pixel_requests))
        connect(m, flipped(self.pixel_words), former.words)
        connect(m, former.o, beats.i)
        connect(m, beats.o, flipped(self.o))
        m.d.comb += self.malformed.eq(counters.malformed)
        return m
