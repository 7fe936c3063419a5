"""Verilator's opinion of a component's Verilog."""

import subprocess

from grus.hw.emit import WAIVED_WARNINGS, to_verilog
from grus.sim.simulators import prepare_verilator


def complaints(component, folder):
    """What `verilator -Wall` says, but for the warnings that Amaranth's output cannot avoid."""
    top = type(component).__name__
    source = folder / f"{top}.v"
    source.write_text(to_verilog(component))
    prepare_verilator()
    waivers = [f"-Wno-{warning}" for warning in WAIVED_WARNINGS]
    result = subprocess.run(
        ["verilator", "--lint-only", "-Wall", *waivers, "--top-module", top, source],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[:3000]
    return result.stderr
