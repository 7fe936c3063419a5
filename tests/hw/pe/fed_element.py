"""A processing element with a broadcast buffer of its own."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, connect, flipped

from grus.hw.layouts import BroadcastLayout
from grus.hw.pe.broadcast_buffer import BroadcastBuffer
from grus.hw.pe.processing_element import ProcessingElement


class FedElement(wiring.Component):
    """The element's ports, but words of the broadcast operand where it reads a patch."""

    def __init__(self, config):
        self._config = config
        self._element = ProcessingElement(config)
        own = dict(self._element.signature.members.items())
        self._passed = [name for name in own if name not in ("nonzero", "read", "values")]
        broadcast = In(stream.Signature(BroadcastLayout(config), always_ready=True))
        super().__init__({name: own[name] for name in self._passed} | {"broadcast": broadcast})

    def elaborate(self, platform):
        m = Module()
        m.submodules.element = element = self._element
        m.submodules.buffer = buffer = BroadcastBuffer(self._config, 1)
        connect(m, flipped(self.broadcast), buffer.i)
        m.d.comb += [
            element.nonzero.eq(buffer.nonzero),
            buffer.reads[0].eq(element.read),
            element.values.eq(buffer.values[0]),
        ]
        for name in self._passed:
            member = self.signature.members[name]
            outer, inner = getattr(self, name), getattr(element, name)
            if member.is_signature:
                connect(m, flipped(outer), inner)
            elif member.flow == In:
                m.d.comb += inner.eq(outer)
            else:
                m.d.comb += outer.eq(inner)
        return m
