import pytest

from grus.hw.memory.broadcast_ram import BroadcastRam
from grus.hw.memory.output_ram import OutputRam
from grus.hw.memory.resident_ram import ResidentRam, RowWriteLayout
from grus.hw.presets import SMALL
from grus.synth.area import report_area
from grus.synth.flow import SRAM_MIN_BITS, Memory
from grus.synth.report import Sram
from grus.synth.sram import read_sram_table
from tests.synth.parts import Box, Store


def geometry(report):
    return {
        (s.name, s.words, s.word_bits, s.read_ports, s.write_ports, s.count) for s in report.srams
    }


@pytest.mark.parametrize(("words", "bits"), [(64, 16), (128, 33), (4096, 64)])
def test_a_large_memory_is_a_macro_and_no_logic(words, bits):
    report = report_area(Store(words, bits))
    assert geometry(report) == {("store", words, bits, 1, 1, 1)}
    assert report.sram_bits == words * bits
    assert report.area_ge == 0.0
    assert report.flip_flops == 0


def test_a_small_memory_is_flip_flops():
    words, bits = 63, 16
    assert words * bits < SRAM_MIN_BITS <= (words + 1) * bits
    report = report_area(Store(words, bits))
    assert report.srams == ()
    assert report.flip_flops == words * bits + bits  # and the register behind the read port


def test_a_memory_that_is_read_without_a_clock_edge_is_flip_flops():
    report = report_area(Store(64, 32, clocked=False))
    assert report.srams == ()
    assert report.flip_flops == 64 * 32


@pytest.mark.parametrize(("lane_bits", "lanes"), [(None, 1), (8, 4)])
def test_what_forwards_writes_to_reads_is_logic(lane_bits, lanes):
    report = report_area(Store(64, 32, transparent=True, lane_bits=lane_bits))
    assert geometry(report) == {("store", 64, 32, 1, 1, 1)}
    # The word written, and for each lane whether it is the one that was read.
    assert report.flip_flops == 32 + lanes


def test_macros_are_counted_in_the_whole_design():
    report = report_area(Box(*(Store(64, 32) for _ in range(3))))
    cost = read_sram_table().cost(Memory("store", 64, 32, 1, 1))
    geometry = {"words": 64, "word_bits": 32, "read_ports": 1, "write_ports": 1}
    assert report.srams == (
        Sram(module="Store", name="store", count=3, **geometry, **cost._asdict()),
    )
    assert report.sram_ge == pytest.approx(3 * cost.area_ge)
    assert report.total_ge == report.area_ge + report.sram_ge
    assert report.srams[0].total_bits == report.sram_bits == 3 * 64 * 32
    assert report.module("Box").total_sram_bits == report.sram_bits
    assert report.module("Store").total_sram_bits == 64 * 32


def test_the_output_ram_is_two_macros_a_bank():
    report = report_area(OutputRam(SMALL))
    words, bits = SMALL.output_words, SMALL.accumulator_bits
    assert geometry(report) == {(f"half_{n}", words, bits, 1, 1, SMALL.group_pes) for n in range(2)}
    assert report.sram_bits == 2 * words * bits * SMALL.group_pes


def test_both_halves_of_a_resident_bank_are_one_macro():
    report = report_area(ResidentRam(SMALL))
    rows, bits = 2 * SMALL.resident_rows, RowWriteLayout(SMALL)["row"].width
    names = {f"bank_{bank}" for bank in range(SMALL.group_pes)}
    assert geometry(report) == {(name, rows, bits, 1, 1, 1) for name in names}


def test_the_broadcast_ram_is_two_macros():
    report = report_area(BroadcastRam(SMALL))
    words, bits = SMALL.broadcast_words, SMALL.broadcast_lanes * SMALL.data_bits
    assert geometry(report) == {(name, words, bits, 1, 1, 1) for name in ("even", "odd")}
    assert report.sram_bits == 2 * SMALL.broadcast_positions * SMALL.data_bits
