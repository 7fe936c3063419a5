"""The command line: what it writes, and what it says of bad input."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from grus.hw.emit import to_verilog
from tests.support.command_line import grus

DIGITS = Path(__file__).parent.parent.parent / "examples" / "digits"


def test_generate_writes_verilog_and_its_description(tmp_path):
    result = grus("generate", "crane-is-tiny", "-o", tmp_path / "rtl", "--set", "lookahead=4")
    assert result.exit_code == 0, result.output
    files = {path.name for path in (tmp_path / "rtl").iterdir()}
    assert files == {"crane-is-tiny.v", "crane-is-tiny.json"}
    description = json.loads((tmp_path / "rtl" / "crane-is-tiny.json").read_text())
    assert description["parameters"]["lookahead"] == 4
    ports = {port["name"]: port for port in description["ports"]}
    assert ports["results__payload"]["direction"] == "output"
    verilog = (tmp_path / "rtl" / "crane-is-tiny.v").read_text()
    assert re.search(rf"^module {description['top']}\(", verilog, re.MULTILINE)


BAD = {
    "design": (
        ["generate", "crane", "-o", "OUT"],
        r"design must be one of crane-is, .*, not crane",
    ),
    "parameter": (
        ["generate", "crane-is-tiny", "-o", "OUT", "--set", "pse=4"],
        r"parameter must be one of name, .*, not pse",
    ),
    "value": (
        ["generate", "crane-is-tiny", "-o", "OUT", "--set", "pes=1"],
        r"pes must be in 2\.\.64, not 1",
    ),
    "assignment": (
        ["verify", "crane-is-tiny", "--set", "pes", "--json", "OUT"],
        r"--set must be PARAMETER=VALUE, not pes",
    ),
    "network": (
        ["layers", "none.onnx", "--input", "x.npy", "--json", "OUT"],
        r"network must be an ONNX file, and there is no file none\.onnx",
    ),
    "input": (
        ["layers", DIGITS / "digits.onnx", "--input", "none.npy", "--json", "OUT"],
        r"input must be a \.npy file, and there is no file none\.npy",
    ),
    "shape": (
        ["layers", DIGITS / "digits.onnx", "--input", DIGITS / "labels.npy", "--json", "OUT"],
        r"input .* must have shape \(1, 8, 8\), with or without a batch, not \(10,\)",
    ),
    "layer": (
        [
            *("layers", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
            *("--layers", "conv1,conv9", "--json", "OUT"),
        ],
        r"layer must be one of conv1, .*, fc, not conv9",
    ),
    "layer of a run": (
        [
            *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
            *("--layers", "conv1,conv9", "--json", "OUT"),
        ],
        r"layer must be one of conv1, .*, fc, not conv9",
    ),
    "waveforms": (
        [
            *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
            *("--waves", "x.wlf", "--json", "OUT"),
        ],
        r"waveforms must go to a file \.fst or \.vcd, not x\.wlf",
    ),
    "scales": (
        [
            *("layers", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
            *("--scales", DIGITS / "README.md", "--json", "OUT"),
        ],
        r"scales .* must be a JSON file, and is not",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_sentence(name, tmp_path):
    arguments, message = BAD[name]
    target = tmp_path / "out"
    result = grus(*(target if argument == "OUT" else argument for argument in arguments))
    assert result.exit_code == 2, result.output
    assert re.match(f"Error: {message}", result.output), result.output
    assert result.output.count("\n") == 1
    assert not target.exists()


def test_a_missing_simulator_is_named(monkeypatch):
    monkeypatch.setattr("grus.sim.simulators.is_available", lambda simulator: False)
    result = grus("verify", "crane-is-tiny", "--simulator", "icarus", "--count", 1)
    assert result.exit_code == 2
    assert re.search(r"simulator icarus must be installed, and is not: install", result.output)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"no array"])
def test_damaged_images_are_refused(content, tmp_path):
    path = tmp_path / "x.npy"
    path.write_bytes(content)
    result = grus("layers", DIGITS / "digits.onnx", "--input", path)
    assert result.exit_code == 2
    assert re.match(r"Error: input .* must be a whole \.npy file, and is not", result.output)


def test_images_with_nan_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.full((1, 8, 8), np.nan))
    result = grus("layers", DIGITS / "digits.onnx", "--input", tmp_path / "x.npy")
    assert result.exit_code == 2
    assert "must be finite" in result.output


@pytest.mark.rtl
def test_verify_passes_on_the_design_and_fails_on_a_broken_one(monkeypatch, tmp_path):
    command = (
        *("verify", "crane-is-tiny", "--simulator", "icarus", "--count", 3),
        *("--json", tmp_path / "verify.json"),
    )
    result = grus(*command)
    assert result.exit_code == 0, result.output
    assert "3 of 3 random layers are bit-exact" in result.output
    assert len(json.loads((tmp_path / "verify.json").read_text())["layers"]) == 3

    def broken(core):
        """The adder tree leaves out lane 0."""
        verilog = to_verilog(core)
        lane = "? i__payload[15:0] : 16'h0000"
        assert verilog.count(lane) == 1
        return verilog.replace(lane, "? 16'h0000 : 16'h0000")

    monkeypatch.setattr("grus.sim.core_player.to_verilog", broken)
    result = grus(*command)
    assert result.exit_code == 1
    assert "of 3 layers failed" in result.output


@pytest.mark.rtl
def test_layers_plays_a_layer(tmp_path):
    target = tmp_path / "layers.json"
    result = grus(
        *("layers", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
        *("--layers", "fc", "--simulator", "icarus", "--design", "crane-is-small"),
        *("--json", target),
    )
    assert result.exit_code == 0, result.output
    (layer,) = json.loads(target.read_text())["layers"]
    assert layer["exact"]
    assert layer["faults"] == []
    assert abs(sum(layer["account"]["shares"].values()) - 1) < 1e-9


@pytest.mark.rtl
def test_run_gives_the_answer(tmp_path):
    target, outputs = tmp_path / "run.json", tmp_path / "outputs.npz"
    result = grus(
        *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
        *("--design", "crane-is-small", "--json", target, "--save-outputs", outputs),
    )
    assert result.exit_code == 0, result.output
    assert "All 6 tensors equal the golden model bit for bit." in result.output
    report = json.loads(target.read_text())
    assert report["outputs"]["scores"]["top"][0] == report["outputs"]["scores"]["float_top"][0] == 0
    assert all(step["cycles"] > 0 for step in report["steps"])
    assert all(step["ratio"] <= 1.02 for step in report["steps"])
    assert all(f"{step['ratio']:.3f}" in result.output for step in report["steps"])
    with np.load(outputs) as archive:
        assert int(np.argmax(archive["scores"])) == 0


def test_run_on_the_golden_model_needs_no_simulator(tmp_path):
    result = grus(
        *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy", "--engine", "golden"),
    )
    assert result.exit_code == 0, result.output
    assert "float has the same first" in result.output


def test_run_saves_its_outputs_whole_or_not_at_all(tmp_path, monkeypatch):
    command = (
        *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy", "--engine", "golden"),
        *("--save-outputs", tmp_path / "outputs"),
    )
    assert grus(*command).exit_code == 0
    with np.load(tmp_path / "outputs") as archive:
        assert int(np.argmax(archive["scores"])) == 0
    before = (tmp_path / "outputs").read_bytes()

    def full(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr("grus.api.run_result.np.savez", full)
    result = grus(*command)
    assert (result.exit_code, "no space left" in result.output) == (2, True)
    assert (tmp_path / "outputs").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]


@pytest.mark.parametrize("bits", [100, 32])
def test_run_names_a_bus_that_does_not_exist(bits):
    result = grus(
        *("run", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy", "--bus-bits", bits),
    )
    assert result.exit_code == 2
    assert re.match(rf"Error: data_bits must be .*, not {bits}", result.output)


def test_generate_writes_the_accelerator_with_its_registers(tmp_path):
    result = grus(
        *("generate", "crane-is-small", "--top", "accelerator", "--bus-bits", 64),
        *("-o", tmp_path),
    )
    assert result.exit_code == 0, result.output
    description = json.loads((tmp_path / "crane-is-small.json").read_text())
    ports = {port["name"]: port["width"] for port in description["ports"]}
    assert (ports["m_axi_rdata"], ports["s_axi_awaddr"], ports["irq"]) == (64, 12, 1)
    assert description["registers"][0]["name"] == "identity"
    verilog = (tmp_path / "crane-is-small.v").read_text()
    assert "input [63:0] m_axi_rdata;" in verilog


def test_compile_writes_image_descriptors_and_plan(tmp_path):
    result = grus(
        *("compile", DIGITS / "digits.onnx", "--input", DIGITS / "inputs.npy"),
        *("--design", "crane-is-small", "-o", tmp_path / "out"),
    )
    assert result.exit_code == 0, result.output
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    image = (tmp_path / "out" / "image.bin").read_bytes()
    descriptors = (tmp_path / "out" / "descriptors.bin").read_bytes()
    assert len(image) == plan["descriptors_address"]
    count = sum(step.get("descriptors", 0) for step in plan["steps"])
    assert len(descriptors) == count * plan["descriptor_bytes"]
    assert [step["layer"] for step in plan["steps"]][-1] == "fc"
    assert set(plan["maps"]) >= {"image", "scores"}
    assert all(step["traffic"]["ratio"] <= 1.02 for step in plan["steps"])
    assert all(f"{step['traffic']['ratio']:.3f}" in result.output for step in plan["steps"])
