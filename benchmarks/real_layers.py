"""Utilisation and losses of ten real layers on crane-is RTL, with and without stealing.

``GRUS_NETWORKS=FOLDER python -m benchmarks.real_layers --json FILE --markdown FILE``
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.development import read_network
from grus.cli.output import console, write_json, write_text
from grus.hw.config import CraneConfig
from grus.hw.presets import CRANE_IS
from grus.sim.core_player import build_core
from grus.sim.layer_run import choose_layers, run_layers
from grus.sim.simulators import Build

LAYERS = {
    "squeezenet_dc": (
        "conv1",
        "fire2.conv1x1_1",
        "fire4.conv3x3_2",
        "fire5.conv3x3_2",
        "fire8.conv3x3_2",
        "fire9.conv1x1_2",
        "conv_final",
    ),
    "resnet20_pruned": ("layer1.0.conv1", "layer3.2.conv2"),
    "lenet5_own": ("conv2",),
}
LOSSES = ("fragmentation", "imbalance", "conflict", "broadcast", "resident_fetch", "output")
SHORT = ("frag.", "imbal.", "confl.", "bcast", "fetch", "output")


@click.command()
@click.option("--lookaheads", default="16,32,64", show_default=True)
@click.option("--json", "json_path", type=click.Path(path_type=Path), required=True)
@click.option("--markdown", type=click.Path(path_type=Path))
def main(lookaheads: str, json_path: Path, markdown: Path | None) -> None:
    """Play the layers; each figure is written as soon as it is there."""
    networks = Path(os.environ["GRUS_NETWORKS"])
    rows: list[dict[str, Any]] = []
    for lookahead in map(int, lookaheads.split(",")):
        config = CRANE_IS.with_overrides(
            lookahead=lookahead, stream_pairs=min(CRANE_IS.stream_pairs, lookahead)
        )
        began = time.monotonic()
        design = build_core(config, simulator="verilator")
        console.print(f"R={lookahead}: built in {time.monotonic() - began:.0f} s")
        for row in measure(networks, config, design, LAYERS):
            rows.append(row)
            console.print(
                f"R={lookahead} {row['layer']} steal={row['steal']}: "
                f"{row['account']['utilisation']:.3f}, {row['cycles_per_second']:,.0f} cycles/s, "
                f"exact={row['exact']}"
            )
            write_json(json_path, rows)
    if markdown is not None:
        write_text(markdown, table(rows))


def measure(
    networks: Path,
    config: CraneConfig,
    design: Build,
    layers_of: Mapping[str, Sequence[str]],
    steals: Sequence[bool] = (False, True),
) -> Iterator[dict[str, Any]]:
    """Play layers, with and without stealing; all layers of a network if none is named."""
    for name, layers in layers_of.items():
        integers, image = read_network(networks / name, config.data_bits)
        for steal in steals:
            steps = choose_layers(integers, layers)
            runs = run_layers(integers, image, steps, config, design, steal=steal)
            began = time.monotonic()  # the golden model has run
            for run in runs:
                seconds = time.monotonic() - began
                yield {
                    "network": name,
                    "lookahead": config.lookahead,
                    "steal": steal,
                    "seconds": seconds,
                    "cycles_per_second": run.account.cycles / seconds,
                    **run.to_dict(),
                    "layer": f"{name.split('_')[0]} {run.name}",
                }
                began = time.monotonic()


def table(rows: list[dict[str, Any]]) -> str:
    """Shares of compute cycles: all cycles but those that wait for memory."""
    lines = [
        f"| layer | R | stealing | compute cycles | utilisation | {' | '.join(SHORT)} |",
        "|---" * (5 + len(SHORT)) + "|",
    ]
    for row in sorted(rows, key=lambda row: (row["layer"], row["lookahead"], row["steal"])):
        account = row["account"]
        computing = 1 - account["shares"]["memory"]
        shares = [f"{account['shares'][loss] / computing:.3f}" for loss in LOSSES]
        lines.append(
            f"| {row['layer']} | {row['lookahead']} | {'yes' if row['steal'] else 'no'} "
            f"| {account['cycles'] * computing:,.0f} | **{account['utilisation']:.3f}** "
            f"| {' | '.join(shares)} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
