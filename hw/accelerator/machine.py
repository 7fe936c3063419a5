"""The machine: all that a soft reset brings back to its beginning."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.accelerator.fault import Fault
from grus.hw.control.descriptor import descriptor_words
from grus.hw.control.processing_controller import ProcessingController
from grus.hw.core.counters import counter_names
from grus.hw.dma.bias_reader import BiasReader
from grus.hw.dma.read_arbiter import ReadArbiter
from grus.hw.dma.read_engine import ReadRequestLayout, ReadWordLayout
from grus.hw.dma.resident_reader import ResidentReader
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.tensor_reader import TensorReader
from grus.hw.dma.tensor_writer import TensorWriter
from grus.hw.dma.write_engine import WriteWordLayout
from grus.hw.tops import core_of

__all__ = ["Machine"]


class Machine(wiring.Component):
    """The core, readers and a writer around it, and the controller that tells them what to do.

    While one tile is computed, the operands of the next are read and the results of the one before
    are written. The five readers share one way to memory, burst by burst; none can block another.

    Source: Crane, section 4.1 and Figure 7.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    local_reset : :py:`In(1)`
        Resets everything in here.
    start, address, count, done, number : :py:`In(...)`, :py:`Out(...)`
        As in :class:`ProcessingController`.
    reads, words, writes : :py:`Out(stream.Signature(...))`
        The way to memory, as :class:`ReadEngine` and :class:`WriteEngine` have it.
    written : :py:`In(1)`
        All writes are acknowledged.
    fault : :py:`Out(Fault)`
        What is wrong, if anything; stays until `local_reset`, but for a bad descriptor.
    clear_counters, counter_address, counter : :py:`In(...)`, :py:`Out(...)`
        As in :class:`CraneCore`.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        config, axi = slots.config, slots.axi
        super().__init__(
            {
                "local_reset": In(1),
                "start": In(1),
                "address": In(axi.address_bits),
                "count": In(32),
                "done": Out(1),
                "number": Out(32),
                "reads": Out(stream.Signature(ReadRequestLayout(axi))),
                "words": In(stream.Signature(ReadWordLayout(axi))),
                "writes": Out(stream.Signature(WriteWordLayout(axi))),
                "written": In(1),
                "fault": Out(Fault),
                "clear_counters": In(1),
                "counter_address": In(range(len(counter_names(config)))),
                "counter": Out(config.counter_bits),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Five readers, the core, the writer."""
        m = Module()
        slots, axi = self.slots, self.slots.axi
        m.submodules.controller = controller = ProcessingController(slots)
        m.submodules.resident_reader = resident = ResidentReader(slots)
        m.submodules.bias_reader = biases = BiasReader(slots)
        m.submodules.tensor_reader = regions = TensorReader(slots)
        m.submodules.core = core = core_of(slots.config)
        m.submodules.tensor_writer = writer = TensorWriter(slots)

        connect(m, controller.tiles, core.tiles)
        connect(m, controller.resident, resident.commands)
        connect(m, controller.biases, biases.commands)
        connect(m, controller.regions, regions.regions)
        connect(m, controller.results, writer.commands)
        connect(m, resident.o, core.resident)
        connect(m, biases.o, core.biases)
        connect(m, regions.o, core.broadcast)
        connect(m, core.results, writer.results)
        connect(m, writer.o, flipped(self.writes))

        ample, few = axi.read_buffer_words, 2 * axi.longest_burst
        clients = (
            (controller.requests, controller.words, max(2, descriptor_words(slots))),
            (resident.requests, resident.words, ample),
            (biases.requests, biases.words, max(2, few)),
            (regions.count_requests, regions.count_words, max(2, few)),
            (regions.pixel_requests, regions.pixel_words, ample),
        )
        m.submodules.arbiter = arbiter = ReadArbiter(axi, [depth for *_, depth in clients])
        for index, (requests, words, _) in enumerate(clients):
            connect(m, requests, arbiter.requests[index])
            connect(m, arbiter.words[index], words)
        connect(m, arbiter.engine_requests, flipped(self.reads))
        connect(m, flipped(self.words), arbiter.engine_words)

        m.d.comb += [
            controller.start.eq(self.start),
            controller.address.eq(self.address),
            controller.count.eq(self.count),
            controller.quiet.eq(~core.busy & writer.idle & ~self.writes.valid & self.written),
            self.done.eq(controller.done),
            self.number.eq(controller.number),
            core.clear_counters.eq(self.clear_counters),
            core.counter_address.eq(self.counter_address),
            self.counter.eq(core.counter),
        ]
        errors = core.errors
        for bad, fault in (
            (writer.malformed, Fault.RESULT_MALFORMED),
            (errors.resident_overflow, Fault.RESIDENT_OVERFLOW),
            (errors.broadcast_malformed | regions.malformed, Fault.BROADCAST_MALFORMED),
            (errors.resident_malformed | resident.malformed, Fault.RESIDENT_MALFORMED),
            (controller.bad, Fault.BAD_DESCRIPTOR),
        ):
            with m.If(bad):
                m.d.comb += self.fault.eq(fault)
        return m
