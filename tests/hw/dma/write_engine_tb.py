"""cocotb testbench of hw.dma.write_engine; started by test_write_engine.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.hw.dma.axi import AxiError
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.write_engine import WriteEngine
from tests.support.axi import DECERR, PAGE_BYTES, SLVERR, WriteMemory, split
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Source, reset

CONFIG = AxiConfig(**parameters()["config"])
STEP = CONFIG.word_bytes
LONGEST = CONFIG.longest_burst
# Neither bound lies at the edge of a word, let alone of a page.
BOUNDS = (7 * PAGE_BYTES - 4 * STEP + 1, (1 << CONFIG.address_bits) - 5 * PAGE_BYTES - 3 * STEP - 1)


def random_run(largest=3 * LONGEST + 5):
    """Near the end of a page more often than not; all of it inside the bounds."""
    pages = range(BOUNDS[0] // PAGE_BYTES + 2, BOUNDS[1] // PAGE_BYTES - 4)
    word = random.choice([random.randrange(CONFIG.page_words), -random.randint(1, 9)])
    return random.choice(pages) * PAGE_BYTES + word * STEP, random.randint(1, largest)


def words_of(address, words):
    """Payloads of a run; but for the first, their addresses are noise."""
    return [
        {
            "address": random.getrandbits(CONFIG.address_bits) if index else address,
            "data": random.getrandbits(CONFIG.data_bits),
            "strobe": random.choice([random.getrandbits(STEP), (1 << STEP) - 1]),
            "last": int(index == words - 1),
        }
        for index in range(words)
    ]


def written(address, payloads):
    """What memory must see of a run."""
    return [
        (address + STEP * index, payload["data"], payload["strobe"])
        for index, payload in enumerate(payloads)
    ]


class Bench:
    """One engine between a source and the memory."""

    def __init__(self, dut, *, stall=0.0, latency=(1, 1), errors=None, bounds=BOUNDS):
        self.dut = dut
        self.ports = Ports(dut, WriteEngine(CONFIG))
        self.memory = WriteMemory(
            dut, CONFIG, latency=latency, stall=stall, errors=errors, bounds=bounds
        )
        self.source = Source(self.ports.stream("i"))
        self.ports["first_address"], self.ports["end_address"] = bounds

    async def start(self):
        await reset(self.dut)
        cocotb.start_soon(self.memory.run())

    async def idle(self, *, timeout=40_000):
        """Wait for `idle`; nothing may be on its way then."""
        for _ in range(timeout):
            await FallingEdge(self.dut.clk)
            if self.ports["idle"]:
                break
        assert self.ports["idle"], f"not idle after {timeout} cycles"
        assert not self.memory.incoming
        assert not self.memory.addressed
        assert not self.memory.waiting

    async def clear(self):
        self.ports["clear"] = 1
        await RisingEdge(self.dut.clk)
        self.ports["clear"] = 0
        await self.idle()
        assert self.ports["error"] == AxiError.NONE.value

    async def check(self, runs, *, gap=0.0):
        """Write runs; each word comes once, in the fewest bursts that the rules allow."""
        first_burst, first_word = len(self.memory.bursts), len(self.memory.words)
        sent = [(address, words_of(address, words)) for address, words in runs]
        for _, payloads in sent:
            await self.source.send_all(payloads, chance_of_gap=gap)
        await self.idle()
        expected = [word for run in sent for word in written(*run)]
        assert self.memory.words[first_word:] == expected
        bursts = [burst[:2] for burst in self.memory.bursts[first_burst:]]
        assert bursts == [burst for run in runs for burst in split(CONFIG, *run)]
        assert self.ports["error"] == AxiError.NONE.value


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(
    (("latency", "stall"), [((1, 1), 0.0), ((1, 40), 0.5), ((1, 40), 0.9), ((1, 500), 0.2)])
)
async def writes_every_word_once(dut, latency, stall):
    """Whatever the memory's pace."""
    bench = Bench(dut, stall=stall, latency=latency)
    await bench.start()
    for gap in (0.0, 0.6):
        runs = [random_run() for _ in range(6 if latency[1] < 100 else 2)]
        await bench.check(runs, gap=gap)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def writes_one_word_a_cycle(dut):
    """The first word comes 2 cycles after its burst is gathered; then there is no gap."""
    latency = max(1, (CONFIG.outstanding_bursts - 2) * LONGEST - 4)
    bench = Bench(dut, latency=(latency, latency))
    await bench.start()
    words = 3 * CONFIG.page_words + 4
    await bench.check([(32 * PAGE_BYTES + 5 * STEP, words)])
    first_length = bench.memory.bursts[0].words
    assert bench.memory.bursts[0].cycle == bench.memory.cycles[0] == first_length + 1
    if CONFIG.outstanding_bursts > 2:
        assert bench.memory.cycles == list(range(first_length + 1, first_length + 1 + words))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def writes_one_short_run_a_cycle(dut):
    bench = Bench(dut)
    await bench.start()
    await bench.check([(random_run()[0], 1) for _ in range(60)])
    if CONFIG.outstanding_bursts >= 4:
        assert bench.memory.cycles == list(range(2, 62))


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(
    stall=[0.0, 0.6],
    case=["before", "partly before", "behind", "partly behind", "across the end", "far away"],
)
async def writes_nothing_outside_the_bounds(dut, stall, case):
    """Words inside, before the first one outside, are written; all others are swallowed."""
    low, high = BOUNDS
    first, behind = -(-low // STEP) * STEP, high // STEP * STEP
    inside = random.randint(1, 2 * LONGEST)
    address, inside = {
        "before": (first - 3 * STEP, 0),
        "partly before": (first - STEP, 0),
        "behind": (behind + STEP, 0),
        "partly behind": (behind, 0),
        "across the end": (behind - inside * STEP, inside),
        "far away": (0, 0),
    }[case]
    bench = Bench(dut, stall=stall, latency=(1, 30))
    await bench.start()
    payloads = words_of(address, inside + random.randint(1, 10))
    await bench.source.send_all(payloads)
    await bench.source.send_all(words_of(*random_run()))
    await bench.idle()
    assert bench.memory.words == written(address, payloads)[:inside]
    assert bench.ports["error"] == AxiError.OUTSIDE.value
    assert bench.ports["error_address"] == address + inside * STEP
    await bench.clear()
    await bench.check([(first, 3), random_run(), (behind - 2 * STEP, 2)])


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(response=[SLVERR, DECERR], stall=[0.0, 0.6])
async def stops_at_an_error(dut, response, stall):
    """Later words are swallowed, none of them in part of a burst."""
    bench = Bench(dut, stall=stall, latency=(1, 60))
    await bench.start()
    runs = [random_run() for _ in range(30)]
    sent = [(address, words_of(address, words)) for address, words in runs]
    bursts = split(CONFIG, *runs[1])
    refused = random.randrange(len(bursts))
    place, length = bursts[refused]
    bench.memory.errors[place + random.randrange(length) * STEP] = response
    for later, _ in bursts[refused + 1 :] + split(CONFIG, *runs[2]):  # change nothing any more
        bench.memory.errors[later] = random.choice([0, SLVERR, DECERR])
    await bench.source.send_all(words_of(*random_run()))
    for _, payloads in sent:
        await bench.source.send_all(payloads)
    await bench.idle()
    assert (bench.ports["error"], bench.ports["error_address"]) == (response, place)
    assert len(bench.memory.bursts) < 1 + sum(len(split(CONFIG, *run)) for run in runs)
    bench.memory.errors.clear()
    await bench.clear()
    await bench.check([random_run() for _ in range(3)])


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def is_busy_in_a_run(dut):
    """A burst that is not complete is held, not written."""
    bench = Bench(dut)
    await bench.start()
    address, words = 8 * PAGE_BYTES, LONGEST + 1
    payloads = words_of(address, words + 1)
    await bench.source.send_all(payloads[:words])
    await ClockCycles(dut.clk, 2 * LONGEST + 20)
    assert bench.ports["idle"] == int(LONGEST == 1)
    assert len(bench.memory.words) == words - int(LONGEST > 1)
    await bench.source.send(payloads[words])
    await bench.idle()
    assert bench.memory.words == written(address, payloads)


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def forgets_when_cleared(dut, stall):
    """At any time, also inside a run; what was gathered is written, in order."""
    bench = Bench(dut, stall=stall, latency=(1, 50))
    await bench.start()
    for _ in range(16):
        done = len(bench.memory.words)
        runs = [random_run() for _ in range(5)]
        sent = [(address, words_of(address, words)) for address, words in runs]
        payloads = [payload for _, payloads in sent for payload in payloads]
        sending = cocotb.start_soon(bench.source.send_all(payloads))
        await ClockCycles(dut.clk, random.randint(1, 120))
        bench.ports["clear"] = 1
        await RisingEdge(dut.clk)
        bench.ports["clear"] = 0
        sending.cancel()
        bench.source.idle()
        await bench.idle()
        expected = [word for run in sent for word in written(*run)]
        came = bench.memory.words[done:]
        assert came == expected[: len(came)]
        await bench.check([random_run() for _ in range(2)])
