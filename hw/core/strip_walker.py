"""Strip walker: where the strips of a tile lie, one after the other."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.tile import StripLayout, TileLayout

__all__ = ["StripWalker"]


class StripWalker(wiring.Component):
    """Walk over the strips of a tile, row by row, and over the words of the output RAM.

    All outputs belong to the strip at hand and come from registers and `tile`; after `step` they
    belong to the next one. After the last strip the walk is back at the beginning.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Sizes.

    Members
    -------
    tile : :py:`In(TileLayout(config))`
        The tile; must not change during the walk.
    step : :py:`In(1)`
        Go on to the next strip.
    strip : :py:`Out(StripLayout(config))`
        The strip.
    source : :py:`Out(range(broadcast_positions))`
        Its first position in the broadcast RAM.
    address : :py:`Out(range(output_words + 1))`
        Its first word in the output RAM.
    last : :py:`Out(1)`
        It ends the tile.
    fills : :py:`Out(1)`
        Its sums complete a half of the output RAM, which is to be drained.
    filled : :py:`Out(range(output_words + 1))`
        Words of that half in use, this strip's included.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        words = range(config.output_words + 1)
        super().__init__(
            {
                "tile": In(TileLayout(config)),
                "step": In(1),
                "strip": Out(StripLayout(config)),
                "source": Out(range(config.broadcast_positions)),
                "address": Out(words),
                "last": Out(1),
                "fills": Out(1),
                "filled": Out(words),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this walker."""
        return self._config

    def elaborate(self, platform):
        """Counters of strips, rows and rounds."""
        m = Module()
        rounds = self.tile.rounds
        strip = Signal.like(rounds.strips)
        row = Signal.like(rounds.rows)
        row_source = Signal.like(self.source)
        chunk_round = Signal.like(rounds.chunk_rounds)
        row_ends = Signal()
        chunk_ends = Signal()
        m.d.comb += [
            row_ends.eq(strip == rounds.strips - 1),
            self.strip.eq(Mux(row_ends, rounds.last_strip.as_value(), rounds.strip.as_value())),
            self.last.eq(row_ends & (row == rounds.rows - 1)),
            chunk_ends.eq(self.last | (chunk_round == rounds.chunk_rounds - 1)),
            self.fills.eq(self.tile.drain & chunk_ends),
            self.filled.eq(self.address + self.strip.words),
        ]
        with m.If(self.step):
            with m.If(self.last):
                m.d.sync += [strip.eq(0), row.eq(0), row_source.eq(0), self.source.eq(0)]
            with m.Elif(row_ends):
                following = row_source + rounds.row_step
                m.d.sync += [strip.eq(0), row.eq(row + 1)]
                m.d.sync += [row_source.eq(following), self.source.eq(following)]
            with m.Else():
                m.d.sync += [strip.eq(strip + 1), self.source.eq(self.source + rounds.strip_step)]
            with m.If(chunk_ends):
                m.d.sync += [chunk_round.eq(0), self.address.eq(0)]
            with m.Else():
                m.d.sync += [chunk_round.eq(chunk_round + 1), self.address.eq(self.filled)]
        return m
