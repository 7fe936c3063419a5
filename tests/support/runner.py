"""Runs the cocotb tests of one testbench on one generated component."""

import json
import os

from grus.hw.emit import to_verilog
from grus.sim.simulators import build, run


def run_testbench(component, testbench, *, folder, parameters=None, simulator="icarus", tests=None):
    """Build `component`, run `testbench` on it, and fail if one of its tests does.

    Parameters
    ----------
    component : Component
        Device under test; its class names the top module.
    testbench : str
        Module that holds the cocotb tests, such as ``tests.hw.stream.fifo_tb``.
    folder : Path
        Where logs and waveforms go: ``tmp_path``.
    parameters : dict, optional
        What the testbench must know; it reads them by :func:`parameters`.
    simulator : str
        ``icarus`` or ``verilator``.
    tests : str, optional
        Only the cocotb test of this name.

    ``SEED=n pytest`` repeats or explores, ``WAVES=1 pytest`` records waveforms.
    """
    top = type(component).__name__
    waves = bool(os.environ.get("WAVES"))
    design = build(to_verilog(component), top=top, simulator=simulator, waves=waves)
    run(
        design,
        testbench=testbench,
        folder=folder,
        environment={"GRUS_PARAMETERS": json.dumps(parameters or {})},
        seed=os.environ.get("SEED", "1"),
        testcase=tests,
        quiet=True,
        waves=waves,
    )


def parameters():
    """What the pytest side handed to this testbench."""
    return json.loads(os.environ["GRUS_PARAMETERS"])
