"""Tile dispatcher: tells each part of the core its share of a tile."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.core.resident_loader import BlockLayout
from grus.hw.core.tile import LoadLayout, TileLayout
from grus.hw.stream.fifo import StreamFifo

__all__ = ["TileDispatcher"]

# One tile at work, and one behind it, so that loading, computing and draining overlap.
_TILES_AHEAD = 2


class TileDispatcher(wiring.Component):
    """Copy each tile into the queues of the parts that it concerns.

    A tile is taken when every queue has room. Latency is 1 cycle; each part works through its own
    queue at its own pace.

    Source: Crane, section 4.7.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths.

    Members
    -------
    tiles : :py:`In(stream.Signature(TileLayout(config)))`
        Tiles.
    blocks : :py:`Out(stream.Signature(BlockLayout(config)))`
        Blocks of the resident operand to load.
    loads : :py:`Out(stream.Signature(LoadLayout(config)))`
        Regions of the broadcast operand to load.
    rounds : :py:`Out(stream.Signature(TileLayout(config)))`
        Tiles to compute.
    bias_blocks : :py:`Out(stream.Signature(BlockLayout(config)))`
        Blocks whose biases to load.
    outputs : :py:`Out(stream.Signature(TileLayout(config)))`
        Tiles to drain.
    taken : :py:`Out(1)`
        A tile is taken in this cycle.
    busy : :py:`Out(1)`
        A tile waits in some queue.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "tiles": In(stream.Signature(TileLayout(config))),
                "blocks": Out(stream.Signature(BlockLayout(config))),
                "loads": Out(stream.Signature(LoadLayout(config))),
                "rounds": Out(stream.Signature(TileLayout(config))),
                "bias_blocks": Out(stream.Signature(BlockLayout(config))),
                "outputs": Out(stream.Signature(TileLayout(config))),
                "taken": Out(1),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this dispatcher."""
        return self._config

    def elaborate(self, platform):
        """One queue per part."""
        m = Module()
        tile = self.tiles.p
        block = Signal(BlockLayout(self.config))
        m.d.comb += [block.items.eq(tile.items), block.last_pe.eq(tile.last_pe)]
        shares = {
            "blocks": (tile.load_resident, block),
            "loads": (tile.load_broadcast, tile.load),
            "rounds": (1, tile),
            "bias_blocks": (tile.drain & tile.load_biases, block),
            "outputs": (tile.drain, tile),
        }
        queues = {}
        room = Signal(len(shares))
        waiting = Signal(len(shares))
        m.d.comb += [
            self.tiles.ready.eq(room.all()),
            self.taken.eq(self.tiles.valid & self.tiles.ready),
            self.busy.eq(waiting.any()),
        ]
        for index, (name, (concerned, share)) in enumerate(shares.items()):
            queue = StreamFifo(getattr(self, name).payload.shape(), _TILES_AHEAD)
            m.submodules[f"{name}_queue"] = queues[name] = queue
            m.d.comb += [
                room[index].eq(queue.i.ready),
                waiting[index].eq(queue.o.valid),
                queue.i.valid.eq(self.taken & concerned),
                queue.i.payload.eq(share),
            ]
            connect(m, queue.o, flipped(getattr(self, name)))
        return m
