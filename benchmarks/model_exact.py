"""The cycle model against counters that the RTL counted: every layer that `every_layer` played.

``GRUS_NETWORKS=... python -m benchmarks.model_exact [RESULTS.json]``; exit code 1 if one differs.
Play the RTL anew with ``python -m benchmarks.every_layer --json RESULTS.json``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.development import read_network
from grus.cli.output import console
from grus.compiler.choose import fit
from grus.hw.config import CraneConfig
from grus.hw.presets import load_config
from grus.sim.account import account_of
from grus.sim.cycle.model import count_cycles
from grus.sim.layer_run import choose_layers

_RESULTS = Path(__file__).parent / "results" / "every_layer.json"


@click.command()
@click.argument("results", type=click.Path(exists=True, path_type=Path), default=_RESULTS)
@click.option("--design", default="crane-is", show_default=True)
def main(results: Path, design: str) -> None:
    """Count each layer of RESULTS, and compare cycles, steals and every loss."""
    rows = json.loads(results.read_text(encoding="utf-8"))
    config = load_config(design)
    differing = []
    for name in dict.fromkeys(row["network"] for row in rows):
        expected = {
            row["name"]: row["account"]
            for row in rows
            if row["network"] == name and row["steal"] and row["lookahead"] == config.lookahead
        }
        counted = _count(Path(os.environ["GRUS_NETWORKS"]) / name, config, list(expected))
        wrong = [layer for layer in expected if counted[layer] != expected[layer]]
        cycles = sum(account["cycles"] for account in counted.values())
        console.print(f"{name}: {len(expected)} layers, {cycles:,} cycles, {len(wrong)} differ")
        differing += wrong
    console.print(f"differing: {differing or 'none'}")
    raise SystemExit(bool(differing))


def _count(folder: Path, config: CraneConfig, layers: list[str]) -> dict[str, Any]:
    """Accounts of layers by the model, each from its true inputs."""
    integers, image = read_network(folder, config.data_bits)
    tensors = integers.run(image)
    accounts = {}
    for step in choose_layers(integers, layers):
        tensor = tensors[step.source]
        inputs = tensor.reshape((*tensor.shape, 1, 1)[:3])
        density = float(np.count_nonzero(inputs)) / max(inputs.size, 1)
        layer, tiling, _ = fit(step.layer, inputs.shape, config, density=density)
        results = layer.compute(inputs, data_bits=config.data_bits)
        counters = count_cycles(layer, inputs != 0, results != 0, config, tiling)
        accounts[step.layer.name] = account_of(counters, config).to_dict()
    return accounts


if __name__ == "__main__":
    main()
