"""``grus verify``: the RTL of a core against the golden model on random layers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from grus.cli.errors import Mismatch
from grus.cli.options import (
    DESIGNS,
    design_argument,
    json_option,
    load_design,
    overrides_option,
    simulator_option,
)
from grus.cli.output import console, progress, write_json
from grus.hw.config import CraneConfig
from grus.sim.core_player import build_core, faults, play
from grus.sim.random_layers import RandomLayer, random_layers
from grus.sim.simulators import Build

__all__ = ["verify"]

_PAUSES = (0.0, 0.3, 0.7)  # chances of a gap or a stall in a cycle


@click.command(epilog=DESIGNS)
@design_argument
@click.option("--count", type=click.IntRange(1), default=54, show_default=True, help="Layers.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@simulator_option
@overrides_option
@json_option
def verify(
    design: str,
    count: int,
    seed: int,
    simulator: str,
    overrides: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Play random layers of every kind through the RTL of DESIGN, bit for bit.

    Streams pause and stall at random; values, counters and error flags are compared. Exit code 1
    if anything differs.
    """
    config = load_design(design, overrides)
    with console.status(f"Building {config.name} for {simulator}"):
        built = build_core(config, simulator=simulator)
    outcomes = []
    with progress() as bar:
        task = bar.add_task(config.name, total=count)
        for number, drawn in enumerate(random_layers(config, count, seed=seed)):
            bar.update(task, description=drawn.layer.name)
            outcomes.append(_outcome(drawn, config, built, number, seed))
            bar.advance(task)
    failed = [outcome for outcome in outcomes if outcome["faults"]]
    write_json(json_path, {"design": config.to_dict(), "seed": seed, "layers": outcomes})
    for kind, layers in Counter(outcome["kind"] for outcome in outcomes).items():
        console.print(f"  {layers:4} x {kind}")
    if failed:
        lines = [f"{outcome['layer']}: {'; '.join(outcome['faults'])}" for outcome in failed]
        raise Mismatch("\n".join([f"{len(failed)} of {count} layers failed", *lines]))
    console.print(f"{count} of {count} random layers are bit-exact on {config.name} ({simulator})")


def _outcome(
    drawn: RandomLayer, config: CraneConfig, built: Build, number: int, seed: int
) -> dict[str, Any]:
    gap, stall = _PAUSES[number % 3], _PAUSES[number // 3 % 3]
    found = []
    cycles = None
    try:
        played = play(drawn.program, config, built, seed=seed + number, gap=gap, stall=stall)
    except (AssertionError, ValueError) as error:
        found.append(str(error))
    else:
        cycles = played.counters["cycles"]
        found += faults(played, drawn.program, config)
        if not played.exact:
            found.append("result differs from the golden model")
    return {
        "layer": drawn.layer.name,
        "kind": drawn.kind,
        "gap": gap,
        "stall": stall,
        "cycles": cycles,
        "faults": found,
    }
