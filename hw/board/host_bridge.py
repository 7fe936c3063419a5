"""Turns a host's requests into accesses to memory and registers."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.board.block_memory import ByteAccessLayout
from grus.hw.board.config import BoardConfig
from grus.hw.board.protocol import REQUEST_BYTES, STATUS, Command
from grus.hw.control.register_map import ADDRESS_BITS
from grus.hw.dma.axi import AxiLite, Response

__all__ = ["HostBridge"]


class HostBridge(wiring.Component):
    """Take requests and give answers, one at a time, as :mod:`grus.hw.board.protocol` tells.

    While it takes bytes that are written to memory each is taken in the cycle in which memory takes
    it. No combinational path leads from one stream of bytes to the other.

    Parameters
    ----------
    config : :class:`BoardConfig`
        Size of the memory.

    Members
    -------
    i, o : :py:`In(stream.Signature(8))`, :py:`Out(stream.Signature(8))`
        Bytes from and to the host.
    accesses, bytes : :py:`Out(...)`, :py:`In(...)`
        Memory, as :class:`BlockMemory` has it.
    registers : :py:`Out(AxiLite(ADDRESS_BITS))`
        The accelerator's registers.
    """

    def __init__(self, config: BoardConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(8)),
                "o": Out(stream.Signature(8)),
                "accesses": Out(stream.Signature(ByteAccessLayout(config))),
                "bytes": In(stream.Signature(8)),
                "registers": Out(AxiLite(ADDRESS_BITS)),
            }
        )

    @property
    def config(self) -> BoardConfig:
        """Size of the memory."""
        return self._config

    def elaborate(self, platform):
        """Take a request, do it, answer."""
        m = Module()
        head = Signal(8 * REQUEST_BYTES, reset_less=True)
        command, address, number = head[:8], head[8:40], head[40:]
        outside = Signal(reset_less=True)
        m.d.comb += [
            self.accesses.p.address.eq(address),
            self.accesses.p.byte.eq(self.i.p),
            self.registers.awaddr.eq(address),
            self.registers.araddr.eq(address),
            self.registers.wdata.eq(number),
            self.registers.wstrb.eq(0b1111),
        ]
        with m.FSM():
            self._take_request(m, head)
            with m.State("BEGIN"):
                m.d.sync += outside.eq(address + number > self.config.memory_bytes)
                with m.Switch(command):
                    with m.Case(Command.WRITE_MEMORY):
                        m.next = "WRITE_MEMORY"
                    with m.Case(Command.READ_MEMORY):
                        m.next = "MEMORY_STATUS"
                    with m.Case(Command.WRITE_REGISTER):
                        m.d.sync += [self.registers.awvalid.eq(1), self.registers.wvalid.eq(1)]
                        m.next = "WRITE_REGISTER"
                    with m.Case(Command.READ_REGISTER):
                        m.d.sync += self.registers.arvalid.eq(1)
                        m.next = "READ_REGISTER"
                    with m.Default():
                        m.next = "REQUEST"
            self._write_memory(m, address, number, outside)
            self._read_memory(m, address, number, outside)
            self._write_register(m)
            self._read_register(m, number)
        return m

    def _take_request(self, m: Module, head) -> None:
        taken = Signal(range(REQUEST_BYTES))
        with m.State("REQUEST"):
            m.d.comb += self.i.ready.eq(1)
            with m.If(self.i.valid):
                m.d.sync += head.eq(Cat(head[8:], self.i.p))
                with m.If((taken != 0) | (self.i.p != 0)):
                    m.d.sync += taken.eq(taken + 1)
                with m.If(taken == REQUEST_BYTES - 1):
                    m.d.sync += taken.eq(0)
                    m.next = "BEGIN"

    def _answer(self, m: Module, response, state: str) -> None:
        m.d.comb += [self.o.valid.eq(1), self.o.p.eq(STATUS | response)]
        with m.If(self.o.ready):
            m.next = state

    def _write_memory(self, m: Module, address, number, outside) -> None:
        with m.State("WRITE_MEMORY"):
            with m.If(number == 0):
                self._answer(m, Mux(outside, Response.DECERR, Response.OKAY), "REQUEST")
            with m.Else():
                taken = self.accesses.ready | outside
                m.d.comb += [
                    self.accesses.p.write.eq(1),
                    self.accesses.valid.eq(self.i.valid & ~outside),
                    self.i.ready.eq(taken),
                ]
                with m.If(self.i.valid & taken):
                    m.d.sync += [address.eq(address + 1), number.eq(number - 1)]

    def _read_memory(self, m: Module, address, number, outside) -> None:
        with m.State("MEMORY_STATUS"):
            self._answer(m, Mux(outside, Response.DECERR, Response.OKAY), "ASK")
        with m.State("ASK"):
            with m.If(number == 0):
                m.next = "REQUEST"
            with m.Else():
                m.d.comb += self.accesses.valid.eq(~outside)
                with m.If(self.accesses.ready | outside):
                    m.d.sync += [address.eq(address + 1), number.eq(number - 1)]
                    m.next = "GIVE"
        byte = Signal(8, reset_less=True)
        with m.State("GIVE"):  # at once, because memory's port is the accelerator's, too
            m.d.comb += self.bytes.ready.eq(1)
            with m.If(self.bytes.valid | outside):
                m.d.sync += byte.eq(Mux(outside, 0, self.bytes.p))
                m.next = "SEND"
        with m.State("SEND"):
            m.d.comb += [self.o.valid.eq(1), self.o.p.eq(byte)]
            with m.If(self.o.ready):
                m.next = "ASK"

    def _write_register(self, m: Module) -> None:
        registers = self.registers
        with m.State("WRITE_REGISTER"):
            with m.If(registers.awready):
                m.d.sync += registers.awvalid.eq(0)
            with m.If(registers.wready):
                m.d.sync += registers.wvalid.eq(0)
            with m.If(registers.bvalid):
                self._answer(m, registers.bresp, "REQUEST")
                m.d.comb += registers.bready.eq(self.o.ready)

    def _read_register(self, m: Module, number) -> None:
        registers = self.registers
        left = Signal(range(4))
        with m.State("READ_REGISTER"):
            with m.If(registers.arready):
                m.d.sync += registers.arvalid.eq(0)
            with m.If(registers.rvalid):
                self._answer(m, registers.rresp, "VALUE")
                m.d.comb += registers.rready.eq(self.o.ready)
                m.d.sync += [number.eq(registers.rdata), left.eq(3)]
        with m.State("VALUE"):
            m.d.comb += [self.o.valid.eq(1), self.o.p.eq(number[:8])]
            with m.If(self.o.ready):
                m.d.sync += [number.eq(number >> 8), left.eq(left - 1)]
                with m.If(left == 0):
                    m.next = "REQUEST"
