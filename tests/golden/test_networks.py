"""Real networks, bit for bit; the folder of networks is named by GRUS_NETWORKS."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from grus.golden.convolution import effectual_macs
from grus.golden.network import run_network
from grus.golden.quantisation import fraction_for, quantise, quantise_bias
from grus.golden.window import Window

ROOT = os.environ.get("GRUS_NETWORKS")
FOLDERS = sorted(path.parent for path in Path(ROOT).glob("*/quant.json")) if ROOT else []


def parametrize(names, cases):
    """All cases; a single skipped one if there is no folder to take them from."""
    skipped = pytest.param(
        *[None] * (names.count(",") + 1),
        marks=pytest.mark.skip(reason="GRUS_NETWORKS does not name the folder of networks"),
        id="no networks",
    )
    return pytest.mark.parametrize(names, cases if ROOT else [skipped])


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def images_with_files():
    for folder in FOLDERS:
        for image in read_json(folder / "quant.json")["images"]:
            for path in folder.glob(f"*_q16_{image}.npz"):
                yield pytest.param(folder, image, path, id=f"{folder.name}-{image}")


@pytest.fixture(scope="module")
def run():
    """Tensors of an image; each network is run once per image."""
    kept = {}

    def tensors_of(folder, path):
        if path not in kept:
            kept.clear()
            graph, quant = read_json(folder / "graph.json"), read_json(folder / "quant.json")
            with np.load(folder / "weights_q16.npz") as archive:
                parameters = dict(archive)
            with np.load(path) as archive:
                stored = dict(archive)
            image = stored[graph["input"]["name"]][0]
            tensors = run_network(graph, parameters, quant, {graph["input"]["name"]: image})
            kept[path] = graph, parameters, stored, tensors
        return kept[path]

    return tensors_of


@pytest.mark.skipif(not ROOT, reason="GRUS_NETWORKS does not name the folder of networks")
def test_the_folder_holds_networks():
    assert FOLDERS
    assert {case.values[0] for case in images_with_files()} == set(FOLDERS)


@parametrize("folder,image,path", list(images_with_files()))
def test_every_tensor_is_exact(run, folder, image, path):
    _, _, stored, tensors = run(folder, path)
    expected = read_json(folder / "quant.json")["images"][image]["sha256_16"]
    found = {
        name: hashlib.sha256(tensors[name].astype(np.int16).tobytes()).hexdigest()[:16]
        for name in expected
    }
    assert len(expected) >= len(stored)
    assert [name for name in expected if found[name] != expected[name]] == []
    for name, array in stored.items():
        np.testing.assert_array_equal(tensors[name], array.reshape(tensors[name].shape), name)


@parametrize("folder,image,path", list(images_with_files()))
def test_effectual_pairs_are_as_recorded(run, folder, image, path):
    graph, parameters, _, tensors = run(folder, path)
    nodes = {node["name"]: node for node in graph["nodes"]}
    for layer in read_json(folder / "layer_stats.json")[image]:
        node, weights = nodes[layer["layer"]], parameters[layer["layer"] + ".weight"]
        inputs, window = tensors[node["in"][0]], Window()
        if node["op"] == "conv":
            names = ("stride", "padding", "dilation")
            numbers = (tuple(node[name]) for name in ("stride", "pad", "dilation"))
            window = Window(**dict(zip(names, numbers, strict=True)), groups=node["group"])
        else:
            inputs, weights = inputs.reshape(-1, 1, 1), weights[:, :, np.newaxis, np.newaxis]
        assert effectual_macs(inputs, weights, window) == layer["macs_effectual"], layer["layer"]


@parametrize("folder", FOLDERS)
def test_parameters_are_quantised_as_recorded(folder):
    graph, quant = read_json(folder / "graph.json"), read_json(folder / "quant.json")
    layers = {node["name"]: node for node in graph["nodes"] if node["op"] in ("conv", "gemm")}
    with np.load(folder / "weights.npz") as archive:
        reals = dict(archive)
    with np.load(folder / "weights_q16.npz") as archive:
        integers = dict(archive)
    assert set(reals) == set(integers)
    for name, node in layers.items():
        weights, fraction = reals[f"{name}.weight"], quant["weight_frac"][name]
        assert fraction_for(float(np.abs(weights).max()), 16) == fraction
        np.testing.assert_array_equal(quantise(weights, fraction, 16), integers[f"{name}.weight"])
        if f"{name}.bias" in reals:
            scale = fraction + quant["act_frac"][node["in"][0]]
            bias = quantise_bias(reals[f"{name}.bias"], scale)
            np.testing.assert_array_equal(bias, integers[f"{name}.bias"])
