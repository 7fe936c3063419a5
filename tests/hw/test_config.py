"""Every parameter is checked once, with a sentence that names value, limit and way out."""

import pytest

from grus.hw.config import CraneConfig, ceil_log2
from grus.hw.presets import CRANE_IS, PRESETS, SMALL, TINY, ULX3S, load_config


def test_presets_are_the_machines_they_say():
    assert (CRANE_IS.pes, CRANE_IS.multipliers, CRANE_IS.lookahead) == (16, 16, 64)
    assert (SMALL.pes, SMALL.multipliers) == (4, 4)
    sizes = ("", "-small", "-tiny")
    assert set(PRESETS) == {
        *(f"{kind}{size}" for kind in ("crane-is", "cambricon-x") for size in sizes),
        "crane-is-ulx3s",
    }


def test_what_fits_the_ulx3s_is_half_of_the_small_machine():
    """Elements, row and patch are; the banks of an element have as many rows and sums."""
    for name in ("pes", "lookahead", "patch_positions"):
        assert 2 * getattr(ULX3S, name) == getattr(SMALL, name)
    assert ULX3S.resident_rows == SMALL.resident_rows
    assert ULX3S.output_words == SMALL.output_words


@pytest.mark.parametrize(
    ("overrides", "error", "message"),
    [
        ({"pes": 65}, ValueError, r"^pes must be in 2\.\.64, not 65$"),
        ({"pes": 4.0}, TypeError, r"^pes must be an integer, not 4\.0$"),
        ({"multipliers": True}, TypeError, r"^multipliers must be an integer, not True$"),
        ({"name": ""}, TypeError, r"^name must be a text of at least one character, not ''$"),
        ({"group_pes": 3}, ValueError, r"^group_pes must divide pes=4, not 3$"),
        ({"lookahead": 18}, ValueError, r"^lookahead must be a multiple of stream_pairs=4, not 18"),
        ({"multipliers": 20}, ValueError, r"^lookahead must be at least multipliers=20, not 16$"),
        ({"broadcast_lanes": 12}, ValueError, r"^broadcast_lanes must be a power of two, not 12$"),
        ({"patch_positions": 100}, ValueError, r"^patch_positions must be a multiple .* not 100$"),
        (
            {"accumulator_bits": 40},
            ValueError,
            r"^accumulator_bits must be at least \d+ for max_terms=32768 products of "
            r"data_bits=16, not 40: raise it or lower max_terms$",
        ),
        (
            {"resident_ram_bytes": 10},
            ValueError,
            r"^resident_ram_bytes must be at least 320, which holds 2 rows per PE, not 10$",
        ),
        ({"broadcast_ram_bytes": 10}, ValueError, r"^broadcast_ram_bytes .* 4 words, not 10$"),
        ({"output_ram_bytes": 10}, ValueError, r"^output_ram_bytes .* 4 sums per PE, not 10$"),
        ({"pess": 4}, ValueError, r"^parameter must be one of name, .*, not pess$"),
    ],
)
def test_rejects_what_does_not_fit(overrides, error, message):
    with pytest.raises(error, match=message):
        SMALL.with_overrides(**overrides)


def test_accumulators_hold_the_worst_sum():
    bits = 2 * SMALL.data_bits - 2 + (SMALL.max_terms).bit_length()
    assert SMALL.accumulator_bits > bits
    worst = SMALL.max_terms << (2 * SMALL.data_bits - 2)
    assert worst < 1 << (SMALL.accumulator_bits - 1)


def test_derived_numbers():
    assert [ceil_log2(values) for values in (1, 2, 3, 4, 5)] == [1, 1, 2, 2, 3]
    assert TINY.row_pair_bits == 6 * (8 + 2)
    assert TINY.resident_rows == 162 * 8 // (3 * 60)
    assert TINY.broadcast_words % 2 == 0
    assert CraneConfig(**TINY.to_dict()) == TINY


def test_designs_come_from_files(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('base = "crane-is-small"\npes = 8\n')
    config = load_config(str(path), {"group_pes": 2})
    assert (config.name, config.pes, config.group_pes, config.groups) == ("mine", 8, 2, 4)
    assert load_config(str(path), {"pes": 12, "name": "other"}).to_dict() == {
        **SMALL.to_dict(),
        "name": "other",
        "pes": 12,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pes = ", r"must be a TOML file, and is not"),
        ('base = "crane"\n', r"^base of .* must be one of crane-is, .*, not crane$"),
        ("pse = 4\n", r"^parameter must be one of .*, not pse$"),
    ],
)
def test_rejects_bad_files(text, message, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_config(str(path))


def test_rejects_unknown_designs():
    with pytest.raises(ValueError, match=r"^design must be one of crane-is, .*, not crane-ws$"):
        load_config("crane-ws")
