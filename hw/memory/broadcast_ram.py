"""Broadcast RAM: the Input RAM of the input-sharing machine, read at any position."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.logic.select import word_at
from grus.hw.memory.ping_pong_memory import half_address, ping_pong_memory

__all__ = ["BroadcastRam", "BroadcastReadLayout", "WordWriteLayout"]


class WordWriteLayout(data.StructLayout):
    """Some lanes of one word on their way into the broadcast RAM.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the ping-pong pair.
    word : :py:`range(broadcast_words)`
        Word in that half.
    enables : :py:`unsigned(broadcast_lanes)`
        Lanes to write.
    values : :py:`ArrayLayout(signed(data_bits), broadcast_lanes)`
        What to write there.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.broadcast_lanes
        super().__init__(
            {
                "half": 1,
                "word": range(config.broadcast_words),
                "enables": lanes,
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
            }
        )


class BroadcastReadLayout(data.StructLayout):
    """One read of the broadcast RAM.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the ping-pong pair.
    position : :py:`range(broadcast_positions)`
        First of the positions wanted. A read may begin before position 0, by wrapping around, or
        end behind the last one; the lanes outside mean nothing.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"half": 1, "position": range(config.broadcast_positions)})


class BroadcastRam(wiring.Component):
    """Hold two tiles of the broadcast operand, decoded: every position has its place.

    A read of `broadcast_lanes` positions may begin anywhere; it is answered in the next cycle. A
    word may be written in every cycle, into the half that is not being read.

    Source: architecture brief, section 4 (Input RAM); why it is stored decoded: project decision
    D-007.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Words, lanes.

    Members
    -------
    writes : :py:`In(stream.Signature(WordWriteLayout(config), always_ready=True))`
        Words to write.
    reads : :py:`In(stream.Signature(BroadcastReadLayout(config), always_ready=True))`
        Reads.
    values : :py:`Out(ArrayLayout(signed(data_bits), broadcast_lanes))`
        Positions asked for in the cycle before.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        lanes = data.ArrayLayout(signed(config.data_bits), config.broadcast_lanes)
        super().__init__(
            {
                "writes": In(stream.Signature(WordWriteLayout(config), always_ready=True)),
                "reads": In(stream.Signature(BroadcastReadLayout(config), always_ready=True)),
                "values": Out(lanes),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this RAM."""
        return self._config

    def elaborate(self, platform):
        """Even and odd words lie in two banks, so that a read can span two neighbours."""
        m = Module()
        config, read = self.config, self.reads.p
        lane_bits = config.lane_bits
        word = Signal(range(config.broadcast_words))
        lane = Signal(lane_bits, reset_less=True)
        odd = Signal(reset_less=True)
        m.d.comb += word.eq(read.position[lane_bits:])
        with m.If(self.reads.valid):
            m.d.sync += [lane.eq(read.position[:lane_bits]), odd.eq(word[0])]
        # The even bank serves a read that begins in an odd word with that word's successor.
        row = {"even": word[1:] + word[0], "odd": word[1:]}
        banks = {name: self._bank(m, name, row[name]) for name in row}
        both = Signal(2 * len(self.values.as_value()))
        m.d.comb += both.eq(
            Mux(odd, Cat(banks["odd"], banks["even"]), Cat(banks["even"], banks["odd"]))
        )
        window = word_at(
            m, both, lane, bits=config.data_bits, words=config.broadcast_lanes, name="offset"
        )
        m.d.comb += self.values.as_value().eq(window)
        return m

    def _bank(self, m: Module, name: str, row):
        """The even or the odd words of both halves."""
        write = self.writes.p
        memory = ping_pong_memory(
            shape=write.values.shape(), words=self.config.broadcast_words // 2
        )
        m.submodules[name] = memory
        writing, reading = memory.write_port(granularity=1), memory.read_port()
        here = self.writes.valid & (write.word[0] == (name == "odd"))
        m.d.comb += [
            writing.en.eq(Mux(here, write.enables, 0)),
            writing.addr.eq(half_address(write.half, write.word[1:])),
            writing.data.eq(write.values),
            reading.en.eq(self.reads.valid),
            reading.addr.eq(half_address(self.reads.p.half, row)),
        ]
        return reading.data.as_value()
