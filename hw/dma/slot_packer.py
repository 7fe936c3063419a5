"""Slot packer: pairs become words of the bus."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.layouts import PairLayout

__all__ = ["PackLayout", "PackedWordLayout", "SlotPacker"]


class PackLayout(data.StructLayout):
    """Some pairs of a run.

    Members
    -------
    pairs : :py:`ArrayLayout(PairLayout, lanes)`
        Lane 0 comes first. Lanes from `used` on mean nothing.
    used : :py:`range(lanes + 1)`
        How many lanes hold a pair.
    dense : :py:`unsigned(1)`
        With the first pairs of a run: its slots are values, the pairs' zero counts are left out;
        else its slots are pairs.
    first_slot : :py:`unsigned(dense_slot_bits)`
        With the first pairs of a run: the slot of its first word that it begins at, one of those
        that its format has.
    last : :py:`unsigned(1)`
        Ends the run.
    """

    def __init__(self, slots: SlotFormat, lanes: int):
        super().__init__(
            {
                "pairs": data.ArrayLayout(PairLayout(slots.config), lanes),
                "used": range(lanes + 1),
                "dense": 1,
                "first_slot": slots.dense_slot_bits,
                "last": 1,
            }
        )


class PackedWordLayout(data.StructLayout):
    """One word of a run.

    Members
    -------
    data : :py:`unsigned(data_bits)`
        Slot 0 in the lowest bits; slots that nothing was packed into are zero.
    strobe : :py:`unsigned(word_bytes)`
        Bytes to write: of a dense word, those of its values; of an encoded word, all.
    last : :py:`unsigned(1)`
        Ends the run.
    """

    def __init__(self, axi: AxiConfig):
        super().__init__({"data": axi.data_bits, "strobe": axi.word_bytes, "last": 1})


class SlotPacker(wiring.Component):
    """Pack runs of pairs into words, encoded or dense.

    Throughput is one word per cycle as long as more than a word is held, and one transfer in per
    cycle as long as each brings no more than a word; this holds across runs, too. A word leaves 1
    cycle after the pairs that show that it is full and not the last, or after the end of its run.
    A run without pairs yields no word.

    The first pairs of a run enter when the last word of the run before leaves, never earlier: all
    words offered belong to the run whose pairs entered last. A stalled output stops the input
    once more than a word is held, or the end of a run. The path from ``o.ready`` to ``i.ready`` is
    combinational.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.
    lanes : int
        Pairs of a transfer in, at most.

    Members
    -------
    i : :py:`In(stream.Signature(PackLayout(slots, lanes)))`
        Pairs, run by run.
    o : :py:`Out(stream.Signature(PackedWordLayout(slots.axi)))`
        Words.
    """

    def __init__(self, slots: SlotFormat, lanes: int):
        self._slots, self._lanes = slots, lanes
        super().__init__(
            {
                "i": In(stream.Signature(PackLayout(slots, lanes))),
                "o": Out(stream.Signature(PackedWordLayout(slots.axi))),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Pairs gather in a row of slots whose first ones are the next word."""
        m = Module()
        in_dense, in_encoded = self.slots.dense_slots, self.slots.encoded_slots
        held = Signal(range(in_dense + self._lanes + 1))  # with the slots before the run's first
        kept = Signal.like(held)  # those of them that stay when this cycle's word has left
        # Slots before the run's first, with room for all, or a comparison would be constant.
        skipped = Signal(range(in_dense + 1), reset_less=True)
        dense = Signal(reset_less=True)
        begun = Signal()  # the run at hand goes on
        ending = Signal()  # all pairs of the run whose words are offered are here
        word = Signal(range(in_dense + 1))
        surplus = Signal()  # the word is full, and more follows
        leave = Signal()
        m.d.comb += [
            word.eq(Mux(dense, in_dense, in_encoded)),
            surplus.eq(held > word),
            # A full word stays until it is known whether it is the last.
            self.o.valid.eq(surplus | ending),
            self.o.p.last.eq(~surplus),
            leave.eq(self.o.valid & self.o.ready),
            kept.eq(Mux(leave, Mux(surplus, held - word, 0), held)),
            self.i.ready.eq(Mux(ending, leave & ~surplus, kept <= word)),
        ]
        place, total, empty = self._place(m, begun, kept, Mux(leave, 0, skipped))
        enter = self.i.valid & self.i.ready
        with m.If(leave):
            m.d.sync += [held.eq(kept), skipped.eq(0), ending.eq(ending & surplus)]
        with m.If(enter):
            m.d.sync += [
                held.eq(Mux(self.i.p.last & empty, 0, total)),
                begun.eq(~self.i.p.last),
                ending.eq(self.i.p.last & ~empty),
            ]
            with m.If(~begun):
                m.d.sync += [dense.eq(self.i.p.dense), skipped.eq(self.i.p.first_slot)]
        slots = self._gather(m, enter=enter, leave=leave, begun=begun, dense=dense, place=place)
        self._offer(m, slots, dense=dense, skipped=skipped, held=held)
        return m

    def _place(self, m: Module, begun, kept, skipped):
        """Where the first pair goes that enters, what is held then, and whether that is nothing."""
        place = Signal(range(self.slots.dense_slots + 1))
        total = Signal.like(kept)
        empty = Signal()
        m.d.comb += [
            place.eq(Mux(begun, kept, self.i.p.first_slot)),
            total.eq(place + self.i.p.used),
            empty.eq(total == Mux(begun, skipped, self.i.p.first_slot)),
        ]
        return place, total, empty

    def _gather(self, m: Module, *, enter, leave, begun, dense, place):
        """Slots held; those that nothing was packed into are zero."""
        in_dense, in_encoded = self.slots.dense_slots, self.slots.encoded_slots
        bits = self.slots.config.pair_bits
        slots = Signal((in_dense + self._lanes) * bits, reset_less=True)
        stay = Signal.like(slots)
        m.d.comb += stay.eq(
            Mux(leave, Mux(dense, slots[in_dense * bits :], slots[in_encoded * bits :]), slots)
        )
        moved = self._moved(m, place)
        with m.If(enter):
            m.d.sync += slots.eq(Mux(begun, stay, 0) | moved)
        with m.Else():
            m.d.sync += slots.eq(stay)
        return slots

    def _moved(self, m: Module, place):
        """The pairs that enter, moved to their place, level by level."""
        bits = self.slots.config.pair_bits
        pairs = Signal(self._lanes * bits)
        for lane in range(self._lanes):
            there = lane < self.i.p.used
            m.d.comb += pairs[lane * bits : (lane + 1) * bits].eq(
                Mux(there, self.i.p.pairs[lane].as_value(), 0)
            )
        moved = pairs
        for level in range(len(place)):
            distance = bits << level
            further = Signal(len(moved) + distance, name=f"moved_{level}")
            m.d.comb += further.eq(Mux(place[level], Cat(Const(0, distance), moved), moved))
            moved = further
        return moved

    def _offer(self, m: Module, slots, *, dense, skipped, held) -> None:
        in_dense, in_encoded = self.slots.dense_slots, self.slots.encoded_slots
        bits = self.slots.config.pair_bits
        values = [slots[n * bits : n * bits + self.slots.config.data_bits] for n in range(in_dense)]
        written = Signal(in_dense)  # dense slots to write
        for slot in range(in_dense):
            m.d.comb += written[slot].eq((held > slot) & (skipped <= slot))
        strobe = Cat(
            written[slot].replicate(self.slots.config.data_bits // 8) for slot in range(in_dense)
        )
        m.d.comb += [
            self.o.p.data.eq(Mux(dense, Cat(*values), slots[: in_encoded * bits])),
            self.o.p.strobe.eq(Mux(dense, strobe, (1 << self.slots.axi.word_bytes) - 1)),
        ]
