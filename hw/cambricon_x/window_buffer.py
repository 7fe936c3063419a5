"""Window buffer: the inputs that the indexing modules select from, once for all of them."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout

__all__ = ["WindowBuffer"]


class WindowBuffer(wiring.Component):
    """Hold the windows of two rounds: one at work, one on its way.

    A word is taken every cycle and can be read in the next one. Reading is combinational. Positions
    that a round does not write keep what an earlier round left there; no weight asks for them.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a window, lanes.

    Members
    -------
    i : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words.
    half : :py:`In(1)`
        Half to read.
    values : :py:`Out(ArrayLayout(signed(data_bits), patch_positions))`
        All values of that half.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "half": In(1),
                "values": Out(data.ArrayLayout(signed(config.data_bits), config.patch_positions)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this buffer."""
        return self._config

    def elaborate(self, platform):
        """Two small memories whose words all stand open."""
        m = Module()
        config, word = self.config, self.i.payload
        views = []
        for half in range(2):
            shape = data.ArrayLayout(signed(config.data_bits), config.broadcast_lanes)
            memory = Memory(shape=shape, depth=config.patch_words, init=[])
            m.submodules[f"half_{half}"] = memory
            hit = Signal(name=f"hit_{half}")
            write = memory.write_port(granularity=1)
            m.d.comb += [
                hit.eq(self.i.valid & (word.half == half)),
                write.addr.eq(word.word),
                write.data.eq(word.values),
                write.en.eq(Mux(hit, word.enables, 0)),
            ]
            words = []
            for index in range(config.patch_words):
                read = memory.read_port(domain="comb")
                m.d.comb += read.addr.eq(index)
                words.append(read.data.as_value())
            views.append(Cat(words))
        m.d.comb += self.values.eq(Mux(self.half, views[1], views[0]))
        return m
