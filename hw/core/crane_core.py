"""The core: everything between the streams of a tile and its encoded results."""

from functools import reduce
from operator import add

from amaranth.hdl import Cat, Module, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.core.broadcast_loader import BroadcastLoader
from grus.hw.core.broadcaster import Broadcaster
from grus.hw.core.chunk import ChunkLayout
from grus.hw.core.counter_bank import CounterBank
from grus.hw.core.counters import counter_names
from grus.hw.core.pe_group import PeGroup
from grus.hw.core.resident_loader import ResidentLoader
from grus.hw.core.round_sequencer import RoundSequencer
from grus.hw.core.tile import TileLayout
from grus.hw.core.tile_dispatcher import TileDispatcher
from grus.hw.layouts import Activity, BeatLayout
from grus.hw.memory.broadcast_ram import BroadcastRam
from grus.hw.memory.ping_pong import PingPong
from grus.hw.output.output_unit import OutputUnit
from grus.hw.scheduler.round_queue import RoundQueue
from grus.hw.stream.fifo import StreamFifo

__all__ = ["CraneCore", "ErrorsLayout"]


class ErrorsLayout(data.StructLayout):
    """What went wrong since reset; each flag stays set.

    Members
    -------
    resident_malformed, broadcast_malformed : :py:`unsigned(1)`
        An encoded stream contradicted itself or its tile.
    resident_overflow : :py:`unsigned(1)`
        A block had more rows than a bank holds.
    """

    def __init__(self):
        super().__init__(
            {"resident_malformed": 1, "broadcast_malformed": 1, "resident_overflow": 1}
        )


