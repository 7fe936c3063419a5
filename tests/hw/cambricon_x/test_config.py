"""A Cambricon-X says what it cannot be."""

import pytest

from grus.hw.cambricon_x.config import CambriconXConfig
from grus.hw.emit import to_rtlil
from grus.hw.presets import CAMBRICON_X, CAMBRICON_X_SMALL, CAMBRICON_X_TINY, TINY, load_config
from grus.hw.tops import core_of
from grus.synth.rtlil import split_modules


def test_the_preset_is_the_machine_of_the_paper():
    config = CAMBRICON_X
    assert (config.pes, config.multipliers, config.patch_positions) == (16, 16, 256)
    sizes = (config.broadcast_ram_bytes, config.resident_ram_bytes, config.output_ram_bytes)
    assert sizes == (8 * 1024, 32 * 1024, 8 * 1024)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"lookahead": 16},
            r"^lookahead of a Cambricon-X must be multipliers=4, not 16: set both$",
        ),
        ({"group_pes": 2}, r"^group_pes of a Cambricon-X must be pes=4, not 2: set both$"),
        ({"pes": 65}, r"^pes must be in 2\.\.64, not 65$"),
    ],
)
def test_rejects_what_does_not_fit(overrides, message):
    with pytest.raises(ValueError, match=message):
        CAMBRICON_X_SMALL.with_overrides(**overrides)


def test_a_changed_design_stays_what_it_is(tmp_path):
    file = tmp_path / "wider.toml"
    file.write_text('base = "cambricon-x-small"\npatch_positions = 128\n', encoding="utf-8")
    config = load_config(str(file))
    assert type(config) is CambriconXConfig
    assert (config.name, config.patch_positions) == ("wider", 128)


@pytest.mark.parametrize(
    ("config", "own", "other"),
    [(CAMBRICON_X_TINY, "IndexingModule", "Matcher"), (TINY, "Matcher", "IndexingModule")],
    ids=["cambricon-x", "crane"],
)
def test_each_design_has_its_own_parts(config, own, other):
    modules = split_modules(to_rtlil(core_of(config)))
    assert own in modules
    assert other not in modules
    assert {"BroadcastRam", "ResidentLoader", "OutputUnit", "AdderTree"} <= set(modules)
