"""Every layer of the development networks on crane-is RTL, bit for bit; eight of SqueezeNet.

``GRUS_NETWORKS=FOLDER python -m benchmarks.every_layer --json FILE``
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from benchmarks.real_layers import measure
from grus.cli.output import console, progress, write_json
from grus.hw.presets import load_config
from grus.sim.core_player import build_core

LAYERS: dict[str, tuple[str, ...]] = {
    "lenet5_own": (),
    "resnet20_pruned": (),
    "face_sparse": (),
    "squeezenet_dc": (
        "conv1",  # 7x7, stride 2, max pooling in ceil mode behind it
        "fire2.conv1x1_1",
        "fire2.conv3x3_2",
        "fire4.conv3x3_2",
        "fire5.conv3x3_2",  # behind a pooling in ceil mode
        "fire8.conv1x1_2",
        "fire9.conv3x3_2",
        "conv_final",  # 1000 channels
    ),
}


@click.command()
@click.option("--design", default="crane-is", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), required=True)
def main(design: str, json_path: Path) -> None:
    """Play all layers; exit code 1 if one differs."""
    config = load_config(design)
    built = build_core(config, simulator="verilator")
    networks = Path(os.environ["GRUS_NETWORKS"])
    rows: list[dict[str, Any]] = []
    with progress() as bar:
        task = bar.add_task("", total=None)
        for row in measure(networks, config, built, LAYERS, steals=(True,)):
            rows.append(row)
            bar.update(task, advance=1, description=row["layer"])
            write_json(json_path, rows)
    wrong = [row["layer"] for row in rows if not row["exact"] or row["faults"]]
    for name in LAYERS:
        of_network = [row for row in rows if row["network"] == name]
        cycles = sum(row["account"]["cycles"] for row in of_network)
        console.print(f"{name}: {len(of_network)} layers, {cycles:,} cycles")
    console.print(f"{len(rows) - len(wrong)} of {len(rows)} layers are exact {wrong or ''}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
