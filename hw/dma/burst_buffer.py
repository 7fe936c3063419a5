"""Buffer of words that leave only once their burst is complete."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

__all__ = ["BurstBuffer"]


class BurstBuffer(wiring.Component):
    """Buffer words in a memory with one write and one synchronous read port.

    Throughput is one word per cycle, also while words enter and leave at once. A word leaves 2
    cycles after the word that kept it at the earliest. A stalled output stops the input only when
    `depth` words are held, the one at the output not counted. No combinational path leads from
    one port to another.

    Parameters
    ----------
    shape : shape-like
        One word.
    depth : int
        Words held, at least 2.

    Members
    -------
    i : :py:`In(stream.Signature(shape))`
        Words in.
    keep : :py:`In(1)`
        With a word that enters: it and all before it may leave.
    drop : :py:`In(1)`
        Forget the words that nothing has kept yet, and the one that enters in this cycle.
    o : :py:`Out(stream.Signature(shape))`
        The kept words in the same order.
    empty : :py:`Out(1)`
        No kept word is held.
    """

    def __init__(self, shape, depth: int):
        if depth < 2:
            raise ValueError(f"depth must be at least 2, not {depth}")
        self._shape, self._depth = shape, depth
        super().__init__(
            {
                "i": In(stream.Signature(shape)),
                "keep": In(1),
                "drop": In(1),
                "o": Out(stream.Signature(shape)),
                "empty": Out(1),
            }
        )

    @property
    def depth(self) -> int:
        """Words held at most."""
        return self._depth

    def elaborate(self, platform):
        """A ring of words, whose newest ones may be taken back."""
        m = Module()
        m.submodules.words = words = Memory(shape=self._shape, depth=self._depth, init=[])
        write, read = words.write_port(), words.read_port()
        read_index = Signal(range(self._depth))
        held = Signal(range(self._depth + 1))  # words in the ring
        kept = Signal(range(self._depth + 1))  # those of them that may leave
        enter = Signal()
        fetch = Signal()
        m.d.comb += [
            self.i.ready.eq(held != self._depth),
            enter.eq(self.i.valid & self.i.ready),
            fetch.eq((kept != 0) & (~self.o.valid | self.o.ready)),
            self.empty.eq((kept == 0) & ~self.o.valid),
        ]
        with m.If(fetch):
            m.d.sync += [read_index.eq(self._following(read_index)), self.o.valid.eq(1)]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        m.d.comb += [
            write.addr.eq(self._place(m, enter, fetch, held, kept)),
            write.data.eq(self.i.payload),
            write.en.eq(enter),
            # The word read was written in an earlier cycle, or it would not be kept yet.
            read.addr.eq(read_index),
            read.en.eq(fetch),
            self.o.payload.eq(read.data),
        ]
        return m

    def _place(self, m: Module, enter, fetch, held, kept) -> Signal:
        """Count words as they enter, are kept or dropped, and leave; returns where one enters."""
        index = Signal(range(self._depth))
        keep_index = Signal(range(self._depth))  # of the first word that is not kept
        following = Signal(range(self._depth))
        m.d.comb += following.eq(Mux(enter, self._following(index), index))
        with m.If(self.drop):
            m.d.sync += [index.eq(keep_index), held.eq(kept - fetch), kept.eq(kept - fetch)]
        with m.Else():
            m.d.sync += [index.eq(following), held.eq(held + enter - fetch)]
            with m.If(enter & self.keep):
                m.d.sync += [keep_index.eq(following), kept.eq(held + 1 - fetch)]
            with m.Else():
                m.d.sync += kept.eq(kept - fetch)
        return index

    def _following(self, index: Signal):
        return Mux(index == self._depth - 1, 0, index + 1)
