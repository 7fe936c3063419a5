"""cocotb testbench of hw.encoding.pair_locator; started by test_pair_locator.py."""

import cocotb
import numpy as np

from grus.golden.encoding import Segment, positions
from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import GROUP_LANES, LocatedLayout, TaggedRowLayout
from tests.hw.pe.reference import positions_of
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = TaggedRowLayout(CONFIG), LocatedLayout(CONFIG)


def located(rows):
    """What the golden model makes of rows; all of a work-item's are one segment.

    Positions are those modulo the width of a position.
    """
    expected, base = [], rows[0]["start"]
    for number, tagged in enumerate(rows):
        values = np.array([pair["value"] for pair in tagged["row"]["pairs"]])
        zeros = np.array([pair["zeros"] for pair in tagged["row"]["pairs"]])
        places = base + positions(Segment(values, zeros))
        expected.append(
            {
                "values": values.tolist(),
                "positions": (places % 2**CONFIG.position_bits).tolist(),
                "last": tagged["last"],
                "tag": tagged["tag"],
            }
        )
        following = rows[number + 1 :][:1]
        base = following[0]["start"] if tagged["last"] and following else places[-1] + 1
    return expected


def with_positions(row):
    """A located row, each lane's position in place of its group's start and its own offset."""
    assert not any(row["offsets"][::GROUP_LANES])
    plain = {name: row[name] for name in ("values", "last", "tag")}
    return plain | {"positions": positions_of(row, CONFIG)}


def uniform_row(value, zeros, start):
    pairs = [{"value": value, "zeros": zeros}] * CONFIG.lookahead
    return random_payload(SHAPES[0]) | {"row": {"pairs": pairs}, "start": start, "last": 1}


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def locates_each_pair(dut, gap, stall):
    rows = [random_payload(SHAPES[0]) for _ in range(60)]
    transfers = await pass_through(dut, SHAPES, rows, gap=gap, stall=stall)
    assert [with_positions(row) for _, row in transfers] == located(rows)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def locates_at_the_limits(dut):
    """Pairs without zeros, fillers only, most negative values, and a start at the last position."""
    most_negative = -(2 ** (CONFIG.data_bits - 1))
    rows = [
        uniform_row(1, 0, 0),
        uniform_row(0, CONFIG.largest_run, 0),
        uniform_row(most_negative, 0, CONFIG.patch_positions - CONFIG.lookahead),
        uniform_row(0, 0, CONFIG.patch_positions - 1),
    ]
    transfers = await pass_through(dut, SHAPES, rows)
    assert [with_positions(row) for _, row in transfers] == located(rows)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def passes_one_row_a_cycle(dut):
    rows = [random_payload(SHAPES[0]) for _ in range(20)]
    transfers = await pass_through(dut, SHAPES, rows)
    assert [cycle for cycle, _ in transfers] == [1 + n for n in range(20)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_one_row(dut):
    rows = [random_payload(SHAPES[0]) for _ in range(3)]
    assert await absorbed(dut, SHAPES, rows) == 1
