"""Input buffer of a processing element: the patches of two rounds, readable at any position."""

from amaranth.hdl import Module, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout
from grus.hw.pe.ordered_picker import OrderedPicker
from grus.hw.pe.patch_store import PatchStore

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
    count : :py:`In(range(multipliers + 1))`
        Multipliers that want a value, from lane 0 up.
    positions : :py:`In(ArrayLayout(position_bits, multipliers))`
        Positions to read; those that are wanted ascend.
    values : :py:`Out(ArrayLayout(signed(data_bits), multipliers))`
        Values found there; those of other multipliers mean nothing.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        lanes = config.multipliers
        super().__init__(
            {
                "i": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "nonzero": Out(data.ArrayLayout(config.patch_positions, 2)),
                "half": In(1),
                "count": In(range(lanes + 1)),
                "positions": In(data.ArrayLayout(config.position_bits, lanes)),
                "values": Out(data.ArrayLayout(signed(config.data_bits), lanes)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this buffer."""
        return self._config

    def elaborate(self, platform):
        """What holds the patches, and what reads them."""
        m = Module()
        m.submodules.store = store = PatchStore(self.config)
        m.submodules.picker = picker = OrderedPicker(self.config)
        connect(m, flipped(self.i), store.i)
        m.d.comb += [
            self.nonzero.eq(store.nonzero),
            picker.patches.eq(store.patches),
            picker.half.eq(self.half),
            picker.count.eq(self.count),
            picker.positions.eq(self.positions),
            self.values.eq(picker.values),
        ]
        return m
