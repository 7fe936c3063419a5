"""The bytes behind the bus: every breach is noticed, nothing outside is written."""

import mmap

import pytest

from grus.sim.contents import Contents
from grus.sim.host import Violation


@pytest.fixture
def contents():
    memory = mmap.mmap(-1, 8192)
    memory[:] = bytes(range(256)) * 32
    seen = Contents(memory, 8)
    seen.writable = range(4096, 8000)
    yield seen, memory
    memory.close()


def test_reads(contents):
    seen, _ = contents
    assert seen.read(16) == (bytes(range(16, 24)), True)
    assert (seen.violations, seen.read_bytes) == (Violation(0), 8)
    assert seen.read(8192) == (bytes(8), False)
    assert seen.violations == Violation.READ_OUTSIDE


def test_writes(contents):
    seen, memory = contents
    assert seen.write(4096, b"abcdefgh")
    assert memory[4096:4104] == b"abcdefgh"
    assert (seen.violations, seen.written_bytes) == (Violation(0), 8)


@pytest.mark.parametrize("address", [0, 4089, 7993, 8000, 8190])
def test_nothing_outside_is_written(contents, address):
    seen, memory = contents
    before = memory[:]
    assert not seen.write(address, b"abcdefgh")
    assert seen.violations == Violation.WRITE_OUTSIDE
    assert memory[:] == before


def test_a_word_may_fail(contents):
    seen, _ = contents
    seen.failing = 4099
    assert seen.read(4096) == (bytes(range(8)), False)
    assert not seen.write(4098, b"x")
    assert seen.read(4104)[1]
    assert seen.write(4104, b"x")
    assert seen.violations == Violation(0)


@pytest.mark.parametrize(
    ("address", "words", "leaves"), [(0, 512, False), (4088, 1, False), (4088, 2, True)]
)
def test_a_burst_stays_in_its_page(contents, address, words, leaves):
    seen, _ = contents
    seen.take_burst(address, words)
    assert bool(seen.violations & Violation.BURST_LEAVES_PAGE) == leaves
