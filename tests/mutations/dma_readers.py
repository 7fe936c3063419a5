"""Breaks in the reading side of the DMA."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_UNPACKER = "tests/hw/dma/test_slot_unpacker.py::test_gives_the_slots_that_matter"
_RESIDENT = "tests/hw/dma/test_resident_reader.py::test_reads_what_was_packed"
_BIAS = "tests/hw/dma/test_bias_reader.py::test_reads_what_was_packed"
_TENSOR = "tests/hw/dma/test_tensor_reader.py::test_reads_what_was_packed"
_ARBITER = "tests/hw/dma/test_read_arbiter.py::test_shares_the_engine"

MUTATIONS = [
    Mutation(
        name="the unpacker keeps slots that are discarded",
        file="hw/dma/slot_unpacker.py",
        old="stay.eq(Mux(self.discard, 0, self.held - self.take))",
        new="stay.eq(self.held - self.take)",
        test=f"{_UNPACKER}[crane-is-small-4-64-1]",
    ),
    Mutation(
        name="the unpacker takes a word only when there was room before slots were taken",
        file="hw/dma/slot_unpacker.py",
        old="self.i.ready.eq(stay < lanes)",
        new="self.i.ready.eq(held < lanes)",
        test=f"{_UNPACKER}[crane-is-tiny-2-64-0]",
    ),
    Mutation(
        name="the resident reader waits for words that never come",
        file="hw/dma/resident_reader.py",
        old="missing.eq(ended & ~enough)",
        new="missing.eq(0)",
        test=f"{_RESIDENT}[crane-is-tiny-2-64]",
    ),
    Mutation(
        name="what is left of a dense tile's last word goes to the next tile",
        file="hw/dma/resident_reader.py",
        old="m.d.comb += unpacker.discard.eq(job_done | over)",
        new="m.d.comb += unpacker.discard.eq(over)",
        test=f"{_RESIDENT}[crane-is-tiny-2-64]",
    ),
    Mutation(
        name="the last bias does not end its word",
        file="hw/dma/bias_reader.py",
        old="word_done.eq(last | word_ends)",
        new="word_done.eq(word_ends)",
        test=f"{_BIAS}[crane-is-tiny-2-128]",
    ),
    Mutation(
        name="rows above the map move the address",
        file="hw/dma/row_walker.py",
        old="with m.If(map_row >= 0):",
        new="with m.If(map_row >= -1):",
        test=f"{_TENSOR}[crane-is-tiny-2-64]",
    ),
    Mutation(
        name="the last part is as long as the others",
        file="hw/dma/row_walker.py",
        old="products.length.eq(Mux(last_part, region.last_length, region.length))",
        new="products.length.eq(region.length)",
        test=f"{_TENSOR}[crane-is-tiny-2-64]",
    ),
    Mutation(
        name="a region to the right of the map has columns inside it",
        file="hw/dma/region_products.py",
        old="self.inside.eq(Mux(inside < 0, 0, inside))",
        new="self.inside.eq(inside)",
        test=f"{_TENSOR}[crane-is-tiny-2-64]",
    ),
    Mutation(
        name="the counter reader believes every counter",
        file="hw/dma/counter_reader.py",
        old="counter.p.count.eq(Mux(too_large, 0, count))",
        new="counter.p.count.eq(count)",
        test=f"{_TENSOR}[crane-is-small-4-64]",
    ),
    Mutation(
        name="empty pixels are asked for",
        file="hw/dma/pixel_requester.py",
        old="wanted.eq(pairs != 0)",
        new="wanted.eq(counted | (pairs != 0))",
        test=f"{_TENSOR}[crane-is-small-4-64]",
    ),
    Mutation(
        name="every word of a dense row begins where the first one does",
        file="hw/dma/segment_former.py",
        old="skip.eq(Mux(inside, 0, run.skip))",
        new="skip.eq(run.skip)",
        test=f"{_TENSOR}[crane-is-small-4-128]",
    ),
    Mutation(
        name="padding is what lies in the unpacker",
        file="hw/dma/segment_former.py",
        old="there = ~padded & (lane < beat.used)",
        new="there = lane < beat.used",
        test=f"{_TENSOR}[crane-is-small-4-128]",
    ),
    Mutation(
        name="too few segments are asked for in advance",
        file="hw/dma/tensor_reader.py",
        old="in_advance = 2 * slots.axi.outstanding_bursts + 4",
        new="in_advance = slots.axi.outstanding_bursts",
        test=f"{_TENSOR}[crane-is-small-4-128]",
    ),
    Mutation(
        name="bursts are granted without room for their words",
        file="hw/dma/read_port.py",
        old="self.pieces.valid.eq(active & fits)",
        new="self.pieces.valid.eq(active & (free != 0))",
        test=f"{_ARBITER}[three]",
    ),
    Mutation(
        name="the first client always wins",
        file="hw/dma/read_arbiter.py",
        old="candidates.eq(Mux(early.any(), early, wanting))",
        new="candidates.eq(wanting)",
        test=f"{_ARBITER}[three]",
    ),
    Mutation(
        name="every burst ends its request",
        file="hw/dma/read_arbiter.py",
        old="port.i.p.last.eq(word.p.last & grants.o.p.ends)",
        new="port.i.p.last.eq(word.p.last)",
        test=f"{_ARBITER}[four]",
    ),
]
