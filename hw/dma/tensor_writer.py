"""Tensor writer: results of the core become runs of words to memory."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.dma.map_walker import MapWalker
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.slot_packer import SlotPacker
from grus.hw.dma.write_command import WriteCommandLayout
from grus.hw.dma.write_engine import WriteWordLayout
from grus.hw.layouts import BeatLayout

__all__ = ["TensorWriter"]

_COUNTER_BITS = 8  # of a segment's counter in memory


class TensorWriter(wiring.Component):
    """Write the results of a tile to their places in a map, encoded or dense.

    An encoded segment becomes a run of whole words, what is left of the last one zeros, and then
    its counter, a run of one byte; an empty one only the latter. A dense segment becomes a run of
    its bytes, and if a pixel has one part, all segments of a row together are one run.

    An encoded segment of k words that enters in one beat takes k + 1 cycles; one of b beats takes
    ``max(k + 1, b)`` if each beat comes when there is room for it, and never more than k + b. A
    dense run of k words and b beats takes ``max(k, b)`` at best and k + b - 1 at worst. The first
    segment of a command enters as late as :class:`MapWalker` says. A word leaves 1 cycle after the
    beat that shows that it is full and not the last, or after the run's last beat.

    A stalled output stops the results once two words are held, or a segment's end. The path from
    ``o.ready`` to ``results.ready`` is combinational.

    Pairs beyond the length of their segment are taken and dropped. Nothing is ever written but
    words of the segment's own, as many as pairs of its length need, and its own counter.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    commands : :py:`In(stream.Signature(WriteCommandLayout(slots)))`
        Where the results of each tile go.
    results : :py:`In(stream.Signature(BeatLayout(slots.config, pes)))`
        Segments: row by row, pixel by pixel, part by part. Those of dense maps have a pair for
        each value.
    o : :py:`Out(stream.Signature(WriteWordLayout(slots.axi)))`
        What to write; all words of a run bear its address.
    malformed : :py:`Out(1)`
        A segment was longer than its length, or contradicted its counter, or what a byte can
        count, or its dense map; stays set until reset.
    idle : :py:`Out(1)`
        All that the commands asked for has left.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "commands": In(stream.Signature(WriteCommandLayout(slots))),
                "results": In(stream.Signature(BeatLayout(slots.config, slots.config.pes))),
                "o": Out(stream.Signature(WriteWordLayout(slots.axi))),
                "malformed": Out(1),
                "idle": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Segments meet their places and go through the packer; counters follow their words."""
        m = Module()
        m.submodules.walker = walker = MapWalker(self.slots)
        m.submodules.packer = packer = SlotPacker(self.slots, self.slots.config.pes)
        connect(m, flipped(self.commands), walker.i)
        place, beat = walker.o.p, self.results.p
        counts = Signal()  # a counter waits for its turn
        count_leaves = Signal()
        offered = Signal()
        enter = Signal()
        total = Signal(self.slots.config.count_bits)  # pairs of the segment so far
        full = Signal()
        m.d.comb += [
            full.eq(total == place.length),
            # There is room for a single counter.
            offered.eq(self.results.valid & walker.o.valid & (~beat.last | ~counts | count_leaves)),
            enter.eq(offered & packer.i.ready),
            packer.i.valid.eq(offered),
            packer.i.p.pairs.eq(beat.pairs),
            packer.i.p.dense.eq(place.dense),
            packer.i.p.first_slot.eq(Mux(place.dense, self._first_slot(place.address), 0)),
            packer.i.p.last.eq(beat.last & ~(place.joins & full)),
            self.results.ready.eq(enter),
            walker.o.ready.eq(enter & beat.last),
            self.idle.eq(~(self.commands.valid | walker.o.valid | packer.o.valid | counts)),
        ]
        self._clip(m, packer.i.p.used, enter, place, total, full)
        self._offer(m, packer, enter, place, total, counts, count_leaves)
        return m

    def _first_slot(self, address):
        return address[self.slots.value_offset_bits : self.slots.axi.offset_bits]

    def _clip(self, m: Module, used, enter, place, total, full) -> None:
        """Drop what is beyond the segment's length, and see whether all is as it should be."""
        beat = self.results.p
        seen = Signal(self.slots.config.count_bits)  # pairs of the segment before this beat
        room = Signal(self.slots.config.count_bits)
        surplus = Signal()
        zeros = Signal(self.slots.config.pes)  # lanes in use that count zeros
        wrong_end = Signal()
        m.d.comb += [
            room.eq(place.length - seen),
            surplus.eq(beat.used > room),
            used.eq(Mux(surplus, room, beat.used)),
            total.eq(seen + used),
            wrong_end.eq(
                (total != beat.count) | Mux(place.dense, ~full, total[_COUNTER_BITS:].any())
            ),
        ]
        for lane in range(self.slots.config.pes):
            m.d.comb += zeros[lane].eq((lane < beat.used) & beat.pairs[lane].zeros.any())
        with m.If(enter):
            m.d.sync += seen.eq(Mux(beat.last, 0, total))
            with m.If(surplus | (beat.last & wrong_end) | (place.dense & zeros.any())):
                m.d.sync += self.malformed.eq(1)

    def _offer(self, m: Module, packer, enter, place, total, counts, count_leaves) -> None:
        """Words of the packer, and behind those of an encoded segment its counter."""
        begun = Signal()  # the run that enters goes on
        address = Signal(self.slots.axi.address_bits, reset_less=True)  # of the run in the packer
        words_first = Signal()  # words that belong before the counter are still in the packer
        count = Signal(_COUNTER_BITS, reset_less=True)
        count_address = Signal(self.slots.axi.address_bits, reset_less=True)
        due = Signal()
        m.d.comb += [due.eq(counts & ~words_first), count_leaves.eq(due & self.o.ready)]
        with m.If(enter):
            m.d.sync += begun.eq(~packer.i.p.last)
            with m.If(~begun):
                m.d.sync += address.eq(place.address)
        with m.If(enter & self.results.p.last & ~place.dense):
            m.d.sync += [counts.eq(1), words_first.eq(total.any())]
            m.d.sync += [count.eq(total), count_address.eq(place.count_address)]
        with m.Else():
            with m.If(count_leaves):
                m.d.sync += counts.eq(0)
            with m.If(packer.o.valid & packer.o.ready & packer.o.p.last):
                m.d.sync += words_first.eq(0)

        bytes_in_word = self.slots.axi.word_bytes
        lane = Signal(bytes_in_word)  # the counter's byte
        for byte in range(bytes_in_word):
            m.d.comb += lane[byte].eq(count_address[: self.slots.axi.offset_bits] == byte)
        m.d.comb += [
            packer.o.ready.eq(self.o.ready & ~due),
            self.o.valid.eq(packer.o.valid | due),
            self.o.p.address.eq(Mux(due, count_address, address)),
            self.o.p.data.eq(Mux(due, count.replicate(bytes_in_word), packer.o.p.data)),
            self.o.p.strobe.eq(Mux(due, lane, packer.o.p.strobe)),
            self.o.p.last.eq(due | packer.o.p.last),
        ]
