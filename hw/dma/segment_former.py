"""Segment former: words of segments that lie anywhere become beats."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.read_engine import ReadWordLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.slot_unpacker import SlotUnpacker
from grus.hw.layouts import BeatLayout

__all__ = ["FormedSegmentLayout", "SegmentFormer", "SlotRunLayout"]


class SlotRunLayout(data.StructLayout):
    """Neighbouring slots in the words of one request.

    Members
    -------
    dense : :py:`unsigned(1)`
        Their format.
    skip : :py:`range(dense_slots)`
        Slots before them in the first word.
    slots : :py:`unsigned(count_bits)`
        How many they are, at least 1.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {"dense": 1, "skip": range(slots.dense_slots), "slots": slots.config.count_bits}
        )


class FormedSegmentLayout(data.StructLayout):
    """What a segment consists of.

    Members
    -------
    zeros : :py:`unsigned(count_bits)`
        Pairs of value zero at its beginning.
    pairs : :py:`unsigned(count_bits)`
        Pairs from memory that follow; at least 1 if there are zeros.
    """

    def __init__(self, slots: SlotFormat):
        bits = slots.config.count_bits
        super().__init__({"zeros": bits, "pairs": bits})


class SegmentFormer(wiring.Component):
    """Form segments of zeros and of slots.

    Throughput is one beat per cycle as long as the words bring that many slots, and one word per
    cycle as long as no segment needs more beats than words; segments and requests follow each
    other without gaps. A word's pairs can leave in the cycle after it. All beats of a segment are
    full but its last one and that of its last zeros. A stalled output stops the words. The path
    from `o.ready` to `words.ready` is combinational.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    runs : :py:`In(stream.Signature(SlotRunLayout(slots)))`
        What the words of each request hold; taken with its last word.
    words : :py:`In(stream.Signature(ReadWordLayout(axi)))`
        Words of all requests.
    segments : :py:`In(stream.Signature(FormedSegmentLayout(slots)))`
        Segments; each is taken with its last beat.
    o : :py:`Out(stream.Signature(BeatLayout(config, stream_pairs)))`
        Their beats; lanes that hold no pair are zero.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        beat = BeatLayout(slots.config, slots.config.stream_pairs)
        super().__init__(
            {
                "runs": In(stream.Signature(SlotRunLayout(slots))),
                "words": In(stream.Signature(ReadWordLayout(slots.axi))),
                "segments": In(stream.Signature(FormedSegmentLayout(slots))),
                "o": Out(stream.Signature(beat)),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Words and beats advance on their own, on both sides of the row of slots."""
        m = Module()
        m.submodules.unpacker = unpacker = SlotUnpacker(self.slots, self.slots.config.stream_pairs)
        self._enter(m, unpacker)
        self._form(m, unpacker)
        return m

    def _enter(self, m: Module, unpacker) -> None:
        """Say of each word which slots belong to the run."""
        slots, run, word = self.slots, self.runs.p, unpacker.i.p
        inside = Signal()  # behind the run's first word
        rest_stored = Signal(slots.config.count_bits, reset_less=True)
        rest = Signal(slots.config.count_bits)
        skip = Signal(range(slots.dense_slots))
        room = Signal(range(slots.dense_slots + 1))  # in this word
        fits = Signal()
        enter = Signal()
        m.d.comb += [
            rest.eq(Mux(inside, rest_stored, run.slots)),
            skip.eq(Mux(inside, 0, run.skip)),
            room.eq(Mux(run.dense, slots.dense_slots, slots.encoded_slots) - skip),
            fits.eq(rest < room),
            word.data.eq(self.words.p.data),
            word.dense.eq(run.dense),
            word.skip.eq(skip),
            word.stop.eq(skip + Mux(fits, rest, room)),
            unpacker.i.valid.eq(self.words.valid & self.runs.valid),
            enter.eq(unpacker.i.valid & unpacker.i.ready),
            self.words.ready.eq(unpacker.i.ready & self.runs.valid),
            self.runs.ready.eq(enter & self.words.p.last),
        ]
        with m.If(enter):
            m.d.sync += [inside.eq(~self.words.p.last), rest_stored.eq(rest - room)]

    def _form(self, m: Module, unpacker) -> None:
        """Zeros first, then pairs."""
        config, segment, beat = self.slots.config, self.segments.p, self.o.p
        lanes = config.stream_pairs
        inside = Signal()  # behind the segment's first beat
        zeros_stored = Signal(config.count_bits, reset_less=True)
        pairs_stored = Signal(config.count_bits, reset_less=True)
        zeros = Signal(config.count_bits)
        pairs = Signal(config.count_bits)
        padded = Signal()
        rest = Signal(config.count_bits)
        leave = Signal()
        m.d.comb += [
            zeros.eq(Mux(inside, zeros_stored, segment.zeros)),
            pairs.eq(Mux(inside, pairs_stored, segment.pairs)),
            padded.eq(zeros != 0),
            rest.eq(Mux(padded, zeros, pairs)),
            beat.used.eq(Mux(rest < lanes, rest, lanes)),
            beat.last.eq(~padded & (pairs <= lanes)),
            beat.count.eq(segment.zeros + segment.pairs),
            self.o.valid.eq(self.segments.valid & (padded | (unpacker.available >= beat.used))),
            leave.eq(self.o.valid & self.o.ready),
            self.segments.ready.eq(leave & beat.last),
            unpacker.take.eq(Mux(leave & ~padded, beat.used, 0)),
        ]
        for lane in range(lanes):
            there = ~padded & (lane < beat.used)
            m.d.comb += beat.pairs[lane].as_value().eq(Mux(there, unpacker.o[lane], 0))
        with m.If(leave):
            m.d.sync += inside.eq(~beat.last)
            with m.If(padded):
                m.d.sync += [zeros_stored.eq(zeros - beat.used), pairs_stored.eq(pairs)]
            with m.Else():
                m.d.sync += [zeros_stored.eq(0), pairs_stored.eq(pairs - beat.used)]
