"""Every figure can be drawn by its command; values are what the machines counted."""

import json
from statistics import mean

import pytest
from click.testing import CliRunner

from benchmarks.figure_list import FIGURES
from benchmarks.paper_figures import main
from grus.study.machines import machine_of
from grus.study.workload import Workload
from tests.sim import crane_stand_in
from tests.support.direct import count_directly


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """The first layers only, counted at once, with nothing kept from other runs."""
    crane_stand_in.put_in(monkeypatch)
    count_directly(monkeypatch)
    monkeypatch.setenv("GRUS_CACHE", str(tmp_path / "cache"))
    whole = Workload.layers
    monkeypatch.setattr(
        Workload, "layers", lambda self, bits=16: [next(whole(self, bits)), last(whole(self, bits))]
    )


def last(layers):
    *_, layer = layers
    return layer


def drawn(figure, tmp_path, *more):
    files = ("--json", str(tmp_path / "f.json"), "--svg", str(tmp_path / "f.svg"))
    arguments = [figure, *map(str, more), *files]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return json.loads((tmp_path / "f.json").read_text()), (tmp_path / "f.svg").read_text()


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn(name, tmp_path):
    content, drawing = drawn(name, tmp_path, "--network", "alexnet", "--seed", 0, "--masks", "even")
    figure = FIGURES[name]
    labels = set(figure.designs("crane-is"))
    assert content["claim"] == figure.claim
    assert content["synthetic"] is True
    assert content["masks"]["even"]["unfit"] == []
    for group in content["masks"]["even"]["values"].values():
        assert set(group) == labels
        if figure.over:
            assert group[figure.over]["mean"] == pytest.approx(1)
    words = " ".join(drawing.replace("</text>", " ").split())
    assert "SYNTHETIC" in words
    assert all(word in words for word in figure.claim.split()[:3])
    assert all(f">{line}<" in drawing for line in figure.lines)
    assert all(f">{label}<" in drawing.replace("&gt;", ">") for label in labels)


def test_utilisation_is_that_of_the_machines_and_seeds_have_a_range(tmp_path):
    networks = ("--network", "alexnet", "--network", "mobilenet")
    content, _ = drawn("13a", tmp_path, *networks, "--seed", 0, "--seed", 1, "--masks", "uneven")
    values = content["masks"]["uneven"]["values"]
    assert list(values) == ["AlexNet", "MobileNet v1", "mean"]
    found = []
    for seed in (0, 1):
        workload = Workload(network="alexnet", seed=seed)
        counts = [machine_of("cambricon-x").count(layer) for layer in workload.layers()]
        macs = sum(count.effectual_macs for count in counts)
        found.append(macs / sum(count.slots for count in counts))
    shown = values["AlexNet"]["Cambricon-X"]
    assert shown == pytest.approx({"mean": mean(found), "least": min(found), "most": max(found)})
    both = [values[name]["Cambricon-X"]["mean"] for name in ("AlexNet", "MobileNet v1")]
    assert values["mean"]["Cambricon-X"]["mean"] == pytest.approx(mean(both))


def test_speed_up_is_against_the_design_named(tmp_path):
    content, _ = drawn("ablation", tmp_path, "--network", "alexnet", "--seed", 0)
    assert list(content["masks"]) == ["even", "uneven"]
    values = content["masks"]["even"]["values"]["AlexNet"]
    # The stand-in takes 3 cycles for 2 without stealing.
    assert values["no skipping, stealing"]["mean"] == pytest.approx(1.5)
    assert values["skipping, stealing"]["mean"] > 1.5


def test_a_design_that_does_not_fit_is_left_out_and_named(tmp_path):
    few = tmp_path / "few.toml"
    few.write_text('base = "crane-is"\nmax_terms = 400\n')
    content, _ = drawn("13a", tmp_path, "--network", "alexnet", "--seed", 0, "--crane", few)
    found = content["masks"]["even"]
    assert set(found["values"]["AlexNet"]) == {"Cambricon-X"}
    assert len(found["unfit"]) == 2
    assert "does not fit conv5" in found["unfit"][0]
