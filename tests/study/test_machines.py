"""Machines are found by name or file; what is wrong is said in a sentence."""

import numpy as np
import pytest

from grus.sim.cycle.clocked_cambricon_x import ClockedCambriconX
from grus.sim.rivals.cambricon_x import CambriconX
from grus.study.machines import (
    RIVALS,
    crane_config_of,
    data_bits_of,
    machine_of,
    multipliers_of,
    parameters_of,
)
from tests.sim import crane_stand_in
from tests.sim.rivals.layers import layer_of, random_layer


@pytest.fixture(autouse=True)
def crane(monkeypatch):
    crane_stand_in.put_in(monkeypatch)


@pytest.mark.parametrize("name", RIVALS)
def test_rivals_have_their_names_and_multipliers(name):
    machine = machine_of(name)
    assert type(machine) is RIVALS[name]
    counted = machine.count(random_layer(1))
    assert counted.machine == machine.name == name
    assert counted.multipliers == multipliers_of(machine)
    assert crane_config_of(machine) is None


def test_changes_follow_a_colon_and_stand_in_the_name():
    machine = machine_of("cambricon-x:window_inputs=0,interleaved=true")
    assert (machine.window_inputs, machine.interleaved) == (0, True)
    assert machine_of(machine.name) == machine
    assert machine_of("cambricon-x", {"window_inputs": 0, "interleaved": True}) == machine


def test_crane_takes_parameters_and_stealing():
    machine = machine_of("crane-is:lookahead=32,steal=false")
    assert (machine.config.lookahead, machine.steal) == (32, False)
    assert machine.name == "crane-is:lookahead=32, no stealing"
    assert machine_of("crane-is").steal
    assert crane_config_of(machine).lookahead == 32
    assert data_bits_of(machine_of("crane-is-tiny")) == 8
    assert parameters_of(machine)["lookahead"] == 32
    assert "name" not in parameters_of(machine)
    assert multipliers_of(machine) == 256


def test_files_start_from_a_crane_or_a_rival(tmp_path):
    lean, wide = tmp_path / "lean.toml", tmp_path / "wide.toml"
    lean.write_text('base = "crane-is-tiny"\npool_words = 12\n')
    wide.write_text('base = "scnn"\npe_rows = 2\n')
    assert machine_of(str(lean)).config.pool_words == 12
    assert machine_of(f"{lean}:steal=false").name == "lean, no stealing"
    assert machine_of(str(wide)).pe_rows == 2
    assert machine_of(f"{wide}:pe_rows=3").pe_rows == 3
    assert machine_of(str(wide)).name == "wide"


def test_without_activation_skipping_zeros_are_multiplied():
    layer = layer_of(np.ones((4, 2, 1, 1)), np.eye(3)[None].repeat(2, axis=0))
    sparse, full = (machine_of(f"crane-is-tiny{end}") for end in ("", ":skip_activations=false"))
    count = full.count(layer)
    assert count.machine == full.name == "crane-is-tiny:skip_activations=false"
    assert sparse.count(layer).cycles < count.cycles
    assert count.effectual_macs == layer.effectual_macs == 24
    assert count.losses["ineffectual"] == 48
    assert parameters_of(full)["skip_activations"] is False


@pytest.mark.parametrize(
    ("design", "message"),
    [
        ("crane", "design must be one of ideal, .*, cambricon-x-tiny or a TOML file, not crane$"),
        ("scnn:pes=4", "parameter of scnn must be one of name, .*, not pes"),
        ("crane-is:pse=4", "parameter must be one of name, .*, not pse"),
        ("crane-is:pes=1", r"pes must be in 2\.\.64, not 1"),
        ("dense:pes", "what follows the colon of a design must be PARAMETER=VALUE,.*, not dense"),
        ("crane-is:", "what follows the colon of a design must be PARAMETER=VALUE"),
    ],
)
def test_what_is_wrong_is_named(design, message):
    with pytest.raises(ValueError, match=message):
        machine_of(design)


def test_flags_are_true_or_false():
    with pytest.raises(TypeError, match="steal must be true or false, not 1"):
        machine_of("crane-is:steal=1")
    with pytest.raises(ValueError, match=r"parameter of ideal must be one of .*, not steal"):
        machine_of("ideal:steal=false")


def test_cambricon_x_is_reconstructed_unless_its_rtl_is_asked_for():
    assert isinstance(machine_of("cambricon-x"), CambriconX)
    clocked = machine_of("cambricon-x:rtl=true,patch_positions=512")
    assert isinstance(clocked, ClockedCambriconX)
    assert clocked.name == "cambricon-x:rtl=true,patch_positions=512"
    assert clocked.config.patch_positions == 512
    assert isinstance(machine_of("cambricon-x-small"), ClockedCambriconX)
    assert crane_config_of(clocked) is None  # it has no thefts that a trace could show
    assert multipliers_of(clocked) == 256
