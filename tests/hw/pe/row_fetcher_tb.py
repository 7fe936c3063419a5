"""cocotb testbench of hw.pe.row_fetcher; started by test_row_fetcher.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import TaggedRowLayout
from grus.hw.layouts import Activity, RowLayout, WorkItemLayout
from grus.hw.pe.row_fetcher import ROW_REGISTERS, RowFetcher
from tests.hw.pe.resident import ResidentRam
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, Stream, reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters())


class Bench:
    """A fetcher between its work-items, its RAM and what takes the rows."""

    def __init__(self, dut, *, refusal=0.0, stall=0.0):
        self.dut = dut
        Ports(dut, RowFetcher(CONFIG))
        self.items = Source(Stream(dut, "items", WorkItemLayout(CONFIG)))
        self.ram = ResidentRam(dut, CONFIG, chance_of_refusal=refusal)
        self.sink = Sink(Stream(dut, "o", TaggedRowLayout(CONFIG)), chance_of_stall=stall)
        self.finished = []
        self.activities = []

    async def start(self):
        await reset(self.dut)
        cocotb.start_soon(self.ram.run())
        cocotb.start_soon(self._watch())

    async def _watch(self):
        while True:
            await FallingEdge(self.dut.clk)
            self.finished.append(int(self.dut.finished.value))
            self.activities.append(Activity(int(self.dut.activity.value)))


def random_item(bench, rows=None):
    """A work-item of some rows, which it puts into the RAM."""
    rows = rows or random.randint(1, 4)
    item = random_payload(WorkItemLayout(CONFIG))
    item["tag"]["bank"] = random.randrange(CONFIG.group_pes)
    item["first_row"] = random.randint(0, CONFIG.resident_rows - rows)
    item["last_row"] = item["first_row"] + rows - 1
    for row in range(item["first_row"], item["last_row"] + 1):
        bench.ram.rows.setdefault((*place_of(item), row), random_payload(RowLayout(CONFIG)))
    return item


def place_of(item):
    return item["tag"]["bank"], item["resident_half"]


def row_numbers(item):
    return range(item["first_row"], item["last_row"] + 1)


def fetched(item, bench):
    """Its rows as they leave the fetcher."""
    rows = []
    for number in row_numbers(item):
        row = bench.ram.rows[*place_of(item), number]
        last = int(number == item["last_row"])
        rows.append({"row": row, "start": item["offset"], "last": last, "tag": item["tag"]})
    return rows


def expected(items, bench):
    return [row for item in items for row in fetched(item, bench)]


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5], refusal=[0.0, 0.5])
async def fetches_each_row(dut, gap, stall, refusal):
    """Every row once, in order, with the work-item's offset; one request for each."""
    bench = Bench(dut, refusal=refusal, stall=stall)
    items = [random_item(bench) for _ in range(25)]
    await bench.start()
    cocotb.start_soon(bench.items.send_all(items, chance_of_gap=gap))
    rows = expected(items, bench)
    assert await bench.sink.take(len(rows), timeout=2000) == rows
    await ClockCycles(dut.clk, 10)
    assert [place for _, *place in bench.ram.grants] == [
        [*place_of(item), row] for item in items for row in row_numbers(item)
    ]
    assert sum(bench.finished) == len(items)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def fetches_the_whole_bank(dut):
    bench = Bench(dut)
    items = [random_item(bench, rows=CONFIG.resident_rows)]
    await bench.start()
    cocotb.start_soon(bench.items.send_all(items))
    rows = expected(items, bench)
    assert await bench.sink.take(len(rows), timeout=200) == rows


@cocotb.test(timeout_time=100, timeout_unit="us")
async def fetches_one_row_a_cycle(dut):
    """Also from one work-item to the next; two cycles from a grant to the row."""
    bench = Bench(dut)
    items = [random_item(bench) for _ in range(12)]
    await bench.start()
    cocotb.start_soon(bench.items.send_all(items))
    rows = expected(items, bench)
    await bench.sink.take(len(rows), timeout=200)
    assert [cycle for cycle, *_ in bench.ram.grants] == [1 + n for n in range(len(rows))]
    assert [cycle for cycle, _ in bench.sink.transfers] == [3 + n for n in range(len(rows))]
    ends = [1 + n for n, row in enumerate(rows) if row["last"]]
    assert [cycle for cycle, now in enumerate(bench.finished) if now] == ends


@cocotb.test(timeout_time=100, timeout_unit="us")
async def stops_asking_when_its_registers_are_full(dut):
    """And goes on without a gap once they are emptied."""
    bench = Bench(dut)
    items = [random_item(bench, rows=4) for _ in range(3)]
    await bench.start()
    cocotb.start_soon(bench.items.send_all(items))
    await ClockCycles(dut.clk, 10)
    await FallingEdge(dut.clk)
    assert len(bench.ram.grants) == ROW_REGISTERS
    assert dut.requests__valid.value == 0
    rows = expected(items, bench)
    assert await bench.sink.take(len(rows), timeout=200) == rows
    assert [cycle for cycle, _ in bench.sink.transfers] == list(range(len(rows)))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def tells_what_a_bubble_is_lost_to(dut):
    """The reason of the scheduler, the way to the first row, or a refused request."""
    bench = Bench(dut, refusal=1.0)
    dut.idle.value = Activity.IMBALANCE.value
    item = random_item(bench, rows=1)
    await bench.start()
    await ClockCycles(dut.clk, 3)
    dut.idle.value = Activity.BROADCAST.value
    await ClockCycles(dut.clk, 2)
    await bench.items.send(item)
    await ClockCycles(dut.clk, 3)
    bench.ram.chance_of_refusal = 0.0
    await ClockCycles(dut.clk, 3)
    assert [activity.name for activity in bench.activities] == [
        *["IMBALANCE"] * 3,
        *["BROADCAST"] * 2,
        "RESIDENT_FETCH",  # the work-item is offered
        *["CONFLICT"] * 3,
        "RESIDENT_FETCH",  # its row is granted
        *["BROADCAST"] * 2,
    ]
