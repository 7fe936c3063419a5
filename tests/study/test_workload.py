"""Workloads: drawn, pruned, uniform or real; what is wrong is said in a sentence."""

from pathlib import Path

import pytest

from grus.sim.workloads.benchmarks import draw_network
from grus.sim.workloads.masks import EVEN
from grus.sim.workloads.structured import Pruning
from grus.study.workload import Workload

DIGITS = Path(__file__).parents[2] / "examples" / "digits"


def test_a_benchmark_is_drawn():
    workload = Workload(network="alexnet", masks="even", seed=3)
    for layer, drawn in zip(
        workload.layers(), draw_network("alexnet", heterogeneity=EVEN, seed=3), strict=True
    ):
        assert (layer.weights == drawn.weights).all()
        assert (layer.inputs == drawn.inputs).all()
    assert workload.description == (
        "AlexNet: SYNTHETIC patterns, even masks, seed 3, densities han"
    )


def test_sparsity_takes_the_place_of_published_densities():
    for layer in Workload(network="alexnet", sparsity=0.7).layers():
        assert layer.weights.mean() == pytest.approx(0.3, abs=0.02)
        assert layer.inputs.mean() == pytest.approx(0.3, abs=0.02)


def test_all_layers_but_the_first_are_pruned():
    pruned = Workload(network="alexnet", pruning=Pruning(dropped=0.5))
    first, *others = pruned.layers()
    assert first.dropped is None
    for layer in others:
        assert layer.dropped.mean() == pytest.approx(0.5, abs=0.01)
        assert layer.weights.mean() == pytest.approx(0.2, abs=0.02)


def test_layers_are_chosen():
    workload = Workload(network="alexnet", only=("conv3", "conv5"))
    assert [layer.name for layer in workload.layers()] == ["conv3", "conv5"]
    with pytest.raises(ValueError, match=r"layer of AlexNet must be one of conv1, .*, not conv6"):
        next(Workload(network="alexnet", only=("conv6",)).layers())


def test_a_file_has_its_own_zeros():
    workload = Workload(network=str(DIGITS / "digits.onnx"), image=str(DIGITS / "inputs.npy"))
    layers = list(workload.layers())
    assert [layer.name for layer in layers] == [f"conv{n}" for n in range(1, 6)]
    assert all(layer.origin.startswith("real") for layer in layers)
    assert not workload.synthetic
    assert "digits: real weights" in workload.description
    assert len(workload.content()["files"]) == 2
    assert Workload(network="alexnet").content()["files"] == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"network": "lenet"}, r"network must be one of alexnet, .* or an ONNX file, not lenet"),
        ({"network": "alexnet", "masks": "odd"}, "masks must be one of even, uneven, not 'odd'"),
        ({"network": "alexnet", "seed": -1}, "seed must be an integer from 0 on, not -1"),
        ({"network": "alexnet", "seed": True}, "seed must be an integer from 0 on, not True"),
        ({"network": "alexnet", "image": "x.npy"}, "an input must go with an ONNX file"),
        ({"network": "alexnet", "densities": "x"}, "densities of alexnet must be one of han, "),
        ({"network": "alexnet", "sparsity": 2}, r"sparsity must be in 0\.\.1, not 2"),
        ({"network": str(DIGITS / "digits.onnx")}, "input must be given for .*digits.onnx"),
        (
            {"network": str(DIGITS / "digits.onnx"), "image": "x", "sparsity": 0.5},
            "densities, sparsity and pruning must go with a benchmark",
        ),
    ],
)
def test_what_is_wrong_is_named(settings, message):
    with pytest.raises(ValueError, match=message):
        Workload(**settings)
