"""cocotb testbench of hw.dma.slot_packer; started by test_slot_packer.py."""

import random

import cocotb

from grus.hw.dma.slot_packer import PackedWordLayout, PackLayout
from tests.hw.dma.packed import dense_bytes, encoded_bytes
from tests.hw.dma.slots import from_parameters
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through

SLOTS = from_parameters(parameters())
CONFIG, AXI = SLOTS.config, SLOTS.axi
LANES = parameters()["lanes"]
SHAPES = PackLayout(SLOTS, LANES), PackedWordLayout(AXI)
BYTES = AXI.word_bytes
VALUE_BYTES = CONFIG.data_bits // 8
IN_WORD = {True: BYTES // VALUE_BYTES, False: AXI.data_bits // CONFIG.pair_bits}


def random_pair():
    limit = 1 << (CONFIG.data_bits - 1)
    value = random.choice([-limit, limit - 1, random.randrange(-limit, limit)])
    return value, random.randrange(1 << CONFIG.index_bits)


def beat_of(pairs, **fields):
    """A transfer in; lanes that are not used hold noise."""
    lanes = [*pairs, *(random_pair() for _ in range(LANES - len(pairs)))]
    return {
        "pairs": [{"value": value, "zeros": zeros} for value, zeros in lanes],
        "used": len(pairs),
        **fields,
    }


def cut(pairs, most_used=LANES, least_used=0):
    """Pairs in groups of random sizes, at least one group."""
    groups = []
    while pairs or not groups:
        used = random.randint(least_used, most_used)
        groups.append(pairs[:used])
        pairs = pairs[used:]
    if random.random() < 0.2:
        groups.insert(random.randint(0, len(groups)), [])
    return groups


def run_of(groups, dense, first_slot):
    """Transfers in; format and place are noise in all but the first."""
    beats = []
    for index, pairs in enumerate(groups):
        beats.append(
            beat_of(
                pairs,
                dense=random.getrandbits(1) if index else int(dense),
                first_slot=random.randrange(IN_WORD[True]) if index else first_slot,
                last=int(index == len(groups) - 1),
            )
        )
    return beats


def words_of(groups, dense, first_slot):
    """Words that a run must become: data, strobe, last."""
    pairs = [pair for group in groups for pair in group]
    if not pairs:
        return []
    if dense:
        skipped = first_slot * VALUE_BYTES
        own = dense_bytes(CONFIG, [value for value, _ in pairs])
        data, strobe = bytes(skipped) + own, bytes(skipped) + b"\1" * len(own)
    else:
        data = encoded_bytes(CONFIG, BYTES, [(0, 0)] * first_slot + pairs)
        strobe = b"\1" * len(data)
    starts = range(0, len(data), BYTES)
    return [
        {
            "data": int.from_bytes(data[start : start + BYTES], "little"),
            "strobe": sum(bit << n for n, bit in enumerate(strobe[start : start + BYTES])),
            "last": int(start == starts[-1]),
        }
        for start in starts
    ]


def random_run(*, dense=None, pairs=None, **sizes):
    dense = random.random() < 0.5 if dense is None else dense
    first_slot = random.choice([0, random.randrange(IN_WORD[dense])])
    count = random.randint(0, 5 * IN_WORD[dense]) if pairs is None else pairs
    return cut([random_pair() for _ in range(count)], **sizes), dense, first_slot


async def pack(dut, runs, **pace):
    """Check values; return the cycle of each word."""
    beats = [beat for run in runs for beat in run_of(*run)]
    words = [word for run in runs for word in words_of(*run)]
    transfers = await pass_through(dut, SHAPES, beats, outputs=len(words), **pace)
    assert [word for _, word in transfers] == words
    return [cycle for cycle, _ in transfers]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def packs_both_formats(dut, gap, stall):
    await pack(dut, [random_run() for _ in range(40)], gap=gap, stall=stall)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def packs_every_number_at_every_place(dut, dense):
    runs = [
        (cut([random_pair() for _ in range(count)]), dense, first)
        for first in range(IN_WORD[dense])
        for count in {1, 2, *range(IN_WORD[dense] - first - 1, IN_WORD[dense] - first + 2)}
    ]
    await pack(dut, runs, stall=0.1)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def packs_runs_without_pairs(dut):
    """One transfer, or several; a later one must not see what they began with."""
    runs = []
    for _ in range(30):
        groups, dense, _ = random_run(pairs=random.choice([0, 0, 1]))
        runs.append((groups + [[]] * random.randint(0, 2), dense, random.randrange(IN_WORD[dense])))
    await pack(dut, runs)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def offers_a_word_a_cycle(dut, dense):
    """Also across runs, as long as each transfer in brings more than a word."""
    if LANES <= IN_WORD[dense]:
        return
    runs = []
    for _ in range(20):
        pairs = [random_pair() for _ in range(random.randint(1, 4 * LANES))]
        runs.append((cut(pairs, least_used=LANES), dense, 0))
    runs = [([group for group in groups if group], *how) for groups, *how in runs]
    cycles = await pack(dut, runs)
    assert cycles == list(range(1, 1 + len(cycles)))


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def takes_a_transfer_a_cycle(dut, dense):
    """As long as each brings no more than a word; the last word leaves a cycle after the last."""
    most = min(LANES, IN_WORD[dense])
    runs = []
    for _ in range(20):
        groups = [
            [random_pair() for _ in range(random.randint(1, most))]
            for _ in range(random.randint(1, 6))
        ]
        pairs = sum(map(len, groups))
        # What the end leaves behind must be a single word, or the next run waits for it.
        if (pairs - 1) // IN_WORD[dense] == (pairs - len(groups[-1]) - 1) // IN_WORD[dense]:
            runs.append((groups, dense, 0))
    cycles = await pack(dut, runs)
    ends, words = 0, 0
    for run in runs:
        ends += len(run[0])
        words += len(words_of(*run))
        assert cycles[words - 1] == ends


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def holds_a_word_and_a_transfer(dut, dense):
    groups = [[random_pair() for _ in range(LANES)] for _ in range(IN_WORD[dense] + 2)]
    assert await absorbed(dut, SHAPES, run_of(groups, dense, 0)) == IN_WORD[dense] // LANES + 1
