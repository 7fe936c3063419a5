import numpy as np
import pytest

from grus.golden.network import run_network

FRACTIONS = {
    "act_frac": {
        "image": 6,
        "conv_o": 4,
        "conv_a": 4,
        "pool": 4,
        "mean": 4,
        "both": 4,
        "six": 4,
        "half": 4,
        "large": 3,
        "sum": 2,
        "one": 4,
        "flat": 4,
        "score": 5,
    },
    "weight_frac": {"conv": 7, "fc": 8},
}
NODES = [
    {
        "op": "conv",
        "name": "conv",
        "in": ["image"],
        "out": "conv_o",
        "stride": [2, 1],
        "pad": [1, 0, 0, 1],
        "dilation": [1, 2],
        "group": 2,
    },
    {"op": "relu", "name": "relu", "in": ["conv_o"], "out": "conv_a"},
    {
        "op": "maxpool",
        "name": "pool",
        "in": ["conv_a"],
        "out": "pool",
        "kernel": 2,
        "stride": 2,
        "ceil": 1,
    },
    {
        "op": "avgpool",
        "name": "mean",
        "in": ["conv_o"],
        "out": "mean",
        "kernel": [2, 2],
        "stride": [2, 2],
        "pad": [0, 0, 1, 1],
    },
    {"op": "concat", "name": "both", "in": ["pool", "mean"], "out": "both"},
    {"op": "relu6", "name": "six", "in": ["both"], "out": "six"},
    {"op": "slicepad", "name": "half", "in": ["six"], "out": "half", "stride": 2, "cpad": [1, 0]},
    {"op": "resize2", "name": "large", "in": ["half"], "out": "large"},
    {"op": "add", "name": "sum", "in": ["large", "skip"], "out": "sum"},
    {"op": "gap", "name": "one", "in": ["six"], "out": "one"},
    {"op": "flatten", "name": "flat", "in": ["one"], "out": "flat"},
    {"op": "gemm", "name": "fc", "in": ["flat"], "out": "score"},
]


def half_up(value, shift):
    """Rounded quotient by 2^shift, saturated to 16 bits; in Python integers."""
    rounded = (2 * value + 2**shift) // 2 ** (shift + 1)
    return max(-32768, min(32767, rounded))


@pytest.fixture
def network():
    rng = np.random.default_rng(5)
    inputs = {
        "image": rng.integers(-600, 600, (2, 6, 6)).astype(np.int16),
        "skip": rng.integers(-600, 600, (5, 2, 4)).astype(np.int16),
    }
    parameters = {
        "conv.weight": rng.integers(-99, 99, (2, 1, 2, 2)).astype(np.int8),
        "conv.bias": np.array([40_000, -3], np.int64),
        "fc.weight": rng.integers(-32768, 32767, (3, 4)).astype(np.int16),
    }
    fractions = {name: dict(table) for name, table in FRACTIONS.items()}
    fractions["act_frac"]["skip"] = 6
    return {"nodes": [dict(node) for node in NODES]}, parameters, fractions, inputs


def expected_conv(parameters, image):
    """(rows, columns) of the fixture: 7 x 7 padded, kernel 2 x 2, columns 2 apart, rows by 2."""
    padded = np.pad(image.astype(int), ((0, 0), (1, 0), (0, 1)))
    result = np.zeros((2, 3, 5), int)
    for channel, row, column in np.ndindex(result.shape):
        total = int(parameters["conv.bias"][channel])
        for y, x in np.ndindex(2, 2):
            weight = int(parameters["conv.weight"][channel, 0, y, x])
            total += weight * int(padded[channel, 2 * row + y, column + 2 * x])
        result[channel, row, column] = half_up(total, 6 + 7 - 4)
    return result


def test_every_operator_runs(network):
    graph, parameters, _, inputs = network
    tensors = run_network(*network)
    assert set(tensors) == {*inputs, *(node["out"] for node in graph["nodes"])}
    assert all(tensor.dtype == np.int64 for tensor in tensors.values())
    conv = expected_conv(parameters, inputs["image"])
    np.testing.assert_array_equal(tensors["conv_o"], conv)
    np.testing.assert_array_equal(tensors["conv_a"], np.where(conv > 0, conv, 0))
    assert tensors["pool"].shape == tensors["mean"].shape == (2, 2, 3)
    assert tensors["pool"][1, 1, 2] == max(0, conv[1, 2, 4])
    assert tensors["mean"][0, 0, 0] == half_up(int(conv[0, :2, :2].sum()), 2)
    assert tensors["mean"][1, 1, 2] == conv[1, 2, 4]
    np.testing.assert_array_equal(tensors["both"], [*tensors["pool"], *tensors["mean"]])
    assert tensors["six"].max() == 6 * 16
    assert tensors["six"].min() == 0
    assert tensors["half"].shape == (5, 1, 2)
    np.testing.assert_array_equal(tensors["half"][1:], tensors["six"][:, ::2, ::2])
    assert tensors["flat"].tolist() == tensors["one"][:, 0, 0].tolist()


