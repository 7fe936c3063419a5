"""What a buffer between two streams promises: to be a list."""

from amaranth.hdl import Array, Module, Mux, Signal, Value

from tests.formal.opened import Opened
from tests.formal.specification import (
    Specification,
    all_of,
    claim,
    implies,
    previous,
    reachable,
)

__all__ = ["RoundQueueSpec", "StageSpec", "StreamFifoSpec"]


class FifoSpec(Specification):
    """A component with streams `i` and `o` that holds at most `depth` payloads.

    The reference is a list that grows behind and loses its head. Nothing is assumed: neither
    stream has to keep its offers.
    """

    def __init__(self, component, depth):
        super().__init__(component)
        self.depth = depth
        self.opened = Opened(component)

    def instance(self):
        return self.opened

    def held(self, m: Module, component):
        """What the component holds inside, oldest first; what is behind the last is ignored."""
        raise NotImplementedError

    def sound(self, component, length):
        """What else is true inside."""
        return 1

    def accepts(self, component, length):
        """The input must be ready."""
        return length != self.depth

    def specify(self, m, component):
        i, o = component.i, component.o
        enter, leave = i.valid & i.ready, o.valid & o.ready
        words = [Signal(Value.cast(o.p).shape(), name=f"listed_{n}") for n in range(self.depth)]
        length = Signal(range(self.depth + 2), name="length")
        self._follow(m, words, length, enter=enter, leave=leave, payload=Value.cast(i.p))
        payload = Value.cast(o.p)
        stalled = previous(m, o.valid & ~o.ready, "stalled")
        offered = previous(m, payload, "offered")
        held = self.held(m, component)

        claim(m, "keeps_order_and_content", implies(o.valid, payload == words[0]))
        claim(m, "offers_what_it_holds", o.valid == (length != 0))
        claim(m, "takes_only_what_fits", length <= self.depth)
        claim(m, "is_ready_while_there_is_room", i.ready == self.accepts(component, length))
        claim(m, "holds_an_offer", implies(stalled, o.valid & (payload == offered)))
        claim(m, "invariant_inside", self.sound(component, length))
        same = [implies(n < length, held[n] == words[n]) for n in range(self.depth)]
        claim(m, "invariant_content", all_of(same))
        self._add_covers(m, length, enter=enter, leave=leave)

    def _follow(self, m, words, length, *, enter, leave, payload):
        """The list: drop the head, then append."""
        m.d.sync += length.eq(length + enter - leave)
        for place, word in enumerate(words):
            following = words[place + 1] if place + 1 < len(words) else word
            with m.If(enter & (length - leave == place)):
                m.d.sync += word.eq(payload)
            with m.Elif(leave):
                m.d.sync += word.eq(following)

    def _add_covers(self, m, length, *, enter, leave):
        filled = Signal(name="was_full")
        with m.If(length == self.depth):
            m.d.sync += filled.eq(1)
        reachable(m, "full_then_empty", filled & (length == 0))
        # With one place for one payload, some buffers never do both at once.
        reachable(m, "enters_and_leaves", (enter & leave) | (self.depth == 1))


class StreamFifoSpec(FifoSpec):
    """A head, and behind it another register, or a ring of words between two indices."""

    def __init__(self, component):
        super().__init__(component, component.depth)
        self._places = component.depth - 1

    def held(self, m, component):
        head = self.opened.signal("head")
        if self._places < 2:
            return [head, *(self.opened.signal("second") for _ in range(self._places))]
        read = self.opened.signal("read_index")
        places = [
            Mux(read + n >= self._places, read + n - self._places, read + n)
            for n in range(self._places)
        ]
        behind = [self.opened.word(m, "words", at, f"word_{n}") for n, at in enumerate(places)]
        return [head, *behind]

    def sound(self, component, length):
        if self._places < 2:
            return component.level == length
        read, write = self.opened.signal("read_index"), self.opened.signal("write_index")
        distance = Mux(write >= read, write - read, write + self._places - read)
        behind = Mux(length == 0, 0, length - 1)
        return all_of(
            [
                component.level == length,
                read < self._places,
                write < self._places,
                (distance == behind) | ((distance == 0) & (behind == self._places)),
            ]
        )


class RoundQueueSpec(FifoSpec):
    """Two registers that are filled and emptied in turn."""

    def __init__(self, component):
        super().__init__(component, 2)

    def held(self, m, component):
        rounds = Array(self.opened.signal(f"round_{place}") for place in range(2))
        leaves = self.opened.signal("leaves")
        return [rounds[leaves], rounds[~leaves]]

    def sound(self, component, length):
        waits, enters, leaves = map(self.opened.signal, ("waits", "enters", "leaves"))
        one = (enters != leaves) & (waits == 1 << leaves)
        return one | ((enters == leaves) & ((waits == 0) | (waits == 3)))


class StageSpec(FifoSpec):
    """One register, which is refilled while it is emptied."""

    def __init__(self, component):
        super().__init__(component, 1)

    def held(self, m, component):
        return [Value.cast(component.o.p)]

    def accepts(self, component, length):
        return (length == 0) | component.o.ready
