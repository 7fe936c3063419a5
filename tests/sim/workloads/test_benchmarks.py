import pytest

from grus.sim.workloads.benchmarks import NETWORKS, density_sets, draw_network, shapes_of, title_of
from grus.sim.workloads.masks import EVEN

# Layers, products and weights as the literature counts them.
TOTALS = {
    "alexnet": (5, 665_784_864, 2_332_704),
    "vgg16": (13, 15_346_630_656, 14_710_464),
    "googlenet": (57, 1_581_647_872, 5_966_272),
    "resnet50": (53, 3_855_925_248, 23_454_912),
    "mobilenet": (27, 567_716_352, 3_185_088),
}


@pytest.mark.parametrize("network", NETWORKS)
def test_shapes(network):
    layers = list(draw_network(network, heterogeneity=EVEN))
    weights = sum(layer.weights.size for layer in layers)
    assert (len(layers), sum(layer.dense_macs for layer in layers), weights) == TOTALS[network]
    assert [layer.name for layer in layers] == [shape.name for shape in shapes_of(network)]
    assert all(layer.origin.startswith("synthetic") for layer in layers)


@pytest.mark.parametrize("network", NETWORKS)
def test_maps_follow_each_other(network):
    # Every map is as large as a result before it, or half of that (a pooling), or the image.
    sizes = {224, 227}
    for layer in draw_network(network, heterogeneity=EVEN):
        rows, columns = layer.inputs.shape[1:]
        assert rows == columns
        assert rows in sizes, layer.name
        result = layer.output_shape[1]
        sizes |= {result, result // 2}


@pytest.mark.parametrize(
    ("network", "densities", "layer", "weights", "inputs", "word"),
    [
        ("alexnet", "han", "conv4", 0.37, 0.37, "published"),
        ("alexnet", "sparseloop", "conv2", 0.385, 0.6, "published"),
        ("vgg16", "scnn", "conv5_3", 0.36, 0.32, "published"),
        ("vgg16", "han", "conv3_2", 0.24, 0.68, "published"),
        ("googlenet", "scnn", "inception_5b/3x3", 0.37, 0.30, "published"),
        ("googlenet", "scnn", "inception_4c/3x3", 0.41, 0.485, "reconstructed"),
        ("resnet50", "skimcaffe", "res5c_branch2b", 0.021, 0.142, "published"),
        ("resnet50", "skimcaffe", "res4b_branch2c", 1.0, 0.277, "reconstructed"),
        ("mobilenet", "sparseloop", "conv14_pw", 0.3, 0.583, "published"),
        ("mobilenet", "sparseloop", "conv6_dw", 0.95, 0.49, "reconstructed"),
    ],
)
def test_densities(network, densities, layer, weights, inputs, word):
    drawn = {layer.name: layer for layer in draw_network(network, densities=densities)}[layer]
    assert drawn.weights.mean() == pytest.approx(weights, abs=0.02)
    assert drawn.inputs.mean() == pytest.approx(inputs, abs=0.02)
    assert f"densities {word}" in drawn.origin


@pytest.mark.parametrize("network", NETWORKS)
def test_every_layer_has_densities_in_every_set(network):
    for densities in density_sets(network):
        names = [layer.name for layer in draw_network(network, densities=densities)]
        assert len(names) == TOTALS[network][0]


def test_a_layer_does_not_depend_on_those_before_it():
    whole = list(draw_network("alexnet", seed=4))
    *_, last = draw_network("alexnet", seed=4)
    assert (whole[-1].inputs == last.inputs).all()
    other = next(iter(draw_network("alexnet", seed=5)))
    assert (whole[0].weights != other.weights).any()


def test_refuses():
    with pytest.raises(ValueError, match=r"network must be one of alexnet, .*, not lenet"):
        title_of("lenet")
    with pytest.raises(ValueError, match="densities of vgg16 must be one of scnn, han, not my"):
        next(iter(draw_network("vgg16", densities="my")))
