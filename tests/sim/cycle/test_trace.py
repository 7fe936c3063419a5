"""A traced layer is the layer that is counted, work-item by work-item."""

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from grus.golden.window import Window
from grus.hw.presets import SMALL, TINY
from grus.sim.cycle.fit import fit_layer
from grus.sim.cycle.model import count_cycles
from grus.sim.cycle.trace import count_work_items, trace_layer
from grus.sim.workloads.sparse_layer import SparseLayer

GROUPS = TINY.with_overrides(pes=4, group_pes=2, multipliers=2, lookahead=4)


def drawn(seed):
    """Kernels differ in density, so that elements steal; some layers have several tiles."""
    rng = np.random.default_rng(seed)
    outputs, channels = (int(number) for number in rng.integers(3, 14, 2))
    densities = rng.random((outputs, 1, 1, 1))
    return SparseLayer(
        name="drawn",
        window=Window(padding=(1, 1, 1, 1), stride=(1 + seed % 2, 1)),
        weights=rng.random((outputs, channels, 3, 3)) < densities,
        inputs=rng.random((channels, 7, 6)) < 0.6,
        origin="synthetic, for this test",
    )


def counters(layer, config, steal):
    computed, tiling = fit_layer(layer, config)
    results = np.ones(layer.output_shape, bool)
    return count_cycles(computed, layer.inputs, results, config, tiling, steal=steal)


@pytest.mark.parametrize("config", [TINY, SMALL, GROUPS], ids=["tiny", "small", "groups"])
@pytest.mark.parametrize("steal", [True, False])
def test_all_work_items_are_there_and_steals_are_those_that_are_counted(config, steal):
    for seed in range(6):
        layer = drawn(seed)
        trace, counted = trace_layer(layer, config, steal=steal), counters(layer, config, steal)
        assert trace.cycles == counted["cycles"]
        assert sum(event.stolen for event in trace.events) == counted["steals"]
        _, tiling = fit_layer(layer, config)
        times = Counter((event.output, event.row, event.column) for event in trace.events)
        slices = {o: len(b.slices) for b in tiling.blocks for o in range(*b.outputs)}
        _, rows, columns = layer.output_shape
        places = itertools.product(slices, range(rows), range(columns))
        assert times == {place: slices[place[0]] for place in places}
        assert len(trace.events) == count_work_items(layer, config)


def test_slices_of_an_element_do_not_overlap_and_thieves_come_to_busy_owners():
    found = 0
    for seed in range(6):
        trace = trace_layer(drawn(seed), GROUPS)
        by_pe = {pe: sorted(e for e in trace.events if e.pe == pe) for pe in range(GROUPS.pes)}
        for events in by_pe.values():
            assert all(event.start < event.end for event in events)
            assert all(one.end <= next_.start for one, next_ in itertools.pairwise(events))
        for theft in (event for event in trace.events if event.stolen):
            found += 1
            assert theft.pe // GROUPS.group_pes == theft.bank // GROUPS.group_pes
            assert any(e.start <= theft.start < e.end and not e.stolen for e in by_pe[theft.bank])
    assert found > 20


def test_rounds_and_tiles_hold_their_work_items():
    layer = drawn(3)
    trace, counted = trace_layer(layer, TINY), counters(layer, TINY, True)
    rounds = [span for span in trace.spans if span.track == "rounds"]
    tiles = [span for span in trace.spans if span.track == "tiles"]
    assert (len(rounds), len(tiles)) == (counted["rounds"], counted["tiles"])
    assert all(one.end <= next_.start for one, next_ in itertools.pairwise(rounds))
    for event in trace.events:
        (inside,) = (r for r in rounds if r.start <= event.start and event.end <= r.end)
        assert inside.name.startswith(f"row {event.row},")
        assert any(tile.start <= inside.start and inside.end <= tile.end for tile in tiles)
    assert tiles[0].name.startswith("outputs 0 to ")


def test_an_element_works_as_long_as_its_rows_take():
    layer = replace(drawn(1), weights=np.ones((2, 8, 3, 3), bool), inputs=np.ones((8, 7, 6), bool))
    trace = trace_layer(layer, SMALL, steal=False)
    _, tiling = fit_layer(layer, SMALL)
    rows = [-(-9 * piece.length // SMALL.lookahead) for piece in tiling.blocks[0].slices]
    assert min(event.end - event.start for event in trace.events) == min(rows)
