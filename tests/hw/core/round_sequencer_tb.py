# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.round_sequencer; started by test_round_sequencer.py."""

import random
from collections import deque
from itertools import pairwise

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.round_sequencer import RoundSequencer
from grus.hw.layouts import Activity
from tests.hw.core.strips import random_tile, strips_of
from tests.hw.core.surroundings import Surroundings
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])


class Bench:
    """One sequencer, and what it should do with a list of tiles."""

    def __init__(self, dut, tiles, speed):
        self.dut = dut
        self.ports = Ports(dut, RoundSequencer(CONFIG))
        self.around = Surroundings(speed)
        self.tiles = deque(tiles)
        self.strips = deque()
        self.offered = self.begun = False
        self.patches_ready = False
        self.patch_half = 0
        self.cycle = 0
        self.steps = []  # cycle of each round

    def drive(self):
        around = self.around
        self.offered = self.offered or (self.tiles and around.happens())
        self.patches_ready = around.happens()
        self.ports["tiles__valid"] = bool(self.offered)
        if self.offered:
            self.ports["tiles__payload"] = self.tiles[0]
        else:
            self.ports.scramble("tiles__payload")
        self.ports["resident_full"] = around.resident.full()
        self.ports["broadcast_full"] = around.broadcast.full()
        self.ports["output_half"] = around.output_half
        self.ports["output_ready"] = around.output_half not in around.full_outputs
        self.ports["patch_needed"] = flags(around.needed("patch_half"))
        self.ports["resident_needed"] = flags(around.needed("resident_half"))
        self.ports["patches__ready"] = self.patches_ready
        self.ports["rounds__ready"] = around.waiting < 2
        self.ports["chunks__ready"] = len(around.chunks) < 2

    async def run_cycle(self):
        """Drive, compare everything, and follow."""
        self.drive()
        await FallingEdge(self.dut.clk)
        step = self.check_patch()
        self.check_frees()
        begins = self.may_begin()
        await RisingEdge(self.dut.clk)
        if step:
            self.follow_step(*step)
        if begins:
            self.begin()
        self.around.go_on()
        self.cycle += 1

    def may_begin(self):
        """The tile at hand has the halves that it loads."""
        if not self.offered or self.begun:
            return False
        tile, around = self.tiles[0], self.around
        return (around.resident.available() or not tile["load_resident"]) and (
            around.broadcast.available() or not tile["load_broadcast"]
        )

    def begin(self):
        self.begun = True
        self.strips = deque(strips_of(self.tiles[0]))
        if self.tiles[0]["load_resident"]:
            self.around.resident.advance()
        if self.tiles[0]["load_broadcast"]:
            self.around.broadcast.advance()

    def check_patch(self):
        """Offered when all is there; with it the round, and the chunk that it completes."""
        around = self.around
        output_ready = around.output_half not in around.full_outputs
        self.check_waiting(output_ready)
        offered = self.may_offer(output_ready)
        step = offered and self.patches_ready
        fills = step and self.strips[0]["fills"]
        ends = step and self.strips[0]["last"]
        assert self.ports["patches__valid"] == bool(offered)
        assert self.ports["rounds__valid"] == bool(step)
        assert self.ports["chunks__valid"] == self.ports["output_filled"] == bool(fills)
        assert self.ports["tiles__ready"] == bool(ends)
        if offered:
            assert self.ports["patches__payload"] == self.patch()
        if not step:
            return None
        round_, chunk = self.round(), self.chunk() if fills else None
        assert self.ports["rounds__payload"] == round_
        assert chunk is None or self.ports["chunks__payload"] == chunk
        return round_, chunk

    def check_waiting(self, output_ready):
        expected = Activity.BROADCAST if output_ready else Activity.OUTPUT
        expected = expected if self.begun else Activity.MEMORY
        assert self.ports["waiting"] == expected.value

    def may_offer(self, output_ready):
        around = self.around
        return (
            self.begun
            and output_ready
            and self.patch_half not in around.needed("patch_half")
            and around.waiting < 2
            and (len(around.chunks) < 2 or not self.strips[0]["fills"])
        )

    def check_frees(self):
        """A half is given back as soon as nobody needs it; broadcast halves are read by then."""
        around = self.around
        for name, fills, needed in (
            ("resident_free", around.resident, around.needed("resident_half")),
            ("broadcast_free", around.broadcast, set()),
        ):
            freed = fills.freed(needed)
            assert self.ports[name] == flags(number % 2 for number in freed)
            fills.free(freed)

    def follow_step(self, round_, chunk):
        self.around.take(round_, chunk)
        self.patch_half = 1 - self.patch_half
        self.steps.append(self.cycle)
        if self.strips.popleft()["last"]:
            self.tiles.popleft()
            self.offered = self.begun = False

    def patch(self):
        rounds, walk = self.tiles[0]["rounds"], self.strips[0]
        return {
            "source_half": self.around.broadcast.half(),
            "patch_half": self.patch_half,
            "source": walk["source"],
            "rows": rounds["kernel_rows"],
            "run": walk["strip"]["run"],
            "source_step": rounds["kernel_row_step"],
            "patch_step": rounds["patch_step"],
        }

    def round(self):
        tile, walk = self.tiles[0], self.strips[0]
        return {
            "patch_half": self.patch_half,
            "resident_half": self.around.resident.half(),
            "output_half": self.around.output_half,
            "items": tile["items"],
            "last_pe": tile["last_pe"],
            "columns": walk["strip"]["columns"],
            "words": walk["strip"]["words"],
            "address": walk["address"],
            "last_address": walk["address"] + walk["strip"]["words"] - tile["items"],
            "column_step": tile["rounds"]["column_step"],
            "last_offset": walk["strip"]["last_offset"],
            "steal": tile["steal"],
        }

    def chunk(self):
        walk = self.strips[0]
        return {
            "half": self.around.output_half,
            "words": walk["filled"],
            "last": walk["last"],
        }


async def play(dut, tiles, *, speed):
    bench = Bench(dut, tiles, speed)
    await reset(dut)
    timeout = 200 * len(tiles)
    while bench.tiles:
        await bench.run_cycle()
        assert bench.cycle < timeout, f"stuck with {len(bench.tiles)} of {len(tiles)} tiles left"
    return bench


def random_tiles(count):
    """The first one loads both operands."""
    first = random_tile(CONFIG, drain=1) | {"load_resident": 1, "load_broadcast": 1}
    return [first, *(random_tile(CONFIG, drain=random.getrandbits(1)) for _ in range(count - 1))]


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(speed=[0.3, 0.7, 1.0])
async def offers_rounds_when_all_is_there(dut, speed):
    """Patches, rounds, chunks and released halves in exactly the cycles in which they are due."""
    await play(dut, random_tiles(40), speed=speed)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def loses_no_cycle_between_rounds_and_one_between_tiles(dut):
    """When everything around is fast and the next tile loads nothing."""
    tiles = random_tiles(10)
    for tile in tiles[1:]:
        tile.update(load_resident=0, load_broadcast=0)
    rounds = [len(strips_of(tile)) for tile in tiles]
    bench = await play(dut, tiles, speed=1.0)
    distances = [after - before for before, after in pairwise(bench.steps)]
    assert distances.count(2) == len(tiles) - 1
    assert distances.count(1) == sum(rounds) - len(tiles)
