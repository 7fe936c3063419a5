"""Processing controller: works through the descriptors in memory."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import enum, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.control.descriptor import DescriptorLayout, descriptor_words, is_sound
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ProcessingController"]

_TILES_AHEAD = 2  # commands that wait in front of each part


class _Step(enum.Enum):
    """What the controller waits for."""

    START = 0
    REQUEST = 1
    WORDS = 2
    CHECK = 3
    DISPATCH = 4
    END = 5


class ProcessingController(wiring.Component):
    """Fetch one descriptor after the other, and tell each part its share.

    A record is asked for as soon as the one before has been handed out, so that it waits here
    while the tiles before it are at work. It takes its words, 2 cycles to be checked and handed
    out, and the memory's latency; two further tiles wait in front of each part meanwhile. A part
    that is not ready stops the descriptors once 2 commands wait for it.

    A descriptor that is none stops the run before any part hears of it.

    Source: Crane, section 4.1 (processing controller).

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    start : :py:`In(1)`
        Begin a run; ignored while one is under way.
    address, count : :py:`In(address_bits)`, :py:`In(32)`
        Where the records lie, and how many they are; held during the run.
    requests, words : :py:`Out(stream.Signature(ReadRequestLayout(axi)))`, :py:`In(...)`
        The way to memory.
    tiles, resident, biases, regions, results : :py:`Out(stream.Signature(...))`
        Shares of the parts, as in :class:`DescriptorLayout`.
    quiet : :py:`In(1)`
        No part is at work, and all results are in memory.
    done : :py:`Out(1)`
        In this cycle the run ends well.
    bad : :py:`Out(1)`
        In this cycle the run stops at a descriptor that is none.
    number : :py:`Out(32)`
        Descriptors that have gone out, the first being 1, or the number of the one that is `bad`.
        One that waits for the results of a layer does not count yet.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        record = DescriptorLayout(slots)
        super().__init__(
            {
                "start": In(1),
                "address": In(slots.axi.address_bits),
                "count": In(32),
                "requests": Out(stream.Signature(ReadRequestLayout(slots.axi))),
                "words": In(stream.Signature(ReadWordLayout(slots.axi))),
                "tiles": Out(stream.Signature(record["tile"].shape)),
                "resident": Out(stream.Signature(record["resident"].shape)),
                "biases": Out(stream.Signature(record["biases"].shape)),
                "regions": Out(stream.Signature(record["region"].shape)),
                "results": Out(stream.Signature(record["result"].shape)),
                "quiet": In(1),
                "done": Out(1),
                "bad": Out(1),
                "number": Out(32),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus of this controller."""
        return self._slots

    def elaborate(self, platform):
        """A record fills word by word, is checked, and goes out when all have room for it."""
        m = Module()
        layout, axi = DescriptorLayout(self.slots), self.slots.axi
        words = descriptor_words(self.slots)
        held = [Signal(axi.data_bits, name=f"word_{n}", reset_less=True) for n in range(words)]
        record = Signal(layout)
        m.d.comb += record.eq(Cat(held)[: layout.size])
        step = Signal(_Step)
        place = Signal(range(words))
        address = Signal(axi.address_bits, reset_less=True)
        sound = Signal()
        m.d.sync += sound.eq(is_sound(m, record))
        dispatch = Signal()
        gone = Signal(32)
        room, waiting = self._queues(m, record, dispatch)
        still = self.quiet & ~waiting.any()
        last = gone == self.count - 1
        m.d.comb += [
            self.requests.valid.eq(step == _Step.REQUEST),
            self.requests.p.address.eq(address),
            self.requests.p.words.eq(words),
            self.words.ready.eq(step == _Step.WORDS),
            dispatch.eq((step == _Step.DISPATCH) & sound & room.all() & (still | ~record.barrier)),
            self.bad.eq((step == _Step.DISPATCH) & ~sound),
            self.number.eq(gone + self.bad),
            self.done.eq((step == _Step.END) & still),
        ]
        with m.Switch(step):
            with m.Case(_Step.START):
                with m.If(self.start):
                    m.d.sync += [address.eq(self.address), gone.eq(0)]
                    m.d.sync += step.eq(Mux(self.count == 0, _Step.END, _Step.REQUEST))
            with m.Case(_Step.REQUEST):
                with m.If(self.requests.ready):
                    m.d.sync += [address.eq(address + words * axi.word_bytes), place.eq(0)]
                    m.d.sync += step.eq(_Step.WORDS)
            with m.Case(_Step.WORDS):
                self._fill(m, held, place, step)
            with m.Case(_Step.CHECK):
                m.d.sync += step.eq(_Step.DISPATCH)
            with m.Case(_Step.DISPATCH):
                with m.If(self.bad):
                    m.d.sync += step.eq(_Step.START)
                with m.Elif(dispatch):
                    m.d.sync += [step.eq(Mux(last, _Step.END, _Step.REQUEST)), gone.eq(gone + 1)]
            with m.Default():
                with m.If(still):
                    m.d.sync += step.eq(_Step.START)
        return m

    def _fill(self, m: Module, held: list[Signal], place: Signal, step: Signal):
        with m.If(self.words.valid):
            m.d.sync += place.eq(place + 1)
            for index, word in enumerate(held):
                with m.If(place == index):
                    m.d.sync += word.eq(self.words.p.data)
            with m.If(self.words.p.last):
                m.d.sync += step.eq(_Step.CHECK)

    def _queues(self, m: Module, record, dispatch: Signal):
        """One queue per part; a record goes to all that it concerns at once."""
        tile = record.tile
        shares = {
            "tiles": (1, tile),
            "resident": (tile.load_resident, record.resident),
            "biases": (tile.drain & tile.load_biases, record.biases),
            "regions": (tile.load_broadcast, record.region),
            "results": (tile.drain, record.result),
        }
        room = Signal(len(shares))
        waiting = Signal(len(shares))
        for index, (name, (concerned, share)) in enumerate(shares.items()):
            target = getattr(self, name)
            queue = StreamFifo(target.payload.shape(), _TILES_AHEAD)
            m.submodules[f"{name}_queue"] = queue
            m.d.comb += [
                room[index].eq(queue.i.ready),
                waiting[index].eq(queue.o.valid),
                queue.i.valid.eq(dispatch & concerned),
                queue.i.payload.eq(share),
            ]
            connect(m, queue.o, flipped(target))
        return room, waiting
