"""Draws where the cycles of a network's run go, layer by layer.

``python -m benchmarks.cycles_drawing RUN.json DRAWING.svg``, with what ``grus run --json`` wrote.
Needs matplotlib: ``pip install grus[report]``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import matplotlib
from matplotlib import pyplot

from grus.files import whole_file

__all__ = ["main"]

# What the cycles go to, from the bottom up, with colours that stay apart in grey.
PARTS = {
    "multiplying": ("multiplying", "#1b6ca8"),
    "fragmentation": ("fragmentation", "#7fb2d9"),
    "imbalance": ("imbalance", "#d9b310"),
    "conflict": ("conflict", "#8a6d00"),
    "broadcast": ("broadcast", "#5aa469"),
    "resident_fetch": ("resident fetch", "#a7d3a0"),
    "output": ("output", "#b04a5a"),
    "memory": ("memory", "#b9b9b9"),
}


@click.command()
@click.argument("run", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("drawing", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--title", default="Where the cycles go", show_default=True)
def main(run: Path, drawing: Path, title: str) -> None:
    """Draw the cycles of RUN, as ``grus run --json`` writes them, to the SVG file DRAWING."""
    steps = json.loads(run.read_text(encoding="utf-8"))["steps"]
    layers = [step for step in steps if step["account"] is not None]
    # The same file for the same figures: no date, no random names.
    matplotlib.rcParams |= {"svg.hashsalt": "grus", "svg.fonttype": "none", "font.size": 8}
    figure = draw(layers, title)
    with whole_file(drawing) as unfinished:
        figure.savefig(unfinished, format="svg", metadata={"Date": None})
    click.echo(f"{drawing}: {len(layers)} layers")


def draw(layers: list[dict[str, Any]], title: str) -> Any:
    """A bar for each layer: its share of all cycles across, where they go up.

    The area of each colour is its share of the multipliers' slots of the whole network.
    """
    figure, axes = pyplot.subplots(figsize=(7.5, 3.6), layout="constrained")
    widths = [layer["cycles"] for layer in layers]
    total = sum(widths)
    starts = [sum(widths[:index]) / total for index in range(len(layers))]
    heights = [0.0] * len(layers)
    for part, (label, colour) in PARTS.items():
        shares = [layer["account"]["shares"][part] for layer in layers]
        spent = sum(share * width for share, width in zip(shares, widths, strict=True)) / total
        axes.bar(
            starts,
            shares,
            width=[width / total for width in widths],
            bottom=heights,
            align="edge",
            color=colour,
            edgecolor="white",
            linewidth=0.3,
            label=f"{label} {spent:.1%}",
        )
        heights = [low + share for low, share in zip(heights, shares, strict=True)]
    centres = [start + width / total / 2 for start, width in zip(starts, widths, strict=True)]
    wide = [index for index, width in enumerate(widths) if width / total > 0.0135]
    axes.set_xticks(
        [centres[index] for index in wide],
        [layers[index]["name"] for index in wide],
        rotation=90,
        fontsize=6,
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="share of the layer's cycles")
    axes.set_title(f"{title}: {total:,} cycles; widths are the layers' shares", loc="left")
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside right upper", frameon=False)
    return figure


if __name__ == "__main__":
    main()
