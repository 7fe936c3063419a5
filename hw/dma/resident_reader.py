"""Resident reader: the work-items of a tile come from memory as beats for the core."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect

from grus.hw.dma.kernel_shape import KernelShapeLayout
from grus.hw.dma.kernel_spreader import KernelSpreader
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.slot_unpacker import SlotUnpacker
from grus.hw.encoding.beat_filler import BeatFiller
from grus.hw.encoding.run_length_encoder import RunLengthEncoder
from grus.hw.layouts import BeatLayout
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ResidentCommandLayout", "ResidentReader"]


class ResidentCommandLayout(data.StructLayout):
    """The resident operand of a tile.

    Members
    -------
    address : :py:`unsigned(axi.address_bits)`
        Where it begins; a word's.
    words : :py:`unsigned(axi.words_bits)`
        All its words, at least 1.
    segments : :py:`range(pes * resident_rows + 1)`
        Its work-items, at least 1.
    dense : :py:`unsigned(1)`
        Its format.
    kernel : :class:`KernelShapeLayout`
        If dense: where the values of each work-item lie.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "address": slots.axi.address_bits,
                "words": slots.axi.words_bits,
                "segments": range(slots.largest_tile_segments + 1),
                "dense": 1,
                "kernel": KernelShapeLayout(slots),
            }
        )


class _JobLayout(data.StructLayout):
    """What is left to know of a command once its words are asked for."""

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "segments": range(slots.largest_tile_segments + 1),
                "dense": 1,
                "kernel": KernelShapeLayout(slots),
            }
        )


