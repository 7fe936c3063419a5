"""Slot unpacker: words of memory become slots, as many at a time as the consumer wants."""

from amaranth.hdl import Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.slot_format import SlotFormat
from grus.hw.layouts import PairLayout
from grus.hw.logic.shift import shift_lanes

__all__ = ["SlotUnpacker", "SlotWordLayout"]


class SlotWordLayout(data.StructLayout):
    """One word, and which of its slots matter.

    Members
    -------
    data : :py:`unsigned(axi.data_bits)`
        The word.
    dense : :py:`unsigned(1)`
        Its slots are values; else they are pairs.
    skip : :py:`range(dense_slots)`
        Slots at the beginning that do not matter.
    stop : :py:`range(dense_slots + 1)`
        The slot behind the last one that matters; not before `skip`.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "data": slots.axi.data_bits,
                "dense": 1,
                "skip": range(slots.dense_slots),
                "stop": range(slots.dense_slots + 1),
            }
        )


class SlotUnpacker(wiring.Component):
    """Put the slots of all words in one row, and let the consumer take from its beginning.

    Runs follow each other without gaps: slots that do not belong to them never enter. Throughput
    is one word per cycle, unless `lanes` slots or more stay behind in that cycle; so either all
    words enter as they come, or all lanes are full. The slots of a word can be taken from the
    cycle after it on. The paths from `take` and `discard` to `i.ready` are combinational.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Slots of a word.
    lanes : int
        Slots that can be taken at a time, at least 1.

    Members
    -------
    i : :py:`In(stream.Signature(SlotWordLayout(slots)))`
        Words.
    o : :py:`Out(ArrayLayout(PairLayout(config), lanes))`
        The first slots. A value in the dense format is a pair without zeros before it. Lanes from
        `available` on mean nothing.
    held : :py:`Out(range(lanes + dense_slots))`
        Slots held.
    available : :py:`Out(range(lanes + 1))`
        Slots that can be taken in this cycle.
    take : :py:`In(range(lanes + 1))`
        Slots that are taken in this cycle, at most `available`.
    discard : :py:`In(1)`
        Forget all slots held, whatever `take` says; the word that enters in this cycle stays.
    """

    def __init__(self, slots: SlotFormat, lanes: int):
        if lanes < 1:
            raise ValueError(f"lanes must be at least 1, not {lanes}")
        self._slots, self._lanes = slots, lanes
        super().__init__(
            {
                "i": In(stream.Signature(SlotWordLayout(slots))),
                "o": Out(data.ArrayLayout(PairLayout(slots.config), lanes)),
                "held": Out(range(lanes + slots.dense_slots)),
                "available": Out(range(lanes + 1)),
                "take": In(range(lanes + 1)),
                "discard": In(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Slots of a word."""
        return self._slots

    @property
    def lanes(self) -> int:
        """Slots that can be taken at a time."""
        return self._lanes

    def elaborate(self, platform):
        """Slots move down as others are taken, and a word's slots go behind those that stay."""
        m = Module()
        lanes = self._lanes
        capacity = lanes - 1 + self.slots.dense_slots
        bits = self.slots.config.pair_bits
        row = [Signal(bits, name=f"slot_{index}", reset_less=True) for index in range(capacity)]
        stay = Signal(range(capacity + 1))
        enter = Signal()
        entering = Signal(range(self.slots.dense_slots + 1))
        m.d.comb += [
            self.available.eq(Mux(self.held < lanes, self.held, lanes)),
            stay.eq(Mux(self.discard, 0, self.held - self.take)),
            self.i.ready.eq(stay < lanes),
            enter.eq(self.i.valid & self.i.ready),
            entering.eq(Mux(enter, self.i.p.stop - self.i.p.skip, 0)),
        ]
        m.d.sync += self.held.eq(stay + entering)

        remaining = shift_lanes(m, row, self.take, name="remaining")
        placed = self._place(m, stay, capacity)
        for index in range(capacity):
            # A word enters only if fewer than `lanes` slots stay, so further up it always wins.
            behind = enter & (stay <= index) if index < lanes - 1 else enter
            m.d.sync += row[index].eq(Mux(behind, placed[index], remaining[index]))
        for lane in range(lanes):
            m.d.comb += self.o[lane].as_value().eq(row[lane])
        return m

    def _place(self, m: Module, stay: Signal, capacity: int):
        """The word's slots that matter, from position `stay` on."""
        slots, word = self.slots, self.i.p
        bits = slots.config.pair_bits
        lanes = []
        for index in range(slots.dense_slots):
            value = word.data.word_select(index, slots.config.data_bits)
            pair = Const(0, bits)
            if index < slots.encoded_slots:
                pair = word.data.word_select(index, bits)
            lane = Signal(bits, name=f"word_slot_{index}")
            m.d.comb += lane.eq(Mux(word.dense, value, pair))
            lanes.append(lane)
        aligned = shift_lanes(m, lanes, word.skip, name="aligned")
        aligned += [Const(0, bits)] * (capacity - len(aligned))
        if self._lanes == 1:
            return aligned
        distance = stay[: (self._lanes - 1).bit_length()]
        return shift_lanes(m, aligned, distance, name="placed", up=True)
