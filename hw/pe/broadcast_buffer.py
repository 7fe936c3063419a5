"""Input buffer of processing elements: the patches of two rounds, readable at any position."""

from amaranth.hdl import Module, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout
from grus.hw.pe.ordered_picker import OrderedPicker, PatchReadLayout
from grus.hw.pe.patch_store import PatchStore

__all__ = ["BroadcastBuffer"]


class BroadcastBuffer(wiring.Component):
    """Hold the patches of two rounds, decoded, for some processing elements.

    A word is taken every cycle and can be read in the next one. Reading is combinational: all
    non-zero marks of both halves at once for the index selectors, and one value per multiplier
    of each element. Elements may read different halves.
    Positions that a round does not write keep what an earlier round left there; the resident
    operand has no pair for them.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a patch, lanes, multipliers.
    readers : int
        Processing elements that it serves.

    Members
    -------
    i : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words of the broadcast operand.
    nonzero : :py:`Out(ArrayLayout(patch_positions, 2))`
        Positions of each half whose value is not zero.
    reads : :py:`In(ArrayLayout(PatchReadLayout(config), readers))`
        What each element wants.
    values : :py:`Out(ArrayLayout(ArrayLayout(signed(data_bits), multipliers), readers))`
        Values found there; those of other multipliers mean nothing.
    """

    def __init__(self, config: CraneConfig, readers: int):
        self._config, self._readers = config, readers
        values = data.ArrayLayout(signed(config.data_bits), config.multipliers)
        super().__init__(
            {
                "i": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "nonzero": Out(data.ArrayLayout(config.patch_positions, 2)),
                "reads": In(data.ArrayLayout(PatchReadLayout(config), readers)),
                "values": Out(data.ArrayLayout(values, readers)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this buffer."""
        return self._config

    def elaborate(self, platform):
        """One store, and a picker for each element."""
        m = Module()
        m.submodules.store = store = PatchStore(self.config)
        connect(m, flipped(self.i), store.i)
        m.d.comb += self.nonzero.eq(store.nonzero)
        for reader in range(self._readers):
            m.submodules[f"picker_{reader}"] = picker = OrderedPicker(self.config, 2)
            m.d.comb += [
                picker.patches.eq(store.patches),
                picker.read.eq(self.reads[reader]),
                self.values[reader].eq(picker.values),
            ]
        return m
