"""Patches of two rounds, bit by bit, as the selection of their values wants them."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig, ceil_log2
from grus.hw.layouts import BroadcastLayout

__all__ = ["PatchBitsLayout", "PatchStore", "patch_columns"]


def patch_columns(config: CraneConfig) -> int:
    """Columns that a patch is cut into: as many as leave two multipliers to each.

    A power of two. More columns would cost more multiplexers before them than they save behind.
    """
    return min(1 << (ceil_log2(config.multipliers) - 1), config.broadcast_lanes)


class PatchBitsLayout(data.ArrayLayout):
    """All values of a patch: element ``[bit][column][block]`` is a bit of one value.

    Position p of the patch is in column ``p mod columns`` of block ``p // columns``. Bits of equal
    columns stand side by side, because they are treated alike.
    """

    def __init__(self, config: CraneConfig):
        columns = patch_columns(config)
        plane = data.ArrayLayout(config.patch_positions // columns, columns)
        super().__init__(plane, config.data_bits)


class PatchStore(wiring.Component):
    """Hold the patches of two rounds.

    A word is taken every cycle and stands at the outputs in the next one. Positions that a round
    does not write keep what an earlier round left there; the resident operand has no pair for
    them.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a patch, lanes.

    Members
    -------
    i : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words of the broadcast operand.
    nonzero : :py:`Out(ArrayLayout(patch_positions, 2))`
        Positions of each half whose value is not zero.
    patches : :py:`Out(ArrayLayout(PatchBitsLayout(config), 2))`
        Values of each half.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "nonzero": Out(data.ArrayLayout(config.patch_positions, 2)),
                "patches": Out(data.ArrayLayout(PatchBitsLayout(config), 2)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this store."""
        return self._config

    def elaborate(self, platform):
        """A register for each column of each bit; those that a word has bits for are written."""
        m = Module()
        config, word = self.config, self.i.payload
        columns, words = patch_columns(config), config.patch_words
        for half in range(2):
            hit = Signal(words, name=f"hit_{half}")
            with m.If(self.i.valid & (word.half == half)):
                m.d.comb += hit.eq(1 << word.word)
            enables = Signal(config.patch_positions, name=f"enables_{half}")
            m.d.comb += enables.eq(Cat(Mux(hit[n], word.enables, 0) for n in range(words)))
            marks = Signal(config.patch_positions, name=f"marks_{half}")
            m.d.sync += marks.eq((marks & ~enables) | (word.nonzero.replicate(words) & enables))
            m.d.comb += self.nonzero[half].eq(marks)
            for column in range(columns):
                wanted = Signal(config.patch_positions // columns, name=f"wanted_{half}_{column}")
                m.d.comb += wanted.eq(enables[column::columns])
                for bit in range(config.data_bits):
                    arriving = Cat(
                        word.values[lane].as_unsigned()[bit]
                        for lane in range(column, config.broadcast_lanes, columns)
                    )
                    stored = Signal(
                        len(wanted), name=f"stored_{half}_{bit}_{column}", reset_less=True
                    )
                    m.d.sync += stored.eq((stored & ~wanted) | (arriving.replicate(words) & wanted))
                    m.d.comb += self.patches[half][bit][column].eq(stored)
        return m
