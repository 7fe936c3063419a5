"""Read port: a client's requests in pieces, and room for all words that it has asked for."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.dma.burst_buffer import BurstBuffer
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout

__all__ = ["PieceLayout", "ReadPort"]


class PieceLayout(data.StructLayout):
    """A piece of a request.

    Members
    -------
    request : :class:`ReadRequestLayout`
        What to read.
    ends : :py:`unsigned(1)`
        It is the request's last piece.
    """

    def __init__(self, config: AxiConfig):
        super().__init__({"request": ReadRequestLayout(config), "ends": 1})


class ReadPort(wiring.Component):
    """Cut requests into pieces of one burst each, and offer a piece once its words have room.

    Throughput is one piece and one word per cycle. A request's first piece is offered in the cycle
    after it; a word leaves 2 cycles after it came. Words that come are always taken; a stalled
    output stops the pieces once `depth` words are held or asked for. The path from `pieces.ready`
    to `requests.ready` is combinational.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths, longest burst.
    depth : int
        Words held or asked for at most, at least 2. Memory's latency times its bandwidth keeps
        `words` busy.

    Members
    -------
    requests : :py:`In(stream.Signature(ReadRequestLayout(config)))`
        The client's requests; those of no words are taken, and nothing comes of them.
    words : :py:`Out(stream.Signature(ReadWordLayout(config)))`
        Its words.
    pieces : :py:`Out(stream.Signature(PieceLayout(config)))`
        No piece is longer than a burst or `depth`, nor leaves its 4 KB page.
    i : :py:`In(stream.Signature(ReadWordLayout(config), always_ready=True))`
        Words of all pieces, in order; `last` ends a request.
    """

    def __init__(self, config: AxiConfig, depth: int):
        if depth < 2:
            raise ValueError(f"depth must be at least 2, not {depth}")
        self._config, self._depth = config, depth
        words = ReadWordLayout(config)
        super().__init__(
            {
                "requests": In(stream.Signature(ReadRequestLayout(config))),
                "words": Out(stream.Signature(words)),
                "pieces": Out(stream.Signature(PieceLayout(config))),
                "i": In(stream.Signature(words, always_ready=True)),
            }
        )

    @property
    def config(self) -> AxiConfig:
        """Parameters of the bus."""
        return self._config

    @property
    def depth(self) -> int:
        """Words held or asked for at most."""
        return self._depth

    def elaborate(self, platform):
        """The rest of the request at hand, and the room that is left."""
        m = Module()
        config = self.config
        m.submodules.buffer = buffer = BurstBuffer(ReadWordLayout(config), depth=self._depth)
        active = Signal()
        place = Signal(config.place_bits, reset_less=True)  # address [words]
        rest = Signal(config.words_bits, reset_less=True)
        free = Signal(range(self._depth + 1), init=self._depth)
        issue = Signal()
        words, ends, fits = self._cut(m, place, rest, free)
        piece = self.pieces.p
        m.d.comb += [
            self.pieces.valid.eq(active & fits),
            piece.request.address.eq(Cat(Const(0, config.offset_bits), place)),
            piece.request.words.eq(words),
            piece.ends.eq(ends),
            issue.eq(self.pieces.valid & self.pieces.ready),
            self.requests.ready.eq(~active | (issue & ends)),
            buffer.i.valid.eq(self.i.valid),
            buffer.i.payload.eq(self.i.payload),
            buffer.keep.eq(1),
        ]
        connect(m, buffer.o, flipped(self.words))
        left = self.words.valid & self.words.ready
        m.d.sync += free.eq(free - Mux(issue, words, 0) + left)
        with m.If(self.requests.ready):
            m.d.sync += [
                active.eq(self.requests.valid & (self.requests.p.words != 0)),
                place.eq(self.requests.p.address[config.offset_bits :]),
                rest.eq(self.requests.p.words),
            ]
        with m.Elif(issue):
            m.d.sync += [place.eq(place + words), rest.eq(rest - words)]
        return m

    def _cut(
        self, m: Module, place: Signal, rest: Signal, free: Signal
    ) -> tuple[Signal, Signal, Signal]:
        """The next piece, as the read engine would cut its next burst.

        Returns its words, whether it is the last, and whether it has room.
        """
        config = self.config
        longest = min(config.longest_burst, self._depth)
        in_page = place[: (config.page_words - 1).bit_length()]
        page_rest = Signal(range(config.page_words + 1))
        limit = Signal(range(longest + 1))
        words = Signal(range(longest + 1))
        ends = Signal()
        fits = Signal()
        m.d.comb += [
            # As free >= words, which would come later; the second is free >= page_rest.
            fits.eq((free >= longest) | (free + in_page >= config.page_words) | (free >= rest)),
            page_rest.eq(config.page_words - in_page),
            limit.eq(Mux(page_rest < longest, page_rest, longest)),
            ends.eq(rest <= limit),
            words.eq(Mux(ends, rest, limit)),
        ]
        return words, ends, fits