class ResidentReader(wiring.Component):
    """Read work-items; each is a segment, and all its beats but the last are full.

    Dense work-items are encoded here, so that the core gets the same pairs in either format.

    Throughput is one beat per cycle, as long as the words bring that many slots; a counter takes
    no cycle of its own, and words enter as they come if the core takes all beats. The first beat
    can leave in the cycle after the word that completes it. Of dense work-items `stream_pairs`
    values of a run enter per cycle, and latency is 3 cycles more. Words of a command enter once the
    last beat of the one before has left, which costs one cycle; those of up to 2 further commands
    are asked for in advance. A stalled output stops the words. The paths from `o.ready` to
    `words.ready`, from `requests.ready` to `commands.ready` and from `commands` to `requests` are
    combinational.

    Words that end before the work-items do, or go on after them, are malformed: the work-item at
    hand ends early, further ones are empty, words that are left are dropped, and the next command
    is served as if nothing had happened.

    Source: ``docs/memory.md``, resident operand.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    commands : :py:`In(stream.Signature(ResidentCommandLayout(slots)))`
        What to read.
    requests : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`
        One request per command.
    words : :py:`In(stream.Signature(ReadWordLayout(axi)))`
        What was asked for.
    o : :py:`Out(stream.Signature(BeatLayout(config, stream_pairs)))`
        The work-items; lanes that hold no pair are zero.
    malformed : :py:`Out(1)`
        Words and work-items disagreed; stays set until reset.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        beat = BeatLayout(slots.config, slots.config.stream_pairs)
        super().__init__(
            {
                "commands": In(stream.Signature(ResidentCommandLayout(slots))),
                "requests": Out(stream.Signature(ReadRequestLayout(slots.axi))),
                "words": In(stream.Signature(ReadWordLayout(slots.axi))),
                "o": Out(stream.Signature(beat)),
                "malformed": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Words are asked for in advance; segments are cut from the row of their slots."""
        m = Module()
        m.submodules.jobs = jobs = StreamFifo(_JobLayout(self.slots), depth=3)
        # A counter and a full beat in the same cycle.
        unpacker = SlotUnpacker(self.slots, self.slots.config.stream_pairs + 1)
        m.submodules.unpacker = unpacker
        ended = Signal()  # the job's last word has come
        over = Signal()  # the job has no more segments, yet more words
        job_done = Signal()
        self._ask(m, jobs)
        self._enter(m, jobs, unpacker, ended, over, job_done)
        encoded, cut_slots, cut_missing = self._cut(m, jobs.o, unpacker, ended, over)
        spread, spread_slots, spread_missing = self._spread(m, jobs.o, unpacker, ended, job_done)
        leave = Signal()
        dense = jobs.o.p.dense
        m.d.comb += [
            leave.eq(self.o.valid & self.o.ready),
            unpacker.take.eq(Mux(dense, spread_slots, cut_slots)),
            encoded.ready.eq(self.o.ready & ~dense),
            spread.ready.eq(self.o.ready & dense & ~over),
            self.o.valid.eq(Mux(dense, spread.valid & ~over, encoded.valid)),
            self.o.p.eq(Mux(dense, spread.p, encoded.p)),
        ]
        # Values are taken so early that all words may have come when the last beat leaves.
        surplus = job_done & dense & (unpacker.held >= self.slots.dense_slots)
        with m.If(cut_missing | spread_missing | surplus):
            m.d.sync += self.malformed.eq(1)

        segment = Signal(range(self.slots.largest_tile_segments))
        last_segment = segment == jobs.o.p.segments - 1
        at_end = Signal()
        m.d.comb += [
            at_end.eq(leave & self.o.p.last & last_segment),
            job_done.eq((at_end | over) & ended),
            jobs.o.ready.eq(job_done),
        ]
        with m.If(leave & self.o.p.last):
            m.d.sync += segment.eq(Mux(last_segment, 0, segment + 1))
        with m.If(job_done):
            m.d.sync += over.eq(0)
        with m.Elif(at_end):
            m.d.sync += [over.eq(1), self.malformed.eq(1)]
        return m

    def _ask(self, m: Module, jobs) -> None:
        command = self.commands.p
        m.d.comb += [
            self.requests.valid.eq(self.commands.valid & jobs.i.ready),
            self.requests.p.address.eq(command.address),
            self.requests.p.words.eq(command.words),
            jobs.i.valid.eq(self.commands.valid & self.requests.ready),
            jobs.i.p.segments.eq(command.segments),
            jobs.i.p.dense.eq(command.dense),
            jobs.i.p.kernel.eq(command.kernel),
            self.commands.ready.eq(self.requests.ready & jobs.i.ready),
        ]

    def _enter(self, m: Module, jobs, unpacker, ended, over, job_done) -> None:
        """Words of one job at a time go to the unpacker, or, once it is over, nowhere."""
        slots, word = self.slots, unpacker.i.p
        wanted = jobs.o.valid & ~ended
        m.d.comb += [
            unpacker.i.valid.eq(self.words.valid & wanted & ~over),
            word.data.eq(self.words.p.data),
            word.dense.eq(jobs.o.p.dense),
            word.skip.eq(0),
            word.stop.eq(Mux(jobs.o.p.dense, slots.dense_slots, slots.encoded_slots)),
            self.words.ready.eq(wanted & (unpacker.i.ready | over)),
        ]
        with m.If(job_done):
            m.d.sync += ended.eq(0)
        with m.Elif(self.words.valid & self.words.ready & self.words.p.last):
            m.d.sync += ended.eq(1)
        m.d.comb += unpacker.discard.eq(job_done | over)

    def _spread(self, m: Module, job, unpacker, ended, job_done):
        """Encode dense work-items; returns their beats, slots taken, whether some are missing."""
        config, lanes = self.slots.config, self.slots.config.stream_pairs
        m.submodules.spreader = spreader = KernelSpreader(self.slots)
        m.submodules.encoder = encoder = RunLengthEncoder(config, lanes, spread=True)
        m.submodules.filler = filler = BeatFiller(config, lanes)
        connect(m, spreader.o, encoder.i)
        connect(m, encoder.o, filler.i)
        m.d.comb += [
            spreader.shape.eq(job.p.kernel),
            spreader.segments.eq(job.p.segments),
            spreader.active.eq(job.valid & job.p.dense),
            spreader.next_job.eq(job_done),
            spreader.available.eq(unpacker.available),
            spreader.ended.eq(ended),
        ]
        for lane in range(lanes):
            m.d.comb += spreader.values[lane].eq(unpacker.o[lane])
        return filler.o, spreader.take, spreader.missing

    def _cut(self, m: Module, job, unpacker, ended, over):
        """Offer the next beat of the encoded segment at hand; returns as :meth:`_spread` does."""
        lanes = self.slots.config.stream_pairs
        beat = stream.Signature(BeatLayout(self.slots.config, lanes)).create()
        leave = Signal()
        take = Signal(range(lanes + 2))
        counted, count, rest = self._measure(m, unpacker, beat.p, leave)
        used = Signal(range(lanes + 1))
        wanted = Signal(range(lanes + 2))
        enough = Signal()
        missing = Signal()
        m.d.comb += [
            used.eq(Mux(rest < lanes, rest, lanes)),
            wanted.eq(used + counted),
            # Without any slot the counter is noise, but even an empty segment wants one slot.
            enough.eq(unpacker.available >= wanted),
            missing.eq(ended & ~enough),
            leave.eq(beat.valid & beat.ready),
            take.eq(Mux(leave & enough, wanted, 0)),
            beat.valid.eq(job.valid & ~job.p.dense & ~over & (enough | missing)),
            beat.p.used.eq(Mux(enough, used, 0)),
            beat.p.last.eq(missing | (rest <= lanes)),
            beat.p.count.eq(Mux(missing, count - rest, count)),
        ]
        for lane in range(lanes):
            pair = Mux(counted, unpacker.o[lane + 1], unpacker.o[lane])
            there = enough & (lane < used)
            m.d.comb += beat.p.pairs[lane].as_value().eq(Mux(there, pair, 0))
        return beat, take, leave & missing

    def _measure(self, m: Module, unpacker, beat, leave) -> tuple[Signal, Signal, Signal]:
        """Whether the first slot is a counter; the segment's pairs, and those still to come."""
        config = self.slots.config
        inside = Signal()  # not at the beginning of a segment
        count_stored = Signal(config.count_bits, reset_less=True)
        rest_stored = Signal(config.count_bits, reset_less=True)
        counted = Signal()
        count = Signal(config.count_bits)
        rest = Signal(config.count_bits)
        with m.If(inside):
            m.d.comb += [count.eq(count_stored), rest.eq(rest_stored)]
        with m.Else():
            m.d.comb += [
                counted.eq(1),
                count.eq(unpacker.o[0].as_value()),
                rest.eq(count),
            ]
        with m.If(leave):
            m.d.sync += [
                inside.eq(~beat.last),
                count_stored.eq(count),
                rest_stored.eq(rest - beat.used),
            ]
        return counted, count, rest
