"""How long the cycle model takes, against the dense float convolutions that it counts.

``GRUS_NETWORKS=... python -m benchmarks.model_speed --json FILE``. Both use the same two cores in
the same run; masks are drawn, and kernels compiled, before the clock starts.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from rich.table import Table

from benchmarks.development import read_network
from grus.cli.output import console, write_json
from grus.hw.presets import load_config
from grus.sim.cycle.crane import Crane
from grus.sim.workloads.benchmarks import draw_network
from grus.sim.workloads.real_network import real_layers
from grus.sim.workloads.sparse_layer import SparseLayer

_CORES = 2


@click.command()
@click.option("--design", default="crane-is", show_default=True)
@click.option("--repeats", default=5, show_default=True, help="Of each; medians count.")
@click.option("--json", "json_path", type=click.Path(path_type=Path), required=True)
def main(design: str, repeats: int, json_path: Path) -> None:
    """Time SqueezeNet with its real image, and VGG-16 with drawn masks."""
    machine = Crane(config=load_config(design))
    networks = {"vgg16 (synthetic)": list(draw_network("vgg16"))}
    if "GRUS_NETWORKS" in os.environ:
        networks["squeezenet"] = _squeezenet(Path(os.environ["GRUS_NETWORKS"]))
    table = Table("network", "model [s]", "onnxruntime [s]", "ratio", "cycles", "macs")
    rows = []
    for name, layers in networks.items():
        row = {"network": name, **_measure(machine, layers, repeats)}
        rows.append(row)
        table.add_row(
            name,
            f"{row['model_seconds']:.3f}",
            f"{row['onnxruntime_seconds']:.3f}",
            f"{row['ratio']:.2f}",
            f"{row['cycles']:,}",
            f"{row['macs']:,}",
        )
        write_json(json_path, rows)
    console.print(table)


def _squeezenet(networks: Path) -> list[SparseLayer]:
    return list(real_layers(*read_network(networks / "squeezenet_dc", 16)))


def _measure(machine: Crane, layers: Sequence[SparseLayer], repeats: int) -> dict[str, Any]:
    """Medians of both, taken in turn."""
    convolve = _convolutions(layers)
    # The longest first, so that the cores end together.
    order = sorted(layers, key=lambda layer: -layer.dense_macs)

    def model() -> list[Any]:
        with ThreadPoolExecutor(_CORES) as pool:
            return list(pool.map(machine.count, order))

    counts = model()  # compiles
    convolve()
    taken: dict[str, list[float]] = {"model": [], "onnxruntime": []}
    for _ in range(repeats):
        for name, work in (("model", model), ("onnxruntime", convolve)):
            began = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - began)
    seconds = {name: statistics.median(times) for name, times in taken.items()}
    return {
        "model_seconds": seconds["model"],
        "onnxruntime_seconds": seconds["onnxruntime"],
        "ratio": seconds["model"] / seconds["onnxruntime"],
        "all_seconds": taken,
        "cycles": sum(count.cycles for count in counts),
        "macs": sum(count.effectual_macs for count in counts),
    }


def _convolutions(layers: Sequence[SparseLayer]) -> Callable[[], None]:
    """All convolutions in onnxruntime, dense and in float, each from inputs of its own."""
    rng = np.random.default_rng(0)
    runs = []
    for layer in layers:
        session = onnxruntime.InferenceSession(_model_of(layer, rng), _options())
        inputs = {"x": rng.standard_normal((1, *layer.inputs.shape), dtype=np.float32)}
        runs.append((session, inputs))

    def convolve() -> None:
        for session, inputs in runs:
            session.run(None, inputs)

    return convolve


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _CORES
    return options


def _model_of(layer: SparseLayer, rng: np.random.Generator) -> bytes:
    window = layer.window
    weights = rng.standard_normal(layer.weights.shape, dtype=np.float32)
    node = helper.make_node(
        "Conv",
        ["x", "w"],
        ["y"],
        strides=window.stride,
        pads=window.padding,
        dilations=window.dilation,
        group=window.groups,
    )
    graph = helper.make_graph(
        [node],
        layer.name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, *layer.inputs.shape))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, *layer.output_shape))],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    opset = [helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()


if __name__ == "__main__":
    main()
