"""cocotb testbench of hw.pe.broadcast_buffer; started by test_broadcast_buffer.py."""

import random

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout
from grus.hw.pe.broadcast_buffer import BroadcastBuffer
from tests.support.ports import Ports, flagged, flags
from tests.support.runner import parameters
from tests.support.streams import reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters())
READERS = 2
LANES = CONFIG.broadcast_lanes
LOWEST = -(2 ** (CONFIG.data_bits - 1))


class Buffer:
    """The component, and two arrays that it must equal."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, BroadcastBuffer(CONFIG, READERS))
        self.patches = np.zeros((2, CONFIG.patch_positions), np.int64)

    async def start(self):
        """Clear the memories, which no reset does; all tests go from falling to falling edge."""
        await reset(self.dut)
        await FallingEdge(self.dut.clk)
        self.check()
        for word in (*all_words(0, 0), *all_words(1, 0)):
            await self.write(word)

    async def write(self, word):
        """One cycle; the word can be read in the next."""
        self.ports["i__valid"] = 1
        self.ports["i__payload"] = word
        await FallingEdge(self.dut.clk)
        for lane in flagged(word["enables"]):
            self.patches[word["half"], word["word"] * LANES + lane] = word["values"][lane]
        self.check()

    async def pause(self):
        """One cycle without a word, but with noise."""
        self.ports.scramble("i__payload")
        self.ports["i__valid"] = 0
        await FallingEdge(self.dut.clk)
        self.check()

    def check(self):
        nonzero = [flags(np.flatnonzero(patch).tolist()) for patch in self.patches]
        assert self.ports["nonzero"] == nonzero

    async def read(self, half, positions):
        self.ask(half, positions)
        await self.pause()
        self.check_values()

    def ask(self, half, positions):
        """For one of the readers; another one wants something else."""
        self.asked = [(random.randrange(2), random_positions()) for _ in range(READERS)]
        self.asked[random.randrange(READERS)] = half, positions
        self.ports["reads"] = [a_read(*asked) for asked in self.asked]

    def check_values(self):
        for (half, positions), values in zip(self.asked, self.ports["values"], strict=True):
            assert values[: len(positions)] == self.patches[half, positions].tolist()


def a_read(half, positions):
    """Positions ascend; the multipliers behind them have noise, much of it close by."""
    others = CONFIG.multipliers - len(positions)
    close = [position ^ 1 for position in positions]
    noise = [
        random.choice([random.getrandbits(CONFIG.position_bits), *close]) for _ in range(others)
    ]
    return {"half": half, "count": len(positions), "positions": [*positions, *noise]}


def random_word():
    word = random_payload(BroadcastLayout(CONFIG)) | {"word": random.randrange(CONFIG.patch_words)}
    word["values"] = [value if random.random() < 0.5 else 0 for value in word["values"]]
    return marked(word)


def marked(word):
    return word | {"nonzero": flags(lane for lane, value in enumerate(word["values"]) if value)}


def all_words(half, value):
    everything = {"half": half, "enables": flags(range(LANES)), "values": [value] * LANES}
    return [marked(everything | {"word": word}) for word in range(CONFIG.patch_words)]


def random_positions():
    """Up to a position for each multiplier; also neighbours, which share multiplexers."""
    count = random.choice((random.randint(0, CONFIG.multipliers), CONFIG.multipliers))
    start = random.randrange(CONFIG.patch_positions - count + 1)
    stop = random.choice((CONFIG.patch_positions, start + count))
    return sorted(random.sample(range(start, stop), count))


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5])
async def equals_two_arrays(dut, gap):
    """Lanes that are not enabled, and words that are not valid, change nothing."""
    buffer = Buffer(dut)
    await buffer.start()
    for _ in range(150):
        await buffer.write(random_word())
        while random.random() < gap:
            await buffer.read(random.randrange(2), random_positions())


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reads_every_position_in_every_lane(dut):
    buffer = Buffer(dut)
    await buffer.start()
    for _ in range(40):
        await buffer.write(random_word())
    for half in range(2):
        for place in range(CONFIG.patch_positions):
            lane = random.randint(
                max(0, place + CONFIG.multipliers - CONFIG.patch_positions),
                min(place, CONFIG.multipliers - 1),
            )
            below = random.sample(range(place), lane)
            above = random.sample(
                range(place + 1, CONFIG.patch_positions), CONFIG.multipliers - 1 - lane
            )
            await buffer.read(half, sorted([*below, place, *above]))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def keeps_the_halves_apart(dut):
    """All of one half most negative, then all of the other zero, then all of the first zero."""
    buffer = Buffer(dut)
    await buffer.start()
    for half, value in ((0, LOWEST), (1, 0), (1, LOWEST), (0, 0)):
        for word in all_words(half, value):
            await buffer.write(word)
        await buffer.read(0, random_positions())
        await buffer.read(1, random_positions())


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reads_what_was_just_written(dut):
    """A word can be read in the cycle after it came, by all multipliers at once."""
    buffer = Buffer(dut)
    await buffer.start()
    for _ in range(40):
        word = random_word() | {"enables": flags(range(LANES))}
        wanted = min(LANES, CONFIG.multipliers)
        lanes = sorted(random.sample(range(LANES), wanted))
        positions = [word["word"] * LANES + lane for lane in lanes]
        buffer.ask(word["half"], positions)
        await buffer.write(word)
        buffer.check_values()
