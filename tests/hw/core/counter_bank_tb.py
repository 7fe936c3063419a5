# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.counter_bank; started by test_counter_bank.py."""

import random
from collections import Counter

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.counter_bank import CounterBank
from grus.hw.core.counters import LOSSES, counter_names
from grus.hw.layouts import Activity
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
PES, MULTIPLIERS = CONFIG.pes, CONFIG.multipliers


def random_events():
    """One cycle; only a busy element multiplies."""
    activities = [random.choice(list(Activity)) for _ in range(PES)]
    return {
        "round": random.getrandbits(1),
        "tile": random.getrandbits(1),
        "steals": random.randint(0, CONFIG.groups),
        "activities": activities,
        "macs": [
            random.randint(1, MULTIPLIERS) if activity == Activity.BUSY else 0
            for activity in activities
        ],
    }


def counted(events):
    """What each counter grows by."""
    growth = Counter(
        cycles=1, rounds=events["round"], steals=events["steals"], tiles=events["tile"]
    )
    for pe, (activity, macs) in enumerate(zip(events["activities"], events["macs"], strict=True)):
        growth[f"{activity.name.lower()}_{pe}"] += 1
        growth[f"macs_{pe}"] += macs
        if activity == Activity.BUSY:
            growth[f"idle_slots_{pe}"] += MULTIPLIERS - macs
    return growth


class Bench:
    """One bank."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, CounterBank(CONFIG))

    async def cycle(self, *, count, clear=0):
        """One cycle of anything; return what must be counted."""
        events = random_events()
        for name, value in events.items():
            self.ports[name] = value
        self.ports["count"] = count
        self.ports["clear"] = clear
        await RisingEdge(self.dut.clk)
        self.ports["count"] = 0
        self.ports["clear"] = 0
        return counted(events) if count and not clear else Counter()

    async def read(self):
        """All counters by name, an address in each cycle, from the second one after the last."""
        await RisingEdge(self.dut.clk)
        values = {}
        for address, name in enumerate(counter_names(CONFIG)):
            self.ports["address"] = address
            await RisingEdge(self.dut.clk)
            await FallingEdge(self.dut.clk)
            values[name] = self.ports["value"]
        return values


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def counts_while_the_core_works(dut):
    """Each event goes to its own counter; other cycles and cleared ones count nothing."""
    bench = Bench(dut)
    await reset(dut)
    total = Counter()
    for turn in range(3):
        for _ in range(200):
            total += await bench.cycle(count=random.getrandbits(1))
        values = await bench.read()
        assert values == {name: total[name] for name in counter_names(CONFIG)}
        await bench.cycle(count=turn % 2, clear=1)
        total = Counter()
        assert not any((await bench.read()).values())


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def every_cycle_of_an_element_is_accounted_for(dut):
    """Busy and lost cycles add up, and so do used and idle multipliers."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(100):
        await bench.cycle(count=1)
    values = await bench.read()
    assert values["cycles"] == 100
    for pe in range(PES):
        busy = values[f"busy_{pe}"]
        assert busy + sum(values[f"{loss}_{pe}"] for loss in LOSSES) == 100
        assert values[f"macs_{pe}"] + values[f"idle_slots_{pe}"] == busy * MULTIPLIERS
