import json
from collections import Counter

import pytest

from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.core.crane_core import CraneCore
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_rtlil
from grus.hw.pe.adder_tree import AdderTree
from grus.hw.pe.processing_element import ProcessingElement
from grus.hw.presets import CAMBRICON_X_SMALL, SMALL, TINY
from grus.hw.stream.fifo import StreamFifo
from grus.synth.area import report_area
from grus.synth.blocks import BLOCKS, LOAD_BALANCING, OTHER, PARTS, SRAMS
from grus.synth.rtlil import split_modules
from tests.synth.parts import Box, Gates

# Tiny, but for an output RAM that is large enough to be made of macros.
CONFIG = TINY.with_overrides(output_ram_bytes=672)


@pytest.fixture(scope="module")
def core():
    return report_area(CraneCore(CONFIG))


@pytest.mark.parametrize(
    ("function", "area_ge"),
    [
        (lambda a, b, c: ~(a & b), 1.0),
        (lambda a, b, c: ~(a & b & c), 1.5),
        (lambda a, b, c: ~(a | b), 1.0),
        (lambda a, b, c: ~((a & b) | c), 1.5),
        (lambda a, b, c: a ^ b, 2.5),
        (lambda a, b, c: ~a, 0.5),
        (lambda a, b, c: a, 0.0),
    ],
)
@pytest.mark.parametrize("registered", [False, True])
def test_gates_cost_what_the_library_says(function, area_ge, registered):
    bits = 5
    report = report_area(Gates(bits, function, registered=registered))
    # A register is reset by a NOR2 or an AND2 of its own, which may take in the gate before it.
    assert report.flip_flops == (bits if registered else 0)
    if not registered:
        assert report.area_ge == bits * area_ge
        assert report.blocks == () if not area_ge else report.blocks[0].name == OTHER
    else:
        assert report.area_ge > bits * 6.0


@pytest.mark.parametrize(("depth", "bits"), [(1, 3), (2, 7), (3, 8), (5, 33), (8, 200)])
def test_a_fifo_has_its_words_its_level_and_two_indices(depth, bits):
    report = report_area(StreamFifo(bits, depth))
    # The oldest word has a register of its own, so that the indices are of the others.
    words, level, index = depth * bits, depth.bit_length(), max(depth - 2, 0).bit_length()
    assert report.flip_flops == words + level + 2 * index
    assert report.srams == ()  # read without a clock edge: never a macro, however large


@pytest.mark.parametrize("multipliers", [2, 4, 8])
def test_an_adder_tree_has_a_register_for_each_node(multipliers):
    config = TINY.with_overrides(multipliers=multipliers, lookahead=8)
    levels = config.tree_levels
    nodes = [multipliers >> level for level in range(1, levels + 1)]
    sums = sum(n * (config.product_bits + level + 1) for level, n in enumerate(nodes))
    tree = AdderTree(config)
    marks = len(tree.i.p.tag.as_value()) + 1  # the tag and `last`, beside `valid`
    is_empty = 1
    assert report_area(tree).flip_flops == sums + levels * (marks + 1) + is_empty


def test_n_parts_have_n_times_the_area_of_one():
    alone = report_area(ProcessingElement(TINY))
    several = report_area(Box(*(ProcessingElement(TINY) for _ in range(3))))
    assert several.area_ge == 3 * alone.area_ge
    assert several.flip_flops == 3 * alone.flip_flops
    assert several.module("ProcessingElement").instances == 3
    assert several.module("IndexSelector").instances == 3
    assert several.module("Box").area_ge == 0.0


def test_an_added_block_adds_its_cells():
    fifo, gates = StreamFifo(9, 3), Gates(8, lambda a, b, c: a ^ b)
    without = report_area(Box(StreamFifo(9, 3)))
    added = report_area(Box(fifo, gates))
    assert added.area_ge - without.area_ge == 8 * 2.5
    assert added.flip_flops == without.flip_flops
    assert added.module("Gates").cells == {"XOR2": 8}
    assert added.module("Box").total_area_ge == added.area_ge


def test_modules_and_blocks_add_up(core):
    assert sum(m.instances * m.area_ge for m in core.modules) == core.area_ge
    assert sum(m.instances * m.flip_flops for m in core.modules) == core.flip_flops
    assert sum(block.area_ge for block in core.blocks) == core.total_ge
    assert core.total_ge == core.area_ge + core.sram_ge
    assert core.sram_ge == sum(sram.count * sram.area_ge for sram in core.srams) > 0
    assert sum(block.flip_flops for block in core.blocks) == core.flip_flops
    assert sum(block.share for block in core.blocks) == pytest.approx(1)
    assert core.module("CraneCore").total_area_ge == core.area_ge


def test_instances_are_those_of_the_configuration(core):
    assert core.module("ProcessingElement").instances == CONFIG.pes
    assert core.module("OutputBank").instances == CONFIG.pes
    assert core.module("PeGroup").instances == CONFIG.groups
    per_pe = core.module("ProcessingElement").total_area_ge
    parts = ("PeGroup", "ResidentRam", "OutputRam", "WorkloadScheduler")
    group = core.module("PeGroup")
    rest = group.area_ge + sum(core.module(part).total_area_ge for part in parts[1:])
    # Elements share buffers, four or what is left of them.
    buffers = [module for module in core.modules if module.name.startswith("BroadcastBuffer")]
    rest += sum(buffer.instances * buffer.total_area_ge for buffer in buffers)
    assert group.total_area_ge == CONFIG.pes * per_pe + rest


def test_blocks_are_those_of_the_table(core):
    assert {block.name for block in core.blocks} == {*BLOCKS, SRAMS} - {"DMA"}
    selectors = next(block for block in core.blocks if block.name == "index selectors")
    # The compactor inside is in no table: it belongs to what it is a part of.
    assert selectors.area_ge == CONFIG.pes * core.module("IndexSelector").total_area_ge
    assert next(block for block in core.blocks if block.name == SRAMS).sram_bits == core.sram_bits


def test_every_class_of_an_accelerator_is_in_a_block():
    found = set()
    for config in (SMALL, CAMBRICON_X_SMALL):
        slots = SlotFormat(config=config, axi=AxiConfig())
        modules = split_modules(to_rtlil(CraneAccelerator(slots)))
        found |= {module.class_name for module in modules.values()}
    named = Counter(name for names in (*BLOCKS.values(), PARTS) for name in names)
    assert found == set(named)
    assert set(named.values()) == {1}
    assert set(LOAD_BALANCING) <= found


def test_a_report_is_plain_data(core):
    plain = json.loads(json.dumps(core.to_dict()))
    assert plain["area_ge"] == core.area_ge
    assert plain["modules"][0]["name"] == core.modules[0].name
    assert [sram["total_bits"] for sram in plain["srams"]] == [s.total_bits for s in core.srams]
    assert "yosys" in plain["tool"]


def test_an_unknown_module_is_a_clear_error(core):
    with pytest.raises(ValueError, match=r"^name must be one of AdderTree, .*, not Tree$"):
        core.module("Tree")
