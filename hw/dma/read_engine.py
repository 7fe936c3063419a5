"""Read engine: runs of words from memory, in bursts."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.axi import AxiError, AxiRead, drive_attributes
from grus.hw.dma.burst_buffer import BurstBuffer
from grus.hw.dma.config import PAGE_BITS, AxiConfig
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ReadEngine", "ReadRequestLayout", "ReadWordLayout"]


class ReadRequestLayout(data.StructLayout):
    """A run of words to read.

    Members
    -------
    address : :py:`unsigned(address_bits)`
        Address of its first byte; the bits that tell the byte in a word are ignored.
    words : :py:`unsigned(words_bits)`
        Its words; none at all are read at once.
    """

    def __init__(self, config: AxiConfig):
        super().__init__({"address": config.address_bits, "words": config.words_bits})


class ReadWordLayout(data.StructLayout):
    """One word read.

    Members
    -------
    data : :py:`unsigned(data_bits)`
        The word, the byte of the lowest address in the lowest bits.
    last : :py:`unsigned(1)`
        Ends its request.
    """

    def __init__(self, config: AxiConfig):
        super().__init__({"data": config.data_bits, "last": 1})


class _BurstLayout(data.StructLayout):
    """What must be known of a burst until it is answered: its request, and whether it ends it."""

    def __init__(self, config: AxiConfig):
        super().__init__({"address": config.address_bits, "ends": 1})


class ReadEngine(wiring.Component):
    """Read runs of words by INCR bursts that stay inside their 4 KB pages.

    Throughput is one word per cycle, and one request per cycle if they are that short, as long
    as the answer to a burst begins within about ``(outstanding_bursts - 1) * longest_burst``
    cycles, less where pages or requests end a burst early. A request stands on the AR channel 2
    cycles after it was taken, a word on `o` 2 cycles after it came over the R channel. A burst is
    asked for only when there is room for all of it, so `rready` is always set; a stalled output
    stops the requests, once `read_buffer_words` words are held or asked for. The path from
    `axi.arready` to `requests.ready` is combinational.

    After an error response, the words before it still leave; the failing one and all that follow
    do not, and nothing more is asked for until `clear`. Addresses wrap at the end of memory.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths, length and number of bursts.

    Members
    -------
    requests : :py:`In(stream.Signature(ReadRequestLayout(config)))`
        What to read.
    o : :py:`Out(stream.Signature(ReadWordLayout(config)))`
        The words of all requests, in order.
    axi : :py:`Out(AxiRead(config))`
        The memory.
    clear : :py:`In(1)`
        Forget errors, requests and words, also the one on offer; bursts that were asked for are
        taken and dropped first.
    error : :py:`Out(AxiError)`
        The first error response since `clear`.
    error_address : :py:`Out(address_bits)`
        Address of the request that it belongs to.
    idle : :py:`Out(1)`
        All that was taken is done, or given up: no word is held or awaited.
    """

    def __init__(self, config: AxiConfig):
        self._config = config
        super().__init__(
            {
                "requests": In(stream.Signature(ReadRequestLayout(config))),
                "o": Out(stream.Signature(ReadWordLayout(config))),
                "axi": Out(AxiRead(config)),
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
        """A request is cut into bursts; what is asked for has its place in the buffer."""
        m = Module()
        config = self.config
        m.submodules.bursts = bursts = StreamFifo(
            _BurstLayout(config), depth=max(2, config.outstanding_bursts)
        )
        m.submodules.buffer = buffer = BurstBuffer(
            ReadWordLayout(config), depth=config.read_buffer_words
        )
        active = Signal()  # the request at hand has bursts to ask for
        draining = Signal()
        stopped = Signal()
        free = Signal(range(config.read_buffer_words + 1), init=config.read_buffer_words)
        m.d.comb += [
            stopped.eq(draining | (self.error != AxiError.NONE)),
            self.idle.eq(~active & ~draining & ~bursts.o.valid & buffer.empty),
        ]
        asked = self._ask(m, bursts, active, stopped, free)
        self._receive(m, bursts, buffer, active, stopped)
        left = self._deliver(m, buffer, draining)
        m.d.sync += free.eq(free - asked + left)
        with m.If(self.clear):
            m.d.sync += [draining.eq(1), active.eq(0), self.error.eq(AxiError.NONE)]
        with m.Elif(draining & ~bursts.o.valid & buffer.empty):
            m.d.sync += [draining.eq(0), free.eq(config.read_buffer_words)]
        return m

    def _ask(self, m: Module, bursts, active, stopped, free) -> Signal:
        """Offer bursts of the request at hand; returns the words asked for in this cycle."""
        config, axi = self.config, self.axi
        page = Signal(config.address_bits - PAGE_BITS, reset_less=True)
        word = Signal(range(config.page_words), reset_less=True)
        rest = Signal(config.words_bits, reset_less=True)
        issue = Signal()
        ends = Signal()
        allowed = Signal()
        words = self._cut(m, word, rest, ends)
        asked = Signal.like(words)
        next_word = Signal(range(config.page_words + 1))
        m.d.comb += [
            allowed.eq((bursts.level != config.outstanding_bursts) & (free >= words)),
            issue.eq(active & allowed & (~axi.arvalid | axi.arready)),
            asked.eq(Mux(issue, words, 0)),
            next_word.eq(word + words),
            self.requests.ready.eq(~stopped & (~active | (issue & ends))),
        ]
        self._offer(m, issue, Cat(Const(0, config.offset_bits), word, page), words)
        with m.If(issue):
            m.d.sync += [
                active.eq(~ends),
                word.eq(next_word),
                # A burst ends with its page at the latest, so only then the page changes.
                page.eq(Mux(next_word[-1], page + 1, page)),
                rest.eq(rest - words),
            ]
        self._take(m, bursts, issue, ends, (active, page, word, rest))
        return asked

    def _take(self, m: Module, bursts, issue, ends, at_hand):
        """Take the next request, and pass on what must be known of the one at hand."""
        request = self.requests.p
        active, page, word, rest = at_hand
        address = Signal(self.config.address_bits, reset_less=True)
        m.d.comb += [
            bursts.i.valid.eq(issue),
            bursts.i.p.address.eq(address),
            bursts.i.p.ends.eq(ends),
        ]
        with m.If(self.requests.valid & self.requests.ready):
            m.d.sync += [
                active.eq(request.words != 0),
                address.eq(request.address),
                page.eq(request.address[PAGE_BITS:]),
                word.eq(request.address[self.config.offset_bits : PAGE_BITS]),
                rest.eq(request.words),
            ]

    def _offer(self, m: Module, issue, address, words):
        """Put a burst on the AR channel, and hold it there."""
        axi = self.axi
        offered = Signal(self.config.address_bits, reset_less=True)
        more = Signal(range(max(2, self.config.longest_burst)), reset_less=True)
        m.d.comb += [axi.araddr.eq(offered), axi.arlen.eq(more)]
        drive_attributes(m, axi, "ar", self.config)
        with m.If(issue):
            m.d.sync += [axi.arvalid.eq(1), offered.eq(address), more.eq(words - 1)]
        with m.Elif(axi.arready):
            m.d.sync += axi.arvalid.eq(0)

    def _cut(self, m: Module, word, rest, ends) -> Signal:
        """Words of the next burst: up to the end of the page, of the request, or its longest."""
        config = self.config
        page_rest = Signal(range(config.page_words + 1))
        limit = Signal(range(config.longest_burst + 1))
        words = Signal(range(config.longest_burst + 1))
        m.d.comb += [
            page_rest.eq(config.page_words - word),
            limit.eq(Mux(page_rest < config.longest_burst, page_rest, config.longest_burst)),
            ends.eq(rest <= limit),
            words.eq(Mux(ends, rest, limit)),
        ]
        return words

    def _receive(self, m: Module, bursts, buffer, active, stopped):
        """Words come in the order of the bursts, and all have their place."""
        axi, burst = self.axi, bursts.o.p
        failed = Signal()
        m.d.comb += [
            axi.rready.eq(1),
            bursts.o.ready.eq(axi.rvalid & axi.rlast),
            failed.eq(axi.rvalid & axi.rresp[1] & ~stopped),
            buffer.i.valid.eq(axi.rvalid & ~axi.rresp[1] & ~stopped),
            buffer.i.p.data.eq(axi.rdata),
            buffer.i.p.last.eq(axi.rlast & burst.ends),
            buffer.keep.eq(1),
        ]
        with m.If(failed):
            m.d.sync += [
                active.eq(0),
                self.error.eq(Mux(axi.rresp[0], AxiError.DECERR, AxiError.SLVERR)),
                self.error_address.eq(burst.address),
            ]

    def _deliver(self, m: Module, buffer, draining) -> Signal:
        """Hand words on, or drop them; returns whether one has left."""
        left = Signal()
        m.d.comb += [
            self.o.valid.eq(buffer.o.valid & ~draining),
            self.o.payload.eq(buffer.o.payload),
            buffer.o.ready.eq(self.o.ready | draining),
            left.eq(buffer.o.valid & buffer.o.ready),
        ]
        return left
