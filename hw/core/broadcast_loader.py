"""Broadcast loader: the segments of a region go to their places in the broadcast RAM."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.core.tile import LoadLayout
from grus.hw.encoding.run_length_decoder import DecodedLayout, RunLengthDecoder
from grus.hw.layouts import BeatLayout

__all__ = ["BroadcastLoader"]


class BroadcastLoader(wiring.Component):
    """Decode the segments of one region after the other.

    Throughput is that of :class:`RunLengthDecoder`, with no gap between segments. The last lanes
    of a region leave in the cycle after the region is taken.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths, lanes, pairs of a beat.

    Members
    -------
    loads : :py:`In(stream.Signature(LoadLayout(config)))`
        Regions; taken with the last segment.
    i : :py:`In(stream.Signature(BeatLayout(config, stream_pairs)))`
        Their segments: part by part, row by row.
    o : :py:`Out(stream.Signature(DecodedLayout(config)))`
        Decoded positions.
    malformed : :py:`Out(1)`
        As in :class:`RunLengthDecoder`.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "loads": In(stream.Signature(LoadLayout(config))),
                "i": In(stream.Signature(BeatLayout(config, config.stream_pairs))),
                "o": Out(stream.Signature(DecodedLayout(config))),
                "malformed": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this loader."""
        return self._config

    def elaborate(self, platform):
        """Three nested counters, from 1, walk over the segments in front of a decoder."""
        m = Module()
        m.submodules.decoder = decoder = RunLengthDecoder(self.config)
        connect(m, flipped(self.i), decoder.i)
        connect(m, decoder.o, flipped(self.o))
        m.d.comb += self.malformed.eq(decoder.malformed)

        load, counts = self.loads.p, range(self.config.broadcast_positions + 1)
        part = Signal(counts, init=1)
        row = Signal(counts, init=1)
        segment = Signal(counts, init=1)
        part_start = Signal(counts)
        row_start = Signal(counts)
        start = Signal(counts)
        last_part = part == load.parts
        m.d.comb += [
            decoder.segments.valid.eq(self.loads.valid),
            decoder.segments.p.start.eq(start),
            decoder.segments.p.stop.eq(
                Mux(last_part, start + load.last_length, start + load.length)
            ),
        ]
        with m.If(decoder.segments.valid & decoder.segments.ready):
            with m.If(segment != load.segments):
                m.d.sync += [segment.eq(segment + 1), start.eq(start + load.segment_step)]
            with m.Elif(row != load.rows):
                following = row_start + load.row_step
                m.d.sync += [segment.eq(1), row.eq(row + 1)]
                m.d.sync += [row_start.eq(following), start.eq(following)]
            with m.Elif(~last_part):
                following = part_start + load.part_step
                m.d.sync += [segment.eq(1), row.eq(1), part.eq(part + 1)]
                m.d.sync += [
                    part_start.eq(following),
                    row_start.eq(following),
                    start.eq(following),
                ]
            with m.Else():
                m.d.comb += self.loads.ready.eq(1)
                m.d.sync += [segment.eq(1), row.eq(1), part.eq(1)]
                m.d.sync += [part_start.eq(0), row_start.eq(0), start.eq(0)]
        return m
