"""The smallest machine around the engines and the registers: it copies memory.

It has the ports that a machine shows to the world, under their standard names.
"""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.control.register_map import ADDRESS_BITS
from grus.hw.control.registers import Registers
from grus.hw.dma.axi import AxiError, AxiLite, AxiRead, AxiWrite, connect_flat, flat_members
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_engine import ReadEngine
from grus.hw.dma.write_engine import WriteEngine
from grus.hw.presets import TINY


class Copier(wiring.Component):
    """Copy `descriptor_count` words from the descriptors' address to the output buffer."""

    def __init__(self, config: AxiConfig):
        self._config = config
        super().__init__(
            {
                **flat_members("m_axi", Out(AxiRead(config))),
                **flat_members("m_axi", Out(AxiWrite(config))),
                **flat_members("s_axi", In(AxiLite(ADDRESS_BITS))),
                "irq": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.registers = registers = Registers(TINY, self._config)
        m.submodules.reader = reader = ReadEngine(self._config)
        m.submodules.writer = writer = WriteEngine(self._config)
        connect_flat(m, self, "m_axi", reader.axi)
        connect_flat(m, self, "m_axi", writer.axi)
        connect_flat(m, self, "s_axi", registers.s_axi)
        copied = Signal()  # the last word is on its way
        m.d.comb += [
            self.irq.eq(registers.irq),
            reader.requests.p.address.eq(registers.descriptors_address),
            reader.requests.p.words.eq(registers.descriptor_count),
            writer.i.valid.eq(reader.o.valid),
            reader.o.ready.eq(writer.i.ready),
            writer.i.p.address.eq(registers.output_first),
            writer.i.p.data.eq(reader.o.p.data),
            writer.i.p.strobe.eq(~0),
            writer.i.p.last.eq(reader.o.p.last),
            writer.first_address.eq(registers.output_first),
            writer.end_address.eq(registers.output_end),
            reader.clear.eq(registers.soft_reset | registers.failed),
            writer.clear.eq(reader.clear),
        ]
        with m.If(registers.start):
            m.d.sync += copied.eq(0)
        with m.Elif(writer.i.valid & writer.i.ready & writer.i.p.last):
            m.d.sync += copied.eq(1)
        self._control(m, registers, reader, writer, copied)
        return m

    def _control(self, m, registers, reader, writer, copied):
        error = Signal()
        in_reader = Signal()
        m.d.comb += [
            in_reader.eq(reader.error != AxiError.NONE),
            error.eq(in_reader | (writer.error != AxiError.NONE)),
            registers.busy.eq(1),
        ]
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += registers.busy.eq(registers.soft_reset)
                with m.If(registers.start):
                    m.next = "ASK"
                with m.If(registers.soft_reset):
                    m.next = "CLEAR"
            with m.State("ASK"):
                m.d.comb += reader.requests.valid.eq(1)
                with m.If(reader.requests.ready):
                    m.next = "COPY"
            with m.State("COPY"):
                with m.If(registers.soft_reset):
                    m.next = "CLEAR"
                with m.Elif(error):
                    m.d.comb += [
                        registers.failed.eq(1),
                        registers.error_cause.eq(Mux(in_reader, reader.error, writer.error)),
                        registers.error_address.eq(
                            Mux(in_reader, reader.error_address, writer.error_address)
                        ),
                    ]
                    m.next = "CLEAR"
                with m.Elif(copied & writer.idle):
                    m.d.comb += registers.done.eq(1)
                    m.next = "IDLE"
            with m.State("CLEAR"):
                with m.If(reader.idle & writer.idle):
                    m.next = "IDLE"
