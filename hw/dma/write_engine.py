"""Write engine: runs of words to memory, gathered into bursts."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.axi import AxiError, AxiWrite, drive_attributes
from grus.hw.dma.burst_buffer import BurstBuffer
from grus.hw.dma.config import PAGE_BITS, AxiConfig
from grus.hw.stream.fifo import StreamFifo

__all__ = ["WriteEngine", "WriteWordLayout"]


class WriteWordLayout(data.StructLayout):
    """One word to write.

    Members
    -------
    address : :py:`unsigned(address_bits)`
        With the first word of a run: its address; the bits that tell the byte in a word are
        ignored. The other words go to the addresses behind it.
    data : :py:`unsigned(data_bits)`
        The word, the byte of the lowest address in the lowest bits.
    strobe : :py:`unsigned(word_bytes)`
        Bytes to write.
    last : :py:`unsigned(1)`
        Ends the run.
    """

    def __init__(self, config: AxiConfig):
        super().__init__(
            {
                "address": config.address_bits,
                "data": config.data_bits,
                "strobe": config.word_bytes,
                "last": 1,
            }
        )


class _DataLayout(data.StructLayout):
    """One word on its way to the W channel; `last` ends its burst."""

    def __init__(self, config: AxiConfig):
        super().__init__({"data": config.data_bits, "strobe": config.word_bytes, "last": 1})


class _BurstLayout(data.StructLayout):
    """One burst: the address of its first word, counted in words, and how many follow that."""

    def __init__(self, config: AxiConfig):
        more = range(max(2, config.longest_burst))
        super().__init__({"word": config.place_bits, "more": more})


class WriteEngine(wiring.Component):
    """Write runs of words by INCR bursts that stay inside their 4 KB pages.

    Throughput is one word per cycle, and one run per cycle if they are that short, as long as
    bursts are acknowledged within about ``(outstanding_bursts - 1) * longest_burst`` cycles. A
    burst goes out once all of it is gathered: its address and its first word are offered 2 cycles
    after its last word was taken, in the same cycle, neither waiting for the other. A run is held
    until its last word has come. A stalled memory stops the input when two bursts are gathered.
    No combinational path leads from one port to another.

    A word that is not wholly inside the bounds is never written. After that or an error response,
    bursts that are gathered are still written, and all other words are taken and dropped until
    `clear`, so that whoever sends them never hangs.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths, length and number of bursts.

    Members
    -------
    i : :py:`In(stream.Signature(WriteWordLayout(config)))`
        What to write.
    axi : :py:`Out(AxiWrite(config))`
        The memory.
    first_address, end_address : :py:`In(address_bits)`
        Bounds: the first byte that may be written, and the one behind the last. They may change
        only while the engine is idle.
    clear : :py:`In(1)`
        Forget errors and the run at hand; bursts that are gathered are written first.
    error : :py:`Out(AxiError)`
        The first error since `clear`.
    error_address : :py:`Out(address_bits)`
        Address of the word outside the bounds, or of the burst that was refused.
    idle : :py:`Out(1)`
        All that was taken is written and acknowledged, or given up.
    """

    def __init__(self, config: AxiConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(WriteWordLayout(config))),
                "axi": Out(AxiWrite(config)),
                "first_address": In(config.address_bits),
                "end_address": In(config.address_bits),
                "clear": In(1),
                "error": Out(AxiError),
                "error_address": Out(config.address_bits),
                "idle": Out(1),
            }
        )

    @property
    def config(self) -> AxiConfig:
        """Parameters of this engine."""
        return self._config

    def elaborate(self, platform):
        """Words wait in the buffer for the end of their burst, bursts for their turn."""
        m = Module()
        config = self.config
        m.submodules.buffer = buffer = BurstBuffer(
            _DataLayout(config), depth=config.write_buffer_words
        )
        m.submodules.bursts = bursts = StreamFifo(_BurstLayout(config), depth=2)
        m.submodules.unanswered = unanswered = StreamFifo(
            config.place_bits, depth=max(2, config.outstanding_bursts)
        )
        draining = Signal()
        failed = Signal()
        gathered = Signal(range(max(2, config.longest_burst)))  # words of the burst at hand
        begun = Signal()  # the run at hand has had its first word
        done = Signal()
        m.d.comb += [
            failed.eq(self.error != AxiError.NONE),
            done.eq((gathered == 0) & ~bursts.o.valid & ~unanswered.o.valid),
            self.idle.eq(done & ~draining),
            buffer.drop.eq(failed | self.clear),
        ]
        stopped = failed | draining | self.clear
        self._gather(m, buffer, bursts, stopped, gathered, begun)
        m.d.comb += self.i.ready.eq(~draining & (failed | (buffer.i.ready & bursts.i.ready)))
        self._send(m, buffer, bursts, unanswered)
        self._acknowledge(m, unanswered, stopped)
        with m.If(buffer.drop):
            m.d.sync += gathered.eq(0)
        with m.If(self.clear):
            m.d.sync += [draining.eq(1), begun.eq(0), self.error.eq(AxiError.NONE)]
        with m.Elif(done):
            m.d.sync += draining.eq(0)
        return m

    def _gather(self, m: Module, buffer, bursts, stopped, gathered, begun):
        """Put the words inside the bounds into bursts."""
        config, word = self.config, self.i.p
        place = Signal(config.place_bits)
        first = Signal.like(place, reset_less=True)  # of the burst at hand
        inside = Signal()
        last_inside = Signal()
        take = Signal()
        enter = Signal()
        ends = Signal()  # the word ends its burst
        m.d.comb += [
            take.eq(self.i.valid & self.i.ready),
            enter.eq(take & inside & ~stopped),
            # The last word inside the bounds ends its burst, too: the next is never written.
            ends.eq(
                word.last
                | last_inside
                | (gathered == config.longest_burst - 1)
                | place[: PAGE_BITS - config.offset_bits].all()
            ),
            buffer.i.valid.eq(enter),
            buffer.keep.eq(ends),
            buffer.i.p.data.eq(word.data),
            buffer.i.p.strobe.eq(word.strobe),
            buffer.i.p.last.eq(ends),
            bursts.i.valid.eq(enter & ends),
            bursts.i.p.word.eq(Mux(gathered == 0, place, first)),
            bursts.i.p.more.eq(gathered),
        ]
        self._locate(m, take, begun, place, inside, last_inside)
        with m.If(enter):
            m.d.sync += gathered.eq(Mux(ends, 0, gathered + 1))
            with m.If(gathered == 0):
                m.d.sync += first.eq(place)
        with m.If(take & ~inside & ~stopped):
            self._fail(m, AxiError.OUTSIDE, place)

    def _locate(self, m: Module, take, begun, place, inside, last_inside):
        """Give each word its place in memory, and compare it with the bounds."""
        config, word = self.config, self.i.p
        following = Signal.like(place, reset_less=True)
        after = Signal.like(place)
        end = Signal.like(place)
        m.d.comb += [
            place.eq(Mux(begun, following, word.address[config.offset_bits :])),
            after.eq(place + 1),
            end.eq(self.end_address[config.offset_bits :]),
            inside.eq((self._address(place) >= self.first_address) & (place < end)),
            last_inside.eq(after == end),
        ]
        with m.If(take):
            m.d.sync += [begun.eq(~word.last), following.eq(after)]

    def _send(self, m: Module, buffer, bursts, unanswered):
        """Offer addresses and words; no word comes before the address of its burst."""
        config, axi = self.config, self.axi
        issue = Signal()
        allowed = Signal()
        sent = Signal()
        announced = Signal(range(config.outstanding_bursts + 1))  # whose words are not all sent
        word = Signal.like(bursts.o.p.word, reset_less=True)
        more = Signal.like(bursts.o.p.more, reset_less=True)
        m.d.comb += [
            allowed.eq(unanswered.level != config.outstanding_bursts),
            issue.eq(bursts.o.valid & allowed & (~axi.awvalid | axi.awready)),
            bursts.o.ready.eq(issue),
            unanswered.i.valid.eq(issue),
            unanswered.i.payload.eq(bursts.o.p.word),
            axi.awaddr.eq(self._address(word)),
            axi.awlen.eq(more),
            axi.wvalid.eq(buffer.o.valid & (announced != 0)),
            axi.wdata.eq(buffer.o.p.data),
            axi.wstrb.eq(buffer.o.p.strobe),
            axi.wlast.eq(buffer.o.p.last),
            buffer.o.ready.eq(axi.wready & (announced != 0)),
            sent.eq(axi.wvalid & axi.wready & axi.wlast),
        ]
        drive_attributes(m, axi, "aw", config)
        m.d.sync += announced.eq(announced + issue - sent)
        with m.If(issue):
            m.d.sync += [axi.awvalid.eq(1), word.eq(bursts.o.p.word), more.eq(bursts.o.p.more)]
        with m.Elif(axi.awready):
            m.d.sync += axi.awvalid.eq(0)

    def _acknowledge(self, m: Module, unanswered, stopped):
        """Responses come in the order of the bursts."""
        axi = self.axi
        m.d.comb += [axi.bready.eq(1), unanswered.o.ready.eq(axi.bvalid)]
        with m.If(axi.bvalid & axi.bresp[1] & ~stopped):
            error = Mux(axi.bresp[0], AxiError.DECERR, AxiError.SLVERR)
            self._fail(m, error, unanswered.o.payload)

    def _fail(self, m: Module, error, place):
        m.d.sync += [self.error.eq(error), self.error_address.eq(self._address(place))]

    def _address(self, place):
        """Address in bytes of a word."""
        return Cat(Const(0, self.config.offset_bits), place)
