"""Group of processing elements that share their RAMs and steal from each other."""

from amaranth.hdl import Module, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.layouts import Activity, BroadcastLayout
from grus.hw.memory.output_ram import DrainLayout, OutputRam
from grus.hw.memory.resident_ram import ResidentRam, RowWriteLayout
from grus.hw.pe.broadcast_buffer import BroadcastBuffer
from grus.hw.pe.processing_element import ProcessingElement
from grus.hw.scheduler.round import RoundLayout
from grus.hw.scheduler.workload_scheduler import WorkloadScheduler

__all__ = ["PeGroup", "group_members"]


def group_members(config: CraneConfig) -> dict:
    """Ports of a group of processing elements, by name; see :class:`PeGroup`."""
    pes = config.group_pes
    return {
        "rounds": In(stream.Signature(RoundLayout(config))),
        "fewer": In(pes),
        "writes": In(stream.Signature(RowWriteLayout(config), always_ready=True)),
        "broadcast": In(stream.Signature(BroadcastLayout(config), always_ready=True)),
        "drains": In(stream.Signature(DrainLayout(config), always_ready=True)),
        "drained": Out(data.ArrayLayout(signed(config.accumulator_bits), pes)),
        "idle": In(Activity),
        "fetching": Out(1),
        "round": Out(RoundLayout(config)),
        "patches_needed": Out(2),
        "outputs_needed": Out(2),
        "moved": Out(1),
        "activities": Out(data.ArrayLayout(Activity, pes)),
        "macs": Out(data.ArrayLayout(range(config.multipliers + 1), pes)),
    }


# Elements that read one broadcast buffer: one on each of its four sides. Every patch is the same
# for all elements, but more would need more wires than there is room for around a buffer.
_BUFFER_READERS = 4


class PeGroup(wiring.Component):
    """Processing elements, resident RAM, output RAM and workload scheduler of one group.

    Knows nothing of layers: it takes rounds, rows and words, and holds sums.

    Source: Crane, sections 4.1 and 4.8.3.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of the group, and all that is inside.

    Members
    -------
    rounds, fewer : :py:`In(stream.Signature(RoundLayout(config)))`, :py:`In(group_pes)`
        Rounds to compute, and the elements with one work-item fewer in each column.
    writes : :py:`In(stream.Signature(RowWriteLayout(config), always_ready=True))`
        Rows for the resident RAM.
    broadcast : :py:`In(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words for all broadcast buffers.
    drains, drained : :py:`In(...)`, :py:`Out(ArrayLayout(signed(accumulator_bits), group_pes))`
        Reads of finished sums, and the sums one cycle later.
    idle : :py:`In(Activity)`
        Why an element without a work-item has none.
    fetching, round : :py:`Out(1)`, :py:`Out(RoundLayout(config))`
        Work-items of the round at hand are left to finish; that round.
    patches_needed, outputs_needed : :py:`Out(2)`
        Halves of the broadcast buffers and of the output RAM that work-items under way need.
    moved : :py:`Out(1)`
        A work-item is stolen in this cycle.
    activities, macs : :py:`Out(...)`
        What each element does in this cycle, and the effectual pairs that it multiplies.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(group_members(config))

    @property
    def config(self) -> CraneConfig:
        """Parameters of this group."""
        return self._config

    def elaborate(self, platform):
        """Wires, and two sums of flags."""
        m = Module()
        config = self.config
        m.submodules.resident_ram = resident_ram = ResidentRam(config)
        m.submodules.output_ram = output_ram = OutputRam(config)
        m.submodules.scheduler = scheduler = WorkloadScheduler(config)
        connect(m, flipped(self.rounds), scheduler.rounds)
        connect(m, flipped(self.writes), resident_ram.writes)
        connect(m, flipped(self.drains), output_ram.drains)
        m.d.comb += [
            scheduler.fewer.eq(self.fewer),
            scheduler.fills.eq(resident_ram.fills),
            self.drained.eq(output_ram.drained),
            self.fetching.eq(scheduler.fetching),
            self.round.eq(scheduler.round),
            self.moved.eq(scheduler.moved),
        ]
        patches, outputs = 0, 0
        elements = []
        for index in range(config.group_pes):
            m.submodules[f"pe_{index}"] = pe = ProcessingElement(config)
            connect(m, scheduler.items[index], pe.items)
            connect(m, pe.requests, resident_ram.requests[index])
            connect(m, pe.results, output_ram.results[index])
            m.d.comb += [
                scheduler.finished[index].eq(pe.finished),
                pe.row.eq(resident_ram.rows[index]),
                pe.idle.eq(self.idle),
                self.activities[index].eq(pe.activity),
                self.macs[index].eq(pe.macs),
            ]
            patches = patches | pe.rounds_needed
            outputs = outputs | pe.halves_needed
            elements.append(pe)
        self._feed(m, elements)
        m.d.comb += [self.patches_needed.eq(patches), self.outputs_needed.eq(outputs)]
        return m

    def _feed(self, m: Module, elements: list[ProcessingElement]):
        """All buffers take every word; four neighbouring elements read one buffer."""
        for first in range(0, len(elements), _BUFFER_READERS):
            readers = elements[first : first + _BUFFER_READERS]
            m.submodules[f"buffer_{first}"] = buffer = BroadcastBuffer(self.config, len(readers))
            m.d.comb += [
                buffer.i.valid.eq(self.broadcast.valid),
                buffer.i.payload.eq(self.broadcast.payload),
            ]
            for index, pe in enumerate(readers):
                m.d.comb += [
                    pe.nonzero.eq(buffer.nonzero),
                    buffer.reads[index].eq(pe.read),
                    pe.values.eq(buffer.values[index]),
                ]
