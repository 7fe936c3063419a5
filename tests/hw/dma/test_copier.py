# amaranth: UnusedElaboratable=no
"""Engines and registers together, under flat port names, against cocotbext-axi's models."""

import pytest

from grus.hw.description import describe_ports
from tests.hw.dma.configs import CONFIGS, NARROW
from tests.hw.dma.copier import Copier
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", ["narrow", "wide", "single"])
def test_copies_memory(name, tmp_path):
    config = CONFIGS[name]
    run_testbench(
        Copier(config),
        "tests.hw.dma.copier_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )


def test_ports_have_their_standard_names():
    ports = {port["name"]: port for port in describe_ports(Copier(NARROW))}
    channels = {name.split("_")[-1] for name in ports if name.startswith("m_axi_")}
    assert {"araddr", "arvalid", "rready", "awlen", "wstrb", "wlast", "bresp"} <= channels
    assert not any("__" in name for name in ports)
    directions = [ports[name]["direction"] for name in ("m_axi_araddr", "m_axi_rdata")]
    assert directions == ["output", "input"]
    directions = [ports[name]["direction"] for name in ("s_axi_araddr", "s_axi_rdata")]
    assert directions == ["input", "output"]