def test_fractions_meet_where_they_may_differ(network):
    _, parameters, _, inputs = network
    tensors = run_network(*network)
    corner = half_up(int(tensors["half"][2, 0, 0]) * 16, 4 + 4 - 3)
    assert tensors["large"][2, 0, 0] == corner
    total = half_up(8 * corner + int(inputs["skip"][2, 0, 0]), 6 - 2)
    assert tensors["sum"][2, 0, 0] == total
    products = parameters["fc.weight"].astype(int) @ tensors["flat"]
    assert tensors["score"].tolist() == [half_up(int(value), 4 + 8 - 5) for value in products]


@pytest.mark.parametrize(
    ("fraction", "limit"), [(2, 24), (0, 6), (-1, 3), (13, 32767), (70, 32767)]
)
def test_six_is_clipped_to_the_largest_number(fraction, limit):
    node = {"op": "relu6", "name": "six", "in": ["x"], "out": "y"}
    fractions = {"act_frac": {"x": fraction, "y": fraction}, "weight_frac": {}}
    values = np.array([-5, 2, limit, min(32767, limit + 1), 32767])
    found = run_network({"nodes": [node]}, {}, fractions, {"x": values})["y"]
    assert found.tolist() == [0, 2, limit, limit, limit]


def test_width_of_the_data_is_a_parameter():
    node = {"op": "gemm", "name": "fc", "in": ["x"], "out": "y"}
    fractions = {"act_frac": {"x": 0, "y": 0}, "weight_frac": {"fc": 0}}
    parameters, inputs = {"fc.weight": np.array([[7], [-8]])}, {"x": np.array([7])}
    found = run_network({"nodes": [node]}, parameters, fractions, inputs, bits=4)["y"]
    assert found.tolist() == [7, -8]


def without(table, key):
    return {name: value for name, value in table.items() if name != key}


def with_first(array, value):
    changed = array.astype(np.int64)
    changed.flat[0] = value
    return changed


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda g, p, f, i: ({"nodes": [{**g["nodes"][1], "op": "prelu"}]}, p, f, i),
            ValueError,
            r"^op must be one of add, avgpool, clip, concat, conv, .*, slicepad, not 'prelu'$",
        ),
        (
            lambda g, p, f, i: (g, p, f, without(i, "image")),
            ValueError,
            r"^in of 'conv' must be known tensors, not 'image'$",
        ),
        (
            lambda g, p, f, i: (g, without(p, "conv.weight"), f, i),
            ValueError,
            r"^parameters must hold 'conv\.weight', not only 2 other entries$",
        ),
        (
            lambda g, p, f, i: (g, p, without(f, "act_frac"), i),
            ValueError,
            r"^fractions must hold 'act_frac', not only 1 other entries$",
        ),
        (
            lambda g, p, f, i: (g, p, {**f, "weight_frac": {}}, i),
            ValueError,
            r"^weight_frac must hold 'conv', not only 0 other entries$",
        ),
        (
            lambda g, p, f, i: (g, p, {**f, "act_frac": without(f["act_frac"], "image")}, i),
            ValueError,
            r"^act_frac must hold 'image', not only 13 other entries$",
        ),
        (
            lambda g, p, f, i: (g, p, {**f, "act_frac": {**f["act_frac"], "pool": 5}}, i),
            ValueError,
            r"^fraction of 'pool' must be 4 as that of 'conv_a', not 5$",
        ),
        (
            lambda g, p, f, i: (g, p, f, {**i, "image": with_first(i["image"], -32769)}),
            ValueError,
            r"^image must be in -32768\.\.32767, not -32769$",
        ),
        (
            lambda g, p, f, i: (g, {**p, "fc.weight": with_first(p["fc.weight"], 32768)}, f, i),
            ValueError,
            r"^fc\.weight must be in -32768\.\.32767, not 32768$",
        ),
        (
            lambda g, p, f, i: (g, p, f, {**i, "image": i["image"] / 2}),
            TypeError,
            r"^image must be of an integer type within int64, not float",
        ),
    ],
)
def test_rejects_networks_that_cannot_run(network, change, error, message):
    with pytest.raises(error, match=message):
        run_network(*change(*network))


@pytest.mark.parametrize(
    "kept", ["relu", "relu6", "maxpool", "avgpool", "gap", "concat", "flatten", "slicepad"]
)
def test_operators_that_keep_the_fraction_say_so(network, kept):
    graph, parameters, fractions, inputs = network
    node = next(node for node in graph["nodes"] if node["op"] == kept)
    fractions["act_frac"][node["out"]] += 1
    with pytest.raises(ValueError, match=rf"^fraction of '{node['out']}' must be 4 as that of '"):
        run_network(graph, parameters, fractions, inputs)


@pytest.mark.parametrize(
    ("bits", "error", "message"),
    [
        (33, ValueError, r"^bits must be in 2\.\.32, not 33$"),
        (8.0, TypeError, r"^bits must be an integer, not 8\.0$"),
    ],
)
def test_rejects_a_bad_width(network, bits, error, message):
    with pytest.raises(error, match=message):
        run_network(*network, bits=bits)
