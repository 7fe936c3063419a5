"""Buffer controller: the window, and an indexing module for each processing element."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.cambricon_x.indexing_module import IndexingModule
from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import TaggedRowLayout
from grus.hw.layouts import BroadcastLayout, OperandsLayout
from grus.hw.pe.patch_store import PatchBitsLayout, PatchStore

__all__ = ["BufferController"]


class BufferController(wiring.Component):
    """Choose the inputs of all processing elements out of one window.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Processing elements, window.

    Members
    -------
    broadcast : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words of the window.
    half : :py:`In(1)`
        Half of the window buffer that this cycle's operands come from.
    rows : :py:`In(stream.Signature(TaggedRowLayout(config), always_ready=True)).array(pes)`
        Rows of weights.
    operands : :py:`Out(stream.Signature(OperandsLayout(config), always_ready=True)).array(pes)`
        Weights with their inputs, a cycle later.
    worked, effectual : :py:`Out(pes)`, :py:`Out(ArrayLayout(range(multipliers + 1), pes))`
        As in :class:`IndexingModule`.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        rows = stream.Signature(TaggedRowLayout(config), always_ready=True)
        operands = stream.Signature(OperandsLayout(config), always_ready=True)
        super().__init__(
            {
                "broadcast": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
                "half": In(1),
                "rows": In(rows).array(config.pes),
                "operands": Out(operands).array(config.pes),
                "worked": Out(config.pes),
                "effectual": Out(data.ArrayLayout(range(config.multipliers + 1), config.pes)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this controller."""
        return self._config

    def elaborate(self, platform):
        """One buffer, many readers of one half."""
        m = Module()
        m.submodules.windows = windows = PatchStore(self.config)
        connect(m, flipped(self.broadcast), windows.i)
        window = Signal(PatchBitsLayout(self.config))
        m.d.comb += window.eq(Mux(self.half, windows.patches[1], windows.patches[0]))
        for pe in range(self.config.pes):
            m.submodules[f"indexing_{pe}"] = indexing = IndexingModule(self.config)
            connect(m, flipped(self.rows[pe]), indexing.i)
            connect(m, indexing.o, flipped(self.operands[pe]))
            m.d.comb += [
                indexing.window.eq(window),
                self.worked[pe].eq(indexing.worked),
                self.effectual[pe].eq(indexing.effectual),
            ]
        return m
