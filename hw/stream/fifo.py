"""Small first-in first-out buffer between two streams."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

__all__ = ["StreamFifo"]


class StreamFifo(wiring.Component):
    """Buffer `depth` payloads.

    Throughput is one payload per cycle, also while full payloads leave and enter at once, if
    `depth` is at least 2. Latency is 1 cycle. A stalled output stops the input only when the
    buffer is full. No combinational path leads from one port to another, and payloads leave from
    a register.

    Parameters
    ----------
    shape : shape-like
        Payload of both streams.
    depth : int
        Payloads held, at least 1.

    Members
    -------
    i : :py:`In(stream.Signature(shape))`
        Payloads in.
    o : :py:`Out(stream.Signature(shape))`
        The same payloads in the same order.
    level : :py:`Out(range(depth + 1))`
        Payloads held now.
    """

    def __init__(self, shape, depth: int):
        if depth < 1:
            raise ValueError(f"depth must be at least 1, not {depth}")
        self._shape, self._depth = shape, depth
        super().__init__(
            {
                "i": In(stream.Signature(shape)),
                "o": Out(stream.Signature(shape)),
                "level": Out(range(depth + 1)),
            }
        )

    @property
    def depth(self) -> int:
        """Payloads held at most."""
        return self._depth

    def elaborate(self, platform):
        """The oldest payload in a register, the others in a ring between two indices."""
        m = Module()
        head = Signal.like(self.o.payload, reset_less=True)
        enter = Signal()
        leave = Signal()
        # What enters is the oldest now, or will be when the oldest leaves.
        next_is_new = Signal()
        m.d.comb += [
            self.i.ready.eq(self.level != self._depth),
            self.o.valid.eq(self.level != 0),
            self.o.payload.eq(head),
            enter.eq(self.i.valid & self.i.ready),
            leave.eq(self.o.valid & self.o.ready),
            next_is_new.eq((self.level == 0) | ((self.level == 1) & leave)),
        ]
        m.d.sync += self.level.eq(self.level + enter - leave)
        with m.If(enter & next_is_new):
            m.d.sync += head.eq(self.i.payload)
        if self._depth > 1:
            add = self._add_second if self._depth == 2 else self._add_ring
            behind = add(m, enter & ~next_is_new, leave)
            with m.If(leave & ~next_is_new):
                m.d.sync += head.eq(behind)
        return m

    def _add_second(self, m: Module, enter, leave):
        """The only payload behind the head."""
        second = Signal.like(self.o.payload, reset_less=True)
        with m.If(enter):
            m.d.sync += second.eq(self.i.payload)
        return second

    def _add_ring(self, m: Module, enter, leave):
        """The payloads behind the head; returns the oldest of them."""
        places = self._depth - 1
        m.submodules.words = words = Memory(shape=self._shape, depth=places, init=[])
        write, read = words.write_port(), words.read_port(domain="comb")
        write_index = Signal(range(places))
        read_index = Signal(range(places))

        def following(index):
            return Mux(index == places - 1, 0, index + 1)

        with m.If(enter):
            m.d.sync += write_index.eq(following(write_index))
        with m.If(leave & (self.level > 1)):
            m.d.sync += read_index.eq(following(read_index))
        m.d.comb += [
            write.addr.eq(write_index),
            write.data.eq(self.i.payload),
            write.en.eq(enter),
            read.addr.eq(read_index),
        ]
        return read.data
