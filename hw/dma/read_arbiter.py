"""Read arbiter: several clients share one read engine."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import ceil_log2
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.read_port import ReadPort
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ReadArbiter"]


class ReadArbiter(wiring.Component):
    """Grant bursts of the clients' requests in turn, and hand each its words.

    Throughput is one grant and one word per cycle. Among the clients that can have one, the next
    burst goes to the first behind the client of the last burst: whoever waits, waits for one burst
    of each other client at most. A request can stand at the engine 2 cycles after it was offered,
    and a word leaves 2 cycles after the engine gave it. No combinational path leads from a client
    to another one.

    A client that does not take its words gets no more grants once its buffer is full or spoken
    for; the others never notice, because the engine's words always have a place. So no client can
    block another one, whatever they wait for.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths, length and number of bursts.
    depths : sequence of int
        For each client the words of its buffer, at least 2; `read_buffer_words` keep a client that
        is alone as fast as the engine.

    Members
    -------
    requests : :py:`In(stream.Signature(ReadRequestLayout(config))).array(clients)`
        Requests of each client.
    words : :py:`Out(stream.Signature(ReadWordLayout(config))).array(clients)`
        Each client's words, in the order of its requests; `last` ends a request.
    engine_requests : :py:`Out(stream.Signature(ReadRequestLayout(config)))`
        To the engine; one burst each.
    engine_words : :py:`In(stream.Signature(ReadWordLayout(config)))`
        From it; always taken.
    """

    def __init__(self, config: AxiConfig, depths: Sequence[int]):
        if not depths:
            raise ValueError("depths must be those of at least 1 client, not 0")
        self._config, self._depths = config, tuple(depths)
        requests = stream.Signature(ReadRequestLayout(config))
        words = stream.Signature(ReadWordLayout(config))
        clients = len(self._depths)
        super().__init__(
            {
                "requests": In(requests).array(clients),
                "words": Out(words).array(clients),
                "engine_requests": Out(requests),
                "engine_words": In(words),
            }
        )

    @property
    def config(self) -> AxiConfig:
        """Parameters of the bus."""
        return self._config

    @property
    def depths(self) -> tuple[int, ...]:
        """Words of each client's buffer."""
        return self._depths

    def elaborate(self, platform):
        """Ports on one side, and the order of the grants on the other."""
        m = Module()
        grants = StreamFifo(
            data.StructLayout({"client": ceil_log2(len(self._depths)), "ends": 1}),
            depth=self.config.outstanding_bursts + 4,
        )
        m.submodules.grants = grants
        ports = []
        for client, depth in enumerate(self._depths):
            m.submodules[f"port_{client}"] = port = ReadPort(self.config, depth)
            connect(m, flipped(self.requests[client]), port.requests)
            connect(m, port.words, flipped(self.words[client]))
            ports.append(port)
        self._grant(m, ports, grants)
        self._deliver(m, ports, grants)
        return m

    def _grant(self, m: Module, ports, grants) -> None:
        """Put the piece of the first client behind the last one into the register at the engine."""
        clients = len(ports)
        wanting = Signal(clients)
        behind = Signal(clients)  # the clients behind that of the last grant
        early = Signal(clients)
        candidates = Signal(clients)
        chosen = Signal(clients)
        free = Signal()
        issue = Signal()
        engine = self.engine_requests
        request = Signal(ReadRequestLayout(self.config), reset_less=True)
        m.d.comb += [
            wanting.eq(Cat(port.pieces.valid for port in ports)),
            early.eq(wanting & behind),
            candidates.eq(Mux(early.any(), early, wanting)),
            chosen.eq(candidates & -candidates),
            free.eq((~engine.valid | engine.ready) & grants.i.ready),
            issue.eq(free & wanting.any()),
            grants.i.valid.eq(issue),
            engine.payload.eq(request),
        ]
        for client, port in enumerate(ports):
            m.d.comb += port.pieces.ready.eq(free & chosen[client])
            with m.If(chosen[client]):
                m.d.comb += [grants.i.p.client.eq(client), grants.i.p.ends.eq(port.pieces.p.ends)]
                with m.If(issue):
                    m.d.sync += [
                        request.eq(port.pieces.p.request),
                        behind.eq((1 << clients) - (2 << client)),
                    ]
        with m.If(issue):
            m.d.sync += engine.valid.eq(1)
        with m.Elif(engine.ready):
            m.d.sync += engine.valid.eq(0)

    def _deliver(self, m: Module, ports, grants) -> None:
        """Words come in the order of the grants; each port has kept room for them."""
        word = self.engine_words
        m.d.comb += [word.ready.eq(1), grants.o.ready.eq(word.valid & word.p.last)]
        for client, port in enumerate(ports):
            m.d.comb += [
                port.i.valid.eq(word.valid & (grants.o.p.client == client)),
                port.i.p.data.eq(word.p.data),
                port.i.p.last.eq(word.p.last & grants.o.p.ends),
            ]
