"""Breaks in the RAMs, the scheduler, the output unit and the parts of the core."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

MUTATIONS = [
    Mutation(
        name="two ports of the crossbar are swapped",
        file="hw/memory/crossbar.py",
        old="m.d.comb += self.o[output].eq(self.i[source])",
        new="m.d.comb += self.o[output].eq(self.i[source ^ (source < 2)])",
        test="tests/hw/memory/test_crossbar.py::test_connects_what_is_selected[3]",
    ),
    Mutation(
        name="a thief comes before the owner of a bank",
        file="hw/memory/owner_first_arbiter.py",
        old="for port in (*reversed(thieves), bank):",
        new="for port in (bank, *reversed(thieves)):",
        test="tests/hw/memory/test_owner_first_arbiter.py::test_grants_by_its_rules[3]",
    ),
    Mutation(
        name="the output RAM forgets the sum that is just being written",
        file="hw/memory/output_ram.py",
        old="memory.read_port(transparent_for=(write,))",
        new="memory.read_port()",
        test="tests/hw/memory/test_output_ram.py::test_bank_adds_and_drains",
    ),
    Mutation(
        name="a half is given back although it is still read",
        file="hw/memory/half_in_use.py",
        old="self.free.eq(left & ~self.needed)",
        new="self.free.eq(left)",
        test="tests/hw/memory/test_half_in_use.py::test_uses_each_half_once_per_fill",
    ),
    Mutation(
        name="the leader board is one cycle old",
        file="hw/scheduler/imbalance_detector.py",
        old="following.append(count)",
        new="following.append(self.counters[pe])",
        test="tests/hw/scheduler/test_imbalance_detector.py::test_board_is_sorted[3-26]",
    ),
    Mutation(
        name="a work-item is stolen from a counter of one",
        file="hw/scheduler/schedule_generator.py",
        old="(remaining > 1)",
        new="(remaining > 0)",
        test="tests/hw/scheduler/test_workload_scheduler.py::test_matches_queues[3]",
    ),
    Mutation(
        name="the second slowest element is stolen from",
        file="hw/scheduler/workload_scheduler.py",
        old="detector.board[pes - 1]",
        new="detector.board[pes - 2]",
        test="tests/hw/scheduler/test_paper_examples.py::test_figure_6_weight_sharing",
    ),
    Mutation(
        name="a stolen result goes to the bank of its thief",
        file="hw/scheduler/workload_scheduler.py",
        old="offer.p.tag.bank.eq(Mux(steals, move.victim, pe))",
        new="offer.p.tag.bank.eq(pe)",
        test="tests/hw/scheduler/test_workload_scheduler.py::test_matches_queues[3]",
    ),
    Mutation(
        name="a thief stays in the last column of the strip",
        file="hw/scheduler/work_queue.py",
        old="offset.eq(offset - step)",
        new="offset.eq(offset)",
        test="tests/hw/scheduler/test_work_queue.py::test_lists_work_items_from_both_ends[crane-is-tiny]",
    ),
    Mutation(
        name="the drainer reads on while its output is stalled",
        file="hw/output/drainer.py",
        old="self.drains.valid.eq(self.chunks.valid & complete & room)",
        new="self.drains.valid.eq(self.chunks.valid & complete)",
        test="tests/hw/output/test_drainer.py::test_drains_half_by_half",
    ),
    Mutation(
        name="a half is free before its last word has left",
        file="hw/output/drainer.py",
        old="done = self.o.valid & self.o.ready & marks.last_word",
        new="done = self.drains.valid & last",
        test="tests/hw/output/test_drainer.py::test_drains_half_by_half",
    ),
    Mutation(
        name="the requantiser rounds half down",
        file="hw/output/requantiser.py",
        old="(Const(1) << self.output.shift) >> 1)",
        new="((Const(1) << self.output.shift) - 1) >> 1)",
        test="tests/hw/output/test_requantiser.py::test_matches_golden[crane-is-tiny]",
    ),
    Mutation(
        name="rounding overflows the widest accumulator",
        file="hw/output/requantiser.py",
        old="wide = signed(self.config.accumulator_bits + 1)",
        new="wide = signed(self.config.accumulator_bits)",
        test="tests/hw/output/test_requantiser.py::test_matches_golden[narrow]",
    ),
    Mutation(
        name="an average counts columns beyond the map",
        file="hw/output/pool_exit.py",
        old="stop = Mux(end > self.output.columns, self.output.columns, end)",
        new="stop = end",
        test="tests/hw/output/test_pooling.py::test_matches_golden[crane-is-tiny]",
    ),
    Mutation(
        name="a tile begins while vectors of the one before are under way",
        file="hw/output/output_unit.py",
        old="~requantiser.busy & ~pooling.busy & ~drainer.o.valid",
        new="~drainer.o.valid",
        test="tests/hw/output/test_output_unit.py::test_matches_golden",
    ),
    Mutation(
        name="a patch overwrites one that is still needed",
        file="hw/core/round_sequencer.py",
        old="                & patch_free\n",
        new="",
        test="tests/hw/core/test_round_sequencer.py::test_cuts_tiles_into_rounds",
    ),
    Mutation(
        name="a broadcast word writes one lane behind its run",
        file="hw/core/broadcaster.py",
        old="(index >= place) & (index < stop)",
        new="(index >= place) & (index <= stop)",
        test="tests/hw/core/test_broadcaster.py::test_sends_patches[crane-is-tiny]",
    ),
    Mutation(
        name="pairs beyond the patch set no flag",
        file="hw/core/resident_loader.py",
        old=" | (end > config.patch_positions)",
        new="",
        test="tests/hw/core/test_resident_loader.py::test_cuts_work_items_into_rows[crane-is-tiny]",
    ),
]
