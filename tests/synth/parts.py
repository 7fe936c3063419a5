"""Small components whose area is known."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out, connect, flipped


class Box(wiring.Component):
    """Some parts side by side, and nothing else."""

    def __init__(self, *parts):
        self._parts = parts
        super().__init__({f"part_{n}": Out(part.signature) for n, part in enumerate(parts)})

    def elaborate(self, platform):
        m = Module()
        for index, part in enumerate(self._parts):
            m.submodules[f"part_{index}"] = part
            connect(m, flipped(getattr(self, f"part_{index}")), part)
        return m


class Gates(wiring.Component):
    """A function of `a`, `b` and `c`, bit by bit, behind a register or not."""

    def __init__(self, bits, function, *, registered=False):
        self._function, self._registered = function, registered
        super().__init__({"a": In(bits), "b": In(bits), "c": In(bits), "o": Out(bits)})

    def elaborate(self, platform):
        m = Module()
        domain = m.d.sync if self._registered else m.d.comb
        domain += self.o.eq(self._function(self.a, self.b, self.c))
        return m


class Store(wiring.Component):
    """A memory with a read and a write port."""

    def __init__(self, words, bits, *, clocked=True, transparent=False, lane_bits=None):
        self._words, self._bits, self._clocked = words, bits, clocked
        self._transparent, self._lane_bits = transparent, lane_bits
        lanes = bits // lane_bits if lane_bits else 1
        super().__init__(
            {
                "read_address": In(range(words)),
                "read_enable": In(1),
                "read": Out(bits),
                "write_address": In(range(words)),
                "write_enable": In(lanes),
                "write": In(bits),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.store = memory = Memory(shape=self._bits, depth=self._words, init=[])
        write = memory.write_port(granularity=self._lane_bits)
        if self._clocked:
            seen = (write,) if self._transparent else ()
            read = memory.read_port(transparent_for=seen)
            m.d.comb += read.en.eq(self.read_enable)
        else:
            read = memory.read_port(domain="comb")
        m.d.comb += [
            write.addr.eq(self.write_address),
            write.data.eq(self.write),
            write.en.eq(self.write_enable),
            read.addr.eq(self.read_address),
            self.read.eq(read.data),
        ]
        return m


class Counted(wiring.Component):
    """A register that counts, and a part that sees the count."""

    def __init__(self, bits):
        self._bits = bits
        super().__init__({"o": Out(bits)})

    def elaborate(self, platform):
        m = Module()
        count = Signal(self._bits)
        m.d.sync += count.eq(count + 1)
        m.submodules.part = part = Gates(self._bits, lambda a, b, c: a ^ b)
        m.d.comb += [part.a.eq(count), part.b.eq(1), self.o.eq(part.o)]
        return m