class CraneCore(wiring.Component):
    """Work through tiles: load, compute and drain, all at the same time.

    The tiles say what the streams bring. While one tile is computed, the operands of the next are
    loaded and the sums of the one before are drained. A stalled stream stops only the part at its
    end, and in the end the array. Nothing is lost or reordered.

    Source: Crane, section 4.1 and Figure 7.

    Parameters
    ----------
    config : :class:`CraneConfig`
        The design.

    Members
    -------
    tiles : :py:`In(stream.Signature(TileLayout(config)))`
        What to do.
    resident : :py:`In(stream.Signature(BeatLayout(config, stream_pairs)))`
        Resident operand: for each tile that loads it, the work-items of a block, a segment each.
    broadcast : :py:`In(stream.Signature(BeatLayout(config, stream_pairs)))`
        Broadcast operand: for each tile that loads it, the segments of a region.
    biases : :py:`In(stream.Signature(signed(accumulator_bits)))`
        For each drained tile that loads them, the biases of a block.
    results : :py:`Out(stream.Signature(BeatLayout(config, pes)))`
        Encoded segments of each drained tile: row by row, pixel by pixel.
    clear_counters : :py:`In(1)`
        Set all counters to zero.
    counter_address, counter : :py:`In(...)`, :py:`Out(counter_bits)`
        Counter to read, and its value one cycle later; see :class:`CounterBank`.
    errors : :py:`Out(ErrorsLayout())`
        Sticky error flags.
    busy : :py:`Out(1)`
        Some tile is not finished.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        beat = BeatLayout(config, config.stream_pairs)
        address = range(len(counter_names(config)))
        super().__init__(
            {
                "tiles": In(stream.Signature(TileLayout(config))),
                "resident": In(stream.Signature(beat)),
                "broadcast": In(stream.Signature(beat)),
                "biases": In(stream.Signature(signed(config.accumulator_bits))),
                "results": Out(stream.Signature(BeatLayout(config, config.pes))),
                "clear_counters": In(1),
                "counter_address": In(address),
                "counter": Out(config.counter_bits),
                "errors": Out(ErrorsLayout()),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this core."""
        return self._config

    def elaborate(self, platform):
        """Dispatcher, the two ways in, the array, the way out, the counters."""
        m = Module()
        config = self.config
        m.submodules.dispatcher = dispatcher = TileDispatcher(config)
        m.submodules.sequencer = sequencer = RoundSequencer(config)
        m.submodules.round_queue = round_queue = RoundQueue(config)
        m.submodules.output_unit = output_unit = OutputUnit(config)
        groups = self._make_groups()
        connect(m, flipped(self.tiles), dispatcher.tiles)
        connect(m, dispatcher.rounds, sequencer.tiles)
        connect(m, sequencer.rounds, round_queue.i)

        self._load_resident(m, dispatcher, sequencer, groups)
        self._load_broadcast(m, dispatcher, sequencer, groups)
        self._compute(m, sequencer, round_queue, groups)
        self._drain(m, dispatcher, sequencer, output_unit, groups)
        self._track(m, sequencer, round_queue, output_unit, groups)
        self._count(m, dispatcher, round_queue, output_unit, groups)
        return m

    def _make_groups(self) -> list:
        """The array: components with the ports of a :class:`PeGroup`."""
        return [PeGroup(self.config) for _ in range(self.config.groups)]

    def _load_resident(self, m: Module, dispatcher, sequencer, groups):
        """Rows go to the group of their processing element."""
        m.submodules.resident_loader = loader = ResidentLoader(self.config)
        m.submodules.resident_halves = halves = PingPong()
        connect(m, flipped(self.resident), loader.i)
        self._while_empty(m, dispatcher.blocks, loader.blocks, halves)
        m.d.comb += [
            loader.half.eq(halves.half),
            sequencer.resident_full.eq(halves.full),
            halves.free.eq(sequencer.resident_free),
            self.errors.resident_malformed.eq(loader.malformed),
            self.errors.resident_overflow.eq(loader.overflow),
        ]
        row, size = loader.writes.p, self.config.group_pes
        owner = Signal(self.config.pes)
        m.d.comb += owner.eq(1 << row.pe)
        for index, group in enumerate(groups):
            first = index * size
            here = owner[first : first + size].any()
            m.d.comb += [
                group.writes.valid.eq(loader.writes.valid & here),
                group.writes.p.bank.eq(row.pe - first),
                group.writes.p.half.eq(row.half),
                group.writes.p.index.eq(row.index),
                group.writes.p.ends.eq(row.ends),
                group.writes.p.row.eq(row.row),
            ]

    def _load_broadcast(self, m: Module, dispatcher, sequencer, groups):
        """Decoded into the broadcast RAM, and from there, patch by patch, to all groups."""
        m.submodules.broadcast_loader = loader = BroadcastLoader(self.config)
        m.submodules.broadcast_halves = halves = PingPong()
        m.submodules.broadcast_ram = ram = BroadcastRam(self.config)
        m.submodules.broadcaster = broadcaster = Broadcaster(self.config)
        connect(m, flipped(self.broadcast), loader.i)
        self._while_empty(m, dispatcher.loads, loader.loads, halves)
        half_written = Signal(reset_less=True)  # the loader's words leave one cycle later
        m.d.sync += half_written.eq(halves.half)
        m.d.comb += [
            loader.o.ready.eq(1),
            ram.writes.valid.eq(loader.o.valid),
            ram.writes.p.half.eq(half_written),
            ram.writes.p.word.eq(loader.o.p.word),
            ram.writes.p.enables.eq(loader.o.p.enables),
            ram.writes.p.values.eq(loader.o.p.values),
            sequencer.broadcast_full.eq(halves.full),
            halves.free.eq(sequencer.broadcast_free),
            self.errors.broadcast_malformed.eq(loader.malformed),
            broadcaster.values.eq(ram.values),
        ]
        connect(m, sequencer.patches, broadcaster.patches)
        connect(m, broadcaster.reads, ram.reads)
        for group in groups:
            m.d.comb += [
                group.broadcast.valid.eq(broadcaster.o.valid),
                group.broadcast.payload.eq(broadcaster.o.payload),
            ]

    def _while_empty(self, m: Module, source, target, halves: PingPong):
        """Let work through while the half that it would fill is empty."""
        empty = ~halves.full.bit_select(halves.half, 1)
        m.d.comb += [
            target.valid.eq(source.valid & empty),
            target.payload.eq(source.payload),
            source.ready.eq(target.ready & empty),
            halves.filled.eq(target.valid & target.ready),
        ]

    def _compute(self, m: Module, sequencer, round_queue, groups):
        """A round begins in all groups at once: the barrier between rounds is theirs together."""
        offer = round_queue.o
        ready, fetching = 1, 0
        for group in groups:
            ready = ready & group.rounds.ready
            fetching = fetching | group.fetching
        m.d.comb += offer.ready.eq(ready)
        idle = Signal(Activity)
        with m.If(fetching):
            m.d.comb += idle.eq(Activity.IMBALANCE)
        with m.Elif(offer.valid):
            m.d.comb += idle.eq(Activity.RESIDENT_FETCH)
        with m.Else():
            m.d.comb += idle.eq(sequencer.waiting)
        pes, size = self.config.pes, self.config.group_pes
        fewer = Signal(pes)  # bit n is set for all n behind the last owner
        m.d.comb += fewer.eq(((1 << pes) - 2) << offer.p.last_pe)
        for index, group in enumerate(groups):
            m.submodules[f"group_{index}"] = group
            m.d.comb += [
                group.rounds.valid.eq(offer.valid & ready),
                group.rounds.payload.eq(offer.payload),
                group.fewer.eq(fewer[index * size : (index + 1) * size]),
                group.idle.eq(idle),
            ]

    def _drain(self, m: Module, dispatcher, sequencer, output_unit, groups):
        m.submodules.output_halves = halves = PingPong()
        connect(m, dispatcher.outputs, output_unit.tiles)
        connect(m, dispatcher.bias_blocks, output_unit.blocks)
        connect(m, flipped(self.biases), output_unit.biases)
        connect(m, output_unit.results, flipped(self.results))
        m.submodules.chunks = chunks = StreamFifo(ChunkLayout(self.config), depth=2)
        connect(m, sequencer.chunks, chunks.i)
        connect(m, chunks.o, output_unit.chunks)
        empty = ~halves.full.bit_select(halves.half, 1)
        m.d.comb += [
            sequencer.output_half.eq(halves.half),
            sequencer.output_ready.eq(empty & output_unit.cleared),
            halves.filled.eq(sequencer.output_filled),
            halves.free.eq(output_unit.free),
            output_unit.drained.eq(Cat(group.drained.as_value() for group in groups)),
        ]
        for group in groups:
            m.d.comb += [
                group.drains.valid.eq(output_unit.drains.valid),
                group.drains.payload.eq(output_unit.drains.payload),
            ]

    def _track(self, m: Module, sequencer, round_queue, output_unit, groups):
        """What waiting rounds, the round at hand, and work-items under way still need."""
        patches, residents = round_queue.patch_needed, round_queue.resident_needed
        outputs = round_queue.output_needed
        for group in groups:
            at_hand = group.round
            patches = patches | group.patches_needed | (group.fetching << at_hand.patch_half)
            residents = residents | (group.fetching << at_hand.resident_half)
            outputs = outputs | group.outputs_needed | (group.fetching << at_hand.output_half)
        m.d.comb += [
            sequencer.patch_needed.eq(patches),
            sequencer.resident_needed.eq(residents),
            output_unit.needed.eq(outputs),
        ]

    def _count(self, m: Module, dispatcher, round_queue, output_unit, groups):
        m.submodules.counters = counters = CounterBank(self.config)
        fetching, patches = 0, 0
        for group in groups:
            fetching, patches = fetching | group.fetching, patches | group.patches_needed
        m.d.comb += [
            self.busy.eq(
                dispatcher.busy | round_queue.o.valid | fetching | patches.any() | output_unit.busy
            ),
            counters.count.eq(self.busy | dispatcher.taken),
            counters.clear.eq(self.clear_counters),
            counters.round.eq(round_queue.o.valid & round_queue.o.ready),
            counters.tile.eq(dispatcher.taken),
            counters.steals.eq(reduce(add, [group.moved for group in groups])),
            counters.activities.eq(Cat(group.activities.as_value() for group in groups)),
            counters.macs.eq(Cat(group.macs.as_value() for group in groups)),
            counters.address.eq(self.counter_address),
            self.counter.eq(counters.value),
        ]
