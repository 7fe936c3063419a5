"""cocotb testbench of hw.dma.map_walker; started by test_map_walker.py."""

import random

import cocotb

from grus.hw.dma.write_command import PlaceLayout, WriteCommandLayout
from tests.hw.dma.maps import random_map
from tests.hw.dma.slots import from_parameters
from tests.support.runner import parameters
from tests.support.transfers import pass_through

SLOTS = from_parameters(parameters())
CONFIG, AXI = SLOTS.config, SLOTS.axi
SHAPES = WriteCommandLayout(SLOTS), PlaceLayout(SLOTS)
TOP = 1 << AXI.address_bits


def places_of(tile):
    joined = tile.map.dense and tile.part[1] == 1
    return [
        {
            "address": tile.map.address(part, row, column) % TOP,
            "count_address": tile.map.count_address(part, row, column) % TOP,
            "length": tile.command["last_length" if part == sum(tile.part) - 1 else "length"],
            "dense": int(tile.map.dense),
            "joins": int(joined and column != sum(tile.column) - 1),
        }
        for part, row, column in tile.places
    ]


def random_tile(**options):
    """Anywhere in memory, also across its end; the part and the row are large numbers, too."""
    tile = random_map(CONFIG, AXI.word_bytes, random.randrange(TOP), **options).random_tile()
    # An address wraps around, so counts and strides may say anything.
    for name in ("part", "row", "column"):
        if random.random() < 0.3:
            setattr(tile, name, (random.getrandbits(15), getattr(tile, name)[1]))
    return tile


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def lists_every_segment(dut, gap, stall):
    tiles = [random_tile() for _ in range(20)]
    expected = [place for tile in tiles for place in places_of(tile)]
    commands = [tile.command for tile in tiles]
    transfers = await pass_through(
        dut, SHAPES, commands, outputs=len(expected), gap=gap, stall=stall
    )
    got = [place for _, place in transfers]
    for place, wanted in zip(got, expected, strict=True):
        if wanted["dense"]:
            place["count_address"] = wanted["count_address"]  # means nothing
        assert place == wanted


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_the_cycles_that_it_promises(dut):
    """A bit of an index a cycle, then a segment a cycle."""
    tiles = [random_tile() for _ in range(10)]
    expected, start = [], 0
    for tile in tiles:
        firsts = (tile.part[0], tile.row[0], tile.column[0])
        first = start + sum(first.bit_length() for first in firsts) + 5
        expected += range(first, first + len(tile.places))
        start = expected[-1]
    commands = [tile.command for tile in tiles]
    transfers = await pass_through(dut, SHAPES, commands, outputs=len(expected))
    assert [cycle for cycle, _ in transfers] == expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def passes_over_empty_commands(dut):
    tiles = [random_tile() for _ in range(6)]
    commands = []
    for tile in tiles:
        for name in ("rows", "columns", "parts"):
            commands.append({**tile.command, name: 0})
        commands.append(tile.command)
    outputs = sum(len(tile.places) for tile in tiles)
    transfers = await pass_through(dut, SHAPES, commands, outputs=outputs)
    addresses = [place["address"] for _, place in transfers]
    assert addresses == [place["address"] for tile in tiles for place in places_of(tile)]
