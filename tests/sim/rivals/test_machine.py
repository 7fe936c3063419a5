"""Accounts add up, parameters are checked, and what must move events moves them."""

import numpy as np
import pytest

from grus.sim.rivals.cambricon_s import CambriconS
from grus.sim.rivals.cambricon_x import CambriconX
from grus.sim.rivals.dcnn import Dcnn
from grus.sim.rivals.dense import Dense
from grus.sim.rivals.ideal import Ideal
from grus.sim.rivals.machine import Event, LayerCount, total_of
from grus.sim.rivals.scnn import Scnn
from grus.sim.rivals.traffic import dram_events
from tests.sim.rivals.layers import layer_of, random_layer

MACHINES = (Ideal, Dense, Dcnn, CambriconX, CambriconS, Scnn)


def count_of(**changed):
    good = {
        "machine": "m",
        "layer": "l",
        "origin": "synthetic: a test",
        "cycles": 5,
        "multipliers": 2,
        "effectual_macs": 4,
        "losses": {"waiting": 6},
        "events": [Event("ram", "read", 3, 16, 64), Event("dram", "dram", 7, 2)],
    }
    return LayerCount(**{**good, **changed})


def test_utilisation_and_traffic():
    assert count_of().utilisation == 0.4
    assert count_of().dram_bits == 14
    nothing = count_of(cycles=0, effectual_macs=0, losses={})
    assert nothing.utilisation == 0
    assert count_of().to_dict()["losses"] == {"waiting": 6}


@pytest.mark.parametrize("losses", [{"waiting": 5}, {"waiting": 7}, {"waiting": 7, "other": -1}])
def test_refuses_losses_that_do_not_add_up(losses):
    with pytest.raises(
        ValueError, match="losses of l on m must be positive and add up to 10 slots"
    ):
        count_of(losses=losses)


def test_total():
    whole = total_of([count_of(), count_of(cycles=4, losses={"edge": 4}, origin="real: x")], "net")
    assert (whole.cycles, whole.effectual_macs, whole.losses) == (9, 8, {"waiting": 6, "edge": 4})
    assert whole.origin == "real and synthetic: 2 layers"
    assert Event("ram", "read", 6, 16, 64) in whole.events
    with pytest.raises(ValueError, match="layers of net must be of one machine, not of 2"):
        total_of([count_of(), count_of(machine="other")], "net")
    with pytest.raises(ValueError, match="layers of net must be of one machine, not of 0"):
        total_of([], "net")


@pytest.mark.parametrize("machine", MACHINES)
def test_parameters_are_checked(machine):
    with pytest.raises(TypeError, match="name must be a text of at least one character, not ''"):
        machine(name="")
    with pytest.raises(ValueError, match=r"data_bits must be in 1\.\.64, not 65"):
        machine(data_bits=65)
    with pytest.raises(TypeError, match=r"data_bits must be an integer, not 2\.5"):
        machine(data_bits=2.5)


@pytest.mark.parametrize(
    ("machine", "parameter", "value", "error", "text"),
    [
        (CambriconX, "interleaved", 1, TypeError, "interleaved must be True or False, not 1"),
        (CambriconX, "placeholders", 1, TypeError, "placeholders must be True or False, not 1"),
        (CambriconX, "tiles_in_step", 1, TypeError, "tiles_in_step must be True or False, not 1"),
        (CambriconS, "window_inputs", 100, ValueError, "must be a multiple of 64, not 100"),
        (Scnn, "balanced", None, TypeError, "balanced must be True or False, not None"),
        (Scnn, "barrier", "pe", ValueError, "must be one of group, none, channel, not 'pe'"),
        (Scnn, "banks", "few", ValueError, "must be one of none, queues, pessimistic, not 'few'"),
        (Dcnn, "balanced", 0, TypeError, "balanced must be True or False, not 0"),
    ],
)
def test_choices_are_checked(machine, parameter, value, error, text):
    with pytest.raises(error, match=text):
        machine(**{parameter: value})


@pytest.mark.parametrize("machine", MACHINES[1:])
@pytest.mark.parametrize("seed", range(6))
def test_multipliers_are_at_work_or_wait(machine, seed):
    count = machine().count(random_layer(seed))
    of_kind = {
        kind: sum(event.times for event in count.events if event.kind == kind)
        for kind in ("mac", "idle")
    }
    assert sum(of_kind.values()) == count.slots
    assert of_kind["mac"] >= count.effectual_macs
    assert all(event.times >= 0 for event in count.events)


def test_operands_that_do_not_fit_are_read_again():
    sizes = {"output_bits": 8, "weight_ram_bytes": 10, "input_ram_bytes": 10}
    fit = dram_events(weight_bits=80, input_bits=800, **sizes)
    assert [event.times for event in fit] == [80, 800, 8]
    neither = dram_events(weight_bits=81, input_bits=8000, **sizes)
    assert [event.times for event in neither] == [81, 2 * 8000, 8]
    other = dram_events(weight_bits=8000, input_bits=81, **sizes)
    assert [event.times for event in other] == [2 * 8000, 81, 8]


def test_only_cambricon_s_works_on_dropped_outputs():
    rng = np.random.default_rng(2)
    weights, inputs = rng.random((32, 64, 3, 3)) < 0.4, rng.random((64, 9, 9)) < 0.5
    dropped = rng.random(32) < 0.5
    whole, pruned = (layer_of(weights, inputs, dropped=drop) for drop in (None, dropped))
    for machine in (CambriconX(), Scnn(), Ideal()):
        assert machine.count(pruned).cycles < machine.count(whole).cycles
    assert CambriconS().count(pruned).cycles == CambriconS().count(whole).cycles


def test_group_outputs_fit_the_accumulators():
    layer = layer_of(np.ones((512, 4, 3, 3)), np.ones((4, 14, 14)))
    # Tiles of 2 x 2 reach 4 x 4 positions of the result: 1024 / 16.
    assert Scnn().count(layer).choices == {"outputs of a group": 64}
    assert Scnn(group_outputs=8).count(layer).choices == {"outputs of a group": 8}
