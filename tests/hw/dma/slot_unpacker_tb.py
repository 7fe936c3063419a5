"""cocotb testbench of hw.dma.slot_unpacker; started by test_slot_unpacker.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.compiler.memory.slots import unpack_slots
from grus.hw.dma.slot_unpacker import SlotUnpacker
from tests.hw.dma.slots import from_parameters
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Source, reset, to_bits

SLOTS = from_parameters(parameters())
CONFIG, LANES = SLOTS.config, parameters()["lanes"]


def random_word(*, dense=None, whole=False):
    """A word and the bounds of what matters in it."""
    dense = random.random() < 0.5 if dense is None else dense
    size = SLOTS.dense_slots if dense else SLOTS.encoded_slots
    stop = size if whole else random.randint(0, size)
    return {
        "data": random.getrandbits(SLOTS.axi.data_bits),
        "dense": int(dense),
        "skip": 0 if whole else random.randint(0, min(stop, SLOTS.dense_slots - 1)),
        "stop": stop,
    }


def pairs_of(word):
    """What must come out of it."""
    data_bits = CONFIG.data_bits
    slot_bits = data_bits if word["dense"] else CONFIG.pair_bits
    content = word["data"].to_bytes(SLOTS.axi.word_bytes, "little")
    slots = unpack_slots(content, slot_bits, SLOTS.axi.word_bytes)[0].tolist()
    sign = 1 << (data_bits - 1)
    return [
        {"value": ((slot & (2 * sign - 1)) ^ sign) - sign, "zeros": slot >> data_bits}
        for slot in slots[word["skip"] : word["stop"]]
    ]


class Bench:
    """Words in, and a consumer that takes what it likes."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, SlotUnpacker(SLOTS, LANES))
        self.source = Source(self.ports.stream("i"))
        self.taken = []
        self.discards = 0
        self.cycles = 0

    async def step(self, take_of, chance_of_discard=0.0):
        """One cycle in which ``take_of(available)`` slots are taken."""
        await FallingEdge(self.dut.clk)
        available = self.ports["available"]
        take = take_of(available)
        self.ports["take"] = take
        discard = random.random() < chance_of_discard
        self.ports["discard"] = int(discard)
        pairs = [self.ports.defined("o")[lane] for lane in range(take)]
        await RisingEdge(self.dut.clk)
        self.cycles += 1
        if not discard:
            self.taken += pairs
        return available, discard


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.6], eager=[0.2, 1.0])
async def all_slots_come_in_order(dut, gap, eager):
    bench = Bench(dut)
    await reset(dut)
    words = [random_word() for _ in range(150)]
    cocotb.start_soon(bench.source.send_all(words, chance_of_gap=gap))
    expected = [pair for word in words for pair in pairs_of(word)]
    while len(bench.taken) < len(expected) and bench.cycles < 10_000:
        await bench.step(lambda most: most if random.random() < eager else random.randint(0, most))
    assert bench.taken == expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def words_enter_as_they_come_or_all_lanes_are_full(dut, dense):
    """Not one cycle is lost: the first word's slots come in the cycle after it."""
    bench = Bench(dut)
    await reset(dut)
    words = [random_word(dense=dense, whole=True) for _ in range(60)]
    expected = [pair for word in words for pair in pairs_of(word)]
    cocotb.start_soon(bench.source.send_all(words))
    while len(bench.taken) < len(expected) and bench.cycles < 1000:
        await bench.step(lambda most: most)
    assert bench.taken == expected
    slots = SLOTS.dense_slots if dense else SLOTS.encoded_slots
    assert bench.cycles == 1 + max(60, -(-60 * slots // LANES))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def full_lanes_of_parts_of_words(dut):
    """Whoever takes only full lanes gets them as often as the words allow."""
    bench = Bench(dut)
    await reset(dut)
    words = [random_word(dense=False, whole=True) for _ in range(60)]
    cocotb.start_soon(bench.source.send_all(words))
    full = 60 * SLOTS.encoded_slots // LANES
    while len(bench.taken) < full * LANES and bench.cycles < 1000:
        await bench.step(lambda most: most if most == LANES else 0)
    assert bench.cycles <= 2 + max(60, full)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def forgets_what_is_discarded(dut):
    """Between words, and with a word that enters: that one stays."""
    bench = Bench(dut)
    await reset(dut)
    held = []
    for _ in range(600):
        word = random_word()
        offered = random.random() < 0.7
        stream = bench.source.stream
        stream.valid.value = int(offered)
        stream.payload.value = to_bits(stream.shape, word) if offered else random.getrandbits(8)
        before = len(bench.taken)
        available, discard = await bench.step(lambda most: random.randint(0, most), 0.2)
        assert available == min(LANES, len(held))
        entered = offered and stream.ready.value == 1
        taken = bench.taken[before:]
        assert taken == held[: len(taken)]
        held = [] if discard else held[len(taken) :]
        held += pairs_of(word) if entered else []
