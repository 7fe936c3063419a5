"""Resident loader: encoded work-items become rows of the resident RAM."""

from amaranth.hdl import Array, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig, ceil_log2
from grus.hw.layouts import BeatLayout, RowLayout
from grus.hw.logic.prefix import prefix_sums

__all__ = ["BlockLayout", "ResidentLoader", "ResidentWriteLayout"]


class BlockLayout(data.StructLayout):
    """A block of output channels to load.

    Members
    -------
    items : :py:`range(resident_rows + 1)`
        Channels of a processing element, at most.
    last_pe : :py:`range(pes)`
        Owner of the last channel.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"items": range(config.resident_rows + 1), "last_pe": range(config.pes)})


class ResidentWriteLayout(data.StructLayout):
    """One row on its way into the resident RAM.

    Members
    -------
    pe : :py:`range(pes)`
        Processing element that owns it.
    half, index, ends, row
        As in :class:`RowWriteLayout`.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "pe": range(config.pes),
                "half": 1,
                "index": range(config.resident_rows),
                "ends": 1,
                "row": RowLayout(config),
            }
        )


class ResidentLoader(wiring.Component):
    """Cut each encoded work-item into rows and deal the work-items to the banks in turn.

    Every beat of a work-item but its last one must be full; the first begins a row. Throughput is
    one beat per cycle. The row that is complete stands at `writes` for one cycle, the cycle after
    its last beat. Malformed streams set a flag and are written as far as they go: a beat that is
    not full although more follow, a counter that disagrees, pairs beyond the patch, or more rows
    than a bank holds.

    Source: Crane, section 4.3; dealing in turn: project decision D-008.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Rows, widths, pairs of a beat.

    Members
    -------
    blocks : :py:`In(stream.Signature(BlockLayout(config)))`
        Blocks to load; taken with the last beat of the block.
    half : :py:`In(1)`
        Half of the resident RAM that the block goes to.
    i : :py:`In(stream.Signature(BeatLayout(config, stream_pairs)))`
        Work-items, a segment each: channel by channel.
    writes : :py:`Out(stream.Signature(ResidentWriteLayout(config), always_ready=True))`
        Rows.
    malformed : :py:`Out(1)`
        A stream was malformed; stays set until reset.
    overflow : :py:`Out(1)`
        A bank had too few rows; stays set until reset.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "blocks": In(stream.Signature(BlockLayout(config))),
                "half": In(1),
                "i": In(stream.Signature(BeatLayout(config, config.stream_pairs))),
                "writes": Out(stream.Signature(ResidentWriteLayout(config), always_ready=True)),
                "malformed": Out(1),
                "overflow": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this loader."""
        return self._config

    def elaborate(self, platform):
        """The row being put together, and where it will go."""
        m = Module()
        config, beat = self.config, self.i.p
        beats_per_row = config.lookahead // config.stream_pairs
        place = Signal(ceil_log2(beats_per_row))  # of the beat in its row
        pe = Signal(range(config.pes))
        item = Signal(range(config.resident_rows + 1))
        rows = Array(
            Signal(range(config.resident_rows + 1), name=f"rows_{index}")
            for index in range(config.pes)
        )
        position = Signal(config.position_bits + 1)  # behind the work-item's last pair

        row_ends = Signal()
        block_ends = Signal()
        take = Signal()
        m.d.comb += [
            self.i.ready.eq(self.blocks.valid),
            take.eq(self.i.valid & self.i.ready),
            row_ends.eq(take & (beat.last | (place == beats_per_row - 1))),
            block_ends.eq(
                take & beat.last & (pe == self.blocks.p.last_pe) & (item == self.blocks.p.items - 1)
            ),
            self.blocks.ready.eq(block_ends),
        ]
        end = self._end_of_beat(m, position)
        with m.If(take):
            m.d.sync += position.eq(Mux(beat.last, 0, end))
            with m.If(row_ends):
                m.d.sync += place.eq(0)
            with m.Else():
                m.d.sync += place.eq(place + 1)
            with m.If(beat.last):
                turn = pe == config.pes - 1
                m.d.sync += [pe.eq(Mux(turn, 0, pe + 1)), item.eq(item + turn)]
            with m.If(block_ends):
                m.d.sync += [pe.eq(0), item.eq(0), *(count.eq(0) for count in rows)]

        self._put_together(m, take, place)
        index = Signal(range(config.resident_rows + 1))
        m.d.comb += index.eq(rows[pe])
        full = index == config.resident_rows
        m.d.sync += self.writes.valid.eq(row_ends & ~full)
        with m.If(row_ends):
            m.d.sync += [
                self.writes.p.pe.eq(pe),
                self.writes.p.half.eq(self.half),
                self.writes.p.index.eq(index),
                self.writes.p.ends.eq(beat.last),
            ]
            with m.If(full):
                m.d.sync += self.overflow.eq(1)
            with m.Elif(~block_ends):
                m.d.sync += rows[pe].eq(index + 1)
        self._check(m, take, end)
        return m

    def _end_of_beat(self, m: Module, position: Signal):
        """Position behind the beat's last pair, with room for what a malformed beat could say."""
        config, beat = self.config, self.i.p
        lanes = range(config.stream_pairs)
        furthest = (1 << len(position)) + config.stream_pairs * (config.largest_run + 1)
        zeros = [beat.pairs[lane].zeros for lane in lanes]
        sums = prefix_sums(m, zeros, name="zeros_up_to", bits=furthest.bit_length())
        end = Signal(range(furthest))
        m.d.comb += end.eq(position)
        for lane in lanes:
            with m.If(beat.used == lane + 1):
                m.d.comb += end.eq(position + sums[lane] + lane + 1)
        return end

    def _put_together(self, m: Module, take, place):
        """Each beat has its place in the row; the first beat clears the others'."""
        lanes, row = self.config.stream_pairs, self.writes.p.row
        with m.If(take):
            with m.If(place == 0):
                m.d.sync += row.eq(0)
            for index in range(self.config.lookahead):
                lane = index % lanes
                with m.If((place == index // lanes) & (lane < self.i.p.used)):
                    m.d.sync += row.pairs[index].eq(self.i.p.pairs[lane])

    def _check(self, m: Module, take, end):
        config, beat = self.config, self.i.p
        pairs = Signal(config.count_bits + 1)
        total = Signal.like(pairs)
        short = ~beat.last & (beat.used != config.stream_pairs)
        m.d.comb += total.eq(pairs + beat.used)
        with m.If(take):
            m.d.sync += pairs.eq(Mux(beat.last, 0, total))
            with m.If(short | (beat.last & (total != beat.count)) | (end > config.patch_positions)):
                m.d.sync += self.malformed.eq(1)
