"""Output unit: from finished sums to an encoded feature map."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.core.chunk import ChunkLayout
from grus.hw.core.resident_loader import BlockLayout
from grus.hw.core.tile import TileLayout
from grus.hw.encoding.run_length_encoder import RunLengthEncoder
from grus.hw.layouts import BeatLayout
from grus.hw.memory.half_in_use import HalfInUse
from grus.hw.memory.output_ram import DrainLayout
from grus.hw.output.bias_loader import BiasLoader
from grus.hw.output.drainer import Drainer
from grus.hw.output.pooling import Pooling
from grus.hw.output.requantiser import Requantiser

__all__ = ["OutputUnit"]


class OutputUnit(wiring.Component):
    """Drainer -> requantiser -> pooling -> encoder, tile by tile.

    Throughput is one vector of `pes` channels per cycle, unless pooling or encoding takes longer.
    The vectors of one tile have left before the next tile begins, because both tiles' parameters
    could not be held at once; with sums waiting that costs about ten cycles.

    Source: Crane, section 4.5.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, widths.

    Members
    -------
    tiles : :py:`In(stream.Signature(TileLayout(config)))`
        Tiles whose sums are complete; taken when the last of them has left.
    blocks, biases : :py:`In(...)`
        Blocks of output channels, one for each tile that loads biases, and their biases.
    chunks : :py:`In(stream.Signature(ChunkLayout(config)))`
        Halves of the output RAM to drain.
    needed : :py:`In(2)`
        Halves that results are still on their way to.
    drains, drained : :py:`Out(stream.Signature(DrainLayout(config)))`, :py:`In(...)`
        Reads of the output RAM, always granted, and what they bring one cycle later.
    free : :py:`Out(2)`
        Halves that are drained in this cycle.
    cleared : :py:`Out(1)`
        The output RAM is cleared after reset.
    results : :py:`Out(stream.Signature(BeatLayout(config, pes)))`
        Encoded segments: row by row, pixel by pixel.
    busy : :py:`Out(1)`
        Something is still under way.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        sums = data.ArrayLayout(signed(config.accumulator_bits), config.pes)
        super().__init__(
            {
                "tiles": In(stream.Signature(TileLayout(config))),
                "biases": In(stream.Signature(signed(config.accumulator_bits))),
                "blocks": In(stream.Signature(BlockLayout(config))),
                "chunks": In(stream.Signature(ChunkLayout(config))),
                "needed": In(2),
                "drains": Out(stream.Signature(DrainLayout(config), always_ready=True)),
                "drained": In(sums),
                "free": Out(2),
                "cleared": Out(1),
                "results": Out(stream.Signature(BeatLayout(config, config.pes))),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this unit."""
        return self._config

    def elaborate(self, platform):
        """Four parts in a row, and who may pass."""
        m = Module()
        config = self.config
        m.submodules.drainer = drainer = Drainer(config)
        m.submodules.requantiser = requantiser = Requantiser(config)
        m.submodules.pooling = pooling = Pooling(config)
        m.submodules.encoder = encoder = RunLengthEncoder(config, config.pes)
        bias_half = self._load_biases(m, requantiser)
        draining, start = self._run(m, drainer, requantiser, pooling, bias_half)

        tile = self.tiles.p
        m.d.comb += [
            drainer.chunks.valid.eq(self.chunks.valid & draining),
            drainer.chunks.payload.eq(self.chunks.payload),
            self.chunks.ready.eq(drainer.chunks.ready & draining),
            drainer.needed.eq(self.needed),
            drainer.items.eq(tile.items),
            drainer.drained.eq(self.drained),
            self.free.eq(drainer.free),
            self.cleared.eq(drainer.cleared),
            requantiser.output.eq(tile.output),
            requantiser.last_pe.eq(tile.last_pe),
            pooling.start.eq(start),
            pooling.output.eq(tile.output),
            pooling.items.eq(tile.items),
            self.busy.eq(self.tiles.valid | encoder.busy),
        ]
        connect(m, drainer.drains, flipped(self.drains))
        connect(m, drainer.o, requantiser.i)
        connect(m, requantiser.o, pooling.i)
        self._cut(m, pooling.o, encoder.i)
        connect(m, encoder.o, flipped(self.results))
        return m

    def _load_biases(self, m: Module, requantiser: Requantiser) -> HalfInUse:
        m.submodules.bias_loader = loader = BiasLoader(self.config)
        m.submodules.bias_half = half = HalfInUse()
        connect(m, flipped(self.blocks), loader.blocks)
        connect(m, flipped(self.biases), loader.i)
        connect(m, loader.writes, requantiser.writes)
        m.d.comb += [
            half.full.eq(loader.full),
            loader.free.eq(half.free),
            requantiser.bias_half.eq(half.half),
        ]
        return half

    def _run(self, m: Module, drainer, requantiser, pooling, bias: HalfInUse):
        """One tile at a time, from its biases to the moment when its vectors have left."""
        running = Signal()
        all_read = Signal()  # the tile's last word has been read
        start = Signal()
        done = Signal()
        needs_bias = self.tiles.p.load_biases
        m.d.comb += [
            start.eq(self.tiles.valid & ~running & (bias.next_full | ~needs_bias)),
            bias.advance.eq(start & needs_bias),
            done.eq(running & all_read & ~requantiser.busy & ~pooling.busy & ~drainer.o.valid),
            self.tiles.ready.eq(done),
        ]
        with m.If(start):
            m.d.sync += running.eq(1)
        with m.Elif(done):
            m.d.sync += [running.eq(0), all_read.eq(0)]
        with m.Elif(self.chunks.valid & self.chunks.ready & self.chunks.p.last):
            m.d.sync += all_read.eq(1)
        return running & ~all_read, start

    def _cut(self, m: Module, values, vectors):
        """Cut each pixel into segments of the wanted number of groups."""
        group = Signal.like(self.tiles.p.output.segment_groups)
        full = group == self.tiles.p.output.segment_groups - 1
        m.d.comb += [
            vectors.valid.eq(values.valid),
            values.ready.eq(vectors.ready),
            vectors.p.values.eq(values.p.values),
            vectors.p.last.eq(full | values.p.last_group),
            vectors.p.dense.eq(self.tiles.p.output.dense),
            vectors.p.used.eq(Mux(values.p.last_group, self.tiles.p.last_pe + 1, self.config.pes)),
        ]
        with m.If(vectors.valid & vectors.ready):
            m.d.sync += group.eq(Mux(vectors.p.last, 0, group + 1))
