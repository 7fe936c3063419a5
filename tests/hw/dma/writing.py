"""A tensor writer in front of a write engine, with the ports of a machine towards memory."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.dma.axi import AxiError, AxiWrite, connect_flat, flat_members
from grus.hw.dma.tensor_writer import TensorWriter
from grus.hw.dma.write_command import WriteCommandLayout
from grus.hw.dma.write_engine import WriteEngine
from grus.hw.layouts import BeatLayout


class Writing(wiring.Component):
    """Write results below `end_address`."""

    def __init__(self, slots):
        self._slots = slots
        config, axi = slots.config, slots.axi
        super().__init__(
            {
                "commands": In(stream.Signature(WriteCommandLayout(slots))),
                "results": In(stream.Signature(BeatLayout(config, config.pes))),
                **flat_members("m_axi", Out(AxiWrite(axi))),
                "end_address": In(axi.address_bits),
                "error": Out(AxiError),
                "malformed": Out(1),
                "idle": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.writer = writer = TensorWriter(self._slots)
        m.submodules.engine = engine = WriteEngine(self._slots.axi)
        connect(m, flipped(self.commands), writer.commands)
        connect(m, flipped(self.results), writer.results)
        connect(m, writer.o, engine.i)
        connect_flat(m, self, "m_axi", engine.axi)
        m.d.comb += [
            engine.end_address.eq(self.end_address),
            self.error.eq(engine.error),
            self.malformed.eq(writer.malformed),
            self.idle.eq(writer.idle & engine.idle),
        ]
        return m
