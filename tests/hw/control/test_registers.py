import pytest

from grus.hw.control.register_map import ADDRESS_BITS, register_map
from grus.hw.control.registers import Registers
from grus.hw.dma.config import AxiConfig
from grus.hw.presets import CRANE_IS, SMALL, TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(
    ("config", "address_bits"),
    [(TINY, 32), (SMALL, 40), (SMALL.with_overrides(counter_bits=64), 64)],
    ids=["tiny", "small", "wide"],
)
def test_answer_a_host(config, address_bits, tmp_path):
    axi = AxiConfig(address_bits=address_bits)
    run_testbench(
        Registers(config, axi),
        "tests.hw.control.registers_tb",
        parameters={"config": config.to_dict(), "axi": axi.to_dict()},
        folder=tmp_path,
    )


def test_the_map_is_sound():
    registers = register_map(CRANE_IS, AxiConfig())
    offsets = [register.offset for register in registers]
    assert offsets == sorted(set(offsets))
    assert not any(offset % 4 for offset in offsets)
    assert offsets[-1] < 1 << ADDRESS_BITS
    assert len({register.name for register in registers}) == len(registers)
    accesses = {register.access for register in registers}
    assert accesses == {"read", "write", "clear", "read-write", "run"}
    assert all(register.description.endswith(".") for register in registers)


def test_every_parameter_can_be_read():
    names = {register.name for register in register_map(TINY, AxiConfig())}
    expected = {f"config_{name}" for name in TINY.to_dict() if name != "name"}
    expected |= {f"config_axi_{name}" for name in AxiConfig().to_dict()}
    assert {name for name in names if name.startswith("config_")} == expected
