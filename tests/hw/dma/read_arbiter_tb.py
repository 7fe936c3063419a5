"""cocotb testbench of hw.dma.read_arbiter; started by test_read_arbiter.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles

from grus.hw.dma.config import PAGE_BITS, AxiConfig
from grus.hw.dma.read_arbiter import ReadArbiter
from tests.support.ports import Ports
from tests.support.read_memory import RequestedMemory
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG, DEPTHS = AxiConfig(**parameters()["config"]), parameters()["depths"]
CLIENTS, STEP = len(DEPTHS), CONFIG.word_bytes


class Bench:
    """All clients, and a memory instead of the engine."""

    def __init__(self, dut, *, stalls=None, **memory):
        self.dut = dut
        ports = Ports(dut, ReadArbiter(CONFIG, DEPTHS))
        streams = ports.stream("engine_requests"), ports.stream("engine_words")
        self.memory = RequestedMemory(*streams, CONFIG, **memory)
        stalls = stalls or [memory.get("stall", 0.0)] * CLIENTS
        self.sources = [Source(ports.stream(f"requests__{n}")) for n in range(CLIENTS)]
        self.sinks = [
            Sink(ports.stream(f"words__{n}"), chance_of_stall=stall)
            for n, stall in enumerate(stalls)
        ]
        self.expected = [[] for _ in range(CLIENTS)]

    async def start(self):
        await reset(self.dut)
        self.memory.start()

    def ask(self, client, requests, *, gap=0.0):
        """Offer requests, and expect their words."""
        for request in requests:
            first = request["address"] // STEP * STEP
            for index in range(request["words"]):
                at = first + index * STEP
                word = int.from_bytes(self.memory.bytes[at : at + STEP], "little")
                last = int(index == request["words"] - 1)
                self.expected[client].append({"data": word, "last": last})
        cocotb.start_soon(self.sources[client].send_all(requests, chance_of_gap=gap))

    async def check(self, *, timeout, clients=range(CLIENTS)):
        for client in clients:
            cocotb.start_soon(self.sinks[client].run())
        for _ in range(timeout):
            await ClockCycles(self.dut.clk, 1)
            if all(len(self.sinks[n].transfers) >= len(self.expected[n]) for n in clients):
                break
        await ClockCycles(self.dut.clk, 20)
        for client in clients:
            assert self.sinks[client].payloads == self.expected[client]
        for address, words in self.memory.requests:
            assert 0 < words <= CONFIG.longest_burst
            last = address + words * STEP - 1
            assert address >> PAGE_BITS == last >> PAGE_BITS, "leaves its page"


def random_request(most=40):
    return {"address": random.randrange(1 << 15), "words": random.randint(0, most)}


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize((("latency", "stall"), [(1, 0.0), (9, 0.4), (40, 0.8)]))
async def everyone_gets_what_he_asked_for(dut, latency, stall):
    bench = Bench(dut, latency=latency, stall=stall)
    await bench.start()
    for client in range(CLIENTS):
        bench.ask(client, [random_request() for _ in range(12)], gap=stall)
    await bench.check(timeout=20_000)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(blocked=list(range(CLIENTS)))
async def a_blocked_client_blocks_nobody(dut, blocked):
    """Whoever it is; it gets as much as it has room for, and the rest later."""
    bench = Bench(dut)
    await bench.start()
    for client in range(CLIENTS):
        bench.ask(client, [{"address": 1 << 10, "words": 5 * DEPTHS[client]}])
    others = [client for client in range(CLIENTS) if client != blocked]
    await bench.check(timeout=2000, clients=others)
    asked = sum(words for _, words in bench.memory.requests)
    longest = min(CONFIG.longest_burst, DEPTHS[blocked])
    theirs = asked - sum(len(bench.expected[client]) for client in others)
    assert DEPTHS[blocked] - longest < theirs <= DEPTHS[blocked]
    await bench.check(timeout=2000, clients=[blocked])


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def bursts_are_granted_in_turn(dut):
    bench = Bench(dut)
    await bench.start()
    for client in range(CLIENTS):
        address = client << 13
        bench.ask(client, [{"address": address + STEP * n, "words": 1} for n in range(30)])
    await bench.check(timeout=1000)
    order = [address >> 13 for address, _ in bench.memory.requests]
    assert all(order[n : n + CLIENTS] == [*range(CLIENTS)] for n in range(0, 27 * CLIENTS, CLIENTS))
    cycles = sorted(cycle for sink in bench.sinks for cycle, _ in sink.transfers)
    assert cycles[-1] - cycles[0] <= 30 * CLIENTS + CLIENTS


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(words=[1, 100])
async def one_client_gets_a_word_a_cycle(dut, words):
    """If its buffer covers the memory's latency; across requests, bursts and pages."""
    client = max(range(CLIENTS), key=DEPTHS.__getitem__)
    latency = DEPTHS[client] - 2 * CONFIG.longest_burst - 8
    bench = Bench(
        dut, latency=max(1, min(latency, CONFIG.outstanding_bursts if words == 1 else latency))
    )
    await bench.start()
    requests = [{"address": (1 << 12) - 8 * STEP + n * STEP, "words": words} for n in range(5)]
    bench.ask(client, requests * (1 if words > 1 else 20))
    await bench.check(timeout=2000, clients=[client])
    cycles = [cycle for cycle, _ in bench.sinks[client].transfers]
    assert cycles == list(range(cycles[0], cycles[0] + len(cycles)))
