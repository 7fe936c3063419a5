"""The host in front of a board at a serial port."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from grus.hw.control.register_map import IDENTITY
from grus.sim import serial_line
from grus.sim.serial_line import SerialBoard, open_line
from grus.tools import MissingToolError
from tests.hw.board.boards import SLOTS
from tests.sim.board_stand_in import StandIn, on_a_port

MEMORY_BYTES = 8192


def test_memory_and_registers_are_at_the_far_end():
    board = StandIn(SLOTS, MEMORY_BYTES)
    content = np.random.default_rng(1).integers(0, 256, MEMORY_BYTES).astype(np.uint8)
    with on_a_port(board) as port, SerialBoard(SLOTS, MEMORY_BYTES, port) as host:
        host.memory[0:MEMORY_BYTES] = content
        host.write_wide("descriptors", 0x1234_5678_9ABC)
        np.testing.assert_array_equal(host.memory[16:4016], content[16:4016])
        assert host.read_wide("descriptors") == 0x1234_5678_9ABC
    assert bytes(board.memory) == content.tobytes()


def test_a_port_is_closed_after_use():
    with on_a_port(StandIn(SLOTS, MEMORY_BYTES)) as port:
        with SerialBoard(SLOTS, MEMORY_BYTES, port) as host:
            pass
        with pytest.raises(OSError):
            host.read("identity")


def test_another_machine_is_refused():
    other = replace(SLOTS, config=SLOTS.config.with_overrides(lookahead=4))
    message = r"^board must hold crane-is-tiny, whose lookahead is 6, and holds .* own is 4$"
    with on_a_port(StandIn(other, MEMORY_BYTES)) as port, pytest.raises(ValueError, match=message):
        SerialBoard(SLOTS, MEMORY_BYTES, port)


def test_too_little_memory_is_refused():
    with (
        on_a_port(StandIn(SLOTS, MEMORY_BYTES)) as port,
        pytest.raises(ValueError, match=r"^memory of the board must hold 8,193 bytes"),
    ):
        SerialBoard(SLOTS, MEMORY_BYTES + 1, port)


def test_what_an_earlier_host_has_asked_is_forgotten(monkeypatch):
    """It still comes when the port is open again."""
    monkeypatch.setattr(serial_line, "_QUIET_SECONDS", 1.0)
    board = StandIn(SLOTS, MEMORY_BYTES)
    with on_a_port(board, late=b"late", seconds=0.2) as port:
        with SerialBoard(SLOTS, MEMORY_BYTES, port) as host:
            assert host.read("identity") == IDENTITY


def test_no_answer_is_an_error(monkeypatch):
    monkeypatch.setattr(serial_line, "_ANSWER_SECONDS", 0.05)
    with on_a_port(None) as port, pytest.raises(OSError, match=r"^board must answer, and has sent"):
        SerialBoard(SLOTS, MEMORY_BYTES, port)


def test_what_is_missing_is_one_sentence(monkeypatch):
    with pytest.raises(ValueError, match=r"^port must be a serial port, and /none is none: "):
        open_line("/none")
    monkeypatch.setitem(sys.modules, "serial", None)
    message = r"^pyserial must be installed to reach a board, .*: pip install grus\[fpga\]$"
    with pytest.raises(MissingToolError, match=message):
        open_line("/none")
