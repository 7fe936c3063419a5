"""``grus.run``: a whole network, from its file to the answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.api.comparison import compare
from grus.api.compiling import Compiled, compile
from grus.api.images import Images
from grus.api.networks import Design, Network, Scales, read_design, read_network
from grus.api.run_result import HostShare, Run
from grus.api.watching import Progress, WorkDone
from grus.compiler.accelerator import Launch
from grus.compiler.network.calibration import quantise_image
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import HostStep
from grus.compiler.work import operations
from grus.sim.host import Host
from grus.sim.machines import make_machine
from grus.sim.network_run import NetworkRun, StepRun
from grus.sim.serial_line import BAUD, SerialBoard

__all__ = ["ENGINES", "run"]

ENGINES = ("rtl", "golden")


def run(
    network: Network,
    input: Images,
    *,
    design: Design = "crane-is-small",
    engine: str = "rtl",
    simulator: str = "verilator",
    scales: Scales | None = None,
    layers: Sequence[str] | None = None,
    one_launch: bool = False,
    bus_bits: int = 128,
    latency: int = 20,
    steal: bool = True,
    waves: str | Path | None = None,
    port: str | None = None,
    baud: int = BAUD,
    progress: Progress | None = None,
) -> Run:
    """Run a network on an accelerator, and compare with the golden and the float model.

    Parameters
    ----------
    network : str, Path or FloatNetwork
        An ONNX file, or a network read from one.
    input : str, Path or ndarray of float, shape ([images,] channels, rows, columns)
        Images to calibrate on; the first is run.
    design : str, Path or CraneConfig
        A preset, a TOML file, or a design.
    engine : str
        ``rtl``, the accelerator's Verilog; or ``golden``, the golden model alone.
    simulator : str
        What plays the Verilog: ``verilator``, for whole networks; or ``icarus``, for small layers.
    scales : str, Path or mapping, optional
        Fractions, as a JSON file or a mapping; measured on the images if left out.
    layers : sequence of str, optional
        Only these layers run on the RTL, each from its true inputs; all others are computed by
        the golden model.
    one_launch : bool
        Start all layers up to the host's next share at once; the counters then tell their totals.
    bus_bits : int
        Width of the AXI bus [bits].
    latency : int
        Of memory [cycles].
    steal : bool
        Let idle processing elements steal work-items.
    waves : str or Path, optional
        File for waveforms, ``.fst``, or also ``.vcd`` on Verilator.
    port : str, optional
        A serial port, whose board runs all in place of a simulator; the bitstream must be that of
        the design, and its memory hold the network.
    baud : int
        Of that port [bits per second].
    progress : callable, optional
        Is told what is under way, and the share of the work that is done.

    Returns
    -------
    Run
        Outputs, steps, comparisons; a difference from the golden model is no error, but
        ``passed`` is then false.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or no layer fits the design.
    MissingToolError
        If what the simulator or the port needs is not installed.
    OSError
        If no board answers.
    StoppedError
        If the accelerator stops for a fault.
    """
    _require_options(engine, layers, one_launch, waves, port)
    if engine == "golden":
        return _run_golden(network, input, design, scales)
    tell: Progress = progress or (lambda name, share: None)
    tell("Compiling", 0.0)
    compiled = compile(network, input, design=design, scales=scales, bus_bits=bus_bits, steal=steal)
    launches = compiled.program.launches(layers)
    with _machine(compiled, simulator, latency, waves, port, baud, tell) as machine:
        steps, tensors = _play(
            compiled, launches, machine, tell, alone=layers is not None, one_launch=one_launch
        )
        violations = machine.violations
    expected = compiled.tensors
    return _result(
        compiled.network,
        compiled.pixels,
        {**expected, **tensors},
        design=compiled.design,
        engine=engine,
        simulator=simulator if port is None else None,
        port=port,
        bus=compiled.slots.axi,
        latency=latency if port is None else None,
        steps=steps,
        compared=len(tensors),
        differing=[
            name for name, found in tensors.items() if not np.array_equal(found, expected[name])
        ],
        violations=violations,
        host=_host_share(compiled),
    )


def _machine(
    compiled: Compiled,
    simulator: str,
    latency: int,
    waves: str | Path | None,
    port: str | None,
    baud: int,
    tell: Progress,
) -> Host:
    """What plays the accelerator: a simulator, or a board."""
    memory_bytes = NetworkRun.memory_bytes(compiled.program, compiled.slots)
    if port is not None:
        tell(f"Looking for {compiled.design.name} at {port}", 0.0)
        return SerialBoard(compiled.slots, memory_bytes, port, baud)
    tell(f"Building {compiled.design.name} for {simulator}", 0.0)
    return make_machine(
        compiled.slots,
        memory_bytes,
        simulator=simulator,
        latency=latency,
        waves=None if waves is None else Path(waves),
    )


def _require_options(
    engine: str,
    layers: Sequence[str] | None,
    one_launch: bool,
    waves: str | Path | None,
    port: str | None,
) -> None:
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine}")
    extras = (layers, waves, port)
    if engine == "golden" and (one_launch or any(extra is not None for extra in extras)):
        raise ValueError("engine must be rtl for layers, one_launch, waves and port, not golden")
    if port is not None and waves is not None:
        raise ValueError("waves must be left out where a port is named: a board records none")
    if isinstance(layers, str):
        raise TypeError(f"layers must be a sequence of names, not the text {layers!r}")
    if layers is not None and one_launch:
        raise ValueError("one_launch must be left out where layers are named: each starts alone")


def _run_golden(network: Network, input: Images, design: Design, scales: Scales | None) -> Run:
    config = read_design(design)
    integers, pixels = read_network(network, input, scales, config.data_bits)
    tensors = integers.run(quantise_image(integers, pixels))
    return _result(integers, pixels, tensors, design=config, engine="golden")


def _play(
    compiled: Compiled,
    launches: list[Launch],
    machine: Host,
    tell: Progress,
    *,
    alone: bool,
    one_launch: bool,
) -> tuple[list[StepRun], dict[str, NDArray[np.int64]]]:
    """Steps, and all tensors that they made."""
    program, work = compiled.program, WorkDone(compiled, launches, tell)
    run = NetworkRun(compiled.network, program, compiled.slots, machine, watch=work.watch)
    if alone:
        targets = iter([launch.step.target for launch in launches])
        steps = run.run_layers(launches, compiled.tensors)
    else:
        targets = iter([step.target for step in program.steps])
        image = compiled.tensors[compiled.network.network.source]
        steps = run.run(image, one_launch=one_launch)
    done: list[StepRun] = []
    tensors: dict[str, NDArray[np.int64]] = {}
    for step in steps:
        made = []
        while step.target not in made:  # a launch of several layers makes several tensors
            made.append(next(targets))
        tensors |= {target: run.tensor(target) for target in made}
        done.append(step)
        work.finish(step.name, made)
    return done, tensors


def _result(
    network: IntegerNetwork,
    pixels: NDArray[np.float32],
    tensors: dict[str, NDArray[np.int64]],
    **fields: Any,
) -> Run:
    outputs = {name: tensors[name] for name in network.network.outputs}
    comparisons = compare(network, pixels, outputs)
    return Run(network=network, outputs=outputs, comparisons=comparisons, **fields)


def _host_share(compiled: Compiled) -> HostShare:
    network = compiled.network
    steps = [step for step in compiled.program.steps if isinstance(step, HostStep)]
    own = sum(operations(network, step.node) for step in steps)
    everything = sum(operations(network, node) for node in network.network.nodes)
    return HostShare(
        reasons={step.node["name"]: step.reason for step in steps},
        share=own / max(everything, 1),
    )
