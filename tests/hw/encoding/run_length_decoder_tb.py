"""cocotb testbench of hw.encoding.run_length_decoder; started by test_run_length_decoder.py."""

import random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge

from grus.golden.encoding import Segment, dense_segment
from grus.hw.encoding.run_length_decoder import DecodedLayout, SegmentLayout
from tests.hw.encoding.segment_jobs import (
    BEAT,
    CONFIG,
    END,
    HIGHEST,
    LANES,
    LOWEST,
    Job,
    beat_of,
    beats_of,
    job,
    random_dense,
    random_job,
    spoilt_job,
)
from tests.support.ports import flagged
from tests.support.streams import Sink, Source, Stream, reset


def positions_of(decoded):
    """Positions and values that one transfer writes, in order."""
    for lane in sorted(flagged(decoded["enables"])):
        yield decoded["word"] * LANES + lane, decoded["values"][lane]


def written(transfers):
    return [pair for _, decoded in transfers for pair in positions_of(decoded)]


def expected(jobs):
    return [
        (place, value)
        for job in jobs
        for place, value in zip(range(job.start, job.stop), job.dense().tolist(), strict=True)
    ]


async def decode(dut, jobs, *, gap=0.0, stall=0.0):
    """Send all jobs; return the transfers out of the decoder once all have gone in."""
    segments = Source(Stream(dut, "segments", SegmentLayout(CONFIG)))
    beats = Source(Stream(dut, "i", BEAT))
    sink = Sink(Stream(dut, "o", DecodedLayout(CONFIG)), chance_of_stall=stall)
    await reset(dut)
    cocotb.start_soon(sink.run())
    places = [{"start": job.start, "stop": job.stop} for job in jobs]
    sending = cocotb.start_soon(segments.send_all(places, chance_of_gap=gap))
    await beats.send_all([beat for job in jobs for beat in job.beats], chance_of_gap=gap)
    await sending
    await ClockCycles(dut.clk, 30)
    await FallingEdge(dut.clk)
    return sink.transfers


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def decodes_every_density(dut, gap, stall):
    """Each position of each segment once, in order, with its value, and no complaint."""
    jobs = [random_job() for _ in range(40)]
    assert written(await decode(dut, jobs, gap=gap, stall=stall)) == expected(jobs)
    assert dut.malformed.value == 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def decodes_the_limits(dut):
    """Empty, all zeros, no zeros, one value at the end; the whole RAM, and its last position."""
    lonely = random_dense(END, 0)
    lonely[-1] = LOWEST
    jobs = [
        job(random_dense(0, 0), 0),
        job(random_dense(0, 0), END),
        job(random_dense(END, 0), 0),
        job(np.full(END, LOWEST), 0),
        job(lonely, 0),
        job(lonely, 0, empty_end=True),
        job(np.array([HIGHEST]), END - 1),
        job(random_dense(1, 0), END - 1),
    ]
    assert written(await decode(dut, jobs)) == expected(jobs)
    assert dut.malformed.value == 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def decodes_the_dense_format(dut):
    """Pairs of value zero are legal anywhere."""
    dense = random_dense(3 * LANES, 0.5)
    jobs = [Job(2, 2 + len(dense), beats_of(dense_segment(dense)))]
    assert written(await decode(dut, jobs)) == expected(jobs)
    assert dut.malformed.value == 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_the_cycles_that_it_promises(dut):
    """Latency 1; a cycle for each beat and for each further word that it reaches into."""
    jobs = [random_job() for _ in range(30)]
    cycles = [cycle for cycle, _ in await decode(dut, jobs)]
    assert cycles == [1 + n for n in range(sum(job.cycles() for job in jobs))]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_one_word(dut):
    """A stalled output stops the second beat; beats wait for their segment, and it for them."""
    beats = Source(Stream(dut, "i", BEAT))
    segments = Source(Stream(dut, "segments", SegmentLayout(CONFIG)))
    sink = Sink(Stream(dut, "o", DecodedLayout(CONFIG)), chance_of_stall=1.0)
    await reset(dut)
    cocotb.start_soon(sink.run())
    sending = cocotb.start_soon(beats.send(beat_of([{"value": 1, "zeros": 0}])))
    await ClockCycles(dut.clk, 5)
    assert not sending.done()
    assert dut.o__valid.value == 0
    cocotb.start_soon(segments.send({"start": 0, "stop": LANES}))
    await ClockCycles(dut.clk, 2)
    assert sending.done()
    sending = cocotb.start_soon(beats.send(beat_of([]) | {"last": 1, "count": 1}))
    await ClockCycles(dut.clk, 5)
    assert not sending.done()


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(change=[-1, 1])
async def reports_a_wrong_counter(dut, change):
    wrong = job(np.array([1, 0, 2, 3]), 0)
    wrong.beats[-1]["count"] += change
    await decode(dut, [wrong, random_job()])
    assert dut.malformed.value == 1, "must stay set"


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(excess=[0, 1])
async def reports_a_pair_behind_the_end(dut, excess):
    """One position too far, and not one earlier; the counter is right."""
    zeros = np.array([0, CONFIG.largest_run])
    beats = beats_of(Segment(np.array([1, 1]), zeros))
    jobs = [Job(3, 5 + CONFIG.largest_run - excess, beats)]
    assert written(await decode(dut, jobs)) == expected(jobs)
    assert dut.malformed.value == excess


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(attempt=range(12), stall=[0.0, 0.3])
async def survives_a_malformed_stream(dut, attempt, stall):
    """Never hangs, writes each position of each segment once, and reports exactly if it must."""
    jobs = [spoilt_job() for _ in range(random.randint(1, 6))]
    assert written(await decode(dut, jobs, stall=stall)) == expected(jobs)
    assert dut.malformed.value == any(job.is_malformed() for job in jobs)
