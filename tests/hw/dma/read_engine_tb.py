"""cocotb testbench of hw.dma.read_engine; started by test_read_engine.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.hw.dma.axi import AxiError
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_engine import ReadEngine
from tests.support.axi import DECERR, PAGE_BYTES, SLVERR, ReadMemory, split
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = AxiConfig(**parameters()["config"])
STEP = CONFIG.word_bytes


def random_request(largest=3 * CONFIG.longest_burst + 5):
    """Near the end of a page more often than not, anywhere in memory, but not across its end."""
    page = random.randrange(1, (1 << CONFIG.address_bits) // PAGE_BYTES - 1) * PAGE_BYTES
    word = random.choice([random.randrange(CONFIG.page_words), -random.randint(1, 9)])
    return {"address": page + word * STEP, "words": random.randint(0, largest)}


class Bench:
    """One engine between requests, memory and sink."""

    def __init__(self, dut, *, stall=0.0, sink_stall=0.0, latency=(1, 1), errors=None):
        self.dut = dut
        self.ports = Ports(dut, ReadEngine(CONFIG))
        self.memory = ReadMemory(dut, CONFIG, latency=latency, stall=stall, errors=errors)
        self.source = Source(self.ports.stream("requests"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=sink_stall)

    async def start(self):
        await reset(self.dut)
        cocotb.start_soon(self.memory.run())

    def ask(self, requests, *, gap=0.0):
        return cocotb.start_soon(self.source.send_all(requests, chance_of_gap=gap))

    def expected(self, request):
        words = self.memory.expected(request["address"], request["words"])
        return [
            {"data": word, "last": int(index == len(words) - 1)} for index, word in enumerate(words)
        ]

    async def until(self, port, value, *, timeout):
        for _ in range(timeout):
            await FallingEdge(self.dut.clk)
            if self.ports[port] == value:
                return
        raise AssertionError(f"{port} is not {value} after {timeout} cycles")

    async def clear(self):
        """Wait until it is done; nothing is offered meanwhile."""
        self.ports["clear"] = 1
        await RisingEdge(self.dut.clk)
        self.ports["clear"] = 0
        for _ in range(5000):
            await FallingEdge(self.dut.clk)
            assert self.ports["o__valid"] == 0
            if self.ports["idle"]:
                return
        raise AssertionError("not idle 5000 cycles after clear")

    async def check(self, requests, *, gap=0.0, timeout=40_000):
        """Read, and compare with the memory; the bursts are as few as the rules allow."""
        first_burst, first_word = len(self.memory.bursts), len(self.sink.transfers)
        self.ask(requests, gap=gap)
        expected = [word for request in requests for word in self.expected(request)]
        words = await self.sink.take(first_word + len(expected), timeout=timeout)
        assert words[first_word:] == expected
        await self.until("idle", 1, timeout=5)
        found = [burst[:2] for burst in self.memory.bursts[first_burst:]]
        assert found == [burst for request in requests for burst in split(CONFIG, **request)]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(
    (("latency", "stall"), [((1, 1), 0.0), ((1, 40), 0.5), ((1, 40), 0.9), ((1, 500), 0.2)])
)
async def reads_what_is_asked_for(dut, latency, stall):
    """Late, in pieces, out of pace: the same words in the same order."""
    bench = Bench(dut, stall=stall, sink_stall=stall, latency=latency)
    await bench.start()
    requests = [random_request() for _ in range(12 if latency[1] < 100 else 4)]
    await bench.check([{"address": 0, "words": 0}, *requests], gap=stall / 2)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reads_one_word_a_cycle(dut):
    """Across bursts, pages and requests, once the first word has come."""
    # Of the bursts under way, the one at the end of a page may be very short.
    longest = (CONFIG.outstanding_bursts - 2) * CONFIG.longest_burst - 4
    latency = max(1, longest)
    bench = Bench(dut, latency=(latency, latency))
    await bench.start()
    words = 2 * CONFIG.page_words + 3
    requests = [{"address": 5 * STEP, "words": words}, {"address": 1 << 20, "words": words}]
    await bench.check(requests)
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    if longest > 0:
        assert cycles == list(range(cycles[0], cycles[0] + 2 * words))
        assert cycles[0] == bench.memory.bursts[0].cycle + latency + 2
    assert bench.memory.bursts[0].cycle == 2


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def reads_one_short_request_a_cycle(dut):
    bench = Bench(dut)
    await bench.start()
    requests = [{"address": random_request()["address"], "words": 1} for _ in range(60)]
    await bench.check(requests)
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    if CONFIG.outstanding_bursts >= 4:
        assert cycles == list(range(cycles[0], cycles[0] + 60))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def is_busy_while_it_holds_a_word(dut):
    bench = Bench(dut)
    await bench.start()
    bench.ask([{"address": STEP, "words": 1}])
    await bench.until("o__valid", 1, timeout=20)
    await ClockCycles(dut.clk, 10)
    assert bench.ports["idle"] == 0
    await bench.sink.take(1, timeout=5)
    await bench.until("idle", 1, timeout=5)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def asks_only_for_what_it_can_hold(dut):
    """A stalled output stops the requests, never the words that come."""
    bench = Bench(dut)
    await bench.start()
    request = {"address": STEP, "words": 3 * CONFIG.read_buffer_words}
    bench.ask([request])
    await ClockCycles(dut.clk, 4 * CONFIG.read_buffer_words + 50)
    held = CONFIG.read_buffer_words
    assert held - CONFIG.longest_burst < bench.memory.asked <= held
    assert bench.memory.sent == bench.memory.asked
    assert bench.ports["idle"] == 0
    words = await bench.sink.take(request["words"], timeout=8 * request["words"] + 100)
    assert words == bench.expected(request)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(response=[SLVERR, DECERR], stall=[0.0, 0.6])
async def stops_at_an_error(dut, response, stall):
    """Words before it leave; nothing after it does, nor is anything more asked for."""
    bench = Bench(dut, stall=stall, sink_stall=stall, latency=(1, 60))
    await bench.start()
    good, bad = random_request(), random_request()
    bad["words"] += 1
    place = random.randrange(bad["words"])
    bench.memory.errors[bad["address"] + place * STEP] = response
    for word in range(place + 1, bad["words"]):  # a later error changes nothing
        bench.memory.errors[bad["address"] + word * STEP] = random.choice([0, SLVERR, DECERR])
    sending = bench.ask([good, bad, *(random_request() for _ in range(40))])
    taking = cocotb.start_soon(bench.sink.run())
    await bench.until("error", response, timeout=20_000)
    assert bench.ports["error_address"] == bad["address"]
    await bench.until("idle", 1, timeout=5000)
    offered = len(bench.memory.bursts)
    await ClockCycles(dut.clk, 100)
    assert len(bench.memory.bursts) == offered
    assert bench.sink.payloads == [*bench.expected(good), *bench.expected(bad)[:place]]
    assert (bench.ports["error"], bench.ports["requests__ready"]) == (response, 0)
    sending.cancel()
    taking.cancel()
    bench.source.idle()
    await RisingEdge(dut.clk)
    await bench.clear()
    assert bench.ports["error"] == AxiError.NONE.value
    bench.memory.errors.clear()
    await bench.check([random_request() for _ in range(3)])


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def forgets_when_cleared(dut, stall):
    """At any time; the bus never sees it, and nothing old comes out afterwards."""
    bench = Bench(dut, stall=stall, latency=(1, 50))
    await bench.start()
    for _ in range(12):
        sending = bench.ask([random_request() for _ in range(5)])
        bench.sink.chance_of_stall = random.choice([0.0, 1.0])
        taking = cocotb.start_soon(bench.sink.run())
        await ClockCycles(dut.clk, random.randint(1, 120))
        sending.cancel()
        taking.cancel()
        bench.source.idle()
        bench.sink.stream.ready.value = 0
        await bench.clear()
        assert bench.memory.sent == bench.memory.asked
        bench.sink.chance_of_stall = stall
        await bench.check([random_request() for _ in range(2)])
