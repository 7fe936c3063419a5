"""The cycle model with memory against the RTL of the whole accelerator, layer by layer.

``python -m benchmarks.memory_timing NETWORK.onnx --input X.npy [--scales S.json] [--design D]``
counts every layer that the accelerator computes; ``--rtl`` plays the RTL, too, and ``--against F``
reads what ``grus run --json F`` wrote; exit code 1 if a layer differs by a cycle.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from grus.api.compiling import Compiled, compile
from grus.cli.output import console
from grus.sim.cycle.launch import MemoryTiming, count_launch
from grus.sim.machines import make_machine
from grus.sim.network_run import NetworkRun


@click.command()
@click.argument("network")
@click.option("--input", "images", required=True)
@click.option("--scales")
@click.option("--design", default="crane-is-small", show_default=True)
@click.option("--latency", default=20, show_default=True)
@click.option("--rtl", is_flag=True)
@click.option("--against", type=click.Path(exists=True, path_type=Path))
def main(
    network: str,
    images: str,
    scales: str | None,
    design: str,
    latency: int,
    rtl: bool,
    against: Path | None,
) -> None:
    """Count NETWORK, and compare cycles and traffic with the RTL's."""
    compiled = compile(network, images, design=design, scales=scales)
    expected = _play(compiled, latency) if rtl else []
    if against is not None:
        steps = json.loads(against.read_text(encoding="utf-8"))["steps"]
        expected = [step for step in steps if not step["on_host"]]
    begin, counted = time.perf_counter(), _count(compiled, MemoryTiming(latency=latency))
    seconds = time.perf_counter() - begin
    differing = [
        f"{step['name']}: {found} and not {(step['cycles'], step['read_bytes'])}"
        for step, found in zip(expected, counted, strict=bool(expected))
        if found != (step["cycles"], step["read_bytes"])
    ]
    cycles = sum(cycles for cycles, _ in counted)
    console.print(
        f"{compiled.title}: {len(counted)} layers, {cycles:,} cycles in {seconds:.1f} s, "
        f"{len(expected)} compared, {len(differing)} differ"
    )
    for line in differing:
        console.print(line)
    raise SystemExit(bool(differing))


def _count(compiled: Compiled, memory: MemoryTiming) -> list[tuple[int, int]]:
    """Cycles and bytes read of each layer; only the first finds the machine as it is reset."""
    counted = []
    for number, launch in enumerate(compiled.program.launches()):
        step = launch.step
        inputs, results = (
            compiled.tensors[name].reshape((*compiled.tensors[name].shape, 1, 1)[:3]) != 0
            for name in (step.source, step.target)
        )
        program, slots, warm = compiled.program, compiled.slots, number > 0
        found = count_launch(program, launch, slots, inputs, results, memory, warm=warm)
        counted.append((found.cycles, found.read_bytes))
    return counted


def _play(compiled: Compiled, latency: int) -> list[dict[str, Any]]:
    """All steps that the RTL makes of the network."""
    size = NetworkRun.memory_bytes(compiled.program, compiled.slots)
    with make_machine(compiled.slots, size, latency=latency) as machine:
        run = NetworkRun(compiled.network, compiled.program, compiled.slots, machine)
        image = compiled.tensors[compiled.network.network.source]
        return [step.to_dict() for step in run.run(image) if not step.on_host]


if __name__ == "__main__":
    main()
