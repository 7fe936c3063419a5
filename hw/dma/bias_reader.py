"""Bias reader: the biases of a tile come from memory one by one."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.logic.select import word_at
from grus.hw.stream.fifo import StreamFifo

__all__ = ["BiasCommandLayout", "BiasReader"]

_BIAS_BITS = 64  # that a bias takes in memory


class BiasCommandLayout(data.StructLayout):
    """The biases of a tile.

    Members
    -------
    address : :py:`unsigned(axi.address_bits)`
        Where they begin; a word's.
    count : :py:`range(pes * resident_rows + 1)`
        How many they are, at least 1.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "address": slots.axi.address_bits,
                "count": range(slots.largest_tile_segments + 1),
            }
        )


class BiasReader(wiring.Component):
    """Read biases.

    Throughput is one bias per cycle, also from one command to the next; the words of up to 2
    further commands are asked for in advance. Latency is 0: a word waits until its last bias has
    left. A stalled output stops the words. The paths from `words` to `o` and back, and from
    `commands` to `requests` and back, are combinational.

    Source: ``docs/memory.md``, biases.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    commands : :py:`In(stream.Signature(BiasCommandLayout(slots)))`
        What to read.
    requests : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`
        One request per command.
    words : :py:`In(stream.Signature(ReadWordLayout(axi)))`
        What was asked for.
    o : :py:`Out(stream.Signature(signed(accumulator_bits)))`
        Biases; what a bias has above its lowest `accumulator_bits` is dropped.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "commands": In(stream.Signature(BiasCommandLayout(slots))),
                "requests": Out(stream.Signature(ReadRequestLayout(slots.axi))),
                "words": In(stream.Signature(ReadWordLayout(slots.axi))),
                "o": Out(stream.Signature(signed(slots.config.accumulator_bits))),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """A counter of biases, whose lowest bits tell the place in the word."""
        m = Module()
        counts = range(self.slots.largest_tile_segments + 1)
        place_bits = (self.slots.axi.data_bits // _BIAS_BITS).bit_length() - 1
        m.submodules.jobs = jobs = StreamFifo(Signal(counts).shape(), depth=3)
        self._ask(m, jobs, place_bits)

        index = Signal(max(Signal(counts).shape().width, place_bits))
        last = Signal()
        leave = Signal()
        word_done = Signal()
        word = self.words.p.data
        bias, word_ends = word, 1
        if place_bits:
            bias = word_at(m, word, index[:place_bits], bits=_BIAS_BITS, name="offset")
            word_ends = index[:place_bits].all()
        m.d.comb += [
            last.eq(index == jobs.o.payload - 1),
            word_done.eq(last | word_ends),
            self.o.valid.eq(self.words.valid & jobs.o.valid),
            self.o.payload.eq(bias[: self.slots.config.accumulator_bits].as_signed()),
            leave.eq(self.o.valid & self.o.ready),
            self.words.ready.eq(jobs.o.valid & self.o.ready & word_done),
            jobs.o.ready.eq(leave & last),
        ]
        with m.If(leave):
            m.d.sync += index.eq(Mux(last, 0, index + 1))
        return m

    def _ask(self, m: Module, jobs, place_bits: int) -> None:
        command = self.commands.p
        m.d.comb += [
            self.requests.valid.eq(self.commands.valid & jobs.i.ready),
            self.requests.p.address.eq(command.address),
            self.requests.p.words.eq((command.count + ((1 << place_bits) - 1)) >> place_bits),
            jobs.i.valid.eq(self.commands.valid & self.requests.ready),
            jobs.i.payload.eq(command.count),
            self.commands.ready.eq(self.requests.ready & jobs.i.ready),
        ]
