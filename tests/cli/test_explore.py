"""``grus explore``: a real cluster on this machine, and what is said of bad input."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command_line import grus

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
SWEEP = f"""
networks = [{{network = "{DIGITS / "digits.onnx"}", image = "{DIGITS / "inputs.npy"}"}}]
[[designs]]
base = "ideal"
multipliers = [64, 128]
[[designs]]
base = "dense"
"""


@pytest.fixture
def sweep(tmp_path):
    path = tmp_path / "sweep.toml"
    path.write_text(SWEEP)
    return path


def test_a_sweep_on_a_cluster(sweep, tmp_path):
    out = tmp_path / "out"
    result = grus("explore", sweep, "-o", out, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {
        *("points", "results.csv", "results.json", "pareto.svg")
    }
    rows = json.loads((out / "results.json").read_text())
    assert [row["design"] for row in rows] == [
        *("ideal:multipliers=64", "ideal:multipliers=128", "dense")
    ]
    assert [row["best"] for row in rows] == [True, True, False]
    with (out / "results.csv").open() as file:
        assert [int(row["cycles"]) for row in csv.DictReader(file)] == [
            row["cycles"] for row in rows
        ]
    assert f"{rows[0]['cycles']:,}" in result.output
    assert "<circle" in (out / "pareto.svg").read_text()


def test_ctrl_c_is_one_sentence_and_the_sweep_goes_on(tmp_path):
    path, out = tmp_path / "sweep.toml", tmp_path / "out"
    seeds = list(range(100))  # more than anybody waits for
    path.write_text(f'networks = ["alexnet"]\nseeds = {seeds}\n[[designs]]\nbase = "dense"\n')
    program = "from grus.cli import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", program, "explore", str(path), "-o", str(out), "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not list(out.glob("points/*.json")):
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to workers too
    output, _ = running.communicate(timeout=60)
    assert running.returncode == 130, output
    kept = len(list(out.glob("points/*.json")))
    told = (
        rf"Error: interrupted: {kept} of 100 points are kept in \S+, and the same command goes on"
    )
    assert re.fullmatch(told, output.strip()), output
    assert {entry.name for entry in out.iterdir()} == {"points"}
    assert all(json.loads(entry.read_text()) for entry in out.glob("points/*"))


def test_an_interrupt_keeps_what_is_finished(sweep, tmp_path, monkeypatch):
    def stopped(read, output, *, report, **_):
        report(2, 3, "dense")
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["grus.cli.explore"], "explore_sweep", stopped)
    result = grus("explore", sweep, "-o", tmp_path / "out")
    assert result.exit_code == 130
    assert "Error: interrupted: 2 of 3 points are kept in " in result.output


@pytest.mark.parametrize(
    ("old", "new", "more", "message"),
    [
        ("multipliers", "multiplier", [], "parameter of ideal must be one of .*, not multiplier"),
        ("digits.onnx", "digit.onnx", [], "network must be one of alexnet, .*digit.onnx"),
        ("inputs.npy", "input.npy", [], "input must be a .npy file, and there is no file "),
        ("", "", ["--areas", "x.json"], "areas must be what grus cost --json writes"),
        ("", "", ["--workers", "1", "--scheduler", "x"], "--workers must go without --scheduler"),
    ],
)
def test_bad_input_gets_one_sentence_before_anything_is_run(
    sweep, tmp_path, old, new, more, message
):
    if old:
        sweep.write_text(SWEEP.replace(old, new))
    result = grus("explore", sweep, "-o", tmp_path / "out", *more)
    assert result.exit_code == 2, result.output
    found = " ".join(result.output.split())
    assert found.startswith("Error: ")
    assert re.search(message, found), found
    assert not (tmp_path / "out").exists()
