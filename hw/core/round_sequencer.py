"""Round sequencer: cuts a tile into rounds."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.broadcaster import PatchLayout
from grus.hw.core.chunk import ChunkLayout
from grus.hw.core.strip_walker import StripWalker
from grus.hw.core.tile import TileLayout
from grus.hw.layouts import Activity
from grus.hw.memory.half_in_use import HalfInUse
from grus.hw.scheduler.round import RoundLayout

__all__ = ["RoundSequencer"]


class RoundSequencer(wiring.Component):
    """Let each strip of a tile be broadcast and computed.

    A tile begins when the halves that it loads are full. A patch is broadcast when a half of the
    output RAM can take the sums and the half of the broadcast buffers that it goes to is needed
    no more; its round is offered with the last read of the patch, early enough because the first
    look-up comes several cycles after the round is taken. Between rounds no cycle is lost, and
    one between tiles that have what they need.

    Source: Crane, sections 3.1 and 4.7; strips of columns: project decision D-009; rounds carry
    their halves, so that two may be in flight: architecture brief, section 4.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Sizes.

    Members
    -------
    tiles : :py:`In(stream.Signature(TileLayout(config)))`
        Tiles; taken with their last patch.
    resident_full, broadcast_full : :py:`In(2)`
        Halves of the two operands' RAMs that are loaded.
    resident_free, broadcast_free : :py:`Out(2)`
        Halves that are needed no more.
    output_half, output_ready : :py:`In(1)`
        Half of the output RAM that sums go to; it is free, or holds sums that the tile adds to.
    output_filled : :py:`Out(1)`
        No further sums go to that half.
    patch_needed, resident_needed : :py:`In(2)`
        Halves of the broadcast buffers and of the resident RAM that rounds already offered need.
    patches : :py:`Out(stream.Signature(PatchLayout(config)))`
        Patches to broadcast.
    rounds : :py:`Out(stream.Signature(RoundLayout(config)))`
        Rounds, each with its patch.
    chunks : :py:`Out(stream.Signature(ChunkLayout(config)))`
        Halves of the output RAM to drain when their rounds are done; with their last round.
    waiting : :py:`Out(Activity)`
        What the array waits for while no round is offered.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "tiles": In(stream.Signature(TileLayout(config))),
                "resident_full": In(2),
                "broadcast_full": In(2),
                "resident_free": Out(2),
                "broadcast_free": Out(2),
                "output_half": In(1),
                "output_ready": In(1),
                "output_filled": Out(1),
                "patch_needed": In(2),
                "resident_needed": In(2),
                "patches": Out(stream.Signature(PatchLayout(config))),
                "rounds": Out(stream.Signature(RoundLayout(config))),
                "chunks": Out(stream.Signature(ChunkLayout(config))),
                "waiting": Out(Activity),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this sequencer."""
        return self._config

    def elaborate(self, platform):
        """What a tile waits for, and what it offers with each patch."""
        m = Module()
        m.submodules.walker = walker = StripWalker(self.config)
        begun = Signal()
        resident, broadcast = self._begin(m, begun)
        patch_half = Signal()
        patch_free = Signal()
        step = Signal()
        m.d.comb += [
            patch_free.eq(~self.patch_needed.bit_select(patch_half, 1)),
            self.patches.valid.eq(
                begun
                & self.output_ready
                & patch_free
                & self.rounds.ready
                & (self.chunks.ready | ~walker.fills)
            ),
            step.eq(self.patches.valid & self.patches.ready),
            walker.tile.eq(self.tiles.p),
            walker.step.eq(step),
            self.tiles.ready.eq(step & walker.last),
            self.output_filled.eq(step & walker.fills),
            self.chunks.valid.eq(self.output_filled),
            self.chunks.p.half.eq(self.output_half),
            self.chunks.p.words.eq(walker.filled),
            self.chunks.p.last.eq(walker.last),
        ]
        with m.If(step):
            m.d.sync += patch_half.eq(~patch_half)
        self._offer_patch(m, walker, broadcast.half, patch_half)
        self._offer_round(m, walker, step, resident.half, patch_half)

        with m.If(~begun):
            m.d.comb += self.waiting.eq(Activity.MEMORY)
        with m.Elif(~self.output_ready):
            m.d.comb += self.waiting.eq(Activity.OUTPUT)
        with m.Else():
            m.d.comb += self.waiting.eq(Activity.BROADCAST)
        return m

    def _begin(self, m: Module, begun: Signal):
        """Move on to the halves that the tile loads, both at once."""
        tile = self.tiles.p
        m.submodules.resident = resident = HalfInUse()
        m.submodules.broadcast = broadcast = HalfInUse()
        m.d.comb += [
            resident.full.eq(self.resident_full),
            resident.needed.eq(self.resident_needed),
            self.resident_free.eq(resident.free),
            broadcast.full.eq(self.broadcast_full),  # read out with the last patch of its tile
            self.broadcast_free.eq(broadcast.free),
        ]
        begin = Signal()
        m.d.comb += [
            begin.eq(
                self.tiles.valid
                & ~begun
                & (resident.next_full | ~tile.load_resident)
                & (broadcast.next_full | ~tile.load_broadcast)
            ),
            resident.advance.eq(begin & tile.load_resident),
            broadcast.advance.eq(begin & tile.load_broadcast),
        ]
        with m.If(begin):
            m.d.sync += begun.eq(1)
        with m.Elif(self.tiles.valid & self.tiles.ready):
            m.d.sync += begun.eq(0)
        return resident, broadcast

    def _offer_patch(self, m: Module, walker: StripWalker, source_half, patch_half):
        patch, rounds = self.patches.p, self.tiles.p.rounds
        m.d.comb += [
            patch.source_half.eq(source_half),
            patch.patch_half.eq(patch_half),
            patch.source.eq(walker.source),
            patch.rows.eq(rounds.kernel_rows),
            patch.run.eq(walker.strip.run),
            patch.source_step.eq(rounds.kernel_row_step),
            patch.patch_step.eq(rounds.patch_step),
        ]

    def _offer_round(self, m: Module, walker: StripWalker, step, resident_half, patch_half):
        offer, tile = self.rounds.p, self.tiles.p
        m.d.comb += [
            self.rounds.valid.eq(step),
            offer.patch_half.eq(patch_half),
            offer.resident_half.eq(resident_half),
            offer.output_half.eq(self.output_half),
            offer.items.eq(tile.items),
            offer.last_pe.eq(tile.last_pe),
            offer.columns.eq(walker.strip.columns),
            offer.words.eq(walker.strip.words),
            offer.address.eq(walker.address),
            offer.last_address.eq(walker.address + walker.strip.words - tile.items),
            offer.column_step.eq(tile.rounds.column_step),
            offer.last_offset.eq(walker.strip.last_offset),
            offer.steal.eq(tile.steal),
        ]
