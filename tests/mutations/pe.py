"""Breaks in the processing element, and in the parts that it is made of."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

MUTATIONS = [
    Mutation(
        name="the compactor moves lanes that hold nothing",
        file="hw/logic/compactor.py",
        old="valid[lane] & words[lane][contents_bits + level]",
        new="words[lane][contents_bits + level]",
        test="tests/hw/logic/test_compactor.py::test_equals_a_filter[5-4]",
    ),
    Mutation(
        name="a prefix sum starts one lane too late",
        file="hw/logic/prefix.py",
        old="joined[(index & ~(reach - 1)) - 1]",
        new="joined[index - reach]",
        test="tests/hw/logic/test_prefix.py::test_equals_numpy[exact]",
    ),
    Mutation(
        name="a long malformed segment wraps around the decoder's positions",
        file="hw/encoding/run_length_decoder.py",
        old="base_stored.eq(Mux(complete, limit, base))",
        new="base_stored.eq(Mux(complete, end, base))",
        test="tests/hw/encoding/test_run_length_decoder.py"
        "::test_equals_the_golden_decoder[icarus-crane-is-tiny]",
    ),
    Mutation(
        name="the decoder believes every counter",
        file="hw/encoding/run_length_decoder.py",
        old="too_far | (beat.last & (total != beat.count))",
        new="too_far",
        test="tests/hw/encoding/test_run_length_decoder.py"
        "::test_equals_the_golden_decoder[icarus-crane-is-tiny]",
    ),
    Mutation(
        name="the encoder forgets the fillers that earlier vectors owe",
        file="hw/encoding/run_length_encoder.py",
        old="owed.eq(owed + (following >> index_bits))",
        new="owed.eq(following >> index_bits)",
        test="tests/hw/encoding/test_run_length_encoder.py"
        "::test_equals_the_golden_encoder[crane-is-tiny]",
    ),
    Mutation(
        name="a work-item starts where the one before has ended",
        file="hw/encoding/pair_locator.py",
        old="begins.eq(self.i.p.last)",
        new="begins.eq(0)",
        test="tests/hw/encoding/test_pair_locator.py::test_equals_the_golden_positions[crane-is-tiny]",
    ),
    Mutation(
        name="a row goes on one position too late",
        file="hw/encoding/pair_locator.py",
        old="last_place.eq(sum(group_steps, before))",
        new="last_place.eq(sum(group_steps, before) + 1)",
        test="tests/hw/encoding/test_pair_locator.py::test_equals_the_golden_positions[crane-is-tiny]",
    ),
    Mutation(
        name="a group of lanes starts before its first pair's zeros",
        file="hw/encoding/pair_locator.py",
        old="sum(group_steps[:group], before + steps[first])",
        new="sum(group_steps[:group], before + 1)",
        test="tests/hw/encoding/test_pair_locator.py::test_equals_the_golden_positions[crane-is-tiny]",
    ),
    Mutation(
        name="zeros before a pair count as zeros behind it",
        file="hw/encoding/run_length_encoder.py",
        old="Mux(after.only, before.count, 0)",
        new="before.count",
        test="tests/hw/encoding/test_run_length_encoder.py"
        "::test_equals_the_golden_encoder[crane-is-tiny]",
    ),
    Mutation(
        name="the matcher counts the first lane of each group",
        file="hw/pe/matcher.py",
        old="matched.misses_of[group].eq(up_to[-1])",
        new="matched.misses_of[group].eq(up_to[0])",
        test="tests/hw/pe/test_matcher.py::test_equals_a_look_up[crane-is-tiny]",
    ),
    Mutation(
        name="pairs move as if their group were the first",
        file="hw/pe/pair_joiner.py",
        old="(misses[group - 1] if group else 0)",
        new="0",
        test="tests/hw/pe/test_pair_joiner.py"
        "::test_keeps_every_pair_in_full_matches[short-patches]",
    ),
    Mutation(
        name="a joiner that is left with too much takes a row",
        file="hw/pe/pair_joiner.py",
        old="(~ended & (count < 2 * multipliers))",
        new="(~ended & (count <= 2 * multipliers))",
        test="tests/hw/pe/test_pair_joiner.py"
        "::test_keeps_every_pair_in_full_matches[crane-is-tiny]",
    ),
    Mutation(
        name="a tree takes a term while its first level is full",
        file="hw/pe/adder_tree.py",
        old="empty.eq(~Cat(self.i.valid, valid)[levels - 1])",
        new="empty.eq(~Cat(self.i.valid, valid)[0])",
        test="tests/hw/pe/test_adder_tree.py::test_equals_python[crane-is-tiny]",
    ),
    Mutation(
        name="a stage that moves on is taken for empty",
        file="hw/stream/stage.py",
        old="empty.eq(~i.valid)",
        new="empty.eq(1)",
        test="tests/hw/stream/test_stage.py::test_is_one_register",
    ),
    Mutation(
        name="the head of a buffer is what has come last",
        file="hw/stream/fifo.py",
        old="next_is_new.eq((self.level == 0) | ((self.level == 1) & leave))",
        new="next_is_new.eq((self.level == 0) | leave)",
        test="tests/hw/stream/test_fifo.py::test_matches_a_list[icarus-3-8]",
    ),
    Mutation(
        name="a row that waits moves the next one",
        file="hw/encoding/pair_locator.py",
        old="with m.If(self.i.valid & moves):",
        new="with m.If(self.i.valid):",
        test="tests/hw/encoding/test_pair_locator.py::test_equals_the_golden_positions[crane-is-tiny]",
    ),
    Mutation(
        name="the broadcast buffer writes words that are not for this half",
        file="hw/pe/patch_store.py",
        old="self.i.valid & (word.half == half)",
        new="self.i.valid",
        test="tests/hw/pe/test_broadcast_buffer.py::test_equals_two_arrays[crane-is-tiny]",
    ),
    Mutation(
        name="lanes that are not in use disturb the ordered picker",
        file="hw/pe/ordered_picker.py",
        old="lane < self.read.count",
        new="lane <= self.read.count",
        test="tests/hw/pe/test_broadcast_buffer.py::test_equals_two_arrays[crane-is-tiny]",
    ),
    Mutation(
        name="the ordered picker takes the lower of two neighbours for the upper",
        file="hw/pe/ordered_picker.py",
        old="== 2 * place + 1",
        new="== 2 * place",
        test="tests/hw/pe/test_broadcast_buffer.py::test_equals_two_arrays[crane-is-tiny]",
    ),
    Mutation(
        name="the words of the matcher's window do not follow each other",
        file="hw/pe/matcher.py",
        old="one_of(starts, words[ahead:])",
        new="one_of(starts, words)",
        test="tests/hw/pe/test_matcher.py::test_equals_a_look_up[crane-is-tiny]",
    ),
    Mutation(
        name="the matcher takes fillers for values",
        file="hw/pe/matcher.py",
        old="mark & row.values[lane].any()",
        new="mark",
        test="tests/hw/pe/test_index_selector.py::test_equals_the_intersection[crane-is-tiny]",
    ),
    Mutation(
        name="the joiner lets the last match go without its end mark when it is full",
        file="hw/pe/pair_joiner.py",
        old="self.o.p.last.eq(ended & (count <= multipliers))",
        new="self.o.p.last.eq(ended & (count < multipliers))",
        test="tests/hw/pe/test_pair_joiner.py"
        "::test_keeps_every_pair_in_full_matches[crane-is-tiny]",
    ),
    Mutation(
        name="the joiner waits a cycle between work-items",
        file="hw/pe/pair_joiner.py",
        old="leaves_ready.eq(self.o.p.last | (~ended",
        new="leaves_ready.eq((~ended",
        test="tests/hw/pe/test_pair_joiner.py"
        "::test_keeps_every_pair_in_full_matches[crane-is-tiny]",
    ),
    Mutation(
        name="the row fetcher forgets the row on its way",
        file="hw/pe/row_fetcher.py",
        old="registers.level + on_its_way < ROW_REGISTERS",
        new="registers.level < ROW_REGISTERS",
        test="tests/hw/pe/test_row_fetcher.py::test_reads_every_row_in_order[crane-is-tiny]",
    ),
    Mutation(
        name="the adder tree does not grow",
        file="hw/pe/adder_tree.py",
        old="bits = self.config.product_bits + level + 1",
        new="bits = self.config.product_bits + level",
        test="tests/hw/pe/test_adder_tree.py::test_equals_python[crane-is-tiny]",
    ),
    Mutation(
        name="the last-level adder adds a refused sum twice",
        file="hw/pe/last_level_adder.py",
        old="with m.If(self.i.valid & moves):",
        new="with m.If(self.i.valid):",
        test="tests/hw/pe/test_last_level_adder.py::test_equals_python[crane-is-tiny]",
    ),
    Mutation(
        name="a patch is given up at the first match of a work-item",
        file="hw/pe/processing_element.py",
        old="rounds.leave.eq(matches.valid & matches.ready & matches.p.last)",
        new="rounds.leave.eq(matches.valid & matches.ready)",
        test="tests/hw/pe/test_processing_element.py"
        "::test_equals_dot_products[icarus-crane-is-tiny]",
    ),
    Mutation(
        name="effectual pairs are counted while they are refused",
        file="hw/pe/processing_element.py",
        old="Mux(transfer, matches.p.count, 0)",
        new="Mux(matches.valid, matches.p.count, 0)",
        test="tests/hw/pe/test_processing_element.py"
        "::test_equals_dot_products[icarus-crane-is-tiny]",
    ),
]
