"""Breaks in the writing side of the memory access, and in dense results."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_PACKER = "tests/hw/dma/test_slot_packer.py::test_packs_runs[crane-is-tiny-64]"
_WRITER = "tests/hw/dma/test_tensor_writer.py::test_writes_maps[crane-is-small-128]"

MUTATIONS = [
    Mutation(
        name="a full word leaves before it is known whether it is the last",
        file="hw/dma/slot_packer.py",
        old="surplus.eq(held > word)",
        new="surplus.eq(held >= word)",
        test=_PACKER,
    ),
    Mutation(
        name="every word of a run skips the slots that its first word skips",
        file="hw/dma/slot_packer.py",
        old="[held.eq(kept), skipped.eq(0), ",
        new="[held.eq(kept), ",
        test=_PACKER,
    ),
    Mutation(
        name="lanes that are not used get into the word",
        file="hw/dma/slot_packer.py",
        old="there = lane < self.i.p.used",
        new="there = lane <= self.i.p.used",
        test=_PACKER,
    ),
    Mutation(
        name="a run enters before the last word of the run before has left",
        file="hw/dma/slot_packer.py",
        old="Mux(ending, leave & ~surplus, kept <= word)",
        new="kept <= word",
        test=_PACKER,
    ),
    Mutation(
        name="the last part of a pixel steps as far as the others",
        file="hw/dma/map_walker.py",
        old="Mux(in_last_part, offset[1], offset[0])",
        new="offset[0]",
        test="tests/hw/dma/test_map_walker.py::test_lists_segments[crane-is-tiny-64]",
    ),
    Mutation(
        name="a row begins at the map's first column",
        file="hw/dma/map_walker.py",
        old="*_set(offset, first)]",
        new="*_set(offset, (0, 0))]",
        test="tests/hw/dma/test_map_walker.py::test_lists_segments[crane-is-tiny-64]",
    ),
    Mutation(
        name="pairs beyond the length of their segment are written",
        file="hw/dma/tensor_writer.py",
        old="used.eq(Mux(surplus, room, beat.used))",
        new="used.eq(beat.used)",
        test=_WRITER,
    ),
    Mutation(
        name="a dense pixel that is too short goes on in the next one",
        file="hw/dma/tensor_writer.py",
        old="beat.last & ~(place.joins & full)",
        new="beat.last & ~place.joins",
        test=_WRITER,
    ),
    Mutation(
        name="a counter overtakes the words of its segment",
        file="hw/dma/tensor_writer.py",
        old="due.eq(counts & ~words_first)",
        new="due.eq(counts)",
        test=_WRITER,
    ),
    Mutation(
        name="a counter is overwritten by the next",
        file="hw/dma/tensor_writer.py",
        old="(~beat.last | ~counts | count_leaves)",
        new="1",
        test=_WRITER,
    ),
    Mutation(
        name="a dense vector keeps lanes that have no channel",
        file="hw/output/output_unit.py",
        old="Mux(values.p.last_group, self.tiles.p.last_pe + 1, self.config.pes)",
        new="self.config.pes",
        test="tests/hw/output/test_output_unit.py::test_matches_golden",
    ),
    Mutation(
        name="a dense segment leaves its zeros out",
        file="hw/encoding/run_length_encoder.py",
        old="vector.p.values[lane].any() | dense",
        new="self.i.p.values[lane].any()",
        test="tests/hw/encoding/test_run_length_encoder.py::test_equals_the_golden_encoder[crane-is-tiny]",
    ),
]
