"""cocotb testbench of hw.encoding.beat_filler; started by test_beat_filler.py."""

import random

import cocotb

from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout
from tests.support.runner import parameters
from tests.support.transfers import pass_through

CONFIG, LANES = CraneConfig(**parameters()["config"]), parameters()["lanes"]
SHAPES = BeatLayout(CONFIG, LANES), BeatLayout(CONFIG, LANES)
LONGEST = 3 * LANES + 1


def random_pair():
    high = 1 << (CONFIG.data_bits - 1)
    return {
        "value": random.randrange(-high, high),
        "zeros": random.randrange(1 << CONFIG.index_bits),
    }


def beats_of(pairs, *, full):
    """Beats of a segment, filled in any way; lanes that are not used hold noise."""
    groups, left = [], list(pairs)
    while left or not groups:
        used = LANES if full else random.randint(0, LANES)
        groups.append(left[:used])
        left = left[used:]
    return [
        {
            "pairs": group + [random_pair() for _ in range(LANES - len(group))],
            "used": len(group),
            "last": int(index == len(groups) - 1),
            "count": len(pairs) if index == len(groups) - 1 else random.randrange(9),
        }
        for index, group in enumerate(groups)
    ]


def check(segments, found):
    """All pairs in order, every beat full but the last, and that empty only if there are none."""
    found = iter(found)
    for pairs in segments:
        for first in range(0, max(len(pairs), 1), LANES):
            beat, expected = next(found), pairs[first : first + LANES]
            assert beat["pairs"][: beat["used"]] == expected
            assert all(pair["value"] == 0 for pair in beat["pairs"][beat["used"] :])
            assert beat["last"] == (first + LANES >= len(pairs))
            if beat["last"]:
                assert beat["count"] == len(pairs)
    assert not list(found)


async def run(dut, lengths, *, full, gap=0.0, stall=0.0):
    segments = [[random_pair() for _ in range(length)] for length in lengths]
    beats = [beat for pairs in segments for beat in beats_of(pairs, full=full)]
    outputs = sum(max(1, -(-length // LANES)) for length in lengths)
    transfers = await pass_through(dut, SHAPES, beats, outputs=outputs, gap=gap, stall=stall)
    check(segments, [payload for _, payload in transfers])
    return len(beats), [cycle for cycle, _ in transfers]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.4, 0.4)]))
async def segments_are_the_same_in_full_beats(dut, gap, stall):
    lengths = [random.randint(0, LONGEST) for _ in range(120)]
    await run(dut, lengths, full=False, gap=gap, stall=stall)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def full_beats_follow_each_other(dut):
    """No cycle is lost, whatever the segments' lengths."""
    lengths = [random.randint(0, LONGEST) for _ in range(60)]
    beats, cycles = await run(dut, lengths, full=True)
    assert cycles[-1] - cycles[0] <= beats
