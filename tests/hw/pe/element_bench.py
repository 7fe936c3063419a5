"""A processing element with all that stands around it, as a bench for its tests."""

import random
from typing import NamedTuple

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.layouts import Activity, BroadcastLayout, ResultLayout, WorkItemLayout
from tests.hw.pe.fed_element import FedElement
from tests.hw.pe.resident import ResidentRam
from tests.support.ports import Ports, flagged, flags
from tests.support.streams import Sink, Source, Stream, reset
from tests.support.transfers import random_payload


class Work(NamedTuple):
    """One work-item: its dense operand, and what of it stands in the resident RAM."""

    resident: np.ndarray
    offset: int
    rows: list


class Round(NamedTuple):
    """A patch, and the work-items that meet it."""

    patch: np.ndarray
    items: list


class Bench:
    """Plays rounds, and looks at everything that the element says about itself."""

    def __init__(self, dut, config, *, gap=0.0, refusal=0.0, stall=0.0):
        self.dut, self.config, self.gap = dut, config, gap
        Ports(dut, FedElement(config))
        broadcast = Stream(dut, "broadcast", BroadcastLayout(config), always_ready=True)
        self.broadcast = Source(broadcast)
        self.items = Source(Stream(dut, "items", WorkItemLayout(config)))
        self.ram = ResidentRam(dut, config, chance_of_refusal=refusal)
        self.sink = Sink(Stream(dut, "results", ResultLayout(config)), chance_of_stall=stall)
        self.next_row = {}  # by bank and half of the resident RAM
        self.under_way = []  # tags of the work-items taken, until their results are
        self.tags, self.takes = [], []  # of all work-items taken: tag, and cycle
        self.finished = []
        self.activities, self.macs, self.rounds_needed = [], [], []  # cycle by cycle

    async def start(self):
        """The next rising edge is cycle 0."""
        await reset(self.dut)
        cocotb.start_soon(self.ram.run())
        cocotb.start_soon(self._watch())

    async def compute(self, rounds):
        """Play the rounds one behind the other; return their sums, once all tags are right."""
        await self.start()
        cocotb.start_soon(self._play(rounds))
        items = sum(len(each.items) for each in rounds)
        results = await self.sink.take(items, timeout=2000 + 200 * items)
        assert [result["tag"] for result in results] == self.tags
        assert sum(self.finished) == items
        return [result["sum"] for result in results]

    async def _play(self, rounds):
        """Broadcast into a half as soon as it is no longer needed, then send the work-items."""
        for number, each in enumerate(rounds):
            half = number % 2
            await FallingEdge(self.dut.clk)
            while half in flagged(int(self.dut.rounds_needed.value)):
                await FallingEdge(self.dut.clk)
            for word in self._words(each.patch, half):
                await self.broadcast.send(word)
            for work in each.items:
                while random.random() < self.gap:
                    await RisingEdge(self.dut.clk)
                await self.items.send(self._item(work, half))

    def _words(self, patch, half):
        lanes = self.config.broadcast_lanes
        for word, values in enumerate(patch.reshape(-1, lanes)):
            yield {
                "half": half,
                "word": word,
                "enables": flags(range(lanes)),
                "nonzero": flags(np.flatnonzero(values).tolist()),
                "values": values.tolist(),
            }

    def _item(self, work, half):
        """Put a work-item's rows behind those of the one before, and describe it."""
        item = random_payload(WorkItemLayout(self.config)) | {"offset": work.offset}
        item["tag"] |= {"round": half, "bank": random.randrange(self.config.group_pes)}
        place = item["tag"]["bank"], item["resident_half"]
        first = self.next_row.get(place, 0)
        if first + len(work.rows) > self.config.resident_rows:
            first = 0
        self.next_row[place] = first + len(work.rows)
        for number, row in enumerate(work.rows):
            self.ram.rows[*place, first + number] = row
        return item | {"first_row": first, "last_row": first + len(work.rows) - 1}

    async def _watch(self):
        """Transfers at the clock's edges, and between them what the element needs."""
        dut, results = self.dut, self.sink.stream
        while True:
            await FallingEdge(dut.clk)
            assert flagged(int(dut.halves_needed.value)) == {tag["half"] for tag in self.under_way}
            self.rounds_needed.append(flagged(int(dut.rounds_needed.value)))
            assert self.rounds_needed[-1] <= {tag["round"] for tag in self.under_way}
            await RisingEdge(dut.clk)
            self.activities.append(Activity(int(dut.activity.value)))
            self.macs.append(int(dut.macs.value))
            self.finished.append(int(dut.finished.value))
            if results.valid.value == 1 and results.ready.value == 1:
                self.under_way.pop(0)
            if dut.items__valid.value == 1 and dut.items__ready.value == 1:
                self.takes.append(len(self.macs) - 1)
                self.tags.append(self.items.stream.now()["tag"])
                self.under_way.append(self.tags[-1])
