"""Energies are those of the table, and the table may be the user's."""

import re
from importlib.resources import files

import pytest

from grus.sim.rivals.energy import energy_of, load_energy
from grus.sim.rivals.machine import Event
from grus.sim.rivals.scnn import Scnn
from tests.sim.rivals.layers import random_layer

SHIPPED = (files("grus.sim.rivals") / "energy.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("event", "picojoules"),
    [
        (Event("x", "mac", 10, 16), 22.0),
        (Event("x", "mac", 10, 8), 5.5),
        (Event("x", "idle", 10, 16), 0.66),
        (Event("x", "add", 10, 16), 0.5),
        (Event("x", "register", 10, 16), 5.0),
        (Event("x", "dram", 16, 1), 320.0),
        (Event("x", "read", 1, 64, 8192), 10.0),
        (Event("x", "write", 3, 64, 8192), 30.0),
        (Event("x", "read", 1, 64, 16384), 200**0.5),  # halfway between 8 and 32 KB
        (Event("x", "read", 1, 64, 131072), 20 * 5**0.4),  # 4 of 32 times 32 KB
        (Event("x", "read", 1, 32, 32768), 10.0),
        (Event("x", "read", 1, 16, 448), 0.710),
    ],
    ids=str,
)
def test_single_events(event, picojoules):
    assert energy_of([event], node="45nm")["x"] == pytest.approx(picojoules)


def test_nodes_scale_all_but_dram():
    events = [Event("mac", "mac", 1, 16), Event("ram", "read", 1, 64, 8192)]
    assert energy_of(events, node="65nm") == pytest.approx({"mac": 2.20 * 2.16, "ram": 21.6})
    assert energy_of([Event("dram", "dram", 1, 1)], node="16nm") == {"dram": 20.0}


def test_larger_rams_cost_more():
    energies = [load_energy().ram_bit(1 << size) for size in range(24)]
    assert energies == sorted(energies)


def test_energy_is_summed_by_component():
    count = Scnn().count(random_layer(1))
    energies = energy_of(count.events)
    assert set(energies) == {event.component for event in count.events}
    table = load_energy()
    assert sum(energies.values()) == pytest.approx(
        sum(table.of_event(event, "65nm") for event in count.events)
    )


def test_every_entry_names_its_source():
    entries = re.findall(r"^\[+(?!nodes\])[\w.]+\]+.*(?:\n(?!\[).*)*", SHIPPED, re.MULTILINE)
    assert len(entries) == 14
    for entry in entries:
        assert re.search(r'^source = ".+"', entry, re.MULTILINE), entry


def test_a_table_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(SHIPPED.replace("pj = 20.0\nbits = 1\n", "pj = 8.0\nbits = 1\n"))
    event = [Event("dram", "dram", 1, 1)]
    assert energy_of(event, load_energy(path)) == {"dram": 8.0}
    assert energy_of(event, load_energy(dram=70)) == {"dram": 70.0}


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("[mac]", "mac]", "must be a TOML file, and is not"),
        ("[mac]", "[mack]", "must have an entry mac"),
        (
            "pj = 2.20",
            "pj = -1",
            "each pj of the energy table .* must be a positive number, not -1",
        ),
        ("pj = 2.20", "", "each pj of the energy table .* must be a positive number, not None"),
        ("[[ram]]", "[[rams]]", "must have an entry ram"),
        ("[nodes.", "[node.", "must have an entry nodes"),
    ],
)
def test_refuses_a_broken_table(tmp_path, old, new, text):
    path = tmp_path / "mine.toml"
    path.write_text(SHIPPED.replace(old, new))
    with pytest.raises(ValueError, match=text):
        load_energy(path)


def test_refuses_a_table_with_one_ram(tmp_path):
    head, *rams = SHIPPED.split("[[ram]]")
    path = tmp_path / "mine.toml"
    path.write_text(head + "[[ram]]" + rams[-1])
    with pytest.raises(ValueError, match="must have at least 2 sizes of RAM, not 1"):
        load_energy(path)


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="must be a TOML file, and is not"):
        load_energy(tmp_path / "none.toml")


def test_refuses_unknown_words():
    with pytest.raises(ValueError, match="node must be one of 45nm, 65nm, 16nm, not 7nm"):
        energy_of([Event("x", "mac", 1, 16)], node="7nm")
    with pytest.raises(ValueError, match=r"kind of event must be one of .*, not magic"):
        energy_of([Event("x", "magic", 1, 16)])
    with pytest.raises(ValueError, match=r"kind of event must be one of .*, not magic"):
        load_energy(magic=1)
