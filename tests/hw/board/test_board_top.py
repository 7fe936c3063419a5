"""Pins, clock and reset of a board."""

import re

import pytest

from grus.hw.board.board_top import SYSTEM_FILE, BoardTop
from grus.hw.board.pll import find_dividers
from grus.hw.emit import to_rtlil
from grus.synth.boards import BOARDS
from tests.hw.board.stand_in import Repeater

BOARD_HZ = 25_000_000


def plan(clock_hz):
    platform = BOARDS["ulx3s-85f"].make_platform()
    top = BoardTop("Repeater", to_rtlil(Repeater()), clock_hz)
    made = platform.prepare(top, name="top", emit_src=False)
    return {
        name: content.decode() if isinstance(content, bytes) else content
        for name, content in made.files.items()
    }


def test_pins_and_clock_of_the_ulx3s():
    """The pins of the board's manual: its oscillator, its first button and LED, and its UART."""
    preferences = plan(BOARD_HZ)["top.lpf"]
    pins = dict(re.findall(r'^LOCATE COMP "(\w+)__io" SITE "(\w+)";$', preferences, re.MULTILINE))
    assert pins == {
        "clk25_0": "G2",
        "button_0": "R1",
        "led_0": "B2",
        "uart_0__rx": "M1",
        "uart_0__tx": "L4",
    }
    assert re.search(r'^FREQUENCY PORT "clk25_0__io" 25000000\.0 HZ;$', preferences, re.MULTILINE)


def test_the_system_is_an_instance_of_its_own_file():
    files = plan(BOARD_HZ)
    assert f"read_rtlil {SYSTEM_FILE}" in files["top.ys"]
    assert re.search(r"^module \\Repeater$", files[SYSTEM_FILE], re.MULTILINE)
    (cell,) = re.findall(r"^ *cell \\Repeater [^\n]*\n(.*?)^ *end$", files["top.il"], re.M | re.S)
    assert set(re.findall(r"connect \\(\w+)", cell)) == {
        "clk",
        "rst",
        "receive",
        "transmit",
        "irq",
    }
    assert "EHXPLLL" not in files["top.il"]


def test_another_clock_comes_of_a_loop():
    loop = plan(40_000_000)["top.il"].partition("cell \\EHXPLLL")[2].partition("\n  end")[0]
    values = dict(re.findall(r"parameter \\(\w+) (?:\w+ )?(\d+)", loop))
    assert [int(values[f"CLK{name}_DIV"]) for name in ("I", "FB", "OP")] == [5, 8, 20]


@pytest.mark.parametrize("mhz", [10, 12.5, 30, 40, 62.5, 100, 150])
def test_dividers_make_the_clock_inside_the_limits(mhz):
    reference, feedback, output = find_dividers(BOARD_HZ, round(mhz * 1e6))
    assert BOARD_HZ * feedback == mhz * 1e6 * reference
    assert BOARD_HZ / reference >= 3.125e6
    assert 400e6 <= mhz * 1e6 * output <= 800e6


@pytest.mark.parametrize("mhz", [1, 33.3, 500])
def test_a_clock_that_no_loop_makes_is_an_error(mhz):
    message = rf"^clock must be a multiple of the board's 25 MHz .*, not {mhz} MHz$"
    with pytest.raises(ValueError, match=message):
        find_dividers(BOARD_HZ, round(mhz * 1e6))
