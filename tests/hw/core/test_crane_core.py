"""The whole core against the golden model: values, counters, error flags."""

import numpy as np
import pytest

from grus.compiler.layer import Layer
from grus.compiler.program import compile_layer
from grus.golden.window import Window
from grus.hw.layouts import BeatLayout
from grus.hw.presets import SMALL, TINY
from grus.sim.account import contradictions
from grus.sim.core_job import job_of, segments_of
from grus.sim.core_player import build_core, play, play_jobs
from grus.sim.random_layers import KINDS, random_layers
from tests.support.streams import plain

# Two groups that do not steal from each other, and numbers that are no powers of two.
GROUPED = TINY.with_overrides(
    name="grouped", pes=6, group_pes=2, resident_ram_bytes=360, output_ram_bytes=550, index_bits=3
)

TIMEOUT = 40_000  # cycles; the longest of these layers takes a fifth

pytestmark = pytest.mark.rtl


def check(played, config, macs):
    assert played.errors == 0
    assert contradictions(played.counters, config, macs) == []
    assert played.exact


@pytest.mark.parametrize(
    ("config", "simulator", "count", "most_macs"),
    [
        (TINY, "icarus", 9, 10_000),
        (GROUPED, "icarus", 9, 10_000),
        (SMALL, "verilator", 36, 400_000),
    ],
    ids=["tiny", "grouped", "small"],
)
def test_random_layers_are_exact(config, simulator, count, most_macs):
    design = build_core(config, simulator=simulator)
    for number, drawn in enumerate(random_layers(config, count, seed=5, most_macs=most_macs)):
        gap, stall = (0.0, 0.4)[number % 2], (0.0, 0.4)[number // 2 % 2]
        played = play(
            drawn.program, config, design, seed=number, gap=gap, stall=stall, timeout=TIMEOUT
        )
        check(played, config, drawn.program.macs)


def test_random_layers_are_of_every_kind():
    drawn = list(random_layers(TINY, 2 * len(KINDS), seed=5))
    assert {layer.kind for layer in drawn} == set(KINDS)
    assert any(len(layer.program.tiles) > 1 for layer in drawn)
    again = next(random_layers(TINY, 1, seed=5))
    np.testing.assert_array_equal(again.inputs, drawn[0].inputs)


def unbalanced(config):
    """One kernel of each four is dense, the others nearly empty."""
    rng = np.random.default_rng(3)
    weights = rng.integers(-9, 10, (2 * config.pes, 8, 3, 3))
    weights *= (
        rng.random(weights.shape)
        < np.where(np.arange(len(weights)) % config.pes, 0.1, 1)[:, None, None, None]
    )
    layer = Layer(name="unbalanced", weights=weights, window=Window(padding=(1, 1, 1, 1)))
    return layer, rng.integers(-9, 10, (8, 6, 6))


def test_stealing_changes_cycles_and_never_values():
    layer, inputs = unbalanced(SMALL)
    design = build_core(SMALL, simulator="verilator")
    cycles = {}
    for steal in (False, True):
        program = compile_layer(layer, inputs, SMALL, steal=steal)
        played = play(program, SMALL, design, timeout=TIMEOUT)
        check(played, SMALL, program.macs)
        assert (played.counters["steals"] > 0) == steal
        cycles[steal] = played.counters["cycles"]
    assert cycles[True] < 0.9 * cycles[False]


def test_dense_results_keep_their_zeros():
    """A pair for each value; the values are those of the encoded results."""
    design = build_core(TINY, simulator="icarus")
    for drawn in random_layers(TINY, 3, seed=7, most_macs=5_000):
        program = compile_layer(drawn.layer, drawn.inputs, TINY, dense_results=True)
        check(play(program, TINY, design, stall=0.2, timeout=TIMEOUT), TINY, program.macs)
        (answer,) = play_jobs([job_of(program, TINY, timeout=TIMEOUT)], design)
        segments = segments_of(answer.results, TINY)
        drained = [tile.drained for tile in program.tiles if tile.drained is not None]
        counters = np.repeat(
            [each.outputs.length for each in drained], [each.pixels for each in drained]
        )
        np.testing.assert_array_equal(segments.counters, counters)
        assert not segments.zeros.any()


def test_layers_follow_each_other_without_reset():
    """Nothing of a layer is left in the RAMs when the next one begins."""
    design = build_core(TINY, simulator="icarus")
    drawn = list(random_layers(TINY, 4, seed=11, most_macs=5_000))
    jobs = [job_of(layer.program, TINY, timeout=TIMEOUT) for layer in drawn]
    joined = jobs[0]._replace(
        streams={
            name: [beat for job in jobs for beat in job.streams[name]] for name in jobs[0].streams
        },
        segments=sum(job.segments for job in jobs),
    )
    *alone, together = play_jobs([*jobs, joined], design)
    assert together.results == [beat for answer in alone for beat in answer.results]


@pytest.mark.parametrize("stream", ["resident", "broadcast"])
def test_a_malformed_stream_sets_its_flag(stream):
    """A counter that is off by one: the results are wrong, the flag says so, nothing hangs."""
    design = build_core(TINY, simulator="icarus")
    layer, inputs = unbalanced(TINY)
    job = job_of(compile_layer(layer, inputs, TINY), TINY, timeout=TIMEOUT)
    layout = BeatLayout(TINY, TINY.stream_pairs)
    beat = plain(layout.from_bits(job.streams[stream][-1]))
    assert beat["last"]
    job.streams[stream][-1] = layout.const({**beat, "count": beat["count"] + 1}).as_bits()
    (answer,) = play_jobs([job], design)
    assert answer.errors == {"resident": 1, "broadcast": 2}[stream]
