"""Workload scheduler: hands out the work-items of one round after the other."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import WorkItemLayout
from grus.hw.logic.select import one_of
from grus.hw.memory.resident_ram import BankFillLayout
from grus.hw.scheduler.imbalance_detector import ImbalanceDetector
from grus.hw.scheduler.round import RoundLayout
from grus.hw.scheduler.schedule_generator import ScheduleGenerator
from grus.hw.scheduler.work_queue import QueuedItemLayout, WorkQueue

__all__ = ["WorkloadScheduler"]


class WorkloadScheduler(wiring.Component):
    """Give each processing element of a group its own work-items, and an idle one somebody's.

    A round begins in the cycle in which the last work-item of the one before is finished, or
    later; its first work-items are offered in the next cycle. An element that finishes one is
    offered its next in the same cycle: its own if any is left, else one that moves to it from the
    slowest element of the group. At most one work-item moves per cycle.

    Source: Crane, section 4.4 and Figure 10.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a group.

    Members
    -------
    rounds : :py:`In(stream.Signature(RoundLayout(config)))`
        Rounds. Ready while nothing of the round at hand is left to finish.
    fewer : :py:`In(group_pes)`
        With `rounds`: elements that have one work-item fewer in each column.
    fills : :py:`In(ArrayLayout(ArrayLayout(BankFillLayout(config), group_pes), 2))`
        What the resident RAM holds.
    items : :py:`Out(stream.Signature(WorkItemLayout(config))).array(group_pes)`
        Work-items for each element. An offer may change until it is taken.
    finished : :py:`In(group_pes)`
        Elements that finish a work-item in this cycle; they may take the next one with it.
    fetching : :py:`Out(1)`
        Work-items of the round at hand are left to finish.
    round : :py:`Out(RoundLayout(config))`
        The round at hand.
    moved : :py:`Out(1)`
        A work-item moves in this cycle.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        pes = config.group_pes
        fills = data.ArrayLayout(data.ArrayLayout(BankFillLayout(config), pes), 2)
        super().__init__(
            {
                "rounds": In(stream.Signature(RoundLayout(config))),
                "fewer": In(pes),
                "fills": In(fills),
                "items": Out(stream.Signature(WorkItemLayout(config))).array(pes),
                "finished": In(pes),
                "fetching": Out(1),
                "round": Out(RoundLayout(config)),
                "moved": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this scheduler."""
        return self._config

    def elaborate(self, platform):
        """Detector, generator, one queue per element."""
        m = Module()
        pes, capacity = self.config.group_pes, self.config.output_words
        m.submodules.detector = detector = ImbalanceDetector(pes, capacity)
        m.submodules.generator = generator = ScheduleGenerator(pes, capacity)
        queues = [WorkQueue(self.config) for _ in range(pes)]
        start = Signal()
        idle = Signal(pes)
        for pe, queue in enumerate(queues):
            m.submodules[f"queue_{pe}"] = queue
            # Nothing is left when the counter, less what ends in this cycle, is zero.
            m.d.comb += idle[pe].eq(detector.counters[pe] == self.finished[pe])
            m.d.comb += [
                queue.start.eq(start),
                queue.round.eq(self.rounds.p),
                queue.fewer.eq(self.fewer[pe]),
                detector.counts[pe].eq(queue.count),
            ]
            for half in range(2):
                m.d.comb += queue.fills[half].eq(self.fills[half][pe])

        m.d.comb += [
            self.rounds.ready.eq(idle.all()),
            start.eq(self.rounds.valid & self.rounds.ready),
            self.fetching.eq(detector.counters.as_value().any()),
            self.moved.eq(generator.move.valid),
            detector.start.eq(start),
            detector.finished.eq(self.finished),
            detector.move.eq(generator.move),
            generator.enable.eq(self.round.steal),
            generator.counters.eq(detector.counters),
            generator.slowest.eq(detector.board[pes - 1]),
            generator.finished.eq(self.finished),
            generator.idle.eq(idle),
        ]
        with m.If(start):
            m.d.sync += self.round.eq(self.rounds.p)
        self._offer(m, queues, generator.move)
        return m

    def _offer(self, m: Module, queues: list[WorkQueue], move):
        """The owner's front, or the victim's back."""
        stolen = Signal(QueuedItemLayout(self.config))
        bank = Signal(range(len(queues)))  # that it is stolen from
        m.d.comb += [
            stolen.eq(one_of(move.victim, (queue.back.as_value() for queue in queues))),
            bank.eq(one_of(move.victim, range(len(queues)))),
        ]
        for pe, queue in enumerate(queues):
            offer = self.items[pe]
            steals = Signal(name=f"steals_{pe}")
            own = Signal(name=f"own_{pe}")
            item = Signal(QueuedItemLayout(self.config), name=f"item_{pe}")
            m.d.comb += [
                own.eq(queue.waiting != 0),
                steals.eq(move.valid & move.thief[pe]),
                item.eq(Mux(steals, stolen.as_value(), queue.front.as_value())),
                offer.valid.eq(own | steals),
                offer.p.tag.bank.eq(Mux(steals, bank, pe)),
                offer.p.tag.half.eq(self.round.output_half),
                offer.p.tag.address.eq(item.address),
                offer.p.tag.round.eq(self.round.patch_half),
                offer.p.resident_half.eq(self.round.resident_half),
                offer.p.first_row.eq(item.first_row),
                offer.p.last_row.eq(item.last_row),
                offer.p.offset.eq(item.offset),
                queue.take_front.eq(own & offer.ready),
                queue.take_back.eq(move.valid & move.victim[pe]),
            ]
