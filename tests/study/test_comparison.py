"""Comparisons count every layer on every machine, in order, and lose nothing on the way."""

import json
import re
from xml.etree import ElementTree

import pytest

from grus.sim.rivals.energy import energy_of
from grus.study.comparison import Comparison, compare, figures_of, losses_of, speed_up
from grus.study.machines import machine_of
from grus.study.page import comparison_page
from grus.study.workload import Workload
from tests.sim.rivals.layers import random_layer

DESIGNS = ("dense", "ideal", "scnn")


class Few(Workload):
    """Three small layers."""

    def layers(self, data_bits=16):
        return iter([random_layer(seed) for seed in (1, 2, 4)])


@pytest.fixture(scope="module")
def comparison():
    machines = [machine_of(design) for design in DESIGNS]
    return compare(Few(network="alexnet"), machines, workers=3)


def test_every_layer_is_counted_by_every_machine_in_order(comparison):
    assert list(comparison.counts) == list(DESIGNS)
    for name, counts in comparison.counts.items():
        for count, layer in zip(counts, comparison.workload.layers(), strict=True):
            assert count == machine_of(name).count(layer)


def test_progress_ends_with_everything():
    told = []
    machines = [machine_of("ideal")]
    compare(Few(network="alexnet"), machines, report=lambda *told_now: told.append(told_now))
    assert [done for done, _, _ in told] == [0, 1, 2, 3]
    assert {total for _, total, _ in told} == {3}


def test_a_layer_that_does_not_fit_is_named():
    class Picky:
        name = "picky"

        def count(self, layer):
            raise ValueError("rows must be 1")

    with pytest.raises(
        ValueError, match=r"picky must fit every layer, and does not fit random \d: rows must be 1"
    ):
        compare(Few(network="alexnet"), [Picky()])


def test_figures(comparison):
    total = comparison.totals["dense"]
    assert total.cycles == sum(count.cycles for count in comparison.counts["dense"])
    assert sum(losses_of(total).values()) + total.utilisation == pytest.approx(1)
    ideal = comparison.totals["ideal"]
    assert speed_up(ideal, total) == total.cycles / ideal.cycles
    written = json.loads(json.dumps(comparison.to_dict()))
    assert written["synthetic"] is True
    assert [entry["machine"] for entry in written["total"]] == list(DESIGNS)
    assert written["total"][1]["speed_up"] == total.cycles / ideal.cycles
    assert written["total"][0]["energy_pj"] == energy_of(total.events)
    assert len(written["layers"]) == 3
    traffic = written["total"][0]["traffic_bits"]
    assert sum(bits for part, bits in traffic.items() if "DRAM" in part) == total.dram_bits
    assert set(traffic) > {"input RAM", "weight RAM", "output RAM"}


def test_machines_of_other_sizes_are_pointed_out(comparison):
    assert comparison.multipliers.endswith("dense 256, ideal 256, scnn 1,024.")
    alike = Comparison(
        workload=comparison.workload,
        counts={name: comparison.counts[name] for name in ("dense", "ideal")},
    )
    assert alike.multipliers == ""


def test_nothing_to_do_has_no_speed_up(comparison):
    from dataclasses import replace

    empty = replace(comparison.totals["ideal"], cycles=0, effectual_macs=0, losses={})
    assert speed_up(empty, empty) is None


def test_the_page_has_all_and_needs_no_other_file(comparison):
    from grus.sim.rivals.energy import load_energy

    text = comparison_page([comparison])
    root = ElementTree.fromstring(text.partition("\n")[2].replace('<meta charset="utf-8">', ""))
    assert not re.search(r"\b(?:src|href)=", text)
    drawings = [element for element in root.iter() if element.tag.endswith("}svg")]
    assert len(drawings) == 8
    for count in (*comparison.totals.values(), *comparison.counts["scnn"]):
        assert f"<td>{count.cycles:,}</td>" in text
        energy = sum(figures_of(count, load_energy())["energy_pj"].values())
        assert f"<td>{energy / 1e6:,.2f}</td>" in text
    assert text.count('class="synthetic"') == 2
    assert "AlexNet (synthetic)" in text
