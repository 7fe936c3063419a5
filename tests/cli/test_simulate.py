"""``grus simulate``: what it prints and writes, and what it says of bad input."""

import json
from pathlib import Path

import pytest

from grus.hw.presets import SMALL
from grus.sim.cycle.timed_crane import TimedCrane
from grus.study.machines import machine_of
from tests.sim import crane_stand_in
from tests.support.command_line import grus

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
REAL = (DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy")


@pytest.fixture(autouse=True)
def crane(monkeypatch):
    crane_stand_in.put_in(monkeypatch)


def test_networks_stand_side_by_side(tmp_path):
    target, page = tmp_path / "out.json", tmp_path / "out.html"
    result = grus(
        *("simulate", *REAL, "alexnet", "--masks", "even", "--seed", 2),
        *("--design", "dense", "--design", "crane-is:steal=false", "--design", "ideal"),
        *("--json", target, "--report", page),
    )
    assert result.exit_code == 0, result.output
    found = json.loads(target.read_text())
    assert list(found["designs"]) == ["dense", "crane-is, no stealing", "ideal"]
    digits, alexnet = found["networks"]
    assert (digits["synthetic"], alexnet["synthetic"]) == (False, True)
    assert alexnet["workload"]["seed"] == 2
    for network in (digits, alexnet):
        cycles = network["total"][1]["cycles"]
        assert f"{cycles:,}" in result.output
        assert f"<td>{cycles:,}</td>" in page.read_text()
        assert network["total"][0]["cycles"] / cycles == network["total"][1]["speed_up"]
    assert "AlexNet (synthetic)" in result.output
    assert "digits (synthetic)" not in result.output
    assert "AlexNet: SYNTHETIC patterns, even masks, seed 2" in result.output


def test_layers_are_chosen_and_traced(tmp_path):
    trace, target = tmp_path / "trace.json", tmp_path / "out.json"
    result = grus(
        *("simulate", *REAL, "--design", "crane-is-small", "--json", target),
        *("--trace", trace, "--layer", "conv2"),
    )
    assert result.exit_code == 0, result.output
    (network,) = json.loads(target.read_text())["networks"]
    assert [layer[0]["layer"] for layer in network["layers"]] == ["conv2"]
    content = json.loads(trace.read_text())
    assert content["otherData"]["layers"] == ["conv2"]
    assert {"own", "stolen", "steal", "rounds", "tiles"} <= {
        record.get("cat") for record in content["traceEvents"]
    }


def test_memory_that_answers_late_costs_cycles(tmp_path):
    target, page = tmp_path / "out.json", tmp_path / "out.html"
    designs = ("--design", "crane-is-small", "--design", "dense", "--layer", "conv3")
    for options in ((), ("--latency", 200, "--bandwidth", 0.05)):
        result = grus("simulate", *REAL, *designs, *options, "--json", target, "--report", page)
        assert result.exit_code == 0, result.output
        found = json.loads(target.read_text())
        crane, dense = found["networks"][0]["total"]
        if not options:
            assert found["memory"] == ""
            assert "Cycles: operands being there" in page.read_text()
            without = dense["cycles"]
    sentence = "Memory: latency 200 cycles, 0.05 words of 128 bits a cycle each way."
    assert sentence in " ".join(result.output.split())
    assert sentence in page.read_text()
    assert found["memory"].startswith(sentence)
    assert found["designs"]["crane-is-small"]["latency"] == 200
    assert found["designs"]["dense"]["bandwidth"] == 0.05
    assert crane["machine"] == TimedCrane(config=SMALL).name
    assert crane["cycles"] > 200 * 6
    assert crane["loss_shares"]["memory"] > 0.5
    assert dense["cycles"] > without
    (of_layers,) = found["networks"][0]["layers"]
    waits = of_layers[1]["choices"]["cycles that wait for bandwidth"]
    assert waits == dense["cycles"] - without


BAD = {
    "network": (["lenet", "--design", "ideal"], "network must be one of alexnet, "),
    "design": (["alexnet", "--design", "crane"], "design must be one of ideal, "),
    "parameter": (["alexnet", "--design", "scnn:pse=1"], "parameter of scnn must be one of "),
    "same": (["alexnet", *("--design", "ideal") * 2], "designs must have different names, not "),
    "twice": (["alexnet", "alexnet", "--design", "ideal"], "networks must have different names"),
    "image": ([DIGITS / "digits.onnx", "--design", "ideal"], "input must be given for "),
    "images": (
        ["alexnet", "--input", "x.npy", "--design", "ideal"],
        "--input must be given once for each ONNX file, 0 times, not 1",
    ),
    "bits": (
        [*REAL, "--design", "ideal", "--design", "crane-is-tiny"],
        "designs must have equal data_bits to share a real network's zeros, not 8, 16",
    ),
    "fit": (
        ["alexnet", "--design", "crane-is:max_terms=100"],
        "crane-is:max_terms=100 must fit every layer, and does not fit conv",
    ),
    "layer": (
        ["alexnet", "--design", "crane-is", "--layer", "conv9", "--trace", "OUT/t"],
        "layer of AlexNet must be one of conv1, conv2, conv3, conv4, conv5, not conv9",
    ),
    "trace": (
        ["alexnet", "--design", "ideal", "--layer", "conv1", "--trace", "OUT/t"],
        "--trace must have one network and one Crane design, not 1 and 0",
    ),
    "latency": (
        ["alexnet", "--design", "ideal", "--latency", "0"],
        "latency must be at least 1 cycle, not 0",
    ),
    "bandwidth": (
        ["alexnet", "--design", "ideal", "--bandwidth", "0.5"],
        "--bandwidth must go with --latency, and that is missing",
    ),
    "late trace": (
        ["alexnet", "--design", "crane-is", "--latency", "9", "--trace", "OUT/t"],
        "--trace must stand without --latency: it shows the array, never late",
    ),
    "huge": (
        ["alexnet", "--design", "crane-is", "--trace", "OUT/t"],
        "--trace must have at most 500,000 work-items, not 1,434,336: choose fewer layers with",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence_and_nothing_is_written(name, tmp_path):
    arguments, message = BAD[name]
    arguments = [str(argument).replace("OUT", str(tmp_path)) for argument in arguments]
    written = ("--json", tmp_path / "out.json", "--report", tmp_path / "out.html")
    result = grus("simulate", *arguments, *written)
    assert result.exit_code == 2, result.output
    assert result.output.lstrip().startswith(f"Error: {message}"), result.output
    assert not list(tmp_path.iterdir())


def test_speed_up_of_machines_of_other_sizes_is_pointed_out():
    result = grus("simulate", *REAL, "--design", "dense", "--design", "scnn")
    assert result.exit_code == 0, result.output
    assert "Multipliers differ" in result.output
    assert machine_of("scnn").name in result.output
