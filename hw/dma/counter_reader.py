"""Counter reader: the counters of encoded pixels come from memory one by one."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.region import CounterLayout, CounterRunLayout
from grus.hw.dma.slot_format import MAP_BITS, SlotFormat
from grus.hw.logic.select import word_at
from grus.hw.stream.fifo import StreamFifo
from grus.hw.stream.stage import add_stage

__all__ = ["CounterReader"]

_RUNS = 4  # asked for in advance


class _JobLayout(data.StructLayout):
    """What is left to know of a run once its words are asked for."""

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "place": slots.axi.offset_bits,
                "counters": MAP_BITS,
                "length": slots.config.count_bits,
            }
        )


class CounterReader(wiring.Component):
    """Read runs of counters, each a byte.

    Throughput is one counter per cycle, also from one run to the next; the words of 4 runs are
    asked for in advance. Latency is 1 cycle: a word waits until its last counter has left. A
    stalled output stops the words. The paths from `o.ready` to `words.ready`, from
    `requests.ready` to `runs.ready` and from `runs` to `requests` are combinational.

    A counter that is larger than legal is malformed, and becomes 0.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    runs : :py:`In(stream.Signature(CounterRunLayout(slots)))`
        What to read.
    requests : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`
        One request per run.
    words : :py:`In(stream.Signature(ReadWordLayout(axi)))`
        What was asked for.
    o : :py:`Out(stream.Signature(CounterLayout(slots)))`
        Counters, with the words that the pixel has.
    malformed : :py:`Out(1)`
        A counter was too large; stays set until reset.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "runs": In(stream.Signature(CounterRunLayout(slots))),
                "requests": Out(stream.Signature(ReadRequestLayout(slots.axi))),
                "words": In(stream.Signature(ReadWordLayout(slots.axi))),
                "o": Out(stream.Signature(CounterLayout(slots))),
                "malformed": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """A place in the word, and a number in the run."""
        m = Module()
        m.submodules.jobs = jobs = StreamFifo(_JobLayout(self.slots), depth=_RUNS)
        self._ask(m, jobs)
        job = jobs.o.p
        counter = stream.Signature(CounterLayout(self.slots)).create()
        place_stored = Signal(self.slots.axi.offset_bits, reset_less=True)
        place = Signal(self.slots.axi.offset_bits)
        number = Signal(MAP_BITS)
        last = Signal()
        leave = Signal()
        count = Signal(8)
        too_large = Signal()
        m.d.comb += [
            place.eq(Mux(number == 0, job.place, place_stored)),
            last.eq(number == job.counters - 1),
            count.eq(word_at(m, self.words.p.data, place, bits=8, name="offset")),
            too_large.eq(count > job.length),
            counter.valid.eq(self.words.valid & jobs.o.valid),
            counter.p.count.eq(Mux(too_large, 0, count)),
            counter.p.words.eq(self._words_of(count)),
            leave.eq(counter.valid & counter.ready),
            self.words.ready.eq(leave & (last | place.all())),
            jobs.o.ready.eq(leave & last),
        ]
        with m.If(leave):
            m.d.sync += [place_stored.eq(place + 1), number.eq(Mux(last, 0, number + 1))]
            with m.If(too_large):
                m.d.sync += self.malformed.eq(1)
        add_stage(m, i=counter, o=self.o, payload=counter.p)
        return m

    def _ask(self, m: Module, jobs) -> None:
        run, offset_bits = self.runs.p, self.slots.axi.offset_bits
        place = run.address[:offset_bits]
        last_word = self.slots.axi.word_bytes - 1
        m.d.comb += [
            self.requests.valid.eq(self.runs.valid & jobs.i.ready),
            self.requests.p.address.eq(run.address),
            self.requests.p.words.eq((place + run.counters + last_word) >> offset_bits),
            jobs.i.valid.eq(self.runs.valid & self.requests.ready),
            jobs.i.p.place.eq(place),
            jobs.i.p.counters.eq(run.counters),
            jobs.i.p.length.eq(run.length),
            self.runs.ready.eq(self.requests.ready & jobs.i.ready),
        ]

    def _words_of(self, count: Signal):
        """`count` by the slots of a word, rounded up: by a product, which needs no divider."""
        slots = self.slots.encoded_slots
        shift = 9 + slots.bit_length()
        factor = -(-(1 << shift) // slots)
        return ((count + (slots - 1)) * factor) >> shift
