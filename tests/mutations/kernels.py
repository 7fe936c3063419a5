"""Breaks in dense kernels and in the choice of formats."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_RESIDENT = "tests/hw/dma/test_resident_reader.py::test_reads_what_was_packed[crane-is-tiny-2-64]"
_TENSOR = "tests/hw/dma/test_tensor_reader.py::test_reads_what_was_packed[crane-is-tiny-2-64]"
_FILLER = "tests/hw/encoding/test_beat_filler.py::test_fills_beats[crane-is-tiny-3]"
_FORMATS = "tests/compiler/test_map_formats.py"
_TRAFFIC = "tests/compiler/test_traffic.py::test_no_random_layer_moves_more_than_dense"
_KERNELS = "tests/compiler/test_dense_kernels.py::test_shape_and_values_give_the_encoded_kernels"

MUTATIONS = [
    Mutation(
        name="the last work-item's gap reaches the next tile",
        file="hw/dma/kernel_spreader.py",
        old="run_ends & enough & ~(last & (left == 1))",
        new="run_ends & enough",
        test=_RESIDENT,
    ),
    Mutation(
        name="all groups begin at the same position",
        file="hw/dma/kernel_spreader.py",
        old="Mux(group_ends, shape.start_step, 0)",
        new="0",
        test=_RESIDENT,
    ),
    Mutation(
        name="the gap behind a kernel row is that of a tap",
        file="hw/dma/kernel_spreader.py",
        old="Mux(row_ends, shape.row_gap, shape.tap_gap)",
        new="shape.tap_gap",
        test=_RESIDENT,
    ),
    Mutation(
        name="dense work-items whose values are missing wait for ever",
        file="hw/dma/kernel_spreader.py",
        old="self.missing.eq(wanted & self.ended & ~enough)",
        new="self.missing.eq(0)",
        test=_RESIDENT,
    ),
    Mutation(
        name="the encoder forgets gaps",
        file="hw/encoding/run_length_encoder.py",
        old="following = zeros_after + gap",
        new="following = zeros_after",
        test=_RESIDENT,
    ),
    Mutation(
        name="a full beat leaves although it may be the last",
        file="hw/encoding/beat_filler.py",
        old="fits.eq(total <= lanes)",
        new="fits.eq(total < lanes)",
        test=_FILLER,
    ),
    Mutation(
        name="the next segment's pairs go behind those of the one that ends",
        file="hw/encoding/beat_filler.py",
        old="before.eq(Mux(ending, 0, held))",
        new="before.eq(held)",
        test=_FILLER,
    ),
    Mutation(
        name="every pixel of a dense part asks for the whole row",
        file="hw/dma/pixel_requester.py",
        old="row.values.eq(0),",
        new="row.values.eq(row.values),",
        test=_TENSOR,
    ),
    Mutation(
        name="a row of a dense part is one segment although others follow",
        file="hw/dma/row_walker.py",
        old="whole = region.dense & (region.parts == 1)",
        new="whole = region.dense",
        test=_TENSOR,
    ),
    Mutation(
        name="kernels are always encoded",
        file="compiler/memory/kernels.py",
        old="content = min(pack_segments(encoded, widths), values, key=len)",
        new="content = pack_segments(encoded, widths)",
        test=f"{_TRAFFIC}[16-crane-is-small]",
    ),
    Mutation(
        name="kernels of later groups begin where the first do",
        file="compiler/dense_kernels.py",
        old='"start_step": own,',
        new='"start_step": 0,',
        test=f"{_KERNELS}[crane-is-small]",
    ),
    Mutation(
        name="a layer may lose what others gain",
        file="compiler/map_formats.py",
        old="if cost.excess(plans) > 0",
        new="if cost.excess(plans) > 1 << 40",
        test=f"{_FORMATS}::test_a_map_is_dense_if_its_reader_alone_would_lose",
    ),
]
