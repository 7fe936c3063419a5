"""Memory on the chip, behind AXI4 and for a host."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.board.config import BoardConfig
from grus.hw.dma.axi import AxiRead, AxiWrite, Response

__all__ = ["BlockMemory", "ByteAccessLayout"]


class ByteAccessLayout(data.StructLayout):
    """What a host does with one byte: write it, or ask for it.

    Parameters
    ----------
    config : :class:`BoardConfig`
        Size of the memory.
    """

    def __init__(self, config: BoardConfig):
        super().__init__({"address": range(config.memory_bytes), "write": 1, "byte": 8})


class BlockMemory(wiring.Component):
    """Serve one burst of each direction at a time, and a host's bytes between reads.

    A burst moves a word a cycle. A host's write takes the port for writes for a cycle, its read
    waits for the end of the burst at hand. Bursts that begin outside of the memory are answered by
    DECERR; one that begins inside stays there, because the memory is made of whole pages.

    Source: AXI4; no byte of a host may wait for long, because its line cannot be stalled.

    Parameters
    ----------
    config : :class:`BoardConfig`
        Size and bus.

    Members
    -------
    reads, writes : :py:`In(AxiRead(axi))`, :py:`In(AxiWrite(axi))`
        The accelerator.
    accesses : :py:`In(stream.Signature(ByteAccessLayout(config)))`
        The host.
    bytes : :py:`Out(stream.Signature(8))`
        What it has asked for.
    """

    def __init__(self, config: BoardConfig):
        self._config = config
        super().__init__(
            {
                "reads": In(AxiRead(config.axi)),
                "writes": In(AxiWrite(config.axi)),
                "accesses": In(stream.Signature(ByteAccessLayout(config))),
                "bytes": Out(stream.Signature(8)),
            }
        )

    @property
    def config(self) -> BoardConfig:
        """Size and bus."""
        return self._config

    def elaborate(self, platform):
        """Two bursts, and a host that shares their ports."""
        m = Module()
        config, axi = self.config, self.config.axi
        memory = Memory(shape=axi.data_bits, depth=config.words, init=[])
        m.submodules.words = memory
        read, write = memory.read_port(), memory.write_port(granularity=8)
        access = self.accesses.p
        place, lane = access.address[axi.offset_bits :], access.address[: axi.offset_bits]
        host_writes = Signal()
        host_reads = Signal()
        reading = self._serve_reads(m, read, host_reads, place)
        self._serve_writes(m, write, host_writes)
        m.d.comb += [
            host_writes.eq(self.accesses.valid & access.write),
            host_reads.eq(self.accesses.valid & ~access.write & ~reading & ~self.bytes.valid),
            self.accesses.ready.eq(host_writes | host_reads),
        ]
        with m.If(host_writes):
            m.d.comb += [
                write.addr.eq(place),
                write.data.eq(access.byte.replicate(axi.word_bytes)),
                write.en.eq(1 << lane),
            ]
        asked = Signal.like(lane, name="asked", reset_less=True)
        with m.If(host_reads):
            m.d.sync += [asked.eq(lane), self.bytes.valid.eq(1)]
        with m.Elif(self.bytes.ready):
            m.d.sync += self.bytes.valid.eq(0)
        m.d.comb += self.bytes.payload.eq(read.data.bit_select(Cat(Const(0, 3), asked), 8))
        return m

    def _serve_reads(self, m: Module, read, host_reads, host_place):
        """Returns whether the port's word is, or will be, a burst's."""
        config, axi = self.config, self.reads
        place = Signal(range(config.words), reset_less=True)
        words_left = Signal(9)
        outside = Signal(reset_less=True)
        reading = Signal()
        step = Signal()
        m.d.comb += [
            reading.eq((words_left != 0) | axi.rvalid),
            axi.arready.eq(~reading & ~self.bytes.valid & ~host_reads),
            step.eq((words_left != 0) & (~axi.rvalid | axi.rready)),
            read.en.eq(step | host_reads),
            read.addr.eq(Mux(host_reads, host_place, place)),
            axi.rdata.eq(read.data),
            axi.rresp.eq(Mux(outside, Response.DECERR, Response.OKAY)),
        ]
        with m.If(axi.rready):
            m.d.sync += axi.rvalid.eq(0)
        with m.If(step):
            m.d.sync += [
                axi.rvalid.eq(1),
                axi.rlast.eq(words_left == 1),
                words_left.eq(words_left - 1),
                place.eq(place + 1),
            ]
        with m.If(axi.arvalid & axi.arready):
            m.d.sync += [
                place.eq(axi.araddr >> config.axi.offset_bits),
                words_left.eq(axi.arlen + 1),
                outside.eq(axi.araddr >= config.memory_bytes),
            ]
        return reading

    def _serve_writes(self, m: Module, write, host_writes) -> None:
        config, axi = self.config, self.writes
        place = Signal(range(config.words), reset_less=True)
        outside = Signal(reset_less=True)
        writing = Signal()
        m.d.comb += [
            axi.awready.eq(~writing & ~axi.bvalid),
            axi.wready.eq(writing & ~host_writes),
            axi.bresp.eq(Mux(outside, Response.DECERR, Response.OKAY)),
            write.addr.eq(place),
            write.data.eq(axi.wdata),
        ]
        with m.If(axi.awvalid & axi.awready):
            m.d.sync += [
                place.eq(axi.awaddr >> config.axi.offset_bits),
                outside.eq(axi.awaddr >= config.memory_bytes),
                writing.eq(1),
            ]
        with m.If(axi.wvalid & axi.wready):
            m.d.comb += write.en.eq(Mux(outside, 0, axi.wstrb))
            m.d.sync += place.eq(place + 1)
            with m.If(axi.wlast):
                m.d.sync += [writing.eq(0), axi.bvalid.eq(1)]
        with m.If(axi.bvalid & axi.bready):
            m.d.sync += axi.bvalid.eq(0)
