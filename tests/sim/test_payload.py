"""Payloads against Amaranth's own packing."""

import numpy as np
import pytest
from amaranth.hdl import signed
from amaranth.lib import data

from grus.hw.description import leaves
from grus.sim.payload import nested, pack, unpack

PAIR = data.StructLayout({"value": signed(5), "zeros": 3})
LAYOUT = data.StructLayout({"pairs": data.ArrayLayout(PAIR, 3), "last": 1, "wide": 40})


def random_columns(count):
    rng = np.random.default_rng(6)
    return {
        "last": rng.integers(0, 2, count),
        "wide": rng.integers(0, 1 << 40, count),
        **{f"pairs.{place}.value": rng.integers(-16, 16, count) for place in range(3)},
        **{f"pairs.{place}.zeros": rng.integers(0, 8, count) for place in range(3)},
    }


def test_leaves_have_path_place_and_sign():
    found = {
        path: (offset, shape.width, shape.signed)
        for path, (offset, shape) in leaves(LAYOUT).items()
    }
    assert found["pairs.1.zeros"] == (8 + 5, 3, False)
    assert found["pairs.2.value"] == (16, 5, True)
    assert found["wide"] == (25, 40, False)
    assert len(found) == 8


def test_packs_as_amaranth_does():
    columns = random_columns(20)
    for index, payload in enumerate(pack(LAYOUT, columns, 20)):
        pairs = [
            {name: int(columns[f"pairs.{place}.{name}"][index]) for name in ("value", "zeros")}
            for place in range(3)
        ]
        fields = {name: int(columns[name][index]) for name in ("last", "wide")}
        assert payload == LAYOUT.const({"pairs": pairs, **fields}).as_bits()


def test_is_read_back():
    columns = random_columns(20)
    read = unpack(LAYOUT, pack(LAYOUT, columns, 20))
    assert set(read) == set(columns)
    for path, column in columns.items():
        assert read[path].tolist() == column.tolist()


def test_what_is_left_out_is_zero_and_one_value_serves_all():
    read = unpack(LAYOUT, pack(LAYOUT, {"wide": 7}, 3))
    assert read["wide"].tolist() == [7, 7, 7]
    assert read["pairs.0.value"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("path", "values", "message"),
    [
        ("zeros", [0, 0], r"^column must be one of pairs\.0\.value, .*, wide, not zeros$"),
        ("pairs.0.zeros", [0, 8], r"^pairs\.0\.zeros must be in 0\.\.7, not 0\.\.8$"),
        ("pairs.0.value", [-17, 3], r"^pairs\.0\.value must be in -16\.\.15, not -17\.\.3$"),
    ],
)
def test_refuses_what_does_not_fit(path, values, message):
    with pytest.raises(ValueError, match=message):
        pack(LAYOUT, {path: values}, 2)


def test_fields_may_be_nested():
    assert nested({"a": {"b": 1, "c": {"d": 2}}, "e": 3}) == {"a.b": 1, "a.c.d": 2, "e": 3}
