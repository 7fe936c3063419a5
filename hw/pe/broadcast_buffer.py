"""Input buffer of a processing element: the patches of two rounds, readable at any position."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout
from grus.hw.logic.select import word_at

__all__ = ["BroadcastBuffer"]


class BroadcastBuffer(wiring.Component):
    """Hold the patches of two rounds, decoded.

    A word is taken every cycle and can be read in the next one. Reading is combinational: all
    non-zero marks of both halves at once for the index selector, and one value per multiplier.
    Positions that a round does not write keep what an earlier round left there; the resident
    operand has no pair for them.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a patch, lanes, multipliers.

    Members
    -------
    i : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words of the broadcast operand.
    nonzero : :py:`Out(ArrayLayout(patch_positions, 2))`
        Positions of each half whose value is not zero.
    half : :py:`In(1)`
        Half to read values from.
    positions : :py:`In(ArrayLayout(position_bits, multipliers))`
        Positions to read.
    values : :py:`Out(ArrayLayout(signed(data_bits), multipliers))`
        Values found there.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        lanes = config.multipliers
        super().__init__(
            {
                "i": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "nonzero": Out(data.ArrayLayout(config.patch_positions, 2)),
                "half": In(1),
                "positions": In(data.ArrayLayout(config.position_bits, lanes)),
                "values": Out(data.ArrayLayout(signed(config.data_bits), lanes)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this buffer."""
        return self._config

    def elaborate(self, platform):
        """Each half is a small memory; all its words stand open to the selecting multiplexers."""
        m = Module()
        views = [self._half(m, half) for half in range(2)]
        view = Signal.like(views[0])
        # One round's pairs leave the index selector at a time, so one choice of the half serves
        # all multipliers; it stands before their multiplexers because it is the cheaper of the two.
        m.d.comb += view.eq(Mux(self.half, views[1], views[0]))
        for lane in range(self.config.multipliers):
            value = word_at(
                m,
                view,
                self.positions[lane],
                bits=self.config.data_bits,
                name=f"offset_{lane}",
            )
            m.d.comb += self.values[lane].eq(value)
        return m

    def _half(self, m: Module, half: int):
        """One half: its memory and marks; returns all its values side by side."""
        config, word = self.config, self.i.payload
        shape = data.ArrayLayout(signed(config.data_bits), config.broadcast_lanes)
        memory = Memory(shape=shape, depth=config.patch_words, init=[])
        m.submodules[f"values_{half}"] = memory
        hit = Signal(name=f"hit_{half}")
        m.d.comb += hit.eq(self.i.valid & (word.half == half))

        write = memory.write_port(granularity=1)
        m.d.comb += [
            write.addr.eq(word.word),
            write.data.eq(word.values),
            write.en.eq(Mux(hit, word.enables, 0)),
        ]
        words = []
        for index in range(config.patch_words):
            marks = Signal(config.broadcast_lanes, name=f"nonzero_{half}_{index}")
            with m.If(hit & (word.word == index)):
                m.d.sync += marks.eq((marks & ~word.enables) | (word.nonzero & word.enables))
            lanes = config.broadcast_lanes
            m.d.comb += self.nonzero[half][index * lanes : (index + 1) * lanes].eq(marks)
            read = memory.read_port(domain="comb")
            m.d.comb += read.addr.eq(index)
            words.append(read.data.as_value())
        values = Signal(config.patch_positions * config.data_bits, name=f"all_values_{half}")
        m.d.comb += values.eq(Cat(words))
        return values
