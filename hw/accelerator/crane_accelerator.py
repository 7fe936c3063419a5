"""The accelerator as a system sees it: an AXI4 manager, an AXI4-Lite subordinate, an interrupt."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect

from grus.hw.accelerator.fault import Fault
from grus.hw.accelerator.machine import Machine
from grus.hw.control.register_map import ADDRESS_BITS
from grus.hw.control.registers import Registers
from grus.hw.dma.axi import AxiError, AxiLite, AxiRead, AxiWrite, connect_flat, flat_members
from grus.hw.dma.read_engine import ReadEngine
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.write_engine import WriteEngine

__all__ = ["CraneAccelerator"]


class CraneAccelerator(wiring.Component):
    """Run the layers that descriptors in memory tell of, without the host.

    The host writes memory, the registers that say where, and `start`; the interrupt tells that the
    run has ended, or why it stopped. After a fault everything but the registers begins anew, once
    memory has answered all that was asked; the next run finds a clean machine.

    Source: Crane, section 4.1 and Figure 7; the registers are those of
    :func:`grus.hw.control.register_map.register_map`.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    m_axi_* : :py:`Out(AxiRead(axi))`, :py:`Out(AxiWrite(axi))`
        Memory.
    s_axi_* : :py:`In(AxiLite(ADDRESS_BITS))`
        Host.
    irq : :py:`Out(1)`
        Interrupt, high until it is cleared.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                **flat_members("m_axi", Out(AxiRead(slots.axi))),
                **flat_members("m_axi", Out(AxiWrite(slots.axi))),
                **flat_members("s_axi", In(AxiLite(ADDRESS_BITS))),
                "irq": Out(1),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Registers, engines, machine, and the states of a run."""
        m = Module()
        m.submodules.registers = registers = Registers(self.slots.config, self.slots.axi)
        m.submodules.read_engine = reader = ReadEngine(self.slots.axi)
        m.submodules.write_engine = writer = WriteEngine(self.slots.axi)
        m.submodules.machine = machine = Machine(self.slots)
        connect_flat(m, self, "m_axi", reader.axi)
        connect_flat(m, self, "m_axi", writer.axi)
        connect_flat(m, self, "s_axi", registers.s_axi)
        connect(m, machine.reads, reader.requests)
        connect(m, reader.o, machine.words)
        connect(m, machine.writes, writer.i)
        m.d.comb += [
            self.irq.eq(registers.irq),
            machine.address.eq(registers.descriptors_address),
            machine.count.eq(registers.descriptor_count),
            machine.written.eq(writer.idle),
            machine.clear_counters.eq(registers.clear_counters),
            machine.counter_address.eq(registers.counter_address),
            registers.counter.eq(machine.counter),
            writer.first_address.eq(registers.output_first),
            writer.end_address.eq(registers.output_end),
        ]
        fault = self._find_fault(m, machine, reader, writer)
        m.d.comb += [
            registers.error_cause.eq(fault),
            registers.error_descriptor.eq(machine.number),
            registers.error_address.eq(
                Mux(reader.error != AxiError.NONE, reader.error_address, writer.error_address)
            ),
        ]
        self._run(m, registers, machine, reader, writer, fault)
        return m

    def _find_fault(self, m: Module, machine, reader, writer) -> Signal:
        fault = Signal(Fault)
        m.d.comb += fault.eq(machine.fault)
        for engine, causes in (
            (
                writer,
                {
                    AxiError.OUTSIDE: Fault.WRITE_OUTSIDE,
                    AxiError.SLVERR: Fault.WRITE_SLVERR,
                    AxiError.DECERR: Fault.WRITE_DECERR,
                },
            ),
            (reader, {AxiError.SLVERR: Fault.READ_SLVERR, AxiError.DECERR: Fault.READ_DECERR}),
        ):
            for error, cause in causes.items():
                with m.If(engine.error == error):
                    m.d.comb += fault.eq(cause)
        return fault

    def _run(self, m: Module, registers, machine, reader, writer, fault: Signal) -> None:
        m.d.comb += registers.busy.eq(1)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += [
                    registers.busy.eq(registers.soft_reset),
                    machine.start.eq(registers.start),
                ]
                with m.If(registers.soft_reset):
                    m.next = "CLEAR"
                with m.Elif(registers.start):
                    m.next = "RUN"
            with m.State("RUN"):
                with m.If(registers.soft_reset):
                    m.next = "CLEAR"
                with m.Elif(fault != Fault.NONE):
                    m.d.comb += registers.failed.eq(1)
                    m.next = "CLEAR"
                with m.Elif(machine.done):
                    m.d.comb += registers.done.eq(1)
                    m.next = "IDLE"
            with m.State("CLEAR"):
                m.d.comb += [
                    machine.local_reset.eq(1),
                    reader.clear.eq(1),
                    writer.clear.eq(1),
                ]
                m.next = "SETTLE"
            with m.State("SETTLE"):
                m.d.comb += machine.local_reset.eq(1)
                with m.If(reader.idle & writer.idle):
                    m.next = "IDLE"
