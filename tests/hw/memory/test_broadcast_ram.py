import pytest

from grus.hw.memory.broadcast_ram import BroadcastRam
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("lanes", "size"), [(8, 208), (4, 128)])
def test_reads_at_any_position(lanes, size, tmp_path):
    config = TINY.with_overrides(broadcast_lanes=lanes, broadcast_ram_bytes=size)
    run_testbench(
        BroadcastRam(config),
        "tests.hw.memory.broadcast_ram_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
